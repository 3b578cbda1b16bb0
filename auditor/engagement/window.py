"""The window of an engagement: the open time of one business day in the TAM's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from auditor.calendars.calendar import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Window:
    """The open intervals of the day, UTC, half open."""

    day: date
    intervals: tuple[tuple[datetime, datetime], ...]

    @property
    def opens(self) -> datetime:
        """The first open instant."""
        return self.intervals[0][0]

    @property
    def closes(self) -> datetime:
        """The first instant after the day's work."""
        return self.intervals[-1][1]

    @property
    def length(self) -> timedelta:
        """Open time of the whole day."""
        return sum((end - start for start, end in self.intervals), timedelta())

    def holds(self, instant: datetime) -> bool:
        """Whether work may be done at that instant: between the first opening and the last closing, breaks included."""
        return self.opens <= instant < self.closes

    def used(self, instant: datetime) -> timedelta:
        """Open time that has passed."""
        passed = (min(end, instant) - start for start, end in self.intervals if start < instant)
        return sum(passed, timedelta())

    def left(self, instant: datetime) -> timedelta:
        """Open time that remains."""
        return self.length - self.used(instant)


def window_of(day: date, calendar: BusinessCalendar) -> Window | None:
    """The window of a day, None when the calendar is closed on it."""
    intervals = tuple((interval.start, interval.end) for interval in calendar.day_intervals(day))
    return Window(day, intervals) if intervals else None
