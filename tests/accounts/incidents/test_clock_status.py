"""What stops the clock, what does not, and how it stands: RULE-SLA-1, 2, 4, 6, 11."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from auditor.accounts.incidents.clock import response_clock
from auditor.accounts.incidents.commands import (
    acknowledge,
    answer,
    cancel,
    change_severity,
    merge,
    note,
    receive_info,
    reopen,
    resolve,
)
from auditor.accounts.incidents.documents import marks
from auditor.accounts.programmes import Target
from tests.accounts.incidents.stage import Stage, shipped


def running(programme="msa-enterprise", level=3, **policy):
    stage = Stage(programme, **policy)
    stage.submit("2026-03-16 09:00", level)
    return stage


def test_exactly_at_the_deadline_is_in_time():
    """T-37."""
    stage = running()
    stage.do(answer, "2026-03-16 15:00", "A known error.")
    assert stage.status("2026-03-16 15:00") == "met"


@pytest.mark.parametrize("late", ["2026-03-16 15:00:01", "2026-03-16 15:00:00.000001"])
def test_an_instant_after_the_deadline_is_late(late):
    """T-37."""
    stage = running()
    stage.do(answer, late, "A known error.")
    assert stage.status("2026-03-16 16:00") == "missed"


def test_unanswered_it_is_missed_from_the_first_instant_after():
    stage = running()
    assert (stage.status("2026-03-16 15:00"), stage.status("2026-03-16 15:00:00.000001")) == ("due", "missed")


def test_it_is_due_after_the_last_threshold_before_the_deadline():
    stage = running()
    assert (stage.status("2026-03-16 13:29"), stage.status("2026-03-16 13:30")) == ("running", "due")
    assert running(thresholds=(1.0,)).status("2026-03-16 14:59") == "running"


def test_acknowledgements_notes_and_routing_stop_nothing():
    """T-35, RULE-SLA-1; zammad 1620: a note that the customer can read is no answer."""
    stage = running()
    stage.do(acknowledge, "2026-03-16 09:00:05", actor="system")
    stage.do(note, "2026-03-16 09:10", "We are looking into it.", internal=False)
    stage.happens("routed", "2026-03-16 09:11", "system", to="P-0001", role="tam", reason="tam_available")
    assert stage.clock.responded_at is None
    assert stage.incident.waiting
    assert stage.local(stage.incident.auto_acknowledged_at) == "2026-03-16 09:00"


def test_answer_and_waiting_in_one_step_is_an_answer():
    """T-35, zammad 3551."""
    stage = running()
    stage.do(answer, "2026-03-16 10:00", "The log ends early.", wanted=["a trace", "the version"])
    incident = stage.incident
    assert (incident.state, incident.waiting, incident.wanted) == (
        "waiting_customer",
        False,
        ("a trace", "the version"),
    )
    assert stage.local(stage.clock.responded_at) == "2026-03-16 10:00"
    assert stage.status("2026-03-20 10:00") == "met"


def test_two_events_of_one_instant_keep_their_order():
    stage = running()
    stage.happens("qualified_answer", "2026-03-16 10:00", author="person:P-0001", analysis="So far ...")
    stage.happens("info_requested", "2026-03-16 10:00", wanted=["a trace"])
    assert (stage.incident.state, stage.status("2026-03-20 10:00")) == ("waiting_customer", "met")


def test_the_clock_stops_for_good():
    """zammad 3140, osTicket 1684: whatever the customer writes afterwards starts nothing."""
    stage = running()
    stage.do(answer, "2026-03-16 10:00", "The log ends early.", wanted=["a trace"])
    stage.do(receive_info, "2026-03-17 10:00", "the trace")
    stage.do(answer, "2026-03-20 10:00", "A known error.")
    assert stage.local(stage.clock.responded_at) == "2026-03-16 10:00"
    assert stage.local(stage.incident.answered_at) == "2026-03-16 10:00"
    assert len(stage.incident.answers) == 2


def test_a_request_for_data_elsewhere_is_no_answer():
    """An imported pending state stops nothing; the analysis is missing (glpi 24481: the breach is real)."""
    stage = running()
    stage.happens("info_requested", "2026-03-16 10:00", wanted=["a trace"])
    assert stage.status("2026-03-16 16:00") == "missed"


def test_cancelled_in_time_is_neither_met_nor_missed():
    stage = running()
    stage.do(cancel, "2026-03-16 10:00", "solved it ourselves")
    assert stage.status("2026-03-20 10:00") == "cancelled"


def test_cancelled_after_the_deadline_is_missed():
    stage = running()
    stage.do(cancel, "2026-03-16 15:01", "solved it ourselves")
    assert stage.status("2026-03-20 10:00") == "missed"


def test_merged_without_answer_counts_as_ended():
    stage, other = running(), Stage()
    original = replace(other.submit("2026-03-16 08:00", 3), id="INC-000002")
    stage.do(merge, "2026-03-16 10:00", original)
    assert (stage.incident.state, stage.status("2026-03-20 10:00")) == ("closed", "cancelled")


@pytest.mark.parametrize("level", [2, 3, 4])
def test_start_levels_without_number_are_not_guaranteed(level):
    """T-32: never 0 and never a made-up value."""
    stage = running("msa-start", level)
    clock = stage.clock
    assert (clock.deadline, clock.start_at, clock.thresholds, clock.intervals) == (None, None, (), ())
    assert (clock.elapsed(stage.at("2026-03-17 09:00")), clock.remaining(stage.at("2026-03-17 09:00"))) == (None, None)
    stage.do(answer, "2026-03-18 10:00", "A known error.")
    assert (stage.status("2026-03-20 10:00"), stage.clock.ungiven) == ("not_guaranteed", "none_stated")


def test_without_contract_nothing_is_guaranteed():
    stage = Stage("standard")
    stage.submit("2026-03-16 09:00", 1, kind="standard")
    assert (stage.clock.ungiven, stage.status("2026-03-30 09:00")) == ("no_contract", "not_guaranteed")


def test_a_standard_request_of_a_paid_customer_is_not_guaranteed():
    stage = Stage("msa-business")
    stage.submit("2026-03-16 09:00", 1, kind="standard")
    assert (stage.clock.ungiven, stage.due()) == ("standard_kind", None)


def test_a_value_without_unit_promises_nothing():
    policy = shipped("msa-enterprise")
    stage = running(targets={**policy.targets, 3: Target(3, "guaranteed", 6, None)})
    assert (stage.clock.ungiven, stage.due()) == ("unit_unknown", None)


@pytest.mark.parametrize(
    ("level", "literal", "other"), [(2, "13:00", "13:00"), (3, "15:00", "15:00"), (4, "17:00", "17:00")]
)
def test_both_readings_of_an_uncertain_unit_in_the_morning_are_the_same(level, literal, other):
    """T-33: Enhanced levels 2 to 4 print hours without saying which."""
    stage = running("enhanced-tam", level)
    assert (stage.due()[11:], stage.local(stage.clock.other_reading.deadline)[11:]) == (literal, other)
    assert stage.clock.uncertain


def test_the_readings_of_an_uncertain_unit_part_in_the_afternoon():
    stage = Stage("enhanced-tam")
    stage.submit("2026-03-13 16:00", 3)  # a Friday; literally six hours around the clock
    assert (stage.due(), stage.clock.other_reading.unit) == ("2026-03-13 22:00", "business_hour")
    assert stage.local(stage.clock.other_reading.deadline) == "2026-03-16 13:00"
    assert marks(stage.clock) == ["uncertain"]


def test_a_contract_that_settles_the_unit_takes_the_mark_away():
    """T-33: both readings can be chosen."""
    settled = dict(shipped("enhanced-tam").targets)
    settled[3] = settled[3].read_as("business_hour", "the contract")
    stage = Stage("enhanced-tam", targets=settled)
    stage.submit("2026-03-13 16:00", 3)
    assert (stage.due(), stage.clock.other_reading, marks(stage.clock)) == ("2026-03-16 13:00", None, [])


def test_marks_follow_the_value_that_is_shown():
    assert marks(running("enhanced-tam", 1).clock) == []
    assert marks(running("msa-enterprise", 3).clock) == ["reconciled"]


def test_reopening_starts_no_clock():
    """RULE-SLA-11; glpi 23359: the time between resolving and reopening is no waiting."""
    stage = running()
    stage.do(answer, "2026-03-16 10:00", "The log ends early.", wanted=["a trace"])
    stage.do(resolve, "2026-03-16 12:00", "The update helps.")
    stage.do(reopen, "2026-03-18 12:00", stage.policy, "it is back")
    assert (stage.due(), stage.status("2026-03-30 10:00")) == ("2026-03-16 15:00", "met")
    assert stage.incident.waiting is False
    waited = stage.clock.waited(stage.at("2026-03-30 10:00"))
    assert (waited.wall, waited.still) == (timedelta(hours=2), False)


def test_reopening_may_start_a_new_cycle():
    stage = running(reopen_new_cycle=True)
    stage.do(answer, "2026-03-16 10:00", "A known error.")
    stage.do(resolve, "2026-03-16 12:00", "The update helps.")
    stage.do(reopen, "2026-03-18 12:00", stage.policy, "it is back")
    assert (stage.due(), stage.clock.cycle.number, stage.incident.waiting) == ("2026-03-18 18:00", 2, True)
    first = response_clock(stage.incident, stage.policy, stage.calendar, stage.incident.cycles[0])
    assert (first.status(stage.at("2026-03-30 10:00")), stage.status("2026-03-18 18:01")) == ("met", "missed")
    stage.do(answer, "2026-03-18 18:00", "Another cause.")
    assert stage.status("2026-03-30 10:00") == "met"


def test_terms_of_the_submission_hold_whatever_the_contract_becomes():
    """T-39: the policy is an argument, named by the incident; a later contract is another policy."""
    from auditor.accounts.incidents.rows import row_of
    from auditor.model.events import digest

    stage = running("msa-business", 2)
    later = shipped("msa-enterprise").to_document()
    kept = {digest(one): one for one in (later, stage.policy.to_document(), stage.calendar.snapshot.to_document())}
    before = row_of(stage.events, kept.__getitem__)["deadline"]
    stage.do(answer, "2026-03-16 14:00", "A known error.")
    row = row_of(stage.events, kept.__getitem__)
    assert row["deadline"] == before == "2026-03-16T14:00:00.000000Z"
    assert row["policy"] != digest(later)


def test_each_cycle_keeps_its_own_end():
    """Resolved in the second cycle without an answer, then reopened: the second cycle was neither met nor missed."""
    stage = running(reopen_new_cycle=True)
    stage.do(answer, "2026-03-16 10:00", "A known error.")
    stage.do(resolve, "2026-03-16 12:00", "The update helps.")
    stage.do(reopen, "2026-03-17 09:00", stage.policy, "it is back")
    stage.do(resolve, "2026-03-17 10:00", "It was another machine.")
    stage.do(reopen, "2026-03-18 09:00", stage.policy, "no, the same")
    now = stage.at("2026-03-18 10:00")
    clocks = [response_clock(stage.incident, stage.policy, stage.calendar, one) for one in stage.incident.cycles]
    assert [clock.status(now) for clock in clocks] == ["met", "cancelled", "running"]
    stage.do(change_severity, "2026-03-18 11:00", 1, "it spreads")
    second = response_clock(stage.incident, stage.policy, stage.calendar, stage.incident.cycles[1])
    assert (second, second.level, stage.clock.level) == (clocks[1], 3, 1)


def test_waiting_is_counted_up_to_the_instant_that_is_asked_for():
    stage = running()
    stage.do(answer, "2026-03-16 10:00", "The log ends early.", wanted=["a trace"])
    stage.do(receive_info, "2026-03-16 14:00", "the trace")
    assert stage.clock.waited(stage.at("2026-03-16 11:00")).wall == timedelta(hours=1)
    assert stage.clock.waited(stage.at("2026-03-16 09:00")).wall == timedelta()
