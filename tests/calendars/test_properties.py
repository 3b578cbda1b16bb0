"""What holds of every calendar (T-55)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.freeze import freeze
from auditor.calendars.spec import CalendarSpec
from auditor.calendars.windows import Window
from tests.calendars.examples import example_calendars

# what is tested is the law, not the time an example takes on a busy computer
UNHURRIED = settings(deadline=None)

EXAMPLES = {spec.id: spec for spec in example_calendars()}
SECOND = timedelta(seconds=1)


@cache
def example(name: str) -> BusinessCalendar:
    return BusinessCalendar(freeze(EXAMPLES[name], 2024, 2029))


names = st.sampled_from(sorted(EXAMPLES))
instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
near_changes = st.builds(
    lambda night, seconds: night + timedelta(seconds=seconds),
    st.sampled_from(
        [
            datetime(2026, *day, tzinfo=UTC)
            for day in ((3, 8, 7), (3, 29, 1), (10, 25, 1), (11, 1, 6), (1, 1, 0), (12, 31, 20), (2, 28, 23))
        ]
    ),
    st.integers(-200_000, 200_000),
)


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(Window(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False))


starts = st.one_of(instants, near_changes)
lengths = st.one_of(st.integers(0, 120 * 3600), st.sampled_from([0, 1, 60, 4 * 3600, 8 * 3600, 9 * 3600, 18 * 3600]))


def test_the_shipped_calendars_cover_what_customers_have() -> None:
    zones = {spec.zone for spec in EXAMPLES.values()}
    assert zones >= {
        "Europe/Madrid", "Europe/Rome", "Europe/Moscow", "Europe/Lisbon", "America/Sao_Paulo", "America/Mexico_City",
        "Asia/Riyadh", "Asia/Kolkata", "Europe/Istanbul", "America/New_York",
    }  # fmt: skip
    assert any(spec.always_open for spec in EXAMPLES.values())


@UNHURRIED
@given(names, starts, lengths)
def test_the_time_added_is_the_time_between(name: str, start: datetime, seconds: int) -> None:
    calendar = example(name)
    found = calendar.add(start, seconds)
    assert calendar.between(start, found.deadline) == seconds
    counted = sum(((interval.end - interval.start) for interval in found.intervals), timedelta())
    assert counted == timedelta(seconds=seconds)


@UNHURRIED
@given(names, starts, lengths, lengths)
def test_adding_twice_is_adding_the_sum(name: str, start: datetime, first: int, second: int) -> None:
    calendar = example(name)
    in_steps = calendar.add(calendar.add(start, first).deadline, second)
    assert in_steps.deadline == calendar.add(start, first + second).deadline


@UNHURRIED
@given(names, starts, st.integers(0, 10**6), lengths)
def test_a_later_start_is_never_due_earlier(name: str, start: datetime, later: int, seconds: int) -> None:
    calendar = example(name)
    assert calendar.add(start, seconds).deadline <= calendar.add(start + timedelta(seconds=later), seconds).deadline


@UNHURRIED
@given(names, starts, lengths, st.integers(0, 10**5))
def test_more_is_never_due_earlier(name: str, start: datetime, seconds: int, more: int) -> None:
    calendar = example(name)
    assert calendar.add(start, seconds).deadline <= calendar.add(start, seconds + more).deadline


@UNHURRIED
@given(names, starts, lengths)
def test_a_deadline_is_in_open_time_or_at_closing_and_not_too_early(name: str, start: datetime, seconds: int) -> None:
    calendar = example(name)
    deadline = calendar.add(start, seconds).deadline
    assert deadline >= start + timedelta(seconds=seconds)
    assert calendar.is_open(deadline) or calendar.is_open(deadline - timedelta(microseconds=1))


@UNHURRIED
@given(names, st.lists(starts, min_size=3, max_size=3))
def test_open_time_adds_up(name: str, instants: list[datetime]) -> None:
    calendar = example(name)
    first, middle, last = (instant.replace(microsecond=0) for instant in sorted(instants))
    assert calendar.between(first, middle) + calendar.between(middle, last) == calendar.between(first, last)
    assert calendar.between(last, first) == -calendar.between(first, last)


@UNHURRIED
@given(names, starts)
def test_nothing_is_open_between_an_instant_and_the_next_opening(name: str, start: datetime) -> None:
    calendar = example(name)
    opening = calendar.next_opening(start)
    assert opening >= start
    assert calendar.is_open(opening)
    assert calendar.is_open(start) == (opening == start)
    assert calendar.open_between(start, opening) == ()


@UNHURRIED
@given(names, starts)
def test_the_intervals_of_days_are_in_order_and_disjoint(name: str, start: datetime) -> None:
    calendar = example(name)
    days = [start.date() + timedelta(days=number) for number in range(4)]
    ends = [edge for day in days for interval in calendar.day_intervals(day) for edge in (interval.start, interval.end)]
    assert ends == sorted(ends)
    assert all(interval.start < interval.end for day in days for interval in calendar.day_intervals(day))


@settings(deadline=None, max_examples=30)
@given(st.lists(day_windows(), min_size=7, max_size=7).filter(any), starts, st.integers(1, 10**5))
def test_any_week_of_windows_keeps_the_law(week: list[tuple[Window, ...]], start: datetime, seconds: int) -> None:
    calendar = BusinessCalendar(freeze(CalendarSpec("any", "Europe/Madrid", tuple(week)), 2024, 2034))
    open_a_year = calendar.between(datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    # a week with a minute of open time would need more years than are frozen
    target = min(seconds, 5 * open_a_year)
    assert calendar.between(start, calendar.add(start, target).deadline) == target
