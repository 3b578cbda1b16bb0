"""The two nights a year on which wall times are missing or come twice. In Madrid: 29 March and 25 October 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.walltimes import clock_change, closing, opening, read_instant
from auditor.errors import UsageProblem

MADRID = ZoneInfo("Europe/Madrid")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(calendar: BusinessCalendar, day: date) -> float:
    lengths = (interval.end - interval.start for interval in calendar.day_intervals(day))
    return sum(lengths, timedelta()) / timedelta(hours=1)


def test_missing_times_shift_forward_for_starts_and_ends() -> None:
    # 02:30 does not exist; an hour forward is 03:30 summer time, 01:30Z
    assert opening(SPRING, 150, MADRID) == utc("2026-03-29T01:30")
    assert closing(SPRING, 150, MADRID) == utc("2026-03-29T01:30")


def test_of_repeated_times_a_start_takes_the_first_pass_and_an_end_the_second() -> None:
    assert opening(AUTUMN, 150, MADRID) == utc("2026-10-25T00:30")
    assert closing(AUTUMN, 150, MADRID) == utc("2026-10-25T01:30")


def test_a_night_window_is_an_hour_shorter_in_spring_and_longer_in_autumn(calendar_of) -> None:
    night = calendar_of("Europe/Madrid", "22:00-06:00", every_day=True)
    assert [hours(night, day) for day in (date(2026, 3, 27), date(2026, 3, 28), date(2026, 3, 29))] == [8, 7, 8]
    assert [hours(night, day) for day in (date(2026, 10, 23), date(2026, 10, 24), date(2026, 10, 25))] == [8, 9, 8]
    (interval,) = night.day_intervals(date(2026, 3, 28))
    assert (interval.start, interval.end) == (utc("2026-03-28T21:00"), utc("2026-03-29T04:00"))
    (interval,) = night.day_intervals(date(2026, 10, 24))
    assert (interval.start, interval.end) == (utc("2026-10-24T20:00"), utc("2026-10-25T05:00"))


def test_adding_over_the_change_inside_a_night_window(calendar_of) -> None:
    night = calendar_of("Europe/Madrid", "22:00-06:00", every_day=True)
    assert night.add(utc("2026-03-28T21:00"), 7 * 3600).deadline == utc("2026-03-29T04:00")
    assert night.add(utc("2026-03-28T21:00"), 8 * 3600).deadline == utc("2026-03-29T21:00")
    assert night.add(utc("2026-10-24T20:00"), 9 * 3600).deadline == utc("2026-10-25T05:00")


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        pytest.param("02:30-10:00", "2026-03-29T01:30", "2026-03-29T08:00", id="begins in the gap"),
        pytest.param("01:00-02:30", "2026-03-29T00:00", "2026-03-29T01:30", id="ends in the gap"),
        pytest.param("02:15-02:45", "2026-03-29T01:15", "2026-03-29T01:45", id="lies in the gap"),
        pytest.param("02:00-03:00", "2026-03-29T01:00", "2026-03-29T01:00", id="is the gap"),
    ],
)
def test_windows_about_the_gap_of_spring(calendar_of, window: str, start: str, end: str) -> None:
    calendar = calendar_of("Europe/Madrid", window, every_day=True)
    found = [(interval.start, interval.end) for interval in calendar.day_intervals(SPRING)]
    assert found == ([(utc(start), utc(end))] if start != end else [])


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        pytest.param("02:30-10:00", "2026-10-25T00:30", "2026-10-25T09:00", id="begins in the repeated hour"),
        pytest.param("01:00-02:30", "2026-10-24T23:00", "2026-10-25T01:30", id="ends in the repeated hour"),
        pytest.param("02:15-02:45", "2026-10-25T00:15", "2026-10-25T01:45", id="lies in the repeated hour"),
    ],
)
def test_windows_about_the_repeated_hour_of_autumn(calendar_of, window: str, start: str, end: str) -> None:
    calendar = calendar_of("Europe/Madrid", window, every_day=True)
    (interval,) = calendar.day_intervals(AUTUMN)
    assert (interval.start, interval.end) == (utc(start), utc(end))


def test_windows_that_touch_in_the_repeated_hour_are_not_counted_twice(calendar_of) -> None:
    calendar = calendar_of("Europe/Madrid", "01:00-02:30", "02:30-04:00", every_day=True)
    # 01:00 summer time to 04:00 winter time are four hours
    assert hours(calendar, AUTUMN) == 4
    assert calendar.between(utc("2026-10-24T23:00"), utc("2026-10-25T03:00")) == 4 * 3600


def test_windows_in_and_after_the_gap_are_not_counted_twice(calendar_of) -> None:
    calendar = calendar_of("Europe/Madrid", "02:15-02:45", "03:00-04:00", every_day=True)
    # 02:15-02:45 becomes 03:15-03:45, inside the other
    assert hours(calendar, SPRING) == 1
    assert hours(calendar, date(2026, 3, 28)) == 1.5


@pytest.mark.parametrize(
    "zone", ["America/Havana", "Europe/Madrid", "Asia/Beirut", "America/Asuncion", "Atlantic/Azores"]
)
def test_days_from_midnight_to_midnight_leave_no_second_out_and_count_none_twice(calendar_of, zone: str) -> None:
    """Havana repeats the first hour of a day, Beirut skips it, the Azores repeat the last."""
    calendar = calendar_of(zone, "00:00-24:00", every_day=True, years=(2024, 2024))
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(366)]
    intervals = [interval for day in days for interval in calendar.day_intervals(day)]
    assert all(before.end == after.start for before, after in pairwise(intervals))
    first, last = intervals[0].start, intervals[-1].end
    assert calendar.between(first, last) == (last - first).total_seconds()


def test_lord_howe_changes_by_half_an_hour(calendar_of) -> None:
    calendar = calendar_of("Australia/Lord_Howe", "00:00-06:00", every_day=True)
    assert [hours(calendar, day) for day in (date(2026, 4, 4), date(2026, 4, 5), date(2026, 10, 4))] == [6, 6.5, 5.5]


def test_mexico_city_has_no_summer_time_any_more(calendar_of) -> None:
    calendar = calendar_of("America/Mexico_City", "00:00-24:00", every_day=True, years=(2022, 2026))
    assert {hours(calendar, date(2026, 1, 1) + timedelta(days=number)) for number in range(365)} == {24}
    assert hours(calendar, date(2022, 4, 3)) == 23


def test_a_zone_with_half_an_hour(calendar_of) -> None:
    calendar = calendar_of("Asia/Kolkata", "09:30-18:30", country="IN")
    # Friday 13 March 2026, 12:30Z is 18:00 there
    assert calendar.add(utc("2026-03-13T12:30"), 3600).deadline == utc("2026-03-16T04:30")


def test_the_skipped_date_of_apia_counts_nothing_twice(calendar_of) -> None:
    calendar = calendar_of("Pacific/Apia", "09:00-18:00", every_day=True, years=(2011, 2012))
    # local noon of the 29th to local noon of the 31st: 6 + 3 hours, the 30th was left out
    assert calendar.between(utc("2011-12-29T22:00"), utc("2011-12-30T22:00")) == 9 * 3600


@pytest.mark.parametrize(
    ("zone", "day", "at", "before", "after"),
    [
        ("Europe/Madrid", SPRING, "2026-03-29T01:00", 60, 120),
        ("Europe/Madrid", AUTUMN, "2026-10-25T01:00", 120, 60),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T15:00", 660, 630),
        ("Asia/Beirut", date(2024, 3, 31), "2024-03-30T22:00", 120, 180),
        ("America/Havana", date(2024, 11, 3), "2024-11-03T05:00", -240, -300),
    ],
)
def test_changes_are_found_on_their_date_only(zone: str, day: date, at: str, before: int, after: int) -> None:
    found = clock_change(day, ZoneInfo(zone))
    assert found is not None
    assert (found.at, found.before, found.after) == (utc(at), timedelta(minutes=before), timedelta(minutes=after))
    for other in (-1, 1):
        assert clock_change(day + timedelta(days=other), ZoneInfo(zone)) is None


def test_reading_wall_times() -> None:
    assert read_instant("2026-03-27T16:00", MADRID).at == utc("2026-03-27T15:00")
    assert read_instant("2026-03-27 16:00:05.5", MADRID).at == utc("2026-03-27T15:00:05.500000")
    assert read_instant("2026-03-27T16:00Z", MADRID).at == utc("2026-03-27T16:00")
    assert read_instant("2026-03-27T16:00-05:30", MADRID).at == utc("2026-03-27T21:30")
    assert read_instant("2026-03-27T16:00", MADRID).note == ""


def test_a_wall_time_that_does_not_exist_is_shifted_and_told() -> None:
    for fold in (None, 0, 1):
        found = read_instant("2026-03-29T02:30", MADRID, fold=fold)
        assert found.at == utc("2026-03-29T01:30")
        assert "does not exist" in found.note
        assert "03:30" in found.note


def test_a_wall_time_that_comes_twice_is_the_first_unless_chosen() -> None:
    unclear = read_instant("2026-10-25T02:45", MADRID)
    assert unclear.at == utc("2026-10-25T00:45")
    assert "comes twice" in unclear.note
    assert read_instant("2026-10-25T02:45", MADRID, fold=0) == read_instant("2026-10-25T02:45+02:00", MADRID)
    assert read_instant("2026-10-25T02:45", MADRID, fold=1).at == utc("2026-10-25T01:45")
    assert read_instant("2026-10-25T02:45", MADRID, fold=1).note == ""


@pytest.mark.parametrize(
    "text",
    [
        "", "tomorrow", "2026-03-27", "16:00", "2026-02-30T10:00", "2026-03-27T24:00", "2026-03-27T16", "20260327T1600",
        "2026-03-27T16:00+25:00", "9999-12-31T23:59-10:00", "2026-W13-5T10:00",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="is not an instant"):
        read_instant(text, MADRID)
