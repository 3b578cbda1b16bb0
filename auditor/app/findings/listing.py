"""Lists of findings: those of an account, or what an engagement found that is not delivered yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from auditor.app.findings import known
from auditor.app.findings.history import ABSENT, earlier_runs, read_judged
from auditor.engagement.changes import Changed, compare
from auditor.engagement.comparison import WEIGHTS, Run
from auditor.engagement.findings import CLOSED, Finding, Label
from auditor.engagement.overlay import Judged, judged

if TYPE_CHECKING:
    from auditor.app.findings.results import ReadRun
    from auditor.engagement.state import Engagement
    from auditor.reporting.reader import StoredResult
    from auditor.store.store import Reading

NOTHING = Run({}, frozenset(), frozenset())
"""What there was before the first run."""

_RANKS = {severity: rank for rank, severity in enumerate(WEIGHTS)}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are listed: those that fit all of it, at most `limit` (0: all); `severity` is what counts."""

    state: str = "open"
    severity: str = ""
    check: str = ""
    limit: int = 0


class Now(NamedTuple):
    """The present instant (UTC), and the zone in which it is a day."""

    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The date that is written there."""
        return self.at.astimezone(self.zone).date()


def of_account(findings: Iterable[Finding], wanted: Wanted, now: Now) -> list[Json]:
    """Findings that were delivered, and what people said about others; the gravest first."""
    rows = (_row(found, _last_verdict(found), None, now) for found in findings)
    return _sorted(row for row in rows if _wanted(row, wanted))


def of_engagement(reading: Reading, found: Engagement, stored: StoredResult, wanted: Wanted, now: Now) -> list[Json]:
    """What the current result of an engagement says beside what was delivered earlier; nothing of it is recorded."""
    findings = known.of_account(reading, found.account)
    run = read_judged(stored, findings, now.today)
    earlier = earlier_runs(reading, found, now.at)
    before = [one.run for one in earlier]
    changed = compare(before[-1] if before else NOTHING, run.run, before[:-1]).changed
    places = known.places(findings)
    rows = (_draft(found.account, one, run, places, now) for one in changed)
    return _sorted(row for row in rows if row is not None and _wanted(row, wanted))


def _draft(account: str, one: Changed, run: ReadRun, findings: known.Places, now: Now) -> Json | None:
    """A row of a run that is not delivered; what the run left out is known by what was delivered."""
    check = run.checks.get(one.key[0])
    if check is None:
        finding = _by_key(findings, one)
        return None if finding is None else _row(finding, _verdict(one, ""), one, now)
    identity = check.identity(account, one.key)
    label = Label(run.name(one.key), check.title, check.area)
    finding = findings.get(identity.place) or Finding(identity.fingerprint, identity, label)
    return _row(finding, _verdict(one, check.form), one, now)


def _verdict(one: Changed, form: str) -> Json:
    """What the machine said: an answered question is a question still."""
    if one.now is None:
        return {"outcome": ABSENT, "severity": one.severity}
    verdict: Json = {"outcome": "manual" if form == "manual" else one.now.outcome, "severity": one.severity}
    if one.now.waived:
        verdict["waived"] = {"expires": one.now.until}
    if one.now.waiver_expired:
        verdict["waiver_expired"] = one.now.until
    return verdict


def _by_key(findings: known.Places, one: Changed) -> Finding | None:
    check, kind, key = one.key
    place = check, kind.partition(":")[0], key
    return next((own for own in findings.values() if own.identity.place[1:] == place), None)


def _last_verdict(found: Finding) -> Json:
    last = found.found or found.last
    if last is None:
        return {"outcome": "", "severity": ""}
    verdict: Json = {"outcome": last.outcome, "severity": last.severity}
    if last.attested:
        verdict["outcome"] = "manual"
    return verdict


def _row(found: Finding, verdict: Json, drafted: Changed | None, now: Now) -> Json:
    """`drafted` is what became of it in a run that is not delivered, None for a finding as it was delivered last."""
    seen = judged(verdict, found, now.today)
    last = found.last
    change = drafted.change if drafted is not None else last.change if last is not None else None
    return {
        "id": found.id,
        "check": found.identity.check,
        "product": found.identity.product,
        "kind": found.identity.kind,
        "key": found.identity.key,
        "name": found.label.name or found.identity.key,
        "title": found.label.title,
        "area": found.label.area,
        "state": _state(found) if drafted is None else "closed" if drafted.change in CLOSED else "open",
        "delivered": drafted is None and last is not None,
        "outcome": verdict["outcome"],
        "change": change.value if change is not None else "",
        "severity": seen.weighs,
        "machine_severity": seen.severity,
        "since": found.since.astimezone(now.zone).date().isoformat() if found.since is not None else "",
        "runs": sum(1 for one in found.observations if one.outcome == "fail"),
        **marks(seen),
        "settled": found.settled,
    }


def _state(found: Finding) -> str:
    """open or closed by what was delivered; noted: people spoke of it, and no delivery has yet."""
    return "open" if found.is_open else "closed" if found.last is not None else "noted"


def marks(seen: Judged) -> Json:
    """What people said, for lists."""
    return {
        "waiver": {"state": seen.waiver_state, "until": seen.until} if seen.waiver_state else None,
        "rated": seen.rating is not None,
        "answer": None
        if seen.answer is None
        else {
            "answer": seen.answer.answer,
            "state": seen.answer_state,
            "until": seen.answer.valid_until.isoformat(),
        },
        "notes": len(seen.notes),
        "incident": seen.incident,
    }


def _wanted(row: Json, wanted: Wanted) -> bool:
    fits = wanted.state in {"all", row["state"]}
    return fits and _same(row["severity"], wanted.severity) and _same(row["check"], wanted.check)


def _same(value: str, wanted: str) -> bool:
    return not wanted or value == wanted


def _sorted(rows: Iterable[Json]) -> list[Json]:
    return sorted(
        rows, key=lambda row: (_RANKS.get(row["severity"], len(_RANKS)), row["check"], row["name"], row["id"])
    )


def by_check(rows: Sequence[Json]) -> Iterator[tuple[Json, list[Json]]]:
    """Rows of one check and severity together, with the first of them."""
    groups: dict[tuple[str, str], list[Json]] = {}
    for row in rows:
        groups.setdefault((row["severity"], row["check"]), []).append(row)
    for group in groups.values():
        yield group[0], group
