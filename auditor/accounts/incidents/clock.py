"""The response clock of an incident: a pure function of its events, its terms and its calendar (INV-2).

It runs until the first qualified answer and never pauses (RULE-SLA-2). Nothing here asks for the present instant:
what depends on it takes `now`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from auditor.accounts.incidents.facts import Cycle, Escalation, KindChange, LevelChange
from auditor.accounts.incidents.promises import Promise, Reckoner, Step, is_guaranteed, steps_of
from auditor.accounts.incidents.waiting import Waited, waited

if TYPE_CHECKING:
    from auditor.accounts.incidents.state import Incident
    from auditor.accounts.policy import Policy
    from auditor.accounts.programmes import Target, Unit
    from auditor.calendars.calendar import BusinessCalendar, Interval

Status: TypeAlias = Literal["running", "due", "met", "missed", "not_guaranteed", "cancelled"]
Ungiven: TypeAlias = Literal["no_contract", "standard_kind", "none_stated", "unit_unknown"]

_Change = TypeVar("_Change", LevelChange, KindChange)

_OTHER_POLICY: Mapping[str, Literal["phone_required", "submission"]] = {
    "phone_required": "submission",
    "submission": "phone_required",
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share of the response time and the instant at which it has passed. `fired` is the event that told so."""

    fraction: float
    at: datetime
    fired: Escalation | None


@dataclass(frozen=True, slots=True)
class OtherReading:
    """The deadline if the uncertain unit of the target is read the other way."""

    unit: Unit
    deadline: datetime


@dataclass(frozen=True)
class ResponseClock:
    """What was promised, and what became of it.

    `level` and `kind` are those at the answer, or now while there is none; `target` is the cell of that level.
    `promise` is what holds: after a raise it may still be that of the level before, when its deadline is earlier.
    `steps` tell how it came about.
    `responded_at` is the first qualified answer of the cycle, `ended_at` when the request ended without one.
    """

    incident: Incident = field(repr=False, compare=False)
    policy: Policy = field(repr=False, compare=False)
    calendar: BusinessCalendar | None = field(repr=False, compare=False)
    cycle: Cycle
    level: int
    kind: str
    target: Target | None
    promise: Promise | None
    steps: tuple[Step, ...]
    responded_at: datetime | None
    ended_at: datetime | None

    @property
    def deadline(self) -> datetime | None:
        """The last instant at which an answer is in time; None when nothing is guaranteed."""
        return self.promise.deadline if self.promise else None

    @property
    def start_at(self) -> datetime | None:
        """Where the clock that holds starts; None when nothing is guaranteed."""
        return self.promise.start.at if self.promise else None

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """What was counted towards the deadline, in UTC."""
        return self.promise.intervals if self.promise else ()

    @property
    def ungiven(self) -> Ungiven | None:
        """Why nothing is guaranteed; None where something is."""
        if self.promise is not None:
            return None
        if not self.policy.contract:
            return "no_contract"
        if self.kind != "premium":
            return "standard_kind"
        stated = self.target is not None and self.target.kind == "guaranteed" and not is_guaranteed(self.target)
        return "unit_unknown" if stated else "none_stated"

    @property
    def uncertain(self) -> bool:
        """Whether the promised value must not be printed without its mark."""
        promised = self.target if self.policy.contract and self.kind == "premium" else None
        return any(cell is not None and cell.uncertain for cell in (self._held_cell, promised))

    @property
    def reconciled(self) -> bool:
        """Whether the promised value is our reading of a damaged source."""
        return self._held_cell is not None and self._held_cell.reconciled

    @property
    def provisional(self) -> bool:
        """Whether the deadline rests on days that are not announced yet."""
        return self.promise is not None and self.promise.provisional

    @property
    def _held_cell(self) -> Target | None:
        return self.promise.target if self.promise else None

    @cached_property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Shares of the time in rising order, reckoned forward from the start in the clock's own time (RULE-SLA-10)."""
        if self.promise is None:
            return ()
        fired = {one.fraction: one for one in reversed(self.incident.escalations) if one.cycle == self.cycle.number}
        return tuple(
            Threshold(fraction, self._passed(self.promise, fraction), fired.get(fraction))
            for fraction in sorted(set(self.policy.thresholds))
        )

    @property
    def next_threshold(self) -> Threshold | None:
        """The earliest threshold that was not told yet; None once there is an answer or nothing to answer."""
        if self.responded_at is not None or self.ended_at is not None:
            return None
        return next((threshold for threshold in self.thresholds if threshold.fired is None), None)

    @cached_property
    def deadline_if_submission_counts(self) -> datetime | None:
        """Where a call is needed off-hours: the deadline if none were, None when it is the same (RULE-OFF-1)."""
        return self._deadline_under("phone_required")

    @cached_property
    def deadline_if_call_needed(self) -> datetime | None:
        """Where the submission counts off-hours: the deadline if a call were needed, None when it is the same."""
        return self._deadline_under("submission")

    @cached_property
    def other_reading(self) -> OtherReading | None:
        """The deadline under the other reading of the unit, for a promise whose unit is uncertain."""
        cell = self._held_cell
        if self.promise is None or cell is None or not cell.uncertain or cell.alternative_unit is None:
            return None
        if cell.alternative_unit == "business_hour" and self.calendar is None:
            return None
        targets = {level: _read_otherwise(target) for level, target in self.policy.targets.items()}
        deadline = self._again(replace(self.policy, targets=targets)).deadline
        return OtherReading(cell.alternative_unit, deadline) if deadline else None

    def status(self, now: datetime) -> Status:
        """How it stands at an instant.

        met, missed     answered in time or not; missed also while unanswered past the deadline (RULE-SLA-6)
        cancelled       ended without an answer while there was time
        due             unanswered, and the last threshold before the deadline has passed
        not_guaranteed  there is no deadline, whether answered or not
        """
        if self.promise is None:
            return "not_guaranteed"
        end = self.responded_at or self.ended_at
        if (end or now) > self.promise.deadline:
            return "missed"
        if end is not None:
            return "met" if self.responded_at else "cancelled"
        warned = [one.at for one in self.thresholds if one.fraction < 1]
        return "due" if warned and warned[-1] <= now else "running"

    def elapsed(self, now: datetime) -> timedelta | None:
        """What has passed of the promise in its own time, until the answer.

        None when nothing is guaranteed, and when `now` lies beyond the years of the calendar.
        """
        if self.promise is None:
            return None
        end = self.responded_at or self.ended_at or now
        return self._own_time(self.promise, self.promise.start.at, max(end, self.promise.start.at))

    def remaining(self, now: datetime) -> timedelta | None:
        """What is left in its own time, negative when overdue; None where `elapsed` is.

        Outside business hours a missed business target can be overdue by nothing at all.
        """
        if self.promise is None:
            return None
        end = self.responded_at or self.ended_at or now
        return self._own_time(self.promise, max(end, self.promise.start.at), self.promise.deadline)

    def waited(self, now: datetime) -> Waited:
        """For how long the customer was waited for; statistics that never move the deadline."""
        return waited(self.incident, self.calendar, now)

    def _passed(self, promise: Promise, fraction: float) -> datetime:
        if fraction == 1:
            return promise.deadline
        reckoner = Reckoner(self.policy, self.calendar)
        return reckoner.reckon(promise.target, promise.start.at, round(promise.seconds * fraction))[0]

    def _own_time(self, promise: Promise, first: datetime, last: datetime) -> timedelta | None:
        if not promise.business or self.calendar is None:
            return last - first
        if not (self.calendar.covers(first) and self.calendar.covers(last)):
            return None
        return timedelta(seconds=self.calendar.between(first, last))

    def _deadline_under(self, policy: str) -> datetime | None:
        if self.promise is None or self.policy.off_hours != policy or self.calendar is None:
            return None
        promises = [step.after for step in self.steps if step.after is not None]
        if all(promise.start.why in {"business_time", "business_hours"} for promise in promises):
            return None
        other = self._again(replace(self.policy, off_hours=_OTHER_POLICY[policy])).deadline
        return other if other != self.deadline else None

    def _again(self, policy: Policy) -> ResponseClock:
        return response_clock(self.incident, policy, self.calendar, self.cycle)


