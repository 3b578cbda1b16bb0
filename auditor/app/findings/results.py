"""A stored result as a run that can be compared: what was said about what, and under which name it is remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from auditor.app.findings.verdicts import Verdicts
from auditor.engagement.comparison import WEIGHTS, Key, Run, Seen
from auditor.engagement.findings import Identity
from auditor.errors import ResultError, UsageProblem
from auditor.model.events import digest
from auditor.reporting.text import visible

if TYPE_CHECKING:
    from auditor.sdk.rendering import StoredResult

Json: TypeAlias = Mapping[str, Any]
Answers: TypeAlias = Mapping[Key, str]
"""Interview question -> the answer that holds: pass, fail or not_applicable."""

_SISTER = ":"
_OUTCOMES = frozenset({"pass", "fail", "not_applicable", "not_licensed", "manual", "unknown", "error"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A check as a run made it. `settings` are joined names; `meaning` names all that it asks for, not its words.

    `meaning` is "" where the result does not tell settings and parameters: then only `revision` is known.
    """

    id: str
    title: str
    product: str
    area: str
    severity: str
    form: str
    revision: int
    sha256: str
    settings: str
    meaning: str
    document: Json = field(repr=False, compare=False, default_factory=dict)

    def identity(self, account: str, key: Key) -> Identity:
        """Under which name a finding is remembered: nothing of it depends on value, time, words or order."""
        kind, _, sister = key[1].partition(_SISTER)
        return Identity(account, sister or self.product, self.id, kind, key[2], self.settings)


@dataclass(frozen=True, slots=True)
class Devices:
    """A fleet check's devices: judged one by one, failed, undecided."""

    judged: int
    failed: int
    undecided: int


@dataclass(frozen=True, slots=True)
class ReadRun:
    """A result that was read: the run to compare (`verdicts` are what it saw), and what people need to understand it.

    Its keys are (check, kind, key), with `kind:product` for things of a sister product, which are other things.
    `names` are those of things with verdicts that are not passed, `devices` those of fleet checks; `unsaid` are members
    that an older version of the tool did not write.
    """

    run: Run
    verdicts: Verdicts = field(repr=False)
    checks: Mapping[str, Asked]
    names: Mapping[tuple[str, str], str]
    devices: Mapping[Key, Devices]
    sha256: str
    facts: Json
    unsaid: tuple[str, ...]

    @property
    def day(self) -> str:
        """The day as of which ages were judged, YYYY-MM-DD."""
        return str(self.facts["as_of"])[:10]

    def name(self, key: Key) -> str:
        """What people call the thing; its key where only passed verdicts speak of it."""
        return self.names.get(key[1:], key[2])

    def identity(self, account: str, key: Key) -> Identity:
        """Under which name the finding is remembered."""
        return self.checks[key[0]].identity(account, key)


def read(stored: StoredResult, answers: Answers | None = None) -> ReadRun:
    """A stored result as a run; questions count as answered where an answer holds.

    Verdicts are read one by one, from files whose hash is compared first.
    """
    try:
        return _read(stored, answers or {})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = f"is not as its schema wants it: {type(error).__name__}: {error}"
        raise ResultError(what, where="result.json", hint="auditor schema result") from error


def _read(stored: StoredResult, answers: Answers) -> ReadRun:
    checks = {entry["id"]: _asked(entry) for entry in stored.data["checks"]}
    seen = Verdicts()
    names: dict[tuple[str, str], str] = {}
    devices: dict[Key, Devices] = {}
    unanswered = 0
    for verdict in stored.verdicts():
        check = checks.get(verdict["check_id"])
        if check is None:
            raise ResultError(f"judges {verdict['check_id']}, which is not among its checks", where="result.json")
        key = _key(verdict["subject"], check)
        found = seen_of(verdict, check, answers.get(key, ""))
        seen.add(*key, found)
        unanswered += found.outcome == "manual"
        if found.outcome != "pass":
            names.setdefault(key[1:], visible(verdict["subject"]["name"]))
        if "rollup" in verdict:
            devices[key] = _devices(verdict["rollup"])
    run = Run(seen, checks.keys(), seen.things)
    return ReadRun(
        run, seen, checks, names, devices, stored.sha256(), _facts(stored.data, unanswered), _unsaid(stored.data)
    )


