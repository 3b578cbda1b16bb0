"""Arithmetic in business time: when a deadline falls, how much open time lies between two instants.

Wall times become instants of UTC before anything is subtracted: arithmetic on local times is wrong twice a year.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.calendars.days import DayReason, Days
from auditor.calendars.durations import Duration
from auditor.calendars.snapshot import CalendarSnapshot, DayException
from auditor.calendars.walltimes import closing, opening
from auditor.calendars.windows import Window
from auditor.calendars.zones import load_zone
from auditor.errors import ContentError, UsageProblem

_ONE_DAY = timedelta(days=1)
# a window may reach into the next day, and a change of the clock may carry it past another midnight
_REACH = 2 * _ONE_DAY
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class OutsideCalendar(ContentError):
    """The answer lies beyond the years for which the calendar was made."""


@dataclass(frozen=True)
class Interval:
    """Open time from `start` up to, not including, `end`; both in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Reckoning:
    """A deadline (UTC) and the open time that was counted towards it, joined where it touches.

    `provisional`: it touches days that the country has not announced yet, or dates that are only estimated.
    """

    deadline: datetime
    intervals: tuple[Interval, ...]
    provisional: bool


class BusinessCalendar:
    """Answers about one snapshot. All instants are aware (UsageProblem for others); answers are in UTC.

    OutsideCalendar when an answer would need a year the snapshot does not have.
    """

    def __init__(self, snapshot: CalendarSnapshot) -> None:
        self.snapshot = snapshot
        self.zone: ZoneInfo = load_zone(snapshot.spec.zone)
        self._days = Days(snapshot)
        self._raw: dict[date, tuple[Interval, ...]] = {}
        self._open: dict[date, tuple[Interval, ...]] = {}
        self._begin = opening(date(snapshot.first_year, 1, 1), 0, self.zone)
        self._end = opening(date(snapshot.last_year + 1, 1, 1), 0, self.zone)
        fixed = snapshot.spec.always_open or snapshot.spec.every_day
        self._known_until = None if fixed else snapshot.decreed_until
        self._estimated = [
            exception.date
            for exception in snapshot.exceptions
            if exception.estimated and not fixed and exception.date not in snapshot.spec.overrides
        ]

    def covers(self, instant: datetime) -> bool:
        """Whether the instant lies in the years of the snapshot, in its zone."""
        return self._begin <= _utc(instant) < self._end

    def is_business_day(self, day: date) -> bool:
        """Whether windows begin on the date."""
        return bool(self._days.windows(self._covered_day(day)))

    def windows(self, day: date) -> tuple[Window, ...]:
        """The windows that begin on the date, as wall times."""
        return self._days.windows(self._covered_day(day))

    def why(self, day: date) -> DayReason:
        """What makes the date open or closed."""
        return self._days.reason(self._covered_day(day))

    def exception(self, day: date) -> DayException | None:
        """The holiday or moved working day of a date, also where something stronger decides; None on other dates."""
        return self._days.exception(self._covered_day(day))

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether the dates touch what is not announced yet, or an estimated day or its neighbours."""
        if self._known_until is not None and last.year > self._known_until:
            return True
        place = bisect_left(self._estimated, first - _ONE_DAY)
        return place < len(self._estimated) and self._estimated[place] <= last + _ONE_DAY

    def day_intervals(self, day: date) -> tuple[Interval, ...]:
        """Open time of the windows that begin on the date; it never overlaps that of another date."""
        return self._intervals(self._covered_day(day))

    def is_open(self, instant: datetime) -> bool:
        """Whether the instant is in open time; the instant of closing is not."""
        at = self._covered(instant)
        return next((interval.start <= at for interval in self._from(at) if interval.end > at), False)

    def next_opening(self, instant: datetime) -> datetime:
        """The instant itself in open time, else the next opening after it."""
        at = self._covered(instant)
        for interval in self._from(at):
            if interval.end > at:
                return max(at, interval.start)
        raise self._beyond(at)

    def add(self, start: datetime, seconds: int) -> Reckoning:
        """The instant at which `seconds` of open time have passed since `start`.

        A length that exactly fills the open time is due at closing. Nothing at all is due at once in open time and at
        closing, else at the next opening.
        """
        if seconds < 0:
            raise UsageProblem(f"cannot add {seconds} seconds", hint="a target is not negative")
        at = self._covered(start)
        remaining = timedelta(seconds=seconds)
        counted: list[Interval] = []
        for interval in self._from(at):
            begin = max(at, interval.start)
            available = interval.end - begin
            if remaining <= available:
                deadline = begin + remaining
                _count(counted, begin, deadline)
                return Reckoning(self._reached(deadline, at), tuple(counted), self.uncertain_between(at, deadline))
            _count(counted, begin, interval.end)
            remaining -= available
        raise self._beyond(at)

    def add_duration(self, start: datetime, duration: Duration) -> Reckoning:
        """`add` for business time; calendar time runs on the line of UTC and needs no calendar."""
        if duration.business:
            return self.add(start, duration.seconds)
        at = _utc(start)
        try:
            deadline = at + timedelta(seconds=duration.seconds)
        except OverflowError as error:
            raise self._beyond(at) from error
        return Reckoning(deadline, (Interval(at, deadline),) if duration.seconds else (), provisional=False)

    def between(self, first: datetime, last: datetime) -> int:
        """Whole seconds of open time from `first` to `last`; negative when `last` is the earlier."""
        if _utc(last) < _utc(first):
            return -self.between(last, first)
        total = sum((interval.end - interval.start for interval in self.open_between(first, last)), timedelta())
        return total // timedelta(seconds=1)

    def open_between(self, first: datetime, last: datetime) -> tuple[Interval, ...]:
        """The open time from `first` to `last`, joined where it touches; nothing when `last` is the earlier."""
        start, end = self._covered(first), self._reached(_utc(last), _utc(first))
        counted: list[Interval] = []
        for interval in self._from(start):
            if interval.start >= end:
                break
            _count(counted, max(start, interval.start), min(end, interval.end))
        return tuple(counted)

    def uncertain_between(self, first: datetime, last: datetime) -> bool:
        """`is_provisional` for the local dates from one instant to the other."""
        return self.is_provisional(self._local_date(_utc(first)), self._local_date(_utc(last)))

    def _local_date(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def _from(self, instant: datetime) -> Iterator[Interval]:
        """Open time that ends at the instant or later, in order, to the end of the snapshot."""
        day = self._local_date(instant) - _REACH
        while day.year <= self.snapshot.last_year:
            for interval in self._intervals(day):
                if interval.end >= instant:
                    yield interval
            day += _ONE_DAY

    def _intervals(self, day: date) -> tuple[Interval, ...]:
        """Of one date, without what earlier windows hold: where the clock goes back, wall times come twice."""
        found = self._open.get(day)
        if found is None:
            earlier = (*self._resolved(day - 2 * _ONE_DAY), *self._resolved(day - _ONE_DAY))
            taken = max((interval.end for interval in earlier), default=_LONG_AGO)
            kept = []
            for interval in self._resolved(day):
                start = max(interval.start, taken)
                if start < interval.end:
                    kept.append(Interval(start, interval.end))
                    taken = interval.end
            found = self._open[day] = tuple(kept)
        return found

    def _resolved(self, day: date) -> tuple[Interval, ...]:
        found = self._raw.get(day)
        if found is None:
            windows = self._days.windows(day)
            ends = [(opening(day, one.start, self.zone), closing(day, one.end, self.zone)) for one in windows]
            found = self._raw[day] = tuple(Interval(start, end) for start, end in sorted(ends))
        return found

    def _covered(self, instant: datetime) -> datetime:
        at = _utc(instant)
        if not self._begin <= at < self._end:
            raise self._outside(f"{at.astimezone(self.zone).isoformat()} is outside")
        return at

    def _covered_day(self, day: date) -> date:
        if isinstance(day, datetime):
            raise UsageProblem("a date is needed, not an instant", hint="take the local date in the calendar's zone")
        if not self.snapshot.first_year <= day.year <= self.snapshot.last_year:
            raise self._outside(f"{day.isoformat()} is outside")
        return day

    def _reached(self, end: datetime, start: datetime) -> datetime:
        if end > self._end:
            raise self._beyond(start)
        return end

    def _beyond(self, start: datetime) -> OutsideCalendar:
        return self._outside(f"what is counted from {start.astimezone(self.zone).isoformat()} on runs past")

    def _outside(self, what: str) -> OutsideCalendar:
        years = f"{self.snapshot.first_year} to {self.snapshot.last_year}"
        return OutsideCalendar(
            f"{what} the years {years} of the calendar",
            where=f"calendar {self.snapshot.spec.id}",
            hint="freeze the calendar for more years",
        )


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise UsageProblem(f"the instant {instant.isoformat()} has no zone", hint="instants are stored in UTC: add it")
    return instant.astimezone(UTC)


def _count(counted: list[Interval], start: datetime, end: datetime) -> None:
    """Add open time to what is counted, joined where it touches."""
    if counted and counted[-1].end == start:
        start = counted.pop().start
    if start < end:
        counted.append(Interval(start, end))
