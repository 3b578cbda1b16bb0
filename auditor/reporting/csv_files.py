"""The checklist and the findings as tables for spreadsheets.

RFC 4180, UTF-8 with a byte order mark (without it Excel takes the bytes for a local code page). A cell that a
spreadsheet would take for a formula gets a leading apostrophe. Memory does not grow with rows: what is too much waits
in a temporary file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from auditor.reporting import words
from auditor.reporting.buckets import Buckets
from auditor.reporting.checkcards import is_remark
from auditor.reporting.text import clip, value_text

if TYPE_CHECKING:
    from auditor.sdk.rendering import StoredResult

Json: TypeAlias = Mapping[str, Any]

CHECKLIST_COLUMNS = (
    "check_id", "title", "severity", "state", "decided", "product", "area", "passed", "failed", "waived", "not_decided",
    "questions", "errors", "not_applicable", "not_licensed", "recommendation", "question", "effort", "change_risk",
    "owner", "due", "status", "comment",
)  # fmt: skip
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
    """`checklist.csv`: every check with its state, also the passed ones, and empty columns to plan with."""

    name = "checklist"
    file_name = "checklist.csv"

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Write the table, gravest severity first, then by id."""
        _write(out, CHECKLIST_COLUMNS, (_row(_checklist_cells(check)) for check in _ordered(stored)))


class FindingsRenderer:
    """`findings.csv`: one row per failing subject, and one per affected device of a failing fleet check.

    `level` tells the two apart: `subject` rows are findings, `device` rows belong to the `subject` row of the same
    check; their `outcome` is fail, or unknown where the device could not be judged.
    """

    name = "findings"
    file_name = "findings.csv"

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Write the table: the gravest severity first, then by check, then in the order of the verdicts."""
        rows = Buckets()
        for check_id, row in _Findings(stored).rows():
            rows.add(check_id, row)
        _write(out, FINDINGS_COLUMNS, ())
        rows.write([check["id"] for check in _ordered(stored)], out)


def _ordered(stored: StoredResult) -> list[Json]:
    """Checks by severity, then by id."""
    return sorted(stored.data["checks"], key=lambda check: (words.SEVERITY_RANK[check["severity"]], check["id"]))


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


def _checklist_cells(check: Json) -> Iterator[str]:
    counts = check["counts"]
    yield from (check["id"], check["title"], check["severity"], check["state"])
    yield "yes" if check["state"] in {"pass", "fail"} else "no"
    yield from (check["product"], check["area"])
    yield from (str(counts.get("pass", 0)), str(counts.get("fail", 0)), str(check["waived"]))
    for outcome in ("unknown", "manual", "error", "not_applicable", "not_licensed"):
        yield str(counts.get(outcome, 0))
    yield from (check["recommendation"], check.get("question", ""), check["effort"], check["change_risk"])
    yield from ("", "", "", "")


class _Findings:
    """Writes rows from the constant cells of a check (made once) and the cells of the subject.

    Cells that repeat (settings, values, files) are remembered, up to a bound.
    """

    def __init__(self, stored: StoredResult) -> None:
        self._stored = stored
        self._heads = {check["id"]: _head(check) for check in stored.data["checks"]}
        self._confidence = {check["id"]: check["confidence"] for check in stored.data["checks"]}
        self._known: dict[str, str] = {}
        self._fleets: dict[str, list[Json]] = {}

    def rows(self) -> Iterator[tuple[str, str]]:
        """(check, row), rows of one check in their order."""
        for verdict in self._stored.verdicts():
            is_fleet = "rollup" in verdict
            if is_fleet:
                self._fleets.setdefault(verdict["check_id"], []).append(_without_devices(verdict))
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
        failing = None
        for verdict in self._fleets.get(device["check_id"], ()):
            if device["key"].startswith(verdict["subject"]["key"] + "/"):
                return verdict if verdict["outcome"] == "fail" else None
            if verdict["outcome"] == "fail":
                failing = failing or verdict
        return failing

    def _head(self, check_id: str) -> str:
        return self._heads.get(check_id) or f"{cell(check_id)},,,"

    def _subject_row(self, verdict: Json) -> str:
        subject = verdict["subject"]
        names = f"{self._cell(subject['kind'])},{cell(subject['key'])},{cell(subject['name'])}"
        head = f"{self._head(verdict['check_id'])},subject,fail,{self._sure(verdict)}"
        return f"{head},{names},{self._evidence(verdict)},{self._tail(verdict)}\r\n"

    def _sure(self, verdict: Json) -> str:
        """The confidence of a verdict; it is stated only where it is not that of its check."""
        stated = verdict.get("confidence") or self._confidence.get(verdict["check_id"], "")
        return str(stated)

    def _device_row(self, device: Json, verdict: Json) -> str:
        names = f"ksc.host,{cell(device['key'])},{cell(device['name'])}"
        tail = self._tail(verdict, device.get("reason", "")) if "reason" in device or "waived" in verdict else ",no,"
        head = f"{self._head(verdict['check_id'])},device,{device['outcome']},{self._sure(verdict)}"
        return f"{head},{names},{self._evidence(device)},{tail}\r\n"

    def _tail(self, verdict: Json, reason: str | None = None) -> str:
        message = verdict.get("message", "") if reason is None else reason
        if "waived" not in verdict:
            return f"{self._cell(message)},no,"
        return f"{self._cell(message)},yes,{self._cell(verdict['waived']['expires'])}"

    def _evidence(self, owner: Json) -> str:
        items = owner.get("evidence")
        if not items:
            return ",,,,,"
        if len(items) > 1:
            return _row(_joined(items))[:-2]
        item = items[0]
        known = self._cell
        value = item.get("value")
        current = known(value) if type(value) is str else cell(_current(item))
        place = f"line {item['line']}" if "line" in item else cell(item.get("pointer", ""))
        setting, expected, file = known(item["setting"]), known(item.get("expected", "")), known(item.get("file", ""))
        lock = known(_lock(item)) if "locked" in item or "lock" in item else ""
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


def _head(check: Json) -> str:
    return ",".join([cell(check[name]) for name in ("id", "severity", "title", "product")])


def _without_devices(verdict: Json) -> Json:
    return {name: value for name, value in verdict.items() if name not in {"rollup", "evidence"}}


def _joined(items: list[Json]) -> Iterator[str]:
    """Several settings of one subject share a row: those that are not met, separated by ` | `."""
    telling = [item for item in items if item.get("met") is not True] or items
    yield " | ".join(item["setting"] for item in telling)
    yield " | ".join(_current(item) for item in telling)
    yield " | ".join(item.get("expected", "") for item in telling)
    yield " | ".join(_lock(item) for item in telling).strip(" |")
    files = dict.fromkeys(item.get("file", "") for item in telling)
    yield " | ".join(file for file in files if file)
    yield " | ".join(f"line {item['line']}" if "line" in item else item.get("pointer", "") for item in telling)


def _current(item: Json) -> str:
    if is_remark(item):
        return clip(item["note"], CELL_LIMIT)
    return value_text(item["value"], CELL_LIMIT) if "value" in item else "(not in the export)"


def _lock(item: Json) -> str:
    if "lock" in item:
        return str(item["lock"])
    return ("locked" if item["locked"] else "not locked") if "locked" in item else ""
