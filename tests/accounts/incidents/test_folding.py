"""An incident from its events: order, doubles, strangers (RULE-SLA-13, INV-1)."""

from __future__ import annotations

import random

import pytest

from auditor.accounts.incidents.clock import response_clock
from auditor.accounts.incidents.commands import answer, change_severity, close, note, receive_info, reopen, resolve
from auditor.accounts.incidents.state import fold
from auditor.errors import RuleBroken
from tests.accounts.incidents.stage import CONTACT, TAM, Stage


def eventful() -> Stage:
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-13 20:00", 3, calls=["2026-03-13 19:40"], product="KES", request={"severity_hint": "x"})
    stage.do(change_severity, "2026-03-16 09:30", 1, "it spreads")
    stage.happens("routed", "2026-03-16 09:31", "system", to="P-0001", role="tam", reason="tam_available")
    stage.do(answer, "2026-03-16 09:50", "The log ends early.", wanted=["a trace"])
    stage.do(receive_info, "2026-03-16 12:00", "the trace")
    stage.do(resolve, "2026-03-17 10:00", "The update helps.")
    stage.do(close, "2026-03-18 10:00")
    stage.do(reopen, "2026-03-19 10:00", stage.policy, "it is back")
    stage.do(note, "2026-03-19 10:30", "look at the server first")
    return stage


def test_what_the_state_remembers():
    stage = eventful()
    incident, local = stage.incident, stage.local
    assert (incident.id, incident.number, incident.account, incident.contract) == ("INC-000001", 1, "acme", "con-1")
    assert (incident.state, incident.level, incident.kind, incident.flags) == (
        "in_progress",
        1,
        "premium",
        ("reopened",),
    )
    assert [(call.by, local(call.at)) for call in incident.calls] == [(CONTACT, "2026-03-13 19:40")]
    assert [(change.level, change.actor) for change in incident.levels] == [(3, CONTACT), (1, TAM)]
    assert [(one.wanted, local(one.since), local(one.until)) for one in incident.waitings] == [
        (("a trace",), "2026-03-16 09:50", "2026-03-16 12:00")
    ]
    assert [period.state for period in incident.periods] == [
        "submitted",
        "waiting_customer",
        "in_progress",
        "resolved",
        "closed",
        "in_progress",
    ]
    assert (incident.resolved_at, incident.closed_at, incident.ended_at) == (None, None, None)
    assert (incident.routed.person, incident.product, incident.notes[0].text) == (
        "P-0001",
        "KES",
        "look at the server first",
    )
    assert local(incident.last_at) == "2026-03-19 10:30"


def test_the_severity_at_any_instant():
    stage = eventful()
    assert [stage.incident.level_at(stage.at(f"2026-03-{day} 11:00")) for day in (13, 14, 16)] == [3, 3, 1]


def test_the_order_in_which_events_come_does_not_matter():
    """T-44."""
    stage = eventful()
    expected = (fold(stage.events), stage.clock)
    for seed in range(20):
        shuffled = random.Random(seed).sample(stage.events, len(stage.events))  # noqa: S311
        incident = fold(shuffled)
        assert (incident, response_clock(incident, stage.policy, stage.calendar)) == expected


def test_events_that_are_there_twice_count_once():
    """T-44: the same import, run again, gives every event another number."""
    stage = eventful()
    once = stage.clock
    for event in list(stage.events[1:]):
        stage.append([event])
    twice = stage.incident
    assert (len(twice.answers), len(twice.notes), len(twice.levels), len(twice.waitings)) == (1, 1, 2, 1)
    assert stage.clock.promise == once.promise


def test_an_event_that_arrives_late_takes_its_place():
    """T-44, glpi 6902: the clock is a function of what happened, not of when it became known."""
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    stage.do(answer, "2026-03-16 16:00", "A known error.")
    assert stage.status("2026-03-17 09:00") == "missed"
    stage.do(answer, "2026-03-16 14:00", "First findings.", imported=True)
    assert stage.status("2026-03-17 09:00") == "met"
    assert stage.local(stage.incident.answered_at) == "2026-03-16 14:00"


def test_both_passes_of_an_autumn_hour_keep_their_order():
    """T-44: 02:50 of the first pass is before 02:10 of the second."""
    stage = Stage("msa-enterprise")
    stage.submit("2026-10-25 02:40", 1, calls=["2026-10-25 02:40"])
    stage.do(answer, "2026-10-25 02:10*", "A known error.")
    assert (stage.due(), stage.status("2026-10-25 09:00")) == ("2026-10-25 02:10", "met")


def test_unknown_events_do_nothing():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    before = stage.incident
    stage.happens("photographed", "2026-03-16 10:00", "system", colour="blue")
    after = stage.incident
    assert (after.state, after.levels, after.periods, len(after.events)) == (
        before.state,
        before.levels,
        before.periods,
        2,
    )


