"""The response clock as JSON holds it: what an interface shows of it at an instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditor.model.events import text_of

if TYPE_CHECKING:
    from auditor.accounts.incidents.clock import ResponseClock
    from auditor.calendars.calendar import BusinessCalendar


def clock_document(clock: ResponseClock, now: datetime) -> dict[str, Any]:
    """Everything about the clock at `now`; instants are UTC text, lengths are seconds in the clock's own time."""
    promise, other = clock.promise, clock.other_reading
    return {
        "status": clock.status(now),
        "cycle": clock.cycle.number,
        "level": clock.level,
        "kind": clock.kind,
        "target": clock.target.to_document() if clock.target else None,
        "held": promise.target.to_document() if promise else None,
        "ungiven": clock.ungiven,
        "since": _text(promise.since if promise else None),
        "start_at": _text(clock.start_at),
        "start_reason": promise.start.why if promise else None,
        "deadline": _text(clock.deadline),
        "deadline_if_submission_counts": _text(clock.deadline_if_submission_counts),
        "deadline_if_call_needed": _text(clock.deadline_if_call_needed),
        "other_reading": {"unit": other.unit, "deadline": text_of(other.deadline)} if other else None,
        "intervals": [[text_of(one.start), text_of(one.end)] for one in clock.intervals],
        "thresholds": [
            {
                "fraction": one.fraction,
                "at": text_of(one.at),
                "fired_at": _text(one.fired.at if one.fired else None),
            }
            for one in clock.thresholds
        ],
        "responded_at": _text(clock.responded_at),
        "elapsed_seconds": _seconds(clock.elapsed(now)),
        "remaining_seconds": _seconds(clock.remaining(now)),
        "waited": clock.waited(now).to_document(),
        "marks": marks(clock),
        "calendar": calendar_identity(clock.calendar),
    }


def marks(clock: ResponseClock) -> list[str]:
    """The marks without which the deadline must not be printed: uncertain, reconciled, provisional (INV-10)."""
    stated = {"uncertain": clock.uncertain, "reconciled": clock.reconciled, "provisional": clock.provisional}
    return [name for name, holds in stated.items() if holds]


def calendar_identity(calendar: BusinessCalendar | None) -> dict[str, Any] | None:
    """Which calendar and which data an answer rests on (RULE-SLA-12); None without a calendar."""
    if calendar is None:
        return None
    snapshot = calendar.snapshot
    return {
        "id": snapshot.spec.id,
        "version": snapshot.spec.version,
        "zone": snapshot.spec.zone,
        "holidays_version": snapshot.holidays_version,
        "tzdata_version": snapshot.tzdata_version,
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else text_of(instant)


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
