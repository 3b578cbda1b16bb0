"""T-36: severity and kind change before, after and around the deadline (RULE-SLA-9).

Enterprise: level 1 30 minutes, level 2 two hours, level 3 six and level 4 eight business hours.
16 March 2026 is a Monday.
"""

from __future__ import annotations

import pytest

from auditor.accounts.incidents.commands import answer, change_kind, change_severity
from auditor.accounts.incidents.quota import Units
from auditor.accounts.programmes import Target
from tests.accounts.incidents.stage import Stage, shipped


def changed(
    at_level: int, *changes: tuple[str, int], submitted: str = "2026-03-16 09:00", programme: str = "msa-enterprise"
):
    stage = Stage(programme)
    stage.submit(submitted, at_level)
    for at, level in changes:
        stage.do(change_severity, at, level, "found out more")
    return stage


@pytest.mark.parametrize(
    ("case", "stage", "due"),
    [
        ("raised with time left", changed(3, ("2026-03-16 10:00", 1)), "2026-03-16 10:30"),
        ("raised close to the old deadline", changed(3, ("2026-03-16 14:50", 1)), "2026-03-16 15:00"),
        ("raised at the old deadline", changed(3, ("2026-03-16 15:00", 1)), "2026-03-16 15:00"),
        ("raised in two steps", changed(4, ("2026-03-16 10:00", 2), ("2026-03-16 11:00", 1)), "2026-03-16 11:30"),
        ("lowered with time left", changed(1, ("2026-03-16 09:10", 3)), "2026-03-16 15:00"),
        ("lowered at the deadline itself", changed(1, ("2026-03-16 09:30", 3)), "2026-03-16 15:00"),
        ("raised and lowered again", changed(3, ("2026-03-16 10:00", 1), ("2026-03-16 10:20", 3)), "2026-03-16 15:00"),
        (
            "raised, then lowered half way",
            changed(3, ("2026-03-16 10:00", 1), ("2026-03-16 10:05", 2)),
            "2026-03-16 11:00",
        ),
        ("lowered, then raised", changed(2, ("2026-03-16 10:00", 4), ("2026-03-16 10:30", 2)), "2026-03-16 12:30"),
        ("raised off-hours", changed(3, ("2026-03-16 20:00", 1), submitted="2026-03-16 17:00"), "2026-03-17 09:30"),
    ],
)
def test_deadline_after_changes(case, stage, due):
    assert stage.due() == due


def test_a_lowering_never_makes_a_breach():
    """Submitted on Monday at level 4, raised on Tuesday: level 2 reckoned from Monday would be over long ago."""
    stage = changed(4, ("2026-03-17 09:00", 1), ("2026-03-17 09:10", 2), submitted="2026-03-16 17:00")
    assert stage.due() == "2026-03-17 09:30"
    assert stage.status("2026-03-17 09:20") == "running"


def test_a_raise_off_hours_needs_a_call_as_a_submission_does():
    stage = changed(3, ("2026-03-16 20:00", 1), submitted="2026-03-16 17:00")
    stage.happens("phone_called", "2026-03-16 20:10", by="contact:C-0001", line="priority")
    assert stage.due() == "2026-03-16 20:40"


def test_a_call_in_the_morning_does_not_start_a_raise_at_night():
    stage = changed(3, submitted="2026-03-16 17:00")
    stage.happens("phone_called", "2026-03-16 17:01", by="contact:C-0001", line="priority")
    stage.do(change_severity, "2026-03-16 20:00", 1, "everything is down")
    assert stage.due() == "2026-03-17 09:30"


def test_a_breach_stays_when_the_severity_is_lowered():
    stage = changed(1, ("2026-03-16 09:31", 4))
    assert (stage.due(), stage.status("2026-03-16 10:00"), stage.clock.level) == ("2026-03-16 09:30", "missed", 4)
    stage.do(answer, "2026-03-16 10:00", "A known error.")
    assert stage.status("2026-03-16 11:00") == "missed"


def test_a_breach_stays_when_the_severity_is_raised():
    stage = changed(3, ("2026-03-16 15:01", 1))
    assert (stage.due(), stage.status("2026-03-16 15:02")) == ("2026-03-16 15:00", "missed")


def test_after_the_answer_nothing_changes():
    stage = changed(3)
    stage.do(answer, "2026-03-16 10:00", "A known error.")
    stage.do(change_severity, "2026-03-16 10:01", 1, "it spreads")
    assert (stage.due(), stage.status("2026-03-20 10:00"), stage.clock.level) == ("2026-03-16 15:00", "met", 3)
    assert stage.incident.level == 1


