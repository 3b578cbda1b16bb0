"""Thresholds that fire once, late schedulers, notifications that were wrong (RULE-SLA-10, 13, RULE-ESC-1, 2)."""

from __future__ import annotations

import pytest

from auditor.accounts.incidents.commands import answer, cancel, change_kind, change_severity
from auditor.accounts.incidents.escalation import (
    covered,
    due_thresholds,
    escalations,
    notification_key,
    roles_at,
    superseded,
)
from tests.accounts.incidents.stage import Stage


def scheduler(stage: Stage, at: str):
    fired = escalations(stage.clock, stage.at(at))
    stage.append(fired)
    return [(one.payload["fraction"], one.payload["notify"], one.payload["late"]) for one in fired]


@pytest.fixture
def stage() -> Stage:
    """Six business hours: 50 % at 12:00, 75 % at 13:30, due at 15:00."""
    made = Stage("msa-enterprise")
    made.submit("2026-03-16 09:00", 3)
    return made


def test_each_threshold_fires_once_at_its_time(stage):
    assert scheduler(stage, "2026-03-16 11:59:59") == []
    assert scheduler(stage, "2026-03-16 12:00") == [(0.5, True, False)]
    assert scheduler(stage, "2026-03-16 12:01") == []
    assert scheduler(stage, "2026-03-16 13:30") == [(0.75, True, False)]
    assert scheduler(stage, "2026-03-16 15:00") == [(1.0, True, False)]
    assert scheduler(stage, "2026-03-20 12:00") == []


def test_a_scheduler_that_was_down_tells_only_the_highest(stage):
    """T-43: three days later all three fire, one is told."""
    assert scheduler(stage, "2026-03-19 09:00") == [(0.5, False, True), (0.75, False, True), (1.0, True, True)]
    fired = stage.events[-3:]
    assert covered(fired) == [0.5, 0.75, 1.0]
    assert [event.payload["due_at"][11:16] for event in fired] == ["11:00", "12:30", "14:00"]
    assert {event.actor for event in fired} == {"system"}
    assert scheduler(stage, "2026-03-19 09:01") == []


def test_a_few_minutes_are_not_late(stage):
    assert scheduler(stage, "2026-03-16 12:05") == [(0.5, True, False)]
    assert scheduler(stage, "2026-03-16 13:35:01") == [(0.75, True, True)]


@pytest.mark.parametrize("wanted", [(), ("a trace",)])
def test_nothing_fires_after_an_answer(stage, wanted):
    """glpi 24481, zammad 3140: the state is read again; waiting for the customer is no breach."""
    stage.do(answer, "2026-03-16 11:00", "So far ...", wanted=wanted)
    assert due_thresholds(stage.clock, stage.at("2026-03-20 12:00")) == ()


def test_nothing_fires_for_what_ended_or_is_not_guaranteed(stage):
    stage.do(cancel, "2026-03-16 11:00", "not needed")
    assert scheduler(stage, "2026-03-20 12:00") == []
    other = Stage("msa-start")
    other.submit("2026-03-16 09:00", 3)
    assert scheduler(other, "2026-03-20 12:00") == []


@pytest.mark.parametrize(
    ("fraction", "roles"),
    [
        (0.5, ("assignee",)),
        (0.75, ("tam",)),
        (1.0, ("tam", "duty_manager", "contact")),
        (0.3, ("assignee",)),
        (0.9, ("tam",)),
        (1.5, ("tam", "duty_manager", "contact")),
    ],
)
def test_who_is_told(fraction, roles):
    """RULE-ESC-1; a configured share goes to those of the step below."""
    assert roles_at(fraction) == roles


def test_thresholds_are_configured():
    stage = Stage("msa-enterprise", thresholds=(0.9, 0.25))
    stage.submit("2026-03-16 09:00", 3)
    assert [(one.fraction, stage.local(one.at)[11:]) for one in stage.clock.thresholds] == [
        (0.25, "10:30"),
        (0.9, "14:24"),
    ]


def test_a_raised_severity_does_not_tell_the_same_share_again(stage):
    scheduler(stage, "2026-03-16 12:00")
    stage.do(change_severity, "2026-03-16 12:10", 1, "it spreads")  # due 12:40, 75 % at 12:32:30
    assert scheduler(stage, "2026-03-16 12:30") == []
    assert scheduler(stage, "2026-03-16 12:33") == [(0.75, True, False)]


def test_a_new_cycle_has_thresholds_of_its_own():
    stage = Stage("msa-enterprise", reopen_new_cycle=True)
    stage.submit("2026-03-16 09:00", 3)
    scheduler(stage, "2026-03-16 12:00")
    stage.do(answer, "2026-03-16 12:30", "A known error.")
    stage.happens("resolved", "2026-03-16 13:00", summary="done")
    stage.happens("reopened", "2026-03-17 09:00", reason="it is back", new_cycle=True)
    assert scheduler(stage, "2026-03-17 12:00") == [(0.5, True, False)]
    assert notification_key("INC-000001", 2, 0.5) != notification_key("INC-000001", 1, 0.5)


def told(stage: Stage) -> list[str]:
    return [notification_key("INC-000001", one.cycle, one.fraction) for one in stage.incident.escalations if one.notify]


def withdrawn(stage: Stage, known: list[str] | None = None):
    events = superseded(stage.clock, told(stage) if known is None else known, stage.at("2026-03-20 12:00"))
    return [(event.type, event.subject, event.payload["reason"]) for event in events]


def test_an_answer_that_becomes_known_late_withdraws_the_alarm(stage):
    """RULE-SLA-13: not sent again, marked."""
    scheduler(stage, "2026-03-16 15:01")
    assert withdrawn(stage) == []
    stage.do(answer, "2026-03-16 11:00", "First findings.", imported=True)
    assert withdrawn(stage) == [("superseded", "INC-000001:response:1:1", "it was answered before")]
    assert withdrawn(stage, known=[]) == []


def test_an_answer_after_the_alarm_does_not_make_it_wrong(stage):
    scheduler(stage, "2026-03-16 12:00")
    stage.do(answer, "2026-03-16 12:30", "First findings.")
    assert withdrawn(stage) == []


def test_an_alarm_of_a_deadline_that_moved_is_withdrawn():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 1)
    scheduler(stage, "2026-03-16 09:23")
    stage.do(change_severity, "2026-03-16 09:25", 3, "only one client")
    assert withdrawn(stage) == [("superseded", "INC-000001:response:1:0.75", "the deadline is later now")]


def test_an_alarm_stays_when_the_deadline_comes_closer(stage):
    scheduler(stage, "2026-03-16 12:00")
    stage.do(change_severity, "2026-03-16 11:00", 1, "it spread", imported=True)
    assert withdrawn(stage) == []


def test_an_alarm_of_what_is_not_guaranteed_any_more_is_withdrawn(stage):
    scheduler(stage, "2026-03-16 12:00")
    stage.do(change_kind, "2026-03-16 12:30", "standard", "an ordinary question")
    assert withdrawn(stage) == [("superseded", "INC-000001:response:1:0.5", "nothing is guaranteed any more")]


def test_escalations_by_hand_are_never_withdrawn(stage):
    stage.happens("escalated", "2026-03-16 10:00", fraction=None, due_at=None, to=["tam"], reason="x", notify=True)
    stage.do(cancel, "2026-03-16 10:30", "not needed")
    assert withdrawn(stage, known=["INC-000001:response:1:0.5"]) == []