def response_clock(
    incident: Incident, policy: Policy, calendar: BusinessCalendar | None, cycle: Cycle | None = None
) -> ResponseClock:
    """The response clock of the cycle that counts now, or of the one that is given.

    `policy` and `calendar` are those whose hashes the incident carries. RuleBroken when business hours are needed and
    there is no calendar; OutsideCalendar when the calendar was not made for that year.
    """
    cycle = cycle or incident.cycle
    answer = cycle.answer
    calls = [call for call in incident.calls if cycle.ran_at(call.at, call.seq)]
    steps = steps_of(incident, cycle, Reckoner(policy, calendar, calls))
    level = _before(cycle, incident.levels)[-1].level
    return ResponseClock(
        incident=incident,
        policy=policy,
        calendar=calendar,
        cycle=cycle,
        level=level,
        kind=_before(cycle, incident.kinds)[-1].kind,
        target=policy.targets.get(level),
        promise=steps[-1].after,
        steps=steps,
        responded_at=answer.at if answer else None,
        ended_at=None if answer else cycle.ended_at,
    )


def _before(cycle: Cycle, changes: Sequence[_Change]) -> Sequence[_Change]:
    """The changes before the clock stopped; the first one, the submission, is always among them."""
    return [one for one in changes if cycle.ran_at(one.at, one.seq)] or changes[:1]


def _read_otherwise(target: Target) -> Target:
    if not target.uncertain or target.alternative_unit is None:
        return target
    return replace(target, unit=target.alternative_unit, alternative_unit=target.unit)
