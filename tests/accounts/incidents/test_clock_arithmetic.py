"""The response clock over real weeks: clock changes, holidays, lunch, closing time. Expected values from 5.9."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.accounts.incidents.clock import response_clock
from auditor.accounts.incidents.commands import answer
from auditor.errors import RuleBroken
from tests.accounts.incidents.stage import Stage, calendar, hours, madrid, moscow, promising, rome


@pytest.mark.parametrize(
    ("case", "office", "submitted", "business_hours", "due"),
    [
        ("T-01 DST starts on Sunday", madrid, "2026-03-27 16:00", 6, "2026-03-30 13:00"),
        ("T-02 DST ends on Sunday", madrid, "2026-10-23 16:00", 6, "2026-10-26 13:00"),
        ("T-03 exactly at closing", madrid, "2026-03-13 18:00", 6, "2026-03-16 15:00"),
        ("T-04 fills the day", madrid, "2026-03-16 09:00", 9, "2026-03-16 18:00"),
        ("T-05 before opening", madrid, "2026-03-16 07:30", 6, "2026-03-16 15:00"),
        ("T-06 a second before closing", madrid, "2026-03-13 17:59:59", 6, "2026-03-16 14:59"),
        ("T-09 New Year in Russia", moscow, "2025-12-30 15:00", 6, "2026-01-12 12:00"),
        ("T-11 lunch", rome, "2026-03-16 11:00", 6, "2026-03-16 18:00"),
        ("T-15 two holidays after a weekend", madrid, "2026-12-04 12:00", 10, "2026-12-09 13:00"),
        ("a moved working Saturday in Russia", moscow, "2025-10-31 18:00", 6, "2025-11-01 15:00"),
        ("a weekday off for it", moscow, "2025-11-01 18:00", 6, "2025-11-05 15:00"),
    ],
)
def test_business_hours(case, office, submitted, business_hours, due):
    stage = Stage(promising(business_hours, "business_hour"), office())
    stage.submit(submitted, 2)
    assert stage.due() == due
    assert stage.clock.promise.start.why == "business_time"


def test_the_last_second_counts():
    """T-06: one second on Friday, the rest on Monday."""
    stage = Stage(promising(6, "business_hour"))
    stage.submit("2026-03-13 17:59:59", 2)
    assert stage.clock.deadline == stage.at("2026-03-16 14:59:59")
    assert [(stage.local(one.start), stage.local(one.end)) for one in stage.clock.intervals] == [
        ("2026-03-13 17:59", "2026-03-13 18:00"),
        ("2026-03-16 09:00", "2026-03-16 14:59"),
    ]


@pytest.mark.parametrize(("submitted", "due"), [("2026-03-28 12:00", "13:00"), ("2026-10-24 12:00", "11:00")])
def test_a_day_of_business_time_where_it_is_always_open(submitted, due):
    """T-17: 24 hours are 24 hours, though the local clock says 13:00 or 11:00."""
    stage = Stage(promising(24, "business_hour"), calendar("Europe/Madrid", always_open=True))
    stage.submit(submitted, 2)
    assert stage.due().endswith(due)


def test_thirty_minutes_in_the_night_of_the_clock_change():
    """T-20: Enterprise level 1 at 02:45 of the first pass is due at 02:15 of the second."""
    stage = Stage("msa-enterprise")
    stage.submit("2026-10-25 02:45", 1, calls=["2026-10-25 02:45"])
    assert stage.clock.deadline == stage.at("2026-10-25 02:15*")
    assert stage.clock.deadline - stage.clock.start_at == timedelta(minutes=30)


def test_thresholds_run_forward_in_business_time():
    """T-23, and glpi PR 22678: reckoned from the start, never back from the deadline."""
    stage = Stage(promising(8, "business_hour"))
    stage.submit("2026-03-16 09:00", 2)
    assert [(one.fraction, stage.local(one.at)) for one in stage.clock.thresholds] == [
        (0.5, "2026-03-16 13:00"),
        (0.75, "2026-03-16 15:00"),
        (1.0, "2026-03-16 17:00"),
    ]


def test_a_threshold_at_the_end_of_a_segment_does_not_slip_past_lunch():
    stage = Stage(promising(8, "business_hour"), rome())
    stage.submit("2026-03-16 09:00", 2)
    assert [stage.local(one.at)[11:] for one in stage.clock.thresholds] == ["13:00", "16:00", "18:00"]


def test_thresholds_of_calendar_time_are_shares_of_it():
    stage = Stage("msa-business")
    stage.submit("2026-03-16 10:00", 1)
    assert [stage.local(one.at)[11:] for one in stage.clock.thresholds] == ["11:00", "11:30", "12:00"]


def test_waiting_is_measured_in_both_times():
    """T-24: 65 hours on the wall, two in business hours; the deadline does not move by either."""
    stage = Stage("msa-business")
    stage.submit("2026-03-13 16:00", 2)
    before = stage.clock.deadline
    stage.do(answer, "2026-03-13 17:00", "The log ends early.", wanted=["a full trace"])
    waited = stage.clock.waited(stage.at("2026-03-16 10:00"))
    assert (waited.wall, waited.business, waited.still) == (hours(65), hours(2), True)
    assert stage.clock.deadline == before


def test_elapsed_and_remaining_in_the_time_of_the_clock():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 16:00", 2)  # 6 business hours: due Monday 13:00
    clock, at = stage.clock, stage.at
    assert (clock.elapsed(at("2026-03-13 17:30")), clock.remaining(at("2026-03-13 17:30"))) == (hours(1.5), hours(4.5))
    assert clock.remaining(at("2026-03-15 12:00")) == hours(4)
    assert (clock.elapsed(at("2026-03-16 15:00")), clock.remaining(at("2026-03-16 15:00"))) == (hours(8), hours(-2))


def test_time_stands_still_after_the_answer():
    stage = Stage("msa-business")
    stage.submit("2026-03-16 10:00", 2)
    stage.do(answer, "2026-03-16 12:00", "A known error.")
    assert stage.clock.elapsed(stage.at("2026-04-01 12:00")) == hours(2)
    assert stage.clock.remaining(stage.at("2026-04-01 12:00")) == hours(4)


def test_nothing_has_passed_before_the_start():
    stage = Stage("msa-business")
    stage.submit("2026-03-14 12:00", 1)
    assert stage.clock.elapsed(stage.at("2026-03-15 12:00")) == hours(0)
    assert stage.clock.remaining(stage.at("2026-03-15 12:00")) == hours(2)


def test_a_deadline_beyond_the_decreed_days_is_provisional():
    """T-59: for Russia the moved days of 2028 are not known."""
    stage = Stage(promising(6, "business_hour"), moscow())
    stage.submit("2028-03-01 11:00", 2)
    assert stage.clock.provisional
    stage = Stage(promising(6, "business_hour"), moscow())
    stage.submit("2026-03-02 11:00", 2)
    assert not stage.clock.provisional


def test_a_start_that_rests_on_undecreed_days_is_provisional_too():
    stage = Stage("msa-business", moscow())
    stage.submit("2028-03-01 22:00", 1)
    assert stage.clock.provisional
    called = Stage("msa-business", moscow(), off_hours="submission")
    called.submit("2028-03-01 22:00", 1)
    assert not called.clock.provisional


def test_business_hours_without_calendar_are_refused():
    stage = Stage("msa-business")
    incident = stage.submit("2026-03-16 10:00", 2)
    with pytest.raises(RuleBroken, match="without business hours"):
        response_clock(incident, stage.policy, None)


def test_calendar_time_that_needs_no_call_needs_no_calendar():
    stage = Stage("msa-business", off_hours="submission")
    incident = stage.submit("2026-03-14 22:00", 1)
    assert stage.local(response_clock(incident, stage.policy, None).deadline) == "2026-03-15 00:00"


def test_the_versions_of_the_data_are_told():
    """RULE-SLA-12."""
    from auditor.accounts.incidents.documents import clock_document

    stage = Stage("msa-business")
    stage.submit("2026-03-16 10:00", 2)
    document = clock_document(stage.clock, stage.at("2026-03-16 11:00"))
    snapshot = stage.calendar.snapshot
    assert document["calendar"] == {
        "id": snapshot.spec.id,
        "version": 1,
        "zone": "Europe/Madrid",
        "holidays_version": snapshot.holidays_version,
        "tzdata_version": snapshot.tzdata_version,
    }
    assert (document["status"], document["elapsed_seconds"], document["remaining_seconds"]) == ("running", 3600, 18000)
    assert document["deadline"] == "2026-03-16T15:00:00.000000Z"
    assert document["intervals"] == [["2026-03-16T09:00:00.000000Z", "2026-03-16T15:00:00.000000Z"]]