def test_what_cannot_happen_leaves_the_state_alone():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    stage.happens("closed", "2026-03-16 10:00")
    stage.happens("reopened", "2026-03-16 10:01", reason="?", new_cycle=True)
    assert (stage.incident.state, len(stage.incident.cycles)) == ("submitted", 1)
    stage.happens("cancelled", "2026-03-16 10:02", CONTACT, reason="not needed")
    stage.happens("qualified_answer", "2026-03-16 10:03", author=TAM, analysis="too late")
    stage.happens("severity_changed", "2026-03-16 10:04", **{"from": 3, "to": 1, "reason": "?"})
    incident = stage.incident
    assert (incident.state, incident.answers, incident.level) == ("cancelled", (), 3)


def test_data_that_come_before_any_answer_lead_back_to_submitted():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    stage.happens("info_requested", "2026-03-16 09:10", wanted=["a trace"])
    stage.happens("info_requested", "2026-03-16 09:20", wanted=["a trace", "the version"])
    assert (stage.incident.wanted, len(stage.incident.waitings)) == (("a trace", "the version"), 1)
    stage.happens("info_received", "2026-03-16 09:30", CONTACT, text="the trace")
    assert (stage.incident.state, stage.incident.waiting) == ("submitted", True)


def test_only_calls_may_come_before_the_submission():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    stage.happens("qualified_answer", "2026-03-16 08:00", author=TAM, analysis="before anybody asked")
    assert stage.incident.answers == ()


def test_states_of_requests_with_steps_of_their_own():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3, type="avdb_release")
    assert (stage.incident.avdb, stage.incident.patch) == ("", "")
    stage.happens("avdb_changed", "2026-03-16 10:00", **{"from": "new", "to": "step1_processing", "step": 1})
    stage.happens("patch_changed", "2026-03-16 10:00", **{"from": "requested", "to": "triage"})
    assert (stage.incident.avdb, stage.incident.patch) == ("step1_processing", "triage")


def test_how_long_it_was_critical():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    assert (stage.incident.critical_since, stage.incident.critical_until) == (None, None)
    stage.do(change_severity, "2026-03-16 10:00", 1, "it spreads")
    assert (stage.local(stage.incident.critical_since), stage.incident.critical_until) == ("2026-03-16 10:00", None)
    stage.do(change_severity, "2026-03-16 10:20", 2, "contained")
    assert stage.local(stage.incident.critical_until) == "2026-03-16 10:20"
    stage.do(change_severity, "2026-03-16 10:25", 1, "not contained")
    assert stage.incident.critical_until is None
    stage.do(answer, "2026-03-16 10:26", "A known error.")
    stage.do(resolve, "2026-03-16 12:00", "The update helps.")
    assert stage.local(stage.incident.critical_until) == "2026-03-16 12:00"


def test_it_ends_when_it_is_resolved_not_when_it_is_closed():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    stage.do(answer, "2026-03-16 10:00", "A known error.")
    stage.do(resolve, "2026-03-16 12:00", "The update helps.")
    stage.do(close, "2026-03-17 12:00")
    assert stage.local(stage.incident.ended_at) == "2026-03-16 12:00"
    assert stage.local(stage.incident.closed_at) == "2026-03-17 12:00"


def test_an_answer_while_the_customer_is_waited_for_does_not_end_the_waiting():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    stage.do(answer, "2026-03-16 10:00", "The log ends early.", wanted=["a trace"])
    stage.do(answer, "2026-03-16 11:00", "Meanwhile, a workaround.")
    assert (stage.incident.state, stage.incident.wanted) == ("waiting_customer", ("a trace",))


def test_of_two_acknowledgements_and_two_schedulers_the_first_counts():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 3)
    for minute in ("01", "02"):
        stage.happens("acknowledged_auto", f"2026-03-16 09:{minute}", "system")
        stage.happens("escalated", f"2026-03-16 12:{minute}", "system", fraction=0.5, to=["assignee"], notify=True)
    assert stage.local(stage.incident.auto_acknowledged_at) == "2026-03-16 09:01"
    assert stage.local(stage.clock.thresholds[0].fired.at) == "2026-03-16 12:01"


def test_no_submission_no_incident():
    stage = eventful()
    with pytest.raises(RuleBroken, match="INC-000001 was never submitted"):
        fold(stage.events[2:])
    with pytest.raises(RuleBroken, match="never submitted"):
        fold([])


@pytest.mark.parametrize(
    "payload",
    [
        {"author": "system", "analysis": "Your request was received."},
        {"author": "contact:C-0001", "analysis": "We found it ourselves."},
        {"author": "", "analysis": "x"},
        {"analysis": "x"},
        {"author": "person:P-0001", "analysis": "  "},
        {"author": "person:P-0001"},
        {"author": 7, "analysis": "x"},
    ],
)
def test_an_answer_that_is_not_qualified_stops_nothing_however_it_came(payload):
    """As an edited backup or another program may bring it: it stays in the history, and the clock runs on."""
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 2)
    stage.happens("qualified_answer", "2026-03-16 09:05", "system", **payload)
    incident = stage.incident
    assert (incident.state, incident.answers, incident.cycles[-1].answer) == ("submitted", (), None)
    assert [event.type for event in incident.events][-1] == "qualified_answer"
    stage.do(answer, "2026-03-16 09:50", "The log ends early.")
    assert [stage.local(one.at) for one in stage.incident.answers] == ["2026-03-16 09:50"]
