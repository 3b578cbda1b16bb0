"""Deadlines and spans with expected values from the specification or counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from auditor.calendars.calendar import BusinessCalendar, Interval, OutsideCalendar
from auditor.calendars.durations import Duration
from auditor.errors import UsageProblem

HOUR = 3600


def at(zone: str, text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


@pytest.mark.parametrize(
    ("start", "hours", "deadline"),
    [
        pytest.param("2026-03-27T16:00", 6, "2026-03-30T13:00+02:00", id="T-01 clock goes forward on Sunday"),
        pytest.param("2026-10-23T16:00", 6, "2026-10-26T13:00+01:00", id="T-02 clock goes back on Sunday"),
        pytest.param("2026-03-13T18:00", 6, "2026-03-16T15:00+01:00", id="T-03 start at closing"),
        pytest.param("2026-03-16T09:00", 9, "2026-03-16T18:00+01:00", id="T-04 fills the day"),
        pytest.param("2026-03-16T07:30", 6, "2026-03-16T15:00+01:00", id="T-05 start before opening"),
        pytest.param("2026-03-13T17:59:59", 6, "2026-03-16T14:59:59+01:00", id="T-06 last second of the week"),
        pytest.param("2026-12-04T12:00", 10, "2026-12-09T13:00+01:00", id="T-15 two holidays after a weekend"),
        pytest.param("2026-03-16T09:00", 4, "2026-03-16T13:00+01:00", id="T-23 half"),
        pytest.param("2026-03-16T09:00", 6, "2026-03-16T15:00+01:00", id="T-23 three quarters"),
        pytest.param("2026-03-16T09:00", 8, "2026-03-16T17:00+01:00", id="T-23 whole"),
        pytest.param("2026-03-14T11:00", 1, "2026-03-16T10:00+01:00", id="start on Saturday"),
        pytest.param("2026-03-16T09:00", 18, "2026-03-17T18:00+01:00", id="fills two days"),
        pytest.param("2024-02-28T17:00", 10, "2024-02-29T18:00+01:00", id="leap day is a day"),
        pytest.param("2024-02-29T17:00", 2, "2024-03-01T10:00+01:00", id="out of the leap day"),
        pytest.param("2026-12-31T17:00", 2, "2027-01-04T10:00+01:00", id="over the new year"),
    ],
)
def test_deadlines_in_madrid(madrid: BusinessCalendar, start: str, hours: int, deadline: str) -> None:
    found = madrid.add(at("Europe/Madrid", start), hours * HOUR)
    assert found.deadline == datetime.fromisoformat(deadline)
    assert found.deadline.tzinfo is UTC
    assert not found.provisional


@pytest.mark.parametrize(
    ("start", "hours", "deadline"),
    [
        pytest.param("2025-12-30T15:00", 6, "2026-01-12T12:00", id="T-09 New Year block"),
        pytest.param("2024-04-26T18:00", 10, "2024-04-27T19:00", id="Saturday 27 April 2024 is worked"),
        pytest.param("2025-10-31T18:00", 2, "2025-11-01T11:00", id="Saturday 1 November 2025 is worked"),
        pytest.param("2025-11-01T18:00", 2, "2025-11-05T11:00", id="Monday off in its place, then Unity Day"),
        pytest.param("2025-05-01T12:00", 1, "2025-05-05T11:00", id="2 May 2025 is off by a move"),
    ],
)
def test_deadlines_in_moscow(moscow: BusinessCalendar, start: str, hours: int, deadline: str) -> None:
    found = moscow.add(at("Europe/Moscow", start), hours * HOUR)
    assert found.deadline == at("Europe/Moscow", deadline)


def test_lunch_does_not_count_t11(rome: BusinessCalendar) -> None:
    found = rome.add(at("Europe/Rome", "2026-03-16T11:00"), 6 * HOUR)
    assert found.deadline == at("Europe/Rome", "2026-03-16T18:00")
    assert found.intervals == (
        Interval(at("Europe/Rome", "2026-03-16T11:00"), at("Europe/Rome", "2026-03-16T13:00")),
        Interval(at("Europe/Rome", "2026-03-16T14:00"), at("Europe/Rome", "2026-03-16T18:00")),
    )


def test_a_target_that_fills_the_morning_is_due_when_lunch_begins(rome: BusinessCalendar) -> None:
    assert rome.add(at("Europe/Rome", "2026-03-16T09:00"), 4 * HOUR).deadline == at("Europe/Rome", "2026-03-16T13:00")


@pytest.mark.parametrize(
    ("saturday", "deadline"), [("2026-03-28T12:00", "2026-03-29T13:00"), ("2026-10-24T12:00", "2026-10-25T11:00")]
)
def test_around_the_clock_24_hours_are_24_hours_t17(calendar_of, saturday: str, deadline: str) -> None:
    calendar = calendar_of("Europe/Madrid", always_open=True)
    found = calendar.add(at("Europe/Madrid", saturday), 24 * HOUR)
    assert found.deadline == at("Europe/Madrid", deadline)
    assert found.intervals == (Interval(at("Europe/Madrid", saturday), at("Europe/Madrid", deadline)),)


def test_calendar_time_runs_through_the_repeated_hour_t20(madrid: BusinessCalendar) -> None:
    found = madrid.add_duration(at("Europe/Madrid", "2026-10-25T02:45", fold=0), Duration(1800, business=False))
    assert found.deadline.astimezone(madrid.zone).isoformat() == "2026-10-25T02:15:00+01:00"


def test_durations_choose_between_open_time_and_calendar_time(madrid: BusinessCalendar) -> None:
    friday = at("Europe/Madrid", "2026-03-13T17:00")
    assert madrid.add_duration(friday, Duration(7200, business=True)).deadline == at(
        "Europe/Madrid", "2026-03-16T10:00"
    )
    calendar_time = madrid.add_duration(friday, Duration(7200, business=False))
    assert calendar_time.deadline == at("Europe/Madrid", "2026-03-13T19:00")
    assert calendar_time.intervals == (Interval(friday, at("Europe/Madrid", "2026-03-13T19:00")),)


def test_waiting_over_a_weekend_is_two_business_hours_t24(madrid: BusinessCalendar) -> None:
    friday, monday = at("Europe/Madrid", "2026-03-13T17:00"), at("Europe/Madrid", "2026-03-16T10:00")
    assert monday.astimezone(UTC) - friday.astimezone(UTC) == timedelta(hours=65)
    assert madrid.between(friday, monday) == 2 * HOUR
    assert madrid.add(monday, 2 * HOUR + 3 * HOUR).deadline == at("Europe/Madrid", "2026-03-16T15:00")


def test_between_is_zero_off_hours_and_negative_backwards(madrid: BusinessCalendar) -> None:
    friday, monday = at("Europe/Madrid", "2026-03-13T18:00"), at("Europe/Madrid", "2026-03-16T09:00")
    assert madrid.between(friday, monday) == 0
    assert madrid.between(monday, monday) == 0
    assert madrid.between(at("Europe/Madrid", "2026-03-16T11:00"), friday) == -2 * HOUR
    assert madrid.open_between(friday, monday) == ()


def test_between_counts_whole_seconds(madrid: BusinessCalendar) -> None:
    start = at("Europe/Madrid", "2026-03-16T10:00:00.600000")
    assert madrid.between(start, start + timedelta(microseconds=999_999)) == 0
    assert madrid.between(start, start + timedelta(microseconds=1_000_000)) == 1


def test_microseconds_of_the_start_are_kept(madrid: BusinessCalendar) -> None:
    start = at("Europe/Madrid", "2026-03-13T17:59:59.250000")
    found = madrid.add(start, HOUR)
    assert found.deadline == at("Europe/Madrid", "2026-03-16T09:59:59.250000")
    assert madrid.between(start, found.deadline) == HOUR


@pytest.mark.parametrize(
    ("start", "deadline"),
    [
        pytest.param("2026-03-16T11:00", "2026-03-16T11:00", id="in open time at once"),
        pytest.param("2026-03-13T18:00", "2026-03-13T18:00", id="at closing at once"),
        pytest.param("2026-03-13T18:00:01", "2026-03-16T09:00", id="off hours at the next opening"),
        pytest.param("2026-03-16T09:00", "2026-03-16T09:00", id="at opening"),
    ],
)
def test_nothing_to_add(madrid: BusinessCalendar, start: str, deadline: str) -> None:
    found = madrid.add(at("Europe/Madrid", start), 0)
    assert found.deadline == at("Europe/Madrid", deadline)
    assert found.intervals == ()


def test_open_and_next_opening(madrid: BusinessCalendar) -> None:
    def is_open(text: str) -> bool:
        return madrid.is_open(at("Europe/Madrid", text))

    def opens(text: str) -> datetime:
        return madrid.next_opening(at("Europe/Madrid", text))

    assert [is_open(f"2026-03-16T{clock}") for clock in ("08:59:59", "09:00", "17:59:59", "18:00")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert opens("2026-03-16T11:22:33") == at("Europe/Madrid", "2026-03-16T11:22:33")
    assert opens("2026-03-13T18:00") == at("Europe/Madrid", "2026-03-16T09:00")
    assert opens("2026-12-24T18:00") == at("Europe/Madrid", "2026-12-28T09:00")


def test_an_instant_of_another_zone_is_counted_by_the_date_of_the_calendar(calendar_of) -> None:
    # 16 March 2026 is a holiday in Mexico; at 03:00Z of the 17th it is still the 16th there
    mexico = calendar_of("America/Mexico_City", "00:00-24:00", country="MX")
    assert not mexico.is_open(datetime(2026, 3, 17, 3, tzinfo=UTC))
    assert mexico.is_open(datetime(2026, 3, 17, 6, tzinfo=UTC))


@pytest.mark.parametrize("zone", ["Europe/Madrid", "Asia/Tokyo", "America/New_York"])
def test_the_zone_of_the_start_does_not_matter(madrid: BusinessCalendar, zone: str) -> None:
    start = at("Europe/Madrid", "2026-03-27T16:00")
    assert madrid.add(start.astimezone(ZoneInfo(zone)), 6 * HOUR) == madrid.add(start, 6 * HOUR)


def test_instants_without_a_zone_are_refused(madrid: BusinessCalendar) -> None:
    naive = datetime(2026, 3, 16, 11)  # noqa: DTZ001  # what is tested
    aware = naive.replace(tzinfo=UTC)
    for call in (
        lambda: madrid.add(naive, 1),
        lambda: madrid.add_duration(naive, Duration(60, business=False)),
        lambda: madrid.between(naive, aware),
        lambda: madrid.between(aware, naive),
        lambda: madrid.is_open(naive),
        lambda: madrid.next_opening(naive),
        lambda: madrid.covers(naive),
    ):
        with pytest.raises(UsageProblem, match="no zone"):
            call()


def test_an_instant_is_no_date(madrid: BusinessCalendar) -> None:
    with pytest.raises(UsageProblem, match="not an instant"):
        madrid.day_intervals(datetime(2026, 3, 16, 11, tzinfo=UTC))


def test_negative_targets_are_refused(madrid: BusinessCalendar) -> None:
    with pytest.raises(UsageProblem, match="-1 seconds"):
        madrid.add(at("Europe/Madrid", "2026-03-16T11:00"), -1)


def test_answers_never_leave_the_years_of_the_calendar(calendar_of) -> None:
    calendar = calendar_of("Europe/Madrid", "09:00-18:00", country="ES", years=(2026, 2026))
    last = at("Europe/Madrid", "2026-12-31T17:00")
    assert calendar.add(last, HOUR).deadline == at("Europe/Madrid", "2026-12-31T18:00")
    for call in (
        lambda: calendar.add(last, HOUR + 1),
        lambda: calendar.add(last, 10**9),
        lambda: calendar.next_opening(at("Europe/Madrid", "2026-12-31T18:00")),
        lambda: calendar.add(at("Europe/Madrid", "2025-12-31T23:59:59"), 1),
        lambda: calendar.is_open(at("Europe/Madrid", "2027-01-01T00:00")),
        lambda: calendar.between(last, at("Europe/Madrid", "2027-01-01T00:00:01")),
        lambda: calendar.why(date(2027, 1, 1)),
        lambda: calendar.is_business_day(date(2025, 12, 31)),
    ):
        with pytest.raises(OutsideCalendar, match="2026 to 2026") as told:
            call()
        assert told.value.hint
    assert not calendar.is_open(at("Europe/Madrid", "2026-12-31T18:00"))
    assert calendar.between(last, at("Europe/Madrid", "2027-01-01T00:00")) == HOUR


def test_covers_is_by_local_midnight(calendar_of) -> None:
    calendar = calendar_of("Asia/Kolkata", "09:30-18:30", years=(2026, 2026))
    assert calendar.covers(datetime(2025, 12, 31, 18, 30, tzinfo=UTC))
    assert not calendar.covers(datetime(2025, 12, 31, 18, 29, 59, tzinfo=UTC))
    assert not calendar.covers(datetime(2026, 12, 31, 18, 30, tzinfo=UTC))


def test_a_window_of_the_year_before_reaches_into_the_first_year(calendar_of) -> None:
    # Thursday 31 December 2026 is worked in Spain, so its night shift runs into the holiday of 1 January 2027
    calendar = calendar_of("Europe/Madrid", "22:00-06:00", country="ES", years=(2027, 2027))
    assert calendar.is_open(at("Europe/Madrid", "2027-01-01T05:59"))
    assert not calendar.is_open(at("Europe/Madrid", "2027-01-01T06:00"))
    assert not calendar.is_open(at("Europe/Madrid", "2027-01-01T22:00"))