def of_check(stored: StoredResult, ident: str) -> tuple[Asked, Mapping[Key, dict[str, Any]]]:
    """One check with its verdicts; UsageProblem when the result does not know it."""
    entry = next((one for one in stored.data["checks"] if one["id"] == ident), None)
    if entry is None:
        raise UsageProblem(f"the result has no check {ident}", hint="auditor checks list")
    check = _asked(entry)
    verdicts = (dict(one) for one in stored.verdicts() if one["check_id"] == ident)
    return check, {_key(one["subject"], check): one for one in verdicts}


def seen_of(verdict: Json, check: Asked, answer: str = "") -> Seen:
    """A verdict as it is compared; `answer` takes the place of an interview question's outcome."""
    outcome, severity = verdict["outcome"], verdict["severity"]
    if outcome not in _OUTCOMES or severity not in WEIGHTS:
        raise ResultError(f"{check.id} has the outcome {outcome!r} and the severity {severity!r}", where="result.json")
    if outcome == "manual" and answer:
        outcome = answer
    waived, expired = verdict.get("waived"), verdict.get("waiver_expired", "")
    return Seen(
        outcome,
        severity,
        check.meaning,
        waived is not None,
        bool(expired),
        "" if outcome in {"pass", "fail"} else verdict.get("reason", ""),
        waived["expires"] if waived is not None else expired,
        check.revision,
    )


def _asked(entry: Json) -> Asked:
    settings = entry.get("settings")
    known = settings is not None and "sha256" in entry
    asks = [entry["revision"], entry["form"], entry["product"], entry["subject"], settings, entry.get("params", {})]
    return Asked(
        id=entry["id"],
        title=visible(entry["title"]),
        product=entry["product"],
        area=entry["area"],
        severity=entry["severity"],
        form=entry["form"],
        revision=entry["revision"],
        sha256=entry.get("sha256", ""),
        settings=",".join(settings or ()),
        meaning=digest(asks) if known else "",
        document=entry,
    )


def key_of(identity: Identity, product: str) -> Key:
    """Where runs keep the verdicts of a finding; `product` is that of the check."""
    sister = identity.product != product and identity.kind.partition(".")[0] == product
    return identity.check, identity.kind + (_SISTER + identity.product if sister else ""), identity.key


def _key(subject: Json, check: Asked) -> Key:
    """What the verdict is about; with its product where a check of a sister product was made for it."""
    kind, stated = subject["kind"], subject.get("product", "")
    sister = stated not in {"", check.product} and kind.partition(".")[0] == check.product
    return check.id, f"{kind}{_SISTER}{stated}" if sister else kind, visible(subject["key"])


def _devices(rollup: Json) -> Devices:
    return Devices(rollup["judged"], rollup["failed"], rollup["undecided"])


def _facts(data: Json, unanswered: int) -> Json:
    """What a comparison says about a run; `questions` are those without an answer."""
    run = data["run"]
    return {
        "as_of": run["as_of"],
        "baseline": run["baseline"]["id"],
        "baseline_revision": run["baseline"]["revision"],
        "tool": data["tool"]["version"],
        "decided_share": data["summary"].get("decided_share"),
        "questions": unanswered,
    }


def _unsaid(data: Json) -> tuple[str, ...]:
    """Members of checks that the result lacks, so that only revisions tell whether checks are the same."""
    return tuple(name for name in ("sha256", "settings") if any(name not in entry for entry in data["checks"]))


def manual_keys(found: ReadRun) -> Iterator[tuple[Key, Asked]]:
    """Every interview question of a run, by check and thing."""
    for key in sorted(found.run.seen):
        check = found.checks[key[0]]
        if check.form == "manual":
            yield key, check
