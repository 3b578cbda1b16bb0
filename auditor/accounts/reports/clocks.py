"""The response clock as a report states it: what was promised, with its marks, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from auditor.accounts.incidents.clock import ResponseClock
from auditor.accounts.incidents.documents import marks
from auditor.accounts.incidents.facts import Cycle
from auditor.accounts.incidents.lifecycle import ENDED
from auditor.accounts.incidents.state import Incident
from auditor.accounts.reports.material import Seen
from auditor.model.events import text_of

Outcome: TypeAlias = Literal["met", "missed", "not_guaranteed", "unanswered", "running", "open"]
"""What became of an answer that was owed.

met, missed     given in time or not; missed also from the first instant after the deadline without an answer
not_guaranteed  answered or ended, without any time having been guaranteed
unanswered      ended without an answer while there was still time
running, open   still owed: with a deadline that has not passed, or without a guaranteed time
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """A first qualified answer that was owed, and what became of it. `decided_at` is None while that is open."""

    clock: ResponseClock
    outcome: Outcome
    decided_at: datetime | None
    level: int

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks without which nothing about it may be printed."""
        return tuple(marks(self.clock))


def owed(seen: Seen, now: datetime) -> list[Owed]:
    """Every answer that was owed for an incident: one, and one more for each reopening that starts a new clock.

    What became of it is decided at one instant only, so periods that follow one another count it once.
    """
    incident = seen.incident
    following = [*incident.cycles[1:], None]
    return [_owed(seen, cycle, after, now) for cycle, after in zip(incident.cycles, following, strict=True)]


def clock_document(clock: ResponseClock, now: datetime) -> dict[str, Any]:
    """The clock as it stood at an instant, as JSON holds it."""
    other = clock.other_reading
    return {
        "status": clock.status(now),
        "target": target_document(clock, clock.level),
        "start_at": _text(clock.start_at),
        "deadline": _text(clock.deadline),
        "responded_at": _text(clock.responded_at),
        "marks": marks(clock),
        "ungiven": clock.ungiven,
        "other_reading": None if other is None else {"unit": other.unit, "deadline": text_of(other.deadline)},
        "if_submission_counts": _text(clock.deadline_if_submission_counts),
        "if_call_needed": _text(clock.deadline_if_call_needed),
    }


def target_document(clock: ResponseClock, level: int) -> dict[str, Any]:
    """What was promised, with its marks; kind none where nothing is, with its mark where that itself is unclear.

    A request without contract, or a standard one, has no guaranteed time whatever the programme states for its level.
    """
    target = clock.promise.target if clock.promise else clock.policy.targets.get(level)
    if target is None or clock.ungiven in {"no_contract", "standard_kind"}:
        return {"kind": "none", "value": None, "unit": None, "marks": []}
    document = target.to_document()
    return {name: document[name] for name in ("kind", "value", "unit", "marks")}


def _owed(seen: Seen, cycle: Cycle, after: Cycle | None, now: datetime) -> Owed:
    clock = seen.clock(cycle)
    end = clock.ended_at if after is None else _last_end(seen.incident, after)
    outcome, decided_at = _decided(clock, end, now)
    level = clock.promise.level if clock.promise else seen.incident.level_at(decided_at or now)
    return Owed(clock, outcome, decided_at, level)


def _decided(clock: ResponseClock, end: datetime | None, now: datetime) -> tuple[Outcome, datetime | None]:
    answered, deadline = clock.responded_at, clock.deadline
    finished = answered or end
    if deadline is None:
        return ("not_guaranteed", finished) if finished else ("open", None)
    if (finished or now) > deadline:
        return "missed", deadline
    if answered is not None:
        return "met", answered
    return ("unanswered", end) if end else ("running", None)


def _last_end(incident: Incident, after: Cycle) -> datetime | None:
    """When the request had ended before it was reopened for a new clock."""
    ends = [period.since for period in incident.periods if period.state in ENDED and period.since <= after.begun_at]
    return ends[-1] if ends else None


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else text_of(instant)
