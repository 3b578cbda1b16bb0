"""What a tick does about Health Checks. Contracts of the scene run from 2026-02-01: the first period ends on Sunday
2027-01-31, so the last day that would do is Friday 29 January, and both sides must have agreed by 15 January."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest

from auditor.accounts.people import Absence
from auditor.app.accounts import calendars, people
from auditor.app.engagements import negotiating
from auditor.app.engagements.circles import load_engagement
from auditor.app.engagements.negotiating import Consent
from auditor.app.engagements.reminding import look_after
from auditor.app.tick.run import tick
from auditor.calendars.spec import CalendarSpec, Override
from auditor.model.events import NewEvent
from auditor.store.opening import open_store
from tests.engagement.conftest import PROGRAMMES, WEEK, act
from tests.store.world import problems

CIRCUMSTANCES = {
    "products": ["kesl"],
    "sources": ["exports"],
    "access": "upload",
    "participants": ["P-0002"],
    "language": "es",
}


@pytest.fixture
def ticked(scene, clock):
    """What a tick at an instant (UTC) does about Health Checks: subjects and kinds, those of madrid only."""

    def run(*moment, account="madrid"):
        clock.at = datetime(*moment, tzinfo=UTC)
        return [(done.what, done.subject) for done in look_after(scene, clock.at) if done.account == account]

    return run


def request(scene, *moment):
    with scene.writing() as writing:
        found = negotiating.request(writing, "madrid", {}, PROGRAMMES, act(*moment))
        negotiating.set_circumstances(writing, found.id, CIRCUMSTANCES, act(*moment))
    return found.id


def agree(scene, ident, side, day, *moment):
    at = datetime(*moment, tzinfo=UTC)
    with scene.writing() as writing:
        consent = Consent(side, "somebody", date.fromisoformat(day), at)
        return negotiating.agree(writing, ident, consent, PROGRAMMES, act(*moment))


def came(scene, ident, kind, *moment):
    payload = {"manifest": "0" * 64, "kind": kind, "files": 1, "bytes": 1, "source": "customer", "complete": True}
    event = NewEvent("engagement", ident, "received", datetime(*moment, tzinfo=UTC), "user:tester", payload, "madrid")
    with scene.writing() as writing:
        writing.append(event)


def parameters(scene, key):
    with scene.reading() as reading:
        return reading.document("notification", key)["parameters"]


def test_60_30_and_14_days_before_the_last_day_of_agreement_once_each(ticked, scene):
    # midnight in Madrid is 23:00 UTC of the day before; 15 January less 60, 30 and 14 days
    for before, on, days in [
        ((2026, 11, 15, 22, 59), (2026, 11, 15, 23, 0), 60),
        ((2026, 12, 15, 22, 59), (2026, 12, 15, 23, 0), 30),
        ((2026, 12, 31, 22, 59), (2026, 12, 31, 23, 0), 14),
    ]:
        assert ticked(*before) == []
        assert ticked(*on) == [("reminded", f"health_check:madrid:2026-02-01:{days}")]
        assert ticked(*on) == []
    said = parameters(scene, "health_check:madrid:2026-02-01:14")
    assert (said["last_day"], said["period_end"]) == ("2027-01-15", "2027-01-31")
    assert ticked(2027, 1, 15, 22, 59) == []
    assert ticked(2027, 1, 15, 23, 0) == []


def test_whoever_ticks_late_reminds_of_the_nearest_only(ticked):
    assert ticked(2027, 1, 5, 12) == [("reminded", "health_check:madrid:2026-02-01:14")]
    assert ticked(2027, 1, 6, 12) == []


def test_of_two_that_waited_for_the_same_opening_the_nearer_is_told(scene, clock):
    """The office of madrid is closed from 13 November to 8 January; 60 and 30 days before the last day both pass."""
    closed = {date(2026, 11, 13) + timedelta(days=number): Override(()) for number in range(57)}
    assert max(closed) == date(2027, 1, 8)
    spec = CalendarSpec("madrid", "Europe/Madrid", WEEK, "ES", "MD", overrides=closed)
    with scene.writing() as writing:
        calendars.save_calendar(writing, spec, act(2026, 11, 1))
    key = "health_check:madrid:2026-02-01"

    def told(*moment):
        clock.at = datetime(*moment, tzinfo=UTC)
        return [(one.what, one.subject) for one in tick(scene, clock.at) if one.subject.startswith(key)]

    assert told(2026, 11, 16, 12) == [("reminded", f"{key}:60")]
    assert told(2026, 12, 16, 12) == [("reminded", f"{key}:30")]
    assert told(2027, 1, 11, 12) == [("reminded", f"{key}:14"), ("told", f"{key}:14")]
    with scene.reading() as reading:
        reasons = {one: reading.events("notification", f"{key}:{one}")[-1].payload.get("reason") for one in (60, 30)}
    assert set(reasons.values()) == {"a nearer reminder has come"}
    assert problems(scene) == []


def test_absences_move_the_last_day(ticked, scene):
    with scene.writing() as writing:
        away = Absence("", "P-0002", datetime(2027, 1, 25, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC))
        people.add_absence(writing, away, act(2026, 11, 1))
    # Friday 22 January would do: agreed by 8 January, which is 14 days after 25 December
    assert ticked(2026, 12, 25, 12) == [("reminded", "health_check:madrid:2026-02-01:14")]
    assert parameters(scene, "health_check:madrid:2026-02-01:14")["last_day"] == "2027-01-08"


def test_what_is_agreed_is_not_reminded_of(ticked, scene):
    ident = request(scene, 2026, 11, 2, 9)
    for side in ("customer", "kaspersky"):
        agree(scene, ident, side, "2027-01-20", 2026, 11, 3, 9)
    assert ticked(2026, 12, 20, 12) == []


def test_the_language_is_the_managers_and_what_is_untrue_by_then_is_not_told(scene, clock):
    with scene.writing() as writing:
        people.change_person(writing, "P-0003", {"language": "pt-BR"}, act(2026, 11, 1))
    clock.at = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # Saturday in Madrid, Friday evening in São Paulo
    list(tick(scene, clock.at))
    ident = request(scene, 2026, 11, 22, 9)
    for side in ("customer", "kaspersky"):
        agree(scene, ident, side, "2027-01-20", 2026, 11, 22, 9)
    clock.at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    told = [done for done in tick(scene, clock.at) if done.what in {"told", "superseded"}]
    assert [(done.what, done.account) for done in told] == [("superseded", "madrid"), ("told", "saopaulo")]
    # 29 January less two weeks, in Portuguese
    assert told[1].text == "Health Check ainda não acordado; último dia para acordar: 15 de jan. de 2027"
    assert problems(scene) == []


def test_missing_exports_7_and_2_days_before_the_day(ticked, scene):
    ident = request(scene, 2026, 11, 2, 9)
    for side in ("customer", "kaspersky"):
        agree(scene, ident, side, "2026-12-09", 2026, 11, 3, 9)
    assert ticked(2026, 12, 1, 22, 59) == []
    assert ticked(2026, 12, 1, 23, 0) == [("reminded", "HC-0001:exports:2026-12-09:7")]
    came(scene, ident, "self_audit", 2026, 12, 2, 9)
    assert ticked(2026, 12, 4, 12) == []
    assert ticked(2026, 12, 7, 12) == [("reminded", "HC-0001:exports:2026-12-09:2")]
    assert ticked(2026, 12, 9, 12) == []


def test_exports_that_came_are_not_reminded_of(ticked, scene):
    ident = request(scene, 2026, 11, 2, 9)
    for side in ("customer", "kaspersky"):
        agree(scene, ident, side, "2026-12-09", 2026, 11, 3, 9)
    came(scene, ident, "exports", 2026, 12, 1, 9)
    assert ticked(2026, 12, 7, 12) == []


def test_a_side_that_has_not_confirmed(ticked, scene):
    ident = request(scene, 2026, 11, 2, 9)
    agree(scene, ident, "customer", "2026-12-23", 2026, 11, 3, 9)
    # it can be confirmed until 9 December, two weeks before
    assert [one for one in ticked(2026, 12, 1, 12) if "HC" in one[1]] == []
    assert [one for one in ticked(2026, 12, 2, 12) if "HC" in one[1]] == [
        ("reminded", "HC-0001:unconfirmed:2026-12-23:7")
    ]
    with scene.reading() as reading:
        said = reading.document("notification", "HC-0001:unconfirmed:2026-12-23:7")
    assert (said["parameters"]["side"], said["parameters"]["last_day"]) == ("kaspersky", "2026-12-09")
    assert said["to"] == ["person:P-0002"]
    agree(scene, ident, "kaspersky", "2026-12-23", 2026, 12, 3, 9)
    assert ticked(2026, 12, 7, 12) == []


def test_a_request_expires_with_its_period(ticked, scene):
    ident = request(scene, 2026, 11, 2, 9)
    assert [one for one in ticked(2027, 1, 31, 22, 59) if one[0] == "expired"] == []
    assert ticked(2027, 1, 31, 23, 0) == [("expired", ident)]
    assert ticked(2027, 1, 31, 23, 0) == []
    with scene.reading() as reading:
        found = load_engagement(reading, ident)
        last = reading.events("engagement", ident)[-1]
    assert (found.state, last.actor, last.payload["day"]) == ("expired", "system", "2027-01-31")


def test_a_request_about_a_day_of_the_next_period_stays(ticked, scene):
    ident = request(scene, 2027, 1, 4, 9)
    agree(scene, ident, "customer", "2027-03-10", 2027, 1, 5, 9)
    assert [one for one in ticked(2027, 2, 1, 12) if one[0] == "expired"] == []


def test_two_ticks_at_once_remind_once(scene, clock, location):
    clock.at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    found = []

    def one():
        with open_store(location, clock=clock) as store:
            found.extend(done.subject for done in look_after(store, clock.at) if done.what == "reminded")

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["health_check:madrid:2026-02-01:60", "health_check:saopaulo:2026-02-01:60"]
