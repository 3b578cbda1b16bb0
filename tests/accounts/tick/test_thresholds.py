"""Thresholds: each recorded once, the highest told, however late and however often a tick is called."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from auditor.app.incidents import actions
from auditor.app.incidents.notices import threshold_keys
from auditor.app.tick import thresholds
from auditor.app.tick.run import tick
from auditor.errors import UsageProblem

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Madrid
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def response(ident, share="", cycle=1):
    return f"{ident}:response:{cycle}:{share}"


def test_each_threshold_fires_at_its_instant_and_once(desk):
    ident = desk.open(MONDAY, level=2)  # 2 hours: 10:00, 10:30, 11:00 UTC
    steps = {
        59: [],
        60: [0.5],
        61: [0.5],
        90: [0.5, 0.75],
        119: [0.5, 0.75],
        120: [0.5, 0.75, 1.0],
        500: [0.5, 0.75, 1.0],
    }
    for minutes, fired in steps.items():
        for _ in range(2):
            desk.tick(MONDAY + minutes * MINUTE)
        assert desk.fractions(ident) == fired, minutes
    assert desk.told(response(ident)) == {response(ident, share): False for share in ("0.5", "0.75", "1")}
    (half, *_rest, whole) = desk.events(ident, "escalated")
    assert half.payload["due_at"] == "2026-11-23T10:00:00.000000Z"
    assert (half.payload["to"], whole.payload["to"]) == (["assignee"], ["tam", "duty_manager", "contact"])
    assert half.payload["late"] is False


def test_after_three_days_of_silence_all_is_recorded_and_the_highest_told(desk):
    idents = [desk.open(MONDAY + number * HOUR, level=level) for number, level in enumerate((1, 2, 3, 4))]
    desk.tick(MONDAY + timedelta(days=3))
    for ident in idents:
        assert desk.fractions(ident) == [0.5, 0.75, 1.0]
        assert list(desk.told(response(ident))) == [response(ident, "1")]
        assert [event.payload["notify"] for event in desk.events(ident, "escalated")] == [False, False, True]
        assert all(event.payload["late"] for event in desk.events(ident, "escalated"))
    assert not [done for done in desk.tick(MONDAY + timedelta(days=3, minutes=1)) if done.what == "escalated"]


@pytest.mark.parametrize("minutes", [59, 60])
def test_an_answer_stops_what_comes_after_it(desk, minutes):
    ident = desk.open(MONDAY, level=2)
    desk.act(ident, actions.answer("found"), MONDAY + minutes * MINUTE)
    desk.tick(MONDAY + 3 * HOUR)
    assert desk.fractions(ident) == []


def test_a_breach_that_was_told_and_is_none_is_marked_and_not_told_anew(desk):
    ident = desk.open(MONDAY, level=2)
    desk.tick(MONDAY + 3 * HOUR)
    assert desk.told(response(ident)) == {response(ident, "1"): False}
    desk.act(ident, actions.answer("found"), MONDAY + 4 * HOUR, at=MONDAY + 30 * MINUTE)
    assert desk.told(response(ident)) == {response(ident, "1"): True}
    desk.tick(MONDAY + 9 * HOUR)
    assert desk.told(response(ident)) == {response(ident, "1"): True}


def test_a_late_answer_leaves_a_true_breach_alone(desk):
    ident = desk.open(MONDAY, level=2)
    desk.tick(MONDAY + 3 * HOUR)
    desk.act(ident, actions.answer("found"), MONDAY + 4 * HOUR)
    assert desk.told(response(ident)) == {response(ident, "1"): False}


def test_lowering_moves_what_is_due_next(desk):
    ident = desk.open(MONDAY, level=1)  # due 09:30
    desk.act(ident, actions.severity(3, "one user only"), MONDAY + 10 * MINUTE)  # 6 business hours from 10:00: 16:00
    desk.tick(MONDAY + 2 * HOUR)
    assert desk.fractions(ident) == []
    desk.tick(MONDAY + 3 * HOUR)
    assert desk.fractions(ident) == [0.5]


def test_a_tick_of_an_earlier_instant_does_what_was_due_then(desk):
    ident = desk.open(MONDAY, level=2)
    desk.store.clock.at = MONDAY + 9 * HOUR
    list(tick(desk.store, MONDAY + 95 * MINUTE))
    assert desk.fractions(ident) == [0.5, 0.75]
    with pytest.raises(UsageProblem, match="future"):
        list(tick(desk.store, MONDAY + 10 * HOUR))


def test_many_late_incidents_are_worked_off_in_short_transactions(desk, monkeypatch):
    monkeypatch.setattr(thresholds, "BATCH", 4)
    idents = [desk.open(MONDAY + number * MINUTE, level=2) for number in range(11)]
    done = thresholds.fire(desk.store, MONDAY + 9 * HOUR)
    first = next(done)
    with desk.store.reading() as reading:  # the first four are kept, and nobody waits for the others
        recorded = reading.documents("notification")
    assert sum(":response:" in key for key in recorded) == 4
    assert first.what == "escalated"
    assert len(list(done)) == 10
    assert all(desk.fractions(ident) == [0.5, 0.75, 1.0] for ident in idents)


def test_what_cannot_be_judged_stops_nothing_else(desk, monkeypatch):
    broken, fine = desk.open(MONDAY, level=2), desk.open(MONDAY, level=2)
    real = thresholds.load_clock

    def load_clock(reading, incident):
        if incident.id == broken:
            raise UsageProblem("its calendar is gone")
        return real(reading, incident)

    monkeypatch.setattr(thresholds, "load_clock", load_clock)
    done = desk.tick(MONDAY + 3 * HOUR)
    assert [(one.what, one.subject) for one in done if one.what == "problem"] == [("problem", broken)]
    assert desk.fractions(fine) == [0.5, 0.75, 1.0]
    monkeypatch.undo()
    desk.tick(MONDAY + 4 * HOUR)
    assert desk.fractions(broken) == [0.5, 0.75, 1.0]


def test_keys_say_what_is_told(desk):
    ident = desk.open(MONDAY, level=2)
    desk.tick(MONDAY + 3 * HOUR)
    with desk.store.reading() as reading:
        from auditor.app.incidents.loading import load_incident

        assert threshold_keys(load_incident(reading, ident)) == [response(ident, "1")]
