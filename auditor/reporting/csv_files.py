"""The checklist and the findings as tables for spreadsheets.

RFC 4180, UTF-8 with a byte order mark (without it Excel takes the bytes for a local code page). A cell that a
spreadsheet would take for a formula gets a leading apostrophe. Memory does not grow with rows: what is too much waits
in a temporary file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from auditor.reporting import engagement
from auditor.reporting.buckets import Buckets
from auditor.reporting.checkcards import heading, is_remark, is_summary
from auditor.reporting.text import clip, value_text
from auditor.reporting.words import SEVERITY_RANK, Words, file_name, product

if TYPE_CHECKING:
    from auditor.phrases.texts import Texts
    from auditor.sdk.rendering import StoredResult

Json: TypeAlias = Mapping[str, Any]

CHECKLIST_COLUMNS = (
    "check_id", "title", "severity", "state", "decided", "product", "area", "passed", "failed", "waived", "not_decided",
    "questions", "errors", "not_applicable", "not_licensed", "recommendation", "question", "effort", "change_risk",
    "owner", "due", "status", "comment",
)  # fmt: skip
JUDGED_COLUMNS = (
    "rated", "rated_because", "accepted_until", "accepted_because", "answer", "answer_valid_until", "notes", "incident",
)  # fmt: skip
"""Columns of the checklist of a delivered result: what people added to the verdicts."""
FINDINGS_COLUMNS = (
    "check_id", "severity", "title", "check_product", "level", "outcome", "confidence", "subject_kind", "subject_key",
    "subject_name", "setting", "current", "expected", "lock", "file", "place", "message", "waived", "waived_until",
)  # fmt: skip

CELL_LIMIT = 10_000
"""Characters of a cell; spreadsheets stop at 32,767."""

_BOM = b"\xef\xbb\xbf"
_BATCH = 2_000
_MEMORY = 20_000
_UNSAFE_STARTS = frozenset("=+-@ ")
_FORMULA_SIGNS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_QUOTED_SIGNS = ('"', ",", "\r", "\n")


class ChecklistRenderer:
    """`checklist.csv`: every check with its state, also the passed ones, and empty columns to plan with.

    In English the columns and values are codes for programs; in other languages they are words, the order is the same,
    and a text of a check that has no translation among `texts` is in English.
    """

    name = "checklist"

    def __init__(self, language: str = "en", texts: Texts | None = None) -> None:
        self._words = Words(language, texts)
        self.file_name = file_name("checklist", "csv", self._words)

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Write the table, gravest severity first, then by id."""
        said = _Said(self._words)
        agreed = stored.engagement()
        columns = CHECKLIST_COLUMNS if agreed is None else (*CHECKLIST_COLUMNS, *JUDGED_COLUMNS)
        human = engagement.Human(self._words, agreed, stored.data["run"]["as_of"])
        rows = (
            _row((*_checklist_cells(said, check), *(() if agreed is None else judged_cells(human, check["id"]))))
            for check in _ordered(stored)
        )
        _write(out, said.columns(columns), rows)


