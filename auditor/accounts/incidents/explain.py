"""Why the response clock says what it says: every value it rests on, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.accounts.incidents.clock import ResponseClock
from auditor.accounts.incidents.promises import Promise, Step
from auditor.accounts.incidents.said import CellNote, Edition, Length, LevelName, Parameter, Said, Share, Somebody

if TYPE_CHECKING:
    from auditor.accounts.programmes import Target


def explain(clock: ResponseClock, now: datetime) -> list[Said]:
    """Everything that made the deadline and what became of it, as it stands at `now`.

    Programme cell and its marks; calendar and versions of its data; start and why; changes of severity or kind; time
    that was counted; the deadline and other readings of it; thresholds; answer and waiting.
    """
    return [
        *_cell(clock),
        *_calendar(clock),
        *_start(clock),
        *_changes(clock),
        *_deadline(clock),
        *_thresholds(clock),
        *_outcome(clock, now),
    ]


def _cell(clock: ResponseClock) -> Iterator[Said]:
    target = clock.target
    programme = clock.policy.programme_name or clock.policy.programme
    level: dict[str, Parameter] = {"level": clock.level, "severity": LevelName(clock.level)}
    sheet: dict[str, Parameter] = {"programme": programme, "edition": Edition(clock.policy.edition), **level}
    if not clock.policy.contract:
        yield Said("cell_no_contract")
    elif clock.kind != "premium":
        yield Said("cell_standard_kind", {"programme": programme})
    elif target is None or target.kind == "none":
        yield Said("cell_none", sheet)
    elif target.value is None or target.unit is None:
        yield Said("cell_unit_unknown", sheet)
    else:
        yield Said("cell_guaranteed", {**sheet, "length": Length(target.value, target.unit)})
    if target is not None and clock.policy.contract and clock.kind == "premium":
        yield from _evidence(target)


def _evidence(target: Target) -> Iterator[Said]:
    if target.source:
        yield Said("cell_source", {"source": target.source})
    note = CellNote(target)
    if target.uncertain:
        yield Said("mark_uncertain", {"note": note})
    if target.reconciled:
        yield Said("mark_reconciled", {"note": note})


def _calendar(clock: ResponseClock) -> Iterator[Said]:
    if clock.calendar is None:
        if clock.policy.contract:
            yield Said("calendar_none")
        return
    snapshot = clock.calendar.snapshot
    spec = snapshot.spec
    yield Said("calendar_used", {"calendar": spec.id, "version": spec.version, "zone": spec.zone})
    yield Said("calendar_data", {"holidays": snapshot.holidays_version or "-", "zones": snapshot.tzdata_version})
    for one in clock.incident.recalculations:
        yield Said("recalculated", {"at": one.at, "actor": Somebody(one.actor), "reason": one.reason})


def _start(clock: ResponseClock) -> Iterator[Said]:
    first = clock.steps[0]
    yield Said(f"begun_{first.kind}", {"at": first.at, "level": first.level, "severity": LevelName(first.level)})
    if first.after is not None:
        yield from _started(first.after)


def _started(promise: Promise) -> Iterator[Said]:
    start = promise.start
    if start.why == "call" and start.called_at is not None:
        yield Said("start_call", {"called_at": start.called_at, "at": start.at})
    elif start.why != "business_time":
        yield Said(f"start_{start.why}", {"at": start.at})
    elif promise.intervals and promise.intervals[0].start > start.at:
        yield Said("start_business_time_later", {"at": promise.intervals[0].start})
    else:
        yield Said("start_business_time", {"at": start.at})


def _changes(clock: ResponseClock) -> Iterator[Said]:
    for step in clock.steps[1:]:
        if step.kind in {"raised", "lowered"}:
            yield Said(f"step_{step.kind}", {"at": step.at, "level": step.level, "severity": LevelName(step.level)})
        else:
            yield Said(f"step_{step.kind}", {"at": step.at})
        if step.after is not None and step.after is not step.before:
            yield from _started(step.after)
        yield _consequence(step)
    yield from _without_effect(clock)


def _without_effect(clock: ResponseClock) -> Iterator[Said]:
    """Changes of severity that came too late to touch the clock; one sentence of each sort is enough."""
    answer, deadline = clock.cycle.answer, clock.deadline
    later = [one for one in clock.incident.levels if (one.at, one.seq) > (clock.cycle.begun_at, clock.cycle.seq)]
    answered = [one for one in later if answer is not None and (one.at, one.seq) > (answer.at, answer.seq)]
    missed = [one for one in later if deadline is not None and one.at > deadline and one not in answered]
    if missed:
        yield Said("step_after_deadline", {"at": missed[0].at})
    if answered:
        yield Said("step_after_answer", {"at": answered[0].at})


def _consequence(step: Step) -> Said:
    before, after = step.before, step.after
    if before is None:
        return Said("deadline_given", {"after": after.deadline}) if after else Said("deadline_none")
    if after is None:
        return Said("deadline_taken", {"before": before.deadline})
    if before.deadline == after.deadline:
        return Said("deadline_stays", {"after": after.deadline})
    return Said("deadline_moved", {"before": before.deadline, "after": after.deadline})


def _deadline(clock: ResponseClock) -> Iterator[Said]:
    deadline = clock.deadline
    if deadline is None:
        yield Said("deadline_none")
        return
    for one in clock.intervals:
        yield Said("counted", {"start": one.start, "end": one.end})
    yield Said("deadline", {"deadline": deadline})
    if clock.promise is not None and clock.promise.level != clock.level:
        promised = clock.promise
        yield Said("deadline_of_level", {"level": promised.level, "severity": LevelName(promised.level)})
    if clock.provisional:
        yield Said("mark_provisional")
    if clock.deadline_if_submission_counts is not None:
        yield Said("deadline_if_submission_counts", {"deadline": clock.deadline_if_submission_counts})
    if clock.deadline_if_call_needed is not None:
        yield Said("deadline_if_call_needed", {"deadline": clock.deadline_if_call_needed})
    other = clock.other_reading
    if other is not None and clock.promise is not None:
        length = Length(clock.promise.target.value or 0, other.unit)
        yield Said("other_reading", {"length": length, "deadline": other.deadline})


def _thresholds(clock: ResponseClock) -> Iterator[Said]:
    for one in clock.thresholds:
        share: dict[str, Parameter] = {"share": Share(one.fraction), "at": one.at}
        if one.fired is not None:
            yield Said("threshold_told", {**share, "told_at": one.fired.at})
        elif clock.responded_at is None and clock.ended_at is None:
            yield Said("threshold", share)


def _outcome(clock: ResponseClock, now: datetime) -> Iterator[Said]:
    acknowledged = clock.incident.auto_acknowledged_at
    if acknowledged is not None:
        yield Said("acknowledged", {"at": acknowledged})
    status = clock.status(now)
    answer = clock.cycle.answer
    if answer is not None:
        result = "answered" if status == "not_guaranteed" else f"answered_{status}"
        yield Said(result, {"at": answer.at, "author": Somebody(answer.author)})
    elif clock.ended_at is not None:
        yield Said("ended_missed" if status == "missed" else "ended", {"at": clock.ended_at})
    else:
        yield from _still(clock, now)
    waited = clock.waited(now)
    if waited.wall and waited.business is not None:
        yield Said("waited", {"wall": waited.wall, "business": waited.business})
    elif waited.wall:
        yield Said("waited_wall", {"wall": waited.wall})


def _still(clock: ResponseClock, now: datetime) -> Iterator[Said]:
    remaining = clock.remaining(now)
    own = "business" if clock.promise is not None and clock.promise.business else "calendar"
    if clock.status(now) == "missed":
        yield Said(f"overdue_{own}", {"length": remaining if remaining is not None else timedelta()})
    elif remaining is not None:
        yield Said(f"left_{own}", {"length": remaining})
    elif clock.promise is None:
        yield Said("unanswered")
