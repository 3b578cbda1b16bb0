"""Periods and cut-offs: local days as instants, in zones on both sides of UTC and over changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.accounts.reports import periods
from auditor.accounts.reports.periods import Period, cutoff, cutoff_before, first_cutoff, parse_period
from auditor.errors import UsageProblem
from tests.accounts.reports.scenes import utc

MADRID = "Europe/Madrid"
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("Europe/Moscow", "2026-06-30T21:00", "2026-09-30T21:00"),  # UTC+3
        ("America/Mexico_City", "2026-07-01T06:00", "2026-10-01T06:00"),  # UTC-6
        (MADRID, "2026-06-30T22:00", "2026-09-30T22:00"),
    ],
)
def test_a_quarter_begins_and_ends_at_local_midnight(zone, start, end):
    """T-42."""
    quarter = parse_period("2026-Q3", zone)
    assert (quarter.start, quarter.end) == (utc(start), utc(end))


def test_a_quarter_with_a_change_of_the_clock_is_whole():
    first = parse_period("2026-Q1", MADRID)
    assert first.end - first.start == timedelta(days=90) - timedelta(hours=1)
    assert first.end == parse_period("2026-Q2", MADRID).start


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-07-03..2026-07-03", date(2026, 7, 3), date(2026, 7, 3)),
    ],
)
def test_a_period_is_read_from_its_key(text, first, last):
    assert parse_period(text, MADRID) == Period(text, MADRID, first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-Q5",
        "2026-13",
        "2026-W54",
        "2025-W53",
        "0001-Q1",
        "2026-07-04..2026-07-03",
        "2026-02-30..2026-03-01",
    ],
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(UsageProblem):
        parse_period(text, MADRID)


@given(DAYS, st.sampled_from(["weekly", "monthly", "quarterly"]))
def test_periods_of_a_cadence_follow_one_another(day, cadence):
    period = periods.holding(cadence, day, MADRID)
    assert period.first <= day <= period.last
    assert parse_period(period.key, MADRID) == period
    after = periods.following(period, cadence)
    assert after.first == period.last + timedelta(days=1)
    assert after.start == period.end


@pytest.mark.parametrize(
    ("begins", "day", "first", "last"),
    [
        ("2026-04-10", "2026-04-10", "2026-04-10", "2026-07-09"),
        ("2026-04-10", "2027-04-09", "2027-01-10", "2027-04-09"),
        ("2024-02-29", "2025-02-28", "2024-11-29", "2025-02-28"),  # in common years the contract year begins on 1 March
        ("2024-02-29", "2025-03-01", "2025-03-01", "2025-05-28"),
        ("2025-11-30", "2026-03-01", "2026-03-01", "2026-05-29"),
    ],
)
def test_a_contract_quarter_is_counted_from_the_contracts_first_day(begins, day, first, last):
    begun, given_day = date.fromisoformat(begins), date.fromisoformat(day)
    quarter = periods.contract_quarter(begun, given_day, MADRID)
    assert (quarter.first.isoformat(), quarter.last.isoformat()) == (first, last)
    assert parse_period(quarter.key, MADRID) == quarter


@given(DAYS, st.integers(0, 1500))
def test_contract_quarters_leave_no_gap(begun, later):
    day = begun + timedelta(days=later)
    quarter = periods.contract_quarter(begun, day, MADRID)
    assert quarter.first <= day <= quarter.last
    assert periods.contract_quarter(begun, quarter.last + timedelta(days=1), MADRID).first == quarter.last + timedelta(
        days=1
    )


def test_a_day_before_the_contract_has_no_quarter():
    with pytest.raises(UsageProblem, match="begins on 2026-04-10"):
        periods.contract_quarter(date(2026, 4, 10), date(2026, 4, 9), MADRID)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        (MADRID, date(2026, 3, 28), "17:00", "2026-03-28T16:00"),
        (MADRID, date(2026, 3, 29), "17:00", "2026-03-29T15:00"),
        (MADRID, date(2026, 3, 29), "02:30", "2026-03-29T01:30"),  # skipped: 03:30 instead
        (MADRID, date(2026, 10, 25), "02:30", "2026-10-25T00:30"),  # comes twice: the first
        ("Pacific/Apia", date(2011, 12, 31), "17:00", "2011-12-31T03:00"),
    ],
)
def test_the_cut_off_of_a_day(zone, day, at, expected):
    assert cutoff(day, at, ZoneInfo(zone)) == utc(expected)


def test_a_day_that_does_not_exist_has_no_cut_off():
    apia = ZoneInfo("Pacific/Apia")
    assert cutoff(date(2011, 12, 30), "17:00", apia) is None
    assert cutoff_before(date(2011, 12, 31), "17:00", apia) == utc("2011-12-30T03:00")
    assert first_cutoff(utc("2011-12-30T03:01"), "17:00", apia) == (date(2011, 12, 31), utc("2011-12-31T03:00"))


@given(
    st.integers(946_684_800, 2_051_222_400),  # seconds: the years 2000 to 2034
    st.sampled_from([MADRID, "America/Mexico_City", "Pacific/Apia", "Australia/Lord_Howe"]),
    st.sampled_from(["00:00", "02:30", "17:00", "23:59"]),
)
def test_the_first_cut_off_is_the_nearest(moment, zone, at):
    since = datetime.fromtimestamp(moment, UTC)
    day, found = first_cutoff(since, at, ZoneInfo(zone))
    assert cutoff(day, at, ZoneInfo(zone)) == found >= since
    assert cutoff_before(day, at, ZoneInfo(zone)) < since