class FindingsRenderer:
    """`findings.csv`: one row per failing subject, and one per affected device of a failing fleet check.

    `level` tells the two apart: `subject` rows are findings, `device` rows belong to the `subject` row of the same
    check; their `outcome` is fail, or unknown where the device could not be judged.
    """

    name = "findings"

    def __init__(self, language: str = "en", texts: Texts | None = None) -> None:
        self._words = Words(language, texts)
        self.file_name = file_name("findings", "csv", self._words)

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Write the table: the gravest severity first, then by check, then in the order of the verdicts."""
        rows = Buckets()
        said = _Said(self._words)
        for check_id, row in _Findings(stored, said).rows():
            rows.add(check_id, row)
        _write(out, said.columns(FINDINGS_COLUMNS), ())
        rows.write([check["id"] for check in _ordered(stored)], out)


class _Said:
    """Values of closed sets as a table says them: their codes in English, words in every other language."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.is_english = words.is_english
        self._known: dict[tuple[str, str], str] = {}

    def columns(self, names: Sequence[str]) -> tuple[str, ...]:
        """The heads of the columns."""
        return tuple(self._words.say(f"csv_{name}") for name in names)

    def code(self, family: str, code: str) -> str:
        """One value, such as `severity` `high`."""
        if self.is_english:
            return code
        key = family, code
        if key not in self._known:
            self._known[key] = self._word(family, code)
        return self._known[key]

    def _word(self, family: str, code: str) -> str:
        if family == "product":
            return product(code)
        return self._words.kind(code, 1) if family == "kind_of" else self._words.one_of(family, code)

    def say(self, name: str, **parameters: object) -> str:
        """A phrase of tables."""
        return self._words.say(name, **parameters)

    def told(self, text: str) -> str:
        """A text of a check; cells are made visible and cut later."""
        return text if self.is_english else self._words.told(text, CELL_LIMIT)

    def area(self, name: str) -> str:
        """The folder that a check stands in; its heading in other languages."""
        return name if self.is_english else self._words.told(heading(name))

    def phrase(self, text: str) -> str:
        """Words of evidence."""
        return text if self.is_english else self._words.phrase(text, CELL_LIMIT)

    def message(self, verdict: Json) -> str:
        """What the check says about a subject."""
        return str(verdict.get("message", "")) if self.is_english else self._words.message(verdict, CELL_LIMIT)


def judged_cells(human: engagement.Human, check_id: str) -> Iterator[str]:
    """What people said about a check; where they said different things about its subjects, all of them."""
    found = human.of_check(check_id)[: engagement.JUDGED_LIMIT]
    for member, name in (
        ("rating", "severity"), ("rating", "reason"), ("waiver", "expires"), ("waiver", "reason"),
        ("attestation", "answer"), ("attestation", "valid_until"),
    ):  # fmt: skip
        yield _distinct(human.cell(one, member, name) for one in found)
    yield _distinct(note for one in found for note in human.notes(one))
    yield _distinct(engagement.text_of(one.get("incident")) for one in found)


def _distinct(texts: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(text for text in texts if text))


def _ordered(stored: StoredResult) -> list[Json]:
    """Checks by severity, then by id."""
    return sorted(stored.data["checks"], key=lambda check: (SEVERITY_RANK[check["severity"]], check["id"]))


def cell(text: str) -> str:
    """One cell: visible text, cut at CELL_LIMIT, no formula, quoted where RFC 4180 asks for it."""
    if len(text) < 200 and (not text or _is_plain(text)):
        return text
    is_formula = _is_formula(text)
    text = clip(text, CELL_LIMIT)
    if is_formula:
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in _QUOTED_SIGNS) else text


def _is_plain(text: str) -> bool:
    """Most cells: nothing to escape, quote or cut."""
    return (
        text[0] not in _UNSAFE_STARTS and text.isascii() and text.isprintable() and '"' not in text and "," not in text
    )


def _is_formula(text: str) -> bool:
    """What a spreadsheet might run; spaces in front do not help, and a tab or line end is a start of its own."""
    rest = text.lstrip()
    front = text[: len(text) - len(rest)]
    return rest[:1] in _FORMULA_SIGNS or any(sign in front for sign in "\t\r\n")


def _write(out: BinaryIO, columns: Sequence[str], rows: Iterable[str]) -> None:
    out.write(_BOM + (",".join(columns) + "\r\n").encode())
    batch: list[str] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _BATCH:
            out.write("".join(batch).encode())
            batch.clear()
    out.write("".join(batch).encode())


def _row(cells: Iterable[str]) -> str:
    return ",".join([cell(text) for text in cells]) + "\r\n"


