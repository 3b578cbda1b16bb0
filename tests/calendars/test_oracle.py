"""A slow oracle that steps through minutes, looks at the clock on the wall and knows nothing of our code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import holidays
import pytest

from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.freeze import freeze
from auditor.calendars.spec import CalendarSpec
from auditor.calendars.windows import Window
from tests.calendars.examples import example_calendars


@dataclass(frozen=True)
class Minutes:
    """Every minute of some days: which of them are open, found by looking at the wall clock minute after minute."""

    first: datetime
    open: tuple[bool, ...]

    def between(self, first: int, last: int) -> int:
        return sum(self.open[first:last])

    def add(self, start: int, minutes: int) -> int:
        """Index of the minute at whose beginning `minutes` (at least one) are over."""
        at = start
        while minutes:
            minutes -= self.open[at]
            at += 1
        return at


def wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def oracle(spec: CalendarSpec, first: date, days: int) -> Minutes:
    """Rules: the first pass of a wall time begins a window, the last ends it; what is missing shifts by the gap."""
    zone = ZoneInfo(spec.zone)
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=3)
    clocks = [wall(begin + timedelta(minutes=number), zone) for number in range((days + 6) * 1440)]
    first_pass, last_pass = {}, {}
    for number, clock in enumerate(clocks):
        first_pass.setdefault(clock, number)
        last_pass[clock] = number
    jumps = [after - before for before, after in pairwise(clocks)]
    gap = max(jumps) - timedelta(minutes=1)
    is_open = [False] * len(clocks)
    for number in range(-2, days + 2):
        day = first + timedelta(days=number)
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # a wall time
        for window in windows_of(spec, day):
            start, end = (midnight + timedelta(minutes=minutes) for minutes in (window.start, window.end))
            from_minute = first_pass.get(start, first_pass.get(start + gap))
            to_minute = last_pass.get(end, last_pass.get(end + gap))
            assert from_minute is not None
            assert to_minute is not None
            is_open[from_minute:to_minute] = [True] * (to_minute - from_minute)
    return Minutes(begin, tuple(is_open))


@cache
def country_days(country: str, subdivision: str, categories: tuple[str, ...]) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=subdivision or None, categories=categories)


def windows_of(spec: CalendarSpec, day: date) -> tuple[Window, ...]:
    if day in spec.overrides:
        return spec.overrides[day].windows
    if spec.always_open:
        return (Window(0, 1440),)
    if spec.every_day:
        return spec.weekly[day.weekday()]
    found = country_days(spec.country, spec.subdivision, spec.categories)
    if spec.weekend is not None:
        closed = day.weekday() in spec.weekend or day in found
    else:
        closed = not found.is_working_day(day)
    # in the examples every working day of a country that moves days has the same windows
    return () if closed else spec.weekly[day.weekday()] or spec.weekly[0]


RANGES = {
    "Europe/Moscow": (date(2024, 4, 24), date(2025, 12, 29), date(2025, 10, 30)),
    "America/New_York": (date(2026, 3, 5), date(2026, 10, 29), date(2026, 12, 24)),
    "Asia/Riyadh": (date(2026, 3, 16), date(2026, 5, 24)),
    "America/Sao_Paulo": (date(2026, 2, 12), date(2026, 7, 7)),
}
USUAL = (date(2026, 3, 26), date(2026, 10, 22), date(2026, 12, 23))


CASES = [
    pytest.param(spec, first, id=f"{spec.id} from {first}")
    for spec in example_calendars()
    for first in RANGES.get(spec.zone, USUAL)
]


@pytest.mark.parametrize(("spec", "first"), CASES)
def test_stepping_through_minutes_gives_the_same(spec: CalendarSpec, first: date) -> None:
    minutes = oracle(spec, first, 14)
    calendar = BusinessCalendar(freeze(spec, first.year - 1, first.year + 1))
    random = Random(first.toordinal())  # noqa: S311  # chooses samples
    core = range(3 * 1440, 9 * 1440)
    for _ in range(60):
        start, length = random.choice(core), random.randrange(1, 600)
        at = minutes.first + timedelta(minutes=start)
        assert calendar.is_open(at) == minutes.open[start]
        end = random.randrange(start, 14 * 1440)
        assert calendar.between(at, minutes.first + timedelta(minutes=end)) == 60 * minutes.between(start, end)
        expected = minutes.first + timedelta(minutes=minutes.add(start, length))
        assert calendar.add(at, length * 60).deadline == expected