def test_raised_while_the_customer_is_waited_for():
    """T-36 and glpi 6902: an imported pause has no part in the clock."""
    stage = changed(3)
    stage.happens("info_requested", "2026-03-16 09:30", wanted=["a trace"])
    assert stage.incident.state == "waiting_customer"
    stage.do(change_severity, "2026-03-16 11:00", 1, "it spreads")
    assert stage.due() == "2026-03-16 11:30"


def test_from_no_guarantee_to_one_and_back():
    """Start guarantees level 1 only: six business hours."""
    stage = changed(2, programme="msa-start")
    assert (stage.due(), stage.clock.ungiven) == (None, "none_stated")
    stage.do(change_severity, "2026-03-16 11:00", 1, "it stands still")
    assert stage.due() == "2026-03-16 17:00"
    stage.do(change_severity, "2026-03-16 12:00", 3, "a workaround holds")
    assert (stage.due(), stage.status("2026-03-17 10:00")) == (None, "not_guaranteed")
    stage.do(change_severity, "2026-03-16 13:00", 1, "it does not hold")
    assert stage.due() == "2026-03-17 10:00"


def test_a_guarantee_that_began_with_a_raise_is_not_reckoned_from_before_it():
    stage = Stage("msa-enterprise")
    stage.submit("2026-03-16 09:00", 1, kind="standard")
    units = Units(stage.policy, stage.ledger("2026-03-16 09:00"))
    stage.do(change_kind, "2026-03-16 14:00", "premium", "the contract covers it", units)
    assert stage.due() == "2026-03-16 14:30"
    stage.do(change_severity, "2026-03-16 14:10", 3, "only one client")
    assert stage.due() == "2026-03-17 11:00"


def test_raised_to_a_level_without_guarantee_the_promise_stays():
    """No shipped programme is like that, but nothing forbids one: a raise never loses what was promised."""
    policy = shipped("msa-business")
    stage = Stage("msa-business", targets={**policy.targets, 1: Target(1, "none")})
    stage.submit("2026-03-16 09:00", 2)
    stage.do(change_severity, "2026-03-16 10:00", 1, "it spreads")
    assert stage.due() == "2026-03-16 15:00"


def test_a_breach_without_later_guarantee_is_still_a_breach():
    stage = changed(1, ("2026-03-16 15:01", 2), programme="msa-start")
    assert (stage.due(), stage.status("2026-03-16 16:00")) == ("2026-03-16 15:00", "missed")


def test_a_standard_request_loses_its_deadline():
    stage = changed(3)
    stage.do(change_kind, "2026-03-16 10:00", "standard", "an ordinary question")
    assert (stage.due(), stage.clock.ungiven) == (None, "standard_kind")


def test_a_request_that_becomes_standard_after_the_breach_stays_missed():
    stage = changed(1)
    stage.do(change_kind, "2026-03-16 09:31", "standard", "an ordinary question")
    assert stage.status("2026-03-16 09:40") == "missed"


def test_of_one_instant_what_is_recorded_first_happened_first():
    raised_first = changed(3, ("2026-03-16 10:00", 1))
    raised_first.do(answer, "2026-03-16 10:00", "A known error.")
    assert (raised_first.due(), raised_first.clock.level) == ("2026-03-16 10:30", 1)
    answered_first = changed(3)
    answered_first.do(answer, "2026-03-16 10:00", "A known error.")
    answered_first.do(change_severity, "2026-03-16 10:00", 1, "it spreads")
    assert (answered_first.due(), answered_first.clock.level) == ("2026-03-16 15:00", 3)


def test_the_steps_tell_what_moved_the_deadline():
    stage = changed(3, ("2026-03-16 10:00", 1), ("2026-03-16 10:20", 3))
    told = [(step.kind, step.level, stage.local(step.after.deadline)[11:]) for step in stage.clock.steps]
    assert told == [("submitted", 3, "15:00"), ("raised", 1, "10:30"), ("lowered", 3, "15:00")]


def test_thresholds_follow_the_promise_that_holds():
    stage = changed(3, ("2026-03-16 10:00", 2))
    assert [stage.local(one.at)[11:] for one in stage.clock.thresholds] == ["11:00", "11:30", "12:00"]
    late = changed(3, ("2026-03-16 14:00", 2))
    assert [stage.local(one.at)[11:] for one in late.clock.thresholds] == ["12:00", "13:30", "15:00"]