def _checklist_cells(said: _Said, check: Json) -> Iterator[str]:
    counts = check["counts"]
    yield from (check["id"], said.told(check["title"]))
    yield from (said.code("severity", check["severity"]), said.code("outcome", check["state"]))
    yield said.say("csv_yes" if check["state"] in {"pass", "fail"} else "csv_no")
    yield from (said.code("product", check["product"]), said.area(check["area"]))
    yield from (str(counts.get("pass", 0)), str(counts.get("fail", 0)), str(check["waived"]))
    for outcome in ("unknown", "manual", "error", "not_applicable", "not_licensed"):
        yield str(counts.get(outcome, 0))
    yield from (said.told(check["recommendation"]), said.told(check.get("question", "")))
    yield from (said.code("csv_effort", check["effort"]), said.code("risk", check["change_risk"]))
    yield from ("", "", "", "")


class _Findings:
    """Writes rows from the constant cells of a check (made once) and the cells of the subject.

    Cells that repeat (settings, values, files) are remembered, up to a bound.
    """

    def __init__(self, stored: StoredResult, said: _Said) -> None:
        self._stored = stored
        self._said = said
        self._english = said.is_english
        self._subject = f"{cell(said.say('csv_level_subject'))},{cell(said.code('outcome', 'fail'))}"
        self._device = cell(said.say("csv_level_device"))
        self._yes, self._no = cell(said.say("csv_yes")), cell(said.say("csv_no"))
        self._host = cell(said.code("kind_of", "ksc.host"))
        self._heads = {check["id"]: _head(said, check) for check in stored.data["checks"]}
        self._confidence = {check["id"]: check["confidence"] for check in stored.data["checks"]}
        self._known: dict[str, str] = {}
        self._fleets: dict[str, dict[str, Json]] = {}  # roll-ups by check and server

    def rows(self) -> Iterator[tuple[str, str]]:
        """(check, row), rows of one check in their order."""
        for verdict in self._stored.verdicts():
            is_fleet = "rollup" in verdict
            if is_fleet:
                servers = self._fleets.setdefault(verdict["check_id"], {})
                servers[verdict["subject"]["key"]] = _without_devices(verdict)
            if verdict["outcome"] != "fail":
                continue
            yield verdict["check_id"], self._subject_row(verdict)
            if is_fleet:
                for device in verdict["rollup"].get("affected", ()):
                    yield verdict["check_id"], self._device_row(device, verdict)
        if "affected" in self._stored.data["streams"]:
            yield from self._streamed_devices()

    def _streamed_devices(self) -> Iterator[tuple[str, str]]:
        for device in self._stored.affected():
            owner = self._owner(device)
            if owner is not None:
                yield owner["check_id"], self._device_row(device, owner)

    def _owner(self, device: Json) -> Json | None:
        """The failing roll-up that the device belongs to: its key lies under the key of the server judged."""
        servers = self._fleets.get(device["check_id"], {})
        server, slash, rest = device["key"].partition("/")
        while slash:
            if server in servers:
                return servers[server] if servers[server]["outcome"] == "fail" else None
            further, slash, rest = rest.partition("/")
            server = f"{server}/{further}"
        return next((verdict for verdict in servers.values() if verdict["outcome"] == "fail"), None)

    def _head(self, check_id: str) -> str:
        return self._heads.get(check_id) or f"{cell(check_id)},,,"

    def _subject_row(self, verdict: Json) -> str:
        subject = verdict["subject"]
        names = (
            f"{self._cell(self._said.code('kind_of', subject['kind']))},{cell(subject['key'])},{cell(subject['name'])}"
        )
        head = f"{self._head(verdict['check_id'])},{self._subject},{self._sure(verdict)}"
        return f"{head},{names},{self._evidence(verdict)},{self._tail(verdict)}\r\n"

    def _sure(self, verdict: Json) -> str:
        """The confidence of a verdict; it is stated only where it is not that of its check."""
        stated = verdict.get("confidence") or self._confidence.get(verdict["check_id"], "")
        return cell(self._said.code("csv_certain", str(stated)))

    def _device_row(self, device: Json, verdict: Json) -> str:
        names = f"{self._host},{cell(device['key'])},{cell(device['name'])}"
        tail = (
            self._tail(verdict, self._said.code("reason", device.get("reason", "")))
            if "reason" in device or "waived" in verdict
            else f",{self._no},"
        )
        outcome = self._said.code("outcome", device["outcome"])
        head = f"{self._head(verdict['check_id'])},{self._device},{outcome},{self._sure(verdict)}"
        return f"{head},{names},{self._evidence(device)},{tail}\r\n"

    def _tail(self, verdict: Json, reason: str | None = None) -> str:
        message = verdict.get("message", "") if reason is None else reason
        if not self._english and reason is None:
            message = self._said.message(verdict)
        if "waived" not in verdict:
            return f"{self._cell(message)},{self._no},"
        return f"{self._cell(message)},{self._yes},{self._cell(verdict['waived']['expires'])}"

    def _evidence(self, owner: Json) -> str:
        items = owner.get("evidence")
        if not items:
            return ",,,,,"
        if len(items) > 1:
            return _row(_joined(self._said, items))[:-2]
        item = items[0]
        known = self._cell
        value = item.get("value")
        plain = type(value) is str and (self._english or not (is_summary(item) or "rollup" in owner))
        current = known(value) if plain else cell(_current(self._said, item, summed="rollup" in owner))
        place = cell(_place(self._said, item))
        expected = item.get("expected", "")
        expected = known(expected if self._english else self._said.phrase(expected))
        setting, file = known(item["setting"]), known(item.get("file", ""))
        lock = known(_lock(self._said, item)) if "locked" in item or "lock" in item else ""
        return f"{setting},{current},{expected},{lock},{file},{place}"

    def _cell(self, text: str) -> str:
        found = self._known.get(text)
        if found is None:
            found = cell(text)
            if len(text) < 200:
                if len(self._known) >= _MEMORY:
                    self._known.clear()
                self._known[text] = found
        return found


