"""Which windows a date has and why: override, moved working day, holiday, weekend, weekly windows, in this order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from auditor.calendars.snapshot import CalendarSnapshot, DayException
from auditor.calendars.spec import WEEKDAYS
from auditor.calendars.windows import DAY, Window

_WHOLE_DAY = (Window(0, DAY),)


class DayKind(Enum):
    """What decides about a date, strongest first."""

    OVERRIDE = "override"
    ALWAYS_OPEN = "always_open"
    MOVED = "moved_working_day"
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class DayReason:
    """What decides about a date. `name` is the holiday's name, the override's reason or the weekday."""

    kind: DayKind
    name: str
    estimated: bool = False

    def __str__(self) -> str:
        words = {
            DayKind.OVERRIDE: "override",
            DayKind.ALWAYS_OPEN: "always open",
            DayKind.MOVED: "moved working day",
            DayKind.HOLIDAY: "holiday",
            DayKind.WEEKEND: "weekend",
            DayKind.WEEKLY: "weekly windows",
        }
        named = self.name if self.kind in {DayKind.OVERRIDE, DayKind.MOVED, DayKind.HOLIDAY} else ""
        return f"{words[self.kind]}: {named}" if named else words[self.kind]


class Days:
    """Answers for single dates of a snapshot. Dates outside its years have no holidays: callers keep to `covers`."""

    def __init__(self, snapshot: CalendarSnapshot) -> None:
        self._spec = snapshot.spec
        self._exceptions = {exception.date: exception for exception in snapshot.exceptions}
        self._weekend = frozenset(snapshot.weekend)

    def exception(self, day: date) -> DayException | None:
        """The holiday or moved working day of a date, also where something stronger decides."""
        return self._exceptions.get(day)

    def reason(self, day: date) -> DayReason:
        """What decides about the date."""
        exception = None if self._spec.every_day else self._exceptions.get(day)
        weekday = WEEKDAYS[day.weekday()].capitalize()
        if (override := self._spec.overrides.get(day)) is not None:
            return DayReason(DayKind.OVERRIDE, override.reason)
        if self._spec.always_open:
            return DayReason(DayKind.ALWAYS_OPEN, weekday)
        if exception is not None:
            kind = DayKind.MOVED if exception.working else DayKind.HOLIDAY
            return DayReason(kind, exception.name, exception.estimated)
        if day.weekday() in self._weekend and not self._spec.every_day:
            return DayReason(DayKind.WEEKEND, weekday)
        return DayReason(DayKind.WEEKLY, weekday)

    def windows(self, day: date) -> tuple[Window, ...]:
        """The windows that begin on the date; none: nothing opens on it."""
        kind = self.reason(day).kind
        if kind is DayKind.OVERRIDE:
            return self._spec.overrides[day].windows
        if kind is DayKind.ALWAYS_OPEN:
            return _WHOLE_DAY
        if kind is DayKind.MOVED:
            return self._moved_windows(day)
        return self._spec.weekly[day.weekday()] if kind is DayKind.WEEKLY else ()

    def _moved_windows(self, day: date) -> tuple[Window, ...]:
        """A moved working Saturday has its own windows if it has any, else those of the day it stands in for."""
        own = self._spec.weekly[day.weekday()]
        like = self._exceptions[day].like
        return own or (self._spec.weekly[like] if like is not None else ())
