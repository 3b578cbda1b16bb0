"""T-34: where a calendar clock starts outside business hours (RULE-OFF-1, RULE-OFF-2). Business level 1: two hours."""

from __future__ import annotations

import pytest

from auditor.accounts.incidents.commands import answer, call
from auditor.accounts.incidents.offhours import call_to_action
from auditor.accounts.incidents.said import in_words
from auditor.errors import RuleBroken
from tests.accounts.incidents.stage import CONTACT, Stage


@pytest.mark.parametrize(
    ("case", "submitted", "calls", "why", "due"),
    [
        ("in business hours", "2026-03-13 11:00", [], "business_hours", "2026-03-13 13:00"),
        ("the last second of business hours", "2026-03-13 17:59:59", [], "business_hours", "2026-03-13 19:59"),
        ("at closing", "2026-03-13 18:00", [], "opening", "2026-03-16 11:00"),
        ("without a call", "2026-03-13 20:00", [], "opening", "2026-03-16 11:00"),
        ("with a call", "2026-03-13 20:00", ["2026-03-13 20:30"], "call", "2026-03-13 22:30"),
        ("called half an hour before", "2026-03-13 20:00", ["2026-03-13 19:30"], "call", "2026-03-13 22:00"),
        ("called an hour before", "2026-03-13 20:00", ["2026-03-13 19:00"], "call", "2026-03-13 22:00"),
        (
            "two calls, the first counts",
            "2026-03-13 20:00",
            ["2026-03-13 23:00", "2026-03-13 21:00"],
            "call",
            "2026-03-13 23:00",
        ),
        ("a call the next day", "2026-03-13 20:00", ["2026-03-14 10:00"], "call", "2026-03-14 12:00"),
        ("a call after the opening", "2026-03-13 20:00", ["2026-03-16 09:30"], "opening", "2026-03-16 11:00"),
        ("a call at the opening", "2026-03-13 20:00", ["2026-03-16 09:00"], "opening", "2026-03-16 11:00"),
        ("a holiday at 11:00", "2026-12-08 11:00", [], "opening", "2026-12-09 11:00"),
        ("a call on a holiday", "2026-12-08 11:00", ["2026-12-08 11:15"], "call", "2026-12-08 13:15"),
        (
            "a call in business hours changes nothing",
            "2026-03-13 11:00",
            ["2026-03-13 11:30"],
            "business_hours",
            "2026-03-13 13:00",
        ),
    ],
)
def test_start_of_a_calendar_clock(case, submitted, calls, why, due):
    stage = Stage("msa-business")
    stage.submit(submitted, 1, calls=calls)
    assert (stage.clock.promise.start.why, stage.due()) == (why, due)


def test_a_call_too_long_before_the_submission_does_not_count():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 20:00", 1)
    stage.happens("phone_called", "2026-03-13 18:59:59", by=CONTACT, line="priority")
    assert stage.due() == "2026-03-16 11:00"


def test_how_long_before_is_a_matter_of_the_contract():
    stage = Stage("msa-business", call_lead_minutes=90)
    stage.submit("2026-03-13 20:00", 1, calls=["2026-03-13 18:31"])
    assert stage.due() == "2026-03-13 22:00"


def test_a_call_that_is_recorded_later_brings_the_deadline_forward():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 20:00", 1)
    assert stage.due() == "2026-03-16 11:00"
    stage.do(call, "2026-03-13 20:10", stage.policy, by=CONTACT, line="priority", actor=CONTACT)
    assert stage.due() == "2026-03-13 22:10"


def test_a_call_after_the_answer_is_none_of_the_clock():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 20:00", 1)
    stage.do(answer, "2026-03-13 23:30", "The service crashes while updating.")
    stage.do(call, "2026-03-13 23:40", stage.policy, by=CONTACT, line="priority")
    assert (stage.due(), stage.status("2026-03-20 12:00")) == ("2026-03-16 11:00", "met")


def test_both_deadlines_are_told_when_they_differ():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 20:00", 1)
    assert stage.local(stage.clock.deadline_if_submission_counts) == "2026-03-13 22:00"
    stage.do(call, "2026-03-13 20:00", stage.policy, by=CONTACT, line="priority")
    assert stage.clock.deadline_if_submission_counts is None


def test_in_business_hours_there_is_one_deadline():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 11:00", 1)
    assert (stage.clock.deadline_if_submission_counts, stage.clock.deadline_if_call_needed) == (None, None)


def test_a_contract_may_let_the_submission_count():
    stage = Stage("msa-business", off_hours="submission")
    stage.submit("2026-03-13 20:00", 1)
    assert (stage.clock.promise.start.why, stage.due()) == ("submission", "2026-03-13 22:00")
    assert stage.local(stage.clock.deadline_if_call_needed) == "2026-03-16 11:00"
    assert stage.clock.deadline_if_submission_counts is None


def test_business_time_asks_for_no_call():
    stage = Stage("msa-business")
    stage.submit("2026-03-13 20:00", 2, calls=["2026-03-13 20:30"])
    assert (stage.due(), stage.clock.deadline_if_submission_counts) == ("2026-03-16 15:00", None)


def test_a_call_before_what_can_count_is_refused():
    stage = Stage("msa-business")
    with pytest.raises(RuleBroken, match="lies before"):
        stage.submit("2026-03-13 20:00", 1, calls=["2026-03-13 18:59"])
    stage.submit("2026-03-13 20:00", 1)
    with pytest.raises(RuleBroken, match="lies before"):
        stage.do(call, "2026-03-13 18:59", stage.policy, by=CONTACT, line="priority")
    stage.do(call, "2026-03-13 19:00", stage.policy, by=CONTACT, line="priority")
    assert stage.due() == "2026-03-13 22:00"


@pytest.mark.parametrize(
    ("at", "level", "phrase"),
    [
        ("2026-03-13 20:00", 1, "call_starts_clock"),
        ("2026-03-13 20:00", 2, "call_is_needed"),
        ("2026-12-08 11:00", 1, "call_starts_clock"),
        ("2026-03-13 20:00", 3, None),
        ("2026-03-13 11:00", 1, None),
    ],
)
def test_urgent_requests_off_hours_call_for_a_call(at, level, phrase):
    stage = Stage("msa-business")
    said = call_to_action(stage.terms, level, stage.at(at))
    assert (said.phrase if said else None) == phrase


def test_nobody_is_told_to_call_where_no_call_is_needed():
    assert (
        call_to_action(Stage("msa-business", off_hours="submission").terms, 1, Stage().at("2026-03-13 20:00")) is None
    )
    assert call_to_action(Stage("standard").terms, 1, Stage().at("2026-03-13 20:00")) is None


def test_the_call_to_action_names_the_opening():
    stage = Stage("msa-business")
    said = call_to_action(stage.terms, 1, stage.at("2026-03-13 20:00"))
    assert "only from the opening at 16 Mar 2026, 09:00 +01:00" in in_words([said], "en", stage.zone)[0]
