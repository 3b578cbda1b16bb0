"""Which response was promised until when, as severity and kind of an incident changed. Pure arithmetic.

Decisions where the rules leave room:

* A call counts for an instant off-hours (submission, reopening or a raise) when it is at most `call_lead_minutes`
  earlier. A raise in the night after a call in the morning waits for a call of its own, or for the opening.
* Lowering reckons anew from the beginning. Where that would lie before the deadline that held until then (after a raise
  in between), that deadline stays: lowering a severity never makes a breach.
* A request that had no guarantee gets one from the instant on at which its level or kind brings one. A premium request
  that becomes standard loses it. A deadline that had passed unanswered stays, whatever changes afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from auditor.accounts.incidents.facts import Call, Cycle, KindChange, LevelChange
from auditor.errors import RuleBroken

if TYPE_CHECKING:
    from auditor.accounts.incidents.state import Incident
    from auditor.accounts.policy import Policy
    from auditor.accounts.programmes import Target
    from auditor.calendars.calendar import BusinessCalendar, Interval

StartReason: TypeAlias = Literal["business_time", "business_hours", "call", "opening", "submission"]
StepKind: TypeAlias = Literal["submitted", "reopened", "raised", "lowered", "premium", "standard"]

_SECONDS: Mapping[str, int] = {"calendar_minute": 60, "calendar_hour": 3600, "business_hour": 3600}


@dataclass(frozen=True, slots=True)
class Start:
    """Where a clock starts, and why.

    `business_time`: counted in open time. `business_hours`: calendar time, begun in business hours. Off-hours it is
    `call` (the customer called at `called_at`), `opening` (no call: the next opening), or `submission` where the terms
    ask for no call. `waits`: the start lies after the instant that set the clock going.
    """

    at: datetime
    why: StartReason
    called_at: datetime | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """One target counted from one instant. `intervals` are what was counted, in UTC."""

    level: int
    target: Target
    since: datetime
    start: Start
    deadline: datetime
    intervals: tuple[Interval, ...]
    provisional: bool

    @property
    def seconds(self) -> int:
        """The length of the target in its own time."""
        return seconds_of(self.target)

    @property
    def business(self) -> bool:
        """Whether only open time counts."""
        return self.target.unit == "business_hour"


@dataclass(frozen=True, slots=True)
class Step:
    """What set or changed the promise: at which instant, to which level, and what held before and after."""

    at: datetime
    kind: StepKind
    level: int
    before: Promise | None
    after: Promise | None


def is_guaranteed(target: Target | None) -> bool:
    """Whether the cell promises a length of time; a value without a known unit is none."""
    return target is not None and target.kind == "guaranteed" and target.value is not None and target.unit is not None


def seconds_of(target: Target) -> int:
    """The length of a guaranteed target."""
    return (target.value or 0) * _SECONDS[target.unit or ""]


class Reckoner:
    """Promises under given terms. `calls` are those that were made before the answer."""

    def __init__(self, policy: Policy, calendar: BusinessCalendar | None, calls: Sequence[Call] = ()) -> None:
        self._policy = policy
        self._calendar = calendar
        self._calls = sorted(call.at for call in calls)
        self._lead = timedelta(minutes=policy.call_lead_minutes)

    def promise(self, level: int, kind: str, since: datetime) -> Promise | None:
        """What is promised to a request of that level and kind from `since` on; None when nothing is.

        RuleBroken when business hours are needed and there is no calendar.
        """
        target = self._policy.targets.get(level)
        if target is None or kind != "premium" or not self._policy.contract or not is_guaranteed(target):
            return None
        start = self.start(target, since)
        deadline, intervals, provisional = self.reckon(target, start.at, seconds_of(target))
        return Promise(level, target, since, start, deadline, intervals, provisional or self._guessed(start, since))

    def reckon(self, target: Target, start: datetime, seconds: int) -> tuple[datetime, tuple[Interval, ...], bool]:
        """The instant by which `seconds` of the target's own time have passed, what was counted, if provisional."""
        if target.unit == "business_hour":
            found = self._opened().add(start, seconds)
            return found.deadline, found.intervals, found.provisional
        from auditor.calendars.calendar import Interval

        deadline = start + timedelta(seconds=seconds)
        return deadline, (Interval(start, deadline),) if seconds else (), False

    def start(self, target: Target, since: datetime) -> Start:
        """Where a clock that is set going at `since` starts (RULE-SLA-5, RULE-OFF-1)."""
        if target.unit == "business_hour":
            return Start(since, "business_time")
        if self._policy.off_hours == "submission":
            return Start(since, "submission")
        calendar = self._opened()
        opening = calendar.next_opening(since)
        if opening <= since:
            return Start(since, "business_hours")
        called = next((call for call in self._calls if call >= since - self._lead), None)
        if called is None or called >= opening:
            return Start(opening, "opening", waits=True)
        return Start(max(since, called), "call", called, waits=called > since)

    def _opened(self) -> BusinessCalendar:
        if self._calendar is None:
            raise RuleBroken(
                "the response time cannot be reckoned without business hours",
                hint="give the contract a support calendar",
            )
        return self._calendar

    def _guessed(self, start: Start, since: datetime) -> bool:
        """Whether the start itself rests on days that may still change."""
        if self._calendar is None or start.why in {"business_time", "submission"}:
            return False
        zone = self._calendar.zone
        return self._calendar.is_provisional(since.astimezone(zone).date(), start.at.astimezone(zone).date())


def steps_of(incident: Incident, cycle: Cycle, reckoner: Reckoner) -> tuple[Step, ...]:
    """How the promise of one cycle came about; the last step's `after` is what holds (RULE-SLA-9)."""
    level, kind, begun = cycle.level, cycle.kind, cycle.begun_at
    held = reckoner.promise(level, kind, begun)
    steps = [Step(begun, "submitted" if cycle.number == 1 else "reopened", level, None, held)]
    for change in _changes(incident, cycle):
        if held is not None and held.deadline < change.at:
            break  # a breach stays
        before, old = held, (level, kind)
        level = change.level if isinstance(change, LevelChange) else level
        kind = change.kind if isinstance(change, KindChange) else kind
        if (level, kind) == old:
            continue
        if before is None:
            begun = change.at
        since = begun if level > old[0] else change.at
        held = _stricter(before, reckoner.promise(level, kind, since), lowered=level > old[0], kind=kind)
        steps.append(Step(change.at, _named(level - old[0], kind), level, before, held))
    return tuple(steps)


def _stricter(held: Promise | None, new: Promise | None, *, lowered: bool, kind: str) -> Promise | None:
    """What holds after a change, of what held before and what the new level promises."""
    if held is None or kind != "premium":
        return new
    if new is None:
        return None if lowered else held
    if lowered:
        return new if new.deadline >= held.deadline else held
    return new if new.deadline < held.deadline else held


def _named(levels: int, kind: str) -> StepKind:
    if levels:
        return "raised" if levels < 0 else "lowered"
    return "premium" if kind == "premium" else "standard"


def _changes(incident: Incident, cycle: Cycle) -> list[LevelChange | KindChange]:
    """Changes of the cycle before its clock stopped; what changes afterwards does not touch it."""
    begun = (cycle.begun_at, cycle.seq)
    found: list[LevelChange | KindChange] = [*incident.levels, *incident.kinds]
    found = [one for one in found if begun < (one.at, one.seq) and cycle.ran_at(one.at, one.seq)]
    return sorted(found, key=lambda one: (one.at, one.seq))