def _head(said: _Said, check: Json) -> str:
    severity, made_by = said.code("severity", check["severity"]), said.code("product", check["product"])
    return ",".join([cell(text) for text in (check["id"], severity, said.told(check["title"]), made_by)])


def _place(said: _Said, item: Json) -> str:
    return said.say("place_line", line=item["line"]) if "line" in item else str(item.get("pointer", ""))


def _without_devices(verdict: Json) -> Json:
    return {name: value for name, value in verdict.items() if name not in {"rollup", "evidence"}}


def _joined(said: _Said, items: list[Json]) -> Iterator[str]:
    """Several settings of one subject share a row: those that are not met, separated by ` | `."""
    telling = [item for item in items if item.get("met") is not True] or items
    yield " | ".join(item["setting"] for item in telling)
    yield " | ".join(_current(said, item) for item in telling)
    yield " | ".join(said.phrase(item.get("expected", "")) for item in telling)
    # empty places in front stay, so that each lock stands with its setting
    yield " | ".join(_lock(said, item) for item in telling).rstrip(" |")
    files = dict.fromkeys(item.get("file", "") for item in telling)
    yield " | ".join(file for file in files if file)
    yield " | ".join(_place(said, item) for item in telling)


def _current(said: _Said, item: Json, *, summed: bool = False) -> str:
    """The value; `summed`: it is the sentence of a roll-up about its devices."""
    if is_remark(item):
        return clip(said.phrase(item["note"]), CELL_LIMIT)
    if (summed and isinstance(item.get("value"), str)) or is_summary(item):
        return clip(said.phrase(item["value"]), CELL_LIMIT)
    return value_text(item["value"], CELL_LIMIT) if "value" in item else said.say("csv_absent")


def _lock(said: _Said, item: Json) -> str:
    if "lock" in item:
        return said.phrase(str(item["lock"]))
    if "locked" not in item:
        return ""
    return said.say("locked" if item["locked"] else "not_locked")
