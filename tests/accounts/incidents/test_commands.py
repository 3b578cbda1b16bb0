"""What may be done, by whom, when; and what is said to those who try something else (5.2, RULE-SEV-1, RULE-SLA-14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.accounts.incidents.commands import (
    Act,
    acknowledge,
    answer,
    call,
    cancel,
    change_kind,
    change_severity,
    close,
    correct,
    escalate,
    link,
    merge,
    note,
    possible,
    recalculate,
    receive_info,
    reopen,
    request_info,
    resolve,
)
from auditor.errors import RuleBroken
from tests.accounts.incidents.stage import CONTACT, TAM, Stage, calendar


@pytest.fixture
def stage() -> Stage:
    made = Stage("msa-enterprise")
    made.submit("2026-03-16 09:00", 3)
    return made


def answered(stage: Stage) -> Stage:
    stage.do(answer, "2026-03-16 10:00", "A known error.")
    return stage


def refused(stage: Stage, message: str, command, at: str, *args, hint: str = "", **more) -> None:
    with pytest.raises(RuleBroken, match=message) as told:
        stage.do(command, at, *args, **more)
    assert told.value.hint
    assert hint in told.value.hint


def test_the_way_of_a_request(stage):
    stage.do(answer, "2026-03-16 10:00", "The log ends early.", wanted=["a trace"])
    assert stage.do(receive_info, "2026-03-16 11:00", "the trace").state == "in_progress"
    assert stage.do(request_info, "2026-03-16 11:30", ["the version"]).state == "waiting_customer"
    assert stage.do(resolve, "2026-03-16 12:00", "The update helps.").state == "resolved"
    assert stage.do(close, "2026-03-17 12:00").state == "closed"
    assert stage.do(reopen, "2026-03-18 12:00", stage.policy, "it is back").state == "in_progress"


def test_submission_keeps_everything_that_fixes_the_terms():
    stage = Stage("msa-business")
    stage.submit("2026-03-16 09:00", 2, product="KES", product_version="12.5", authorised=False, type="question")
    payload = stage.events[0].payload
    assert (payload["policy"], payload["calendar"]) == (stage.terms.policy_hash, stage.terms.calendar_hash)
    assert payload["quota"] == {
        "contract": "con-1",
        "period": "2026-01-01",
        "delta": 1,
        "reason": "submitted",
        "override": False,
    }
    assert stage.incident.flags == ("unauthorised_contact",)
    assert (stage.incident.policy, stage.incident.type) == (stage.terms.policy_hash, "question")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"level": 0}, "no severity level 0"),
        ({"level": 5}, "no severity level 5"),
        ({"level": 3, "type": "riddle"}, "no type 'riddle'"),
        ({"level": 3, "kind": "golden"}, "no kind 'golden'"),
    ],
)
def test_a_submission_of_what_does_not_exist(more, message):
    with pytest.raises(RuleBroken, match=message):
        Stage().submit("2026-03-16 09:00", **more)


def test_nothing_automatic_submits_level_1():
    """RULE-SEV-2."""
    with pytest.raises(RuleBroken, match="only a person can submit"):
        Stage().submit("2026-03-16 09:00", 1, actor="system")
    assert Stage().submit("2026-03-16 09:00", 2, actor="system").level == 2


def test_nothing_automatic_raises_to_level_1(stage):
    refused(stage, "only a person can raise", change_severity, "2026-03-16 10:00", 1, "x", actor="system")
    assert stage.do(change_severity, "2026-03-16 10:00", 1, "it spreads").level == 1


def test_severity_is_changed_by_the_support_side(stage):
    refused(stage, "account manager", change_severity, "2026-03-16 10:00", 1, "x", actor=CONTACT, hint="escalate")
    refused(stage, "reason is missing", change_severity, "2026-03-16 10:00", 1, "  ")
    refused(stage, "has severity 3 already", change_severity, "2026-03-16 10:00", 3, "x")
    refused(stage, "no severity level 7", change_severity, "2026-03-16 10:00", 7, "x", hint="1, 2, 3, 4")


def test_a_qualified_answer_needs_a_person_and_an_analysis(stage):
    """RULE-SLA-1."""
    refused(stage, "only a person can give", answer, "2026-03-16 10:00", "text", actor="system")
    refused(stage, "by a specialist, not by system", answer, "2026-03-16 10:00", "text", author="system")
    refused(stage, "not by contact:C-0001", answer, "2026-03-16 10:00", "text", actor=CONTACT)
    refused(stage, "analysis is missing", answer, "2026-03-16 10:00", " \n ")
    stage.do(answer, "2026-03-16 10:00", "A known error.", author=TAM, actor=CONTACT)
    assert stage.incident.answers[0].author == TAM


def test_wanted_data_are_listed_once_and_completely(stage):
    stage.do(answer, "2026-03-16 10:00", "The log ends early.", wanted=[" a trace ", "", "a trace", "the version"])
    assert stage.events[-1].payload["wanted"] == ["a trace", "the version"]
    assert stage.events[-1].payload["waiting"] is True


def test_the_first_request_for_data_is_part_of_an_answer(stage):
    refused(
        stage, "no qualified answer yet", request_info, "2026-03-16 10:00", ["a trace"], hint="preliminary analysis"
    )
    refused(answered(stage), "list of wanted data", request_info, "2026-03-16 11:00", ["  "])


@pytest.mark.parametrize(
    ("command", "args", "message"),
    [
        (receive_info, ("the trace",), "is submitted: receive data is not possible"),
        (resolve, ("done",), "is submitted: resolve is not possible"),
        (close, (), "is submitted: close is not possible"),
    ],
)
def test_what_a_submitted_request_does_not_allow(stage, command, args, message):
    refused(stage, message, command, "2026-03-16 10:00", *args, hint="possible now: answer")


def test_an_answered_request_is_not_cancelled(stage):
    """Only before it is worked on."""
    refused(answered(stage), "is in progress: cancel is not possible", cancel, "2026-03-16 11:00", "x", hint="resolve")


@pytest.mark.parametrize("end", ["closed", "cancelled"])
def test_what_is_over_is_over(stage, end):
    if end == "closed":
        answered(stage)
        stage.do(resolve, "2026-03-16 11:00", "done")
        stage.do(close, "2026-03-16 12:00")
    else:
        stage.do(cancel, "2026-03-16 12:00", "not needed")
    refused(stage, f"is {end}: answer", answer, "2026-03-16 13:00", "text")
    refused(stage, f"is {end}: change severity", change_severity, "2026-03-16 13:00", 1, "x")
    refused(stage, f"is {end}: escalate", escalate, "2026-03-16 13:00", "x")
    refused(stage, f"is {end}: record a call", call, "2026-03-16 13:00", stage.policy, by=CONTACT, line="priority")
    refused(stage, f"is {end}: record a call", call, "2026-03-16 08:30", stage.policy, by=CONTACT, line="priority")
    assert stage.do(note, "2026-03-16 13:00", "for the record").state == end


def test_possible_is_what_the_state_allows(stage):
    assert set(possible(stage.incident)) == {
        "answer",
        "change severity",
        "change kind",
        "escalate",
        "record a call",
        "cancel",
        "merge",
        "link",
        "note",
    }
    answered(stage)
    stage.do(resolve, "2026-03-16 11:00", "done")
    assert set(possible(stage.incident)) == {"change kind", "record a call", "reopen", "close", "merge", "link", "note"}


def test_reopening_has_an_end(stage):
    answered(stage)
    stage.do(resolve, "2026-03-17 12:00", "done")
    refused(stage, "until 2026-03-31 10:00 UTC", reopen, "2026-03-31 12:00:01", stage.policy, "x", hint="new request")
    assert stage.do(reopen, "2026-03-31 12:00", stage.policy, "it is back").state == "in_progress"


def test_what_was_cancelled_stays_cancelled(stage):
    stage.do(cancel, "2026-03-16 10:00", "not needed")
    refused(stage, "is cancelled: reopen is not possible", reopen, "2026-03-16 11:00", stage.policy, "x")


def test_times_in_the_future_are_refused(stage):
    """RULE-SLA-14: clocks may differ by five minutes."""
    act = Act(TAM, stage.at("2026-03-16 10:05"), stage.at("2026-03-16 10:00"))
    assert answer(stage.incident, act, "A known error.")
    with pytest.raises(RuleBroken, match="in the future"):
        answer(stage.incident, replace(act, at=stage.at("2026-03-16 10:05:01")), "A known error.")
    with pytest.raises(RuleBroken, match="in the future"):
        Stage().append(answer(stage.incident, replace(act, at=stage.at("2027-01-01 00:00"), imported=True), "x"))


def test_nothing_happens_before_the_submission(stage):
    refused(stage, "lies before", answer, "2026-03-16 08:59:59", "text", imported=True)
    refused(stage, "lies before", note, "2026-03-16 08:59:59", "text")


def test_what_is_recorded_late_must_say_so(stage):
    answered(stage)
    refused(
        stage, "after 2026-03-16 08:30 UTC", change_severity, "2026-03-16 09:30", 1, "x", hint="recorded afterwards"
    )
    stage.do(change_severity, "2026-03-16 09:30", 1, "it spreads", imported=True)
    assert (stage.due(), stage.clock.level) == ("2026-03-16 10:00", 1)


def test_a_late_call_needs_no_excuse(stage):
    answered(stage)
    stage.do(call, "2026-03-16 09:30", stage.policy, by=CONTACT, line="priority")
    assert len(stage.incident.calls) == 1


def test_importing_again_adds_nothing(stage):
    """T-44."""
    first = answer(stage.incident, stage.act("2026-03-16 10:00", imported=True), "A known error.")
    stage.append(first)
    assert answer(stage.incident, stage.act("2026-03-16 10:00", imported=True), "A known error.") == []
    assert len(answer(stage.incident, stage.act("2026-03-16 10:00", imported=True), "Another.")) == 1
    early = stage.act("2026-03-16 08:30", imported=True)
    stage.append(call(stage.incident, early, stage.policy, by=CONTACT, line="priority"))
    assert call(stage.incident, early, stage.policy, by=CONTACT, line="priority") == []


def test_what_contradicts_later_events_is_refused(stage):
    answered(stage)
    message = "cancelled at 2026-03-16 08:30 UTC contradicts what is recorded for later: qualified_answer"
    refused(stage, message, cancel, "2026-03-16 09:30", "x", imported=True)


def test_what_was_not_possible_then_is_refused(stage):
    answered(stage)
    message = "was submitted at 2026-03-16 08:30 UTC: resolve was not possible then"
    refused(stage, message, resolve, "2026-03-16 09:30", "x", imported=True)


def test_consequences_do_not_stand_against_what_becomes_known(stage):
    """The scheduler escalated; that it had been cancelled before becomes known afterwards."""
    stage.happens("escalated", "2026-03-16 12:00", "system", fraction=0.5, due_at=None, to=["assignee"], notify=True)
    assert stage.do(cancel, "2026-03-16 11:00", "not needed", imported=True).state == "cancelled"


def test_escalation_by_hand(stage):
    """RULE-ESC-1: by anybody, at any time while it is open."""
    stage.do(escalate, "2026-03-16 09:05", "the board asks", actor=CONTACT)
    raised = stage.incident.escalations[0]
    assert (raised.fraction, raised.to, raised.notify, raised.actor) == (None, ("tam", "duty_manager"), True, CONTACT)
    refused(stage, "only a person", escalate, "2026-03-16 09:06", "x", actor="system")
    refused(stage, "reason is missing", escalate, "2026-03-16 09:06", "")
    refused(stage, "nobody is named", escalate, "2026-03-16 09:06", "x", [])


def test_merging_closes_the_duplicate(stage):
    original = replace(stage.incident, id="INC-000002")
    stage.do(merge, "2026-03-16 10:00", original)
    incident = stage.incident
    assert (incident.state, incident.duplicate_of, incident.flags) == ("closed", "INC-000002", ("duplicate",))
    assert stage.local(incident.ended_at) == "2026-03-16 10:00"
    refused(stage, "was merged into INC-000002", reopen, "2026-03-16 11:00", stage.policy, "x")
    assert "reopen" not in possible(incident)


def test_what_cannot_be_merged(stage):
    refused(stage, "cannot be a duplicate of INC-000001", merge, "2026-03-16 10:00", stage.incident)
    elsewhere = replace(stage.incident, id="INC-000002", account="other")
    refused(stage, "cannot be a duplicate", merge, "2026-03-16 10:00", elsewhere)
    other = Stage()
    other.submit("2026-03-16 09:00", 3)
    other.happens("linked", "2026-03-16 09:10", relation="duplicate_of", other="INC-000009")
    duplicate = replace(other.incident, id="INC-000002")
    refused(stage, "is a duplicate itself", merge, "2026-03-16 10:00", duplicate, hint="INC-000009")


def test_links_and_corrections(stage):
    stage.do(link, "2026-03-16 10:00", "external", " CA-77 ")
    assert [(one.relation, one.other) for one in stage.incident.links] == [("external", "CA-77")]
    refused(stage, "linked with CA-77 already", link, "2026-03-16 10:01", "external", "CA-77")
    refused(stage, "no relation 'duplicate_of'", link, "2026-03-16 10:01", "duplicate_of", "INC-000002")
    stage.do(correct, "2026-03-16 10:05", 1, "the version is 12.6")
    assert (stage.incident.notes[-1].of, stage.incident.notes[-1].text) == (1, "the version is 12.6")
    refused(stage, "has no event 99", correct, "2026-03-16 10:06", 99, "x")


def test_acknowledging_is_what_the_tool_may_do(stage):
    assert stage.do(acknowledge, "2026-03-16 09:00:01", actor="system").state == "submitted"


@pytest.mark.parametrize("nobody", ["", "anna", "person:", "robot:7"])
def test_an_actor_is_somebody(nobody):
    with pytest.raises(RuleBroken, match="is nobody"):
        Stage().act("2026-03-16 09:00", nobody)


def test_recalculating_is_an_act_of_a_person(stage):
    """RULE-SLA-12: a later calendar moves nothing until somebody asks for it; old and new are recorded."""
    friday_off = calendar("Europe/Madrid", "09:00-14:00", country="ES", subdivision="MD")
    other = Stage("msa-enterprise", friday_off)
    old, new = stage.terms, other.terms
    assert old.policy_hash == new.policy_hash
    refused(stage, "only a person", recalculate, "2026-03-16 10:00", old, new, "x", actor="system")
    refused(stage, "reckoned with this version", recalculate, "2026-03-16 10:00", old, old, "x")
    refused(stage, "reason is missing", recalculate, "2026-03-16 10:00", old, new, " ")
    refused(
        stage,
        "terms of INC-000001 were fixed",
        recalculate,
        "2026-03-16 10:00",
        old,
        replace(new, policy_hash="f"),
        "x",
    )
    stage.do(recalculate, "2026-03-16 10:00", old, new, "they close at two")
    done = stage.incident.recalculations[0]
    assert (stage.local(done.old_deadline), stage.local(done.new_deadline)) == ("2026-03-16 15:00", "2026-03-17 10:00")
    assert stage.incident.calendar == new.calendar_hash


def test_changing_the_kind(stage):
    refused(stage, "is a premium request already", change_kind, "2026-03-16 10:00", "premium", "x")
    refused(stage, "no kind 'golden'", change_kind, "2026-03-16 10:00", "golden", "x")
    refused(stage, "only a person", change_kind, "2026-03-16 10:00", "standard", "x", actor="system")
    refused(stage, "reason is missing", change_kind, "2026-03-16 10:00", "standard", "")
    assert stage.do(change_kind, "2026-03-16 10:00", "standard", "an ordinary question").kind == "standard"
    refused(stage, "takes a unit", change_kind, "2026-03-16 11:00", "premium", "x")
