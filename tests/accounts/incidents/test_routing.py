"""T-40: who works on it, by the account manager's calendar and absences (RULE-TAM-1 to 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from auditor.accounts.incidents.commands import Act
from auditor.accounts.incidents.routing import Route, Staff, route, routed
from auditor.accounts.people import Absence, Assignment
from auditor.errors import RuleBroken
from tests.accounts.incidents.stage import Stage, calendar, madrid

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DUTY = Assignment("a2", "P-DUTY", "duty_manager", "", LONG_AGO)
TAM = Assignment("a1", "P-TAM", "tam", "acme", LONG_AGO)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def staff(*assignments: Assignment, absences=(), office=None) -> Staff:
    return Staff("acme", assignments or (TAM, DUTY), {"P-TAM": office or madrid()}, absences)


def away(start: str, end: str, person: str = "P-TAM") -> Absence:
    return Absence("x", person, utc(start), utc(end))


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_in_business_hours_it_is_the_account_manager(level):
    assert route(utc("2026-03-16T10:00+01:00"), level, staff()) == Route("P-TAM", "tam", "tam_available")


def test_level_1_finds_somebody_at_any_hour():
    """RULE-TAM-4."""
    assert route(utc("2026-03-15T03:00+01:00"), 1, staff()) == Route("P-DUTY", "duty_manager", "tam_off_hours")


@pytest.mark.parametrize("level", [2, 3, 4])
def test_other_levels_wait_for_the_next_opening(level):
    found = route(utc("2026-03-13T18:00+01:00"), level, staff())
    assert found == Route("P-TAM", "tam", "queued", utc("2026-03-16T09:00+01:00"))


def test_a_holiday_of_the_account_manager_is_none_of_the_customer():
    """24 June is a holiday in Turin but not in Madrid, where the customer works."""
    turin = calendar("Europe/Rome", "09:00-18:00", country="IT", subdivision="TO")
    found = route(utc("2026-06-24T10:00+02:00"), 3, staff(office=turin))
    assert found == Route("P-TAM", "tam", "queued", utc("2026-06-25T09:00+02:00"))
    assert route(utc("2026-06-24T10:00+02:00"), 1, staff(office=turin)).person == "P-DUTY"


def test_half_a_day_away():
    absences = [away("2026-03-16T09:00+01:00", "2026-03-16T13:00+01:00")]
    morning = route(utc("2026-03-16T12:59:59+01:00"), 3, staff(absences=absences))
    assert morning == Route("P-DUTY", "duty_manager", "tam_absent")
    assert route(utc("2026-03-16T13:00+01:00"), 3, staff(absences=absences)).person == "P-TAM"


def test_away_at_the_next_opening_the_duty_manager_gets_it_then():
    absences = [away("2026-03-16T00:00+01:00", "2026-03-17T00:00+01:00")]
    found = route(utc("2026-03-13T20:00+01:00"), 3, staff(absences=absences))
    assert found == Route("P-DUTY", "duty_manager", "tam_absent", utc("2026-03-16T09:00+01:00"))


def test_the_zone_of_the_local_office_decides():
    """RULE-TAM-1: 09:30 in Madrid is 02:30 in Mexico City, where the account manager sits."""
    mexico = calendar("America/Mexico_City", "09:00-18:00", country="MX")
    found = route(utc("2026-03-10T09:30+01:00"), 3, staff(office=mexico))
    assert found.queued_until == utc("2026-03-10T15:00+00:00")
    assert route(utc("2026-03-10T20:00+01:00"), 3, staff(office=mexico)).reason == "tam_available"


def test_another_account_manager_from_the_next_morning_on():
    """RULE-TAM-3, and a change of zone with the person."""
    change = utc("2026-03-16T00:00+01:00")
    old, new = replace(TAM, valid_to=change), Assignment("a3", "P-NEW", "tam", "acme", change)
    moscow_hours = calendar("Europe/Moscow", "10:00-19:00", country="RU")
    both = Staff("acme", (old, new, DUTY), {"P-TAM": madrid(), "P-NEW": moscow_hours})
    assert route(utc("2026-03-13T17:00+01:00"), 3, both).person == "P-TAM"
    found = route(utc("2026-03-13T20:00+01:00"), 3, both)
    assert (found.person, found.queued_until) == ("P-NEW", utc("2026-03-16T09:00+01:00"))
    early = replace(both, calendars={**both.calendars, "P-TAM": calendar("Europe/Madrid", "07:00-15:00")})
    assert route(utc("2026-03-13T20:00+01:00"), 3, early) == Route(
        "P-NEW", "tam", "queued", utc("2026-03-16T08:00+01:00")
    )


def test_without_account_manager_the_duty_manager_works_on_it():
    assert route(utc("2026-03-15T03:00+01:00"), 3, staff(DUTY)) == Route("P-DUTY", "duty_manager", "no_tam")


def test_a_duty_manager_who_is_away_is_skipped():
    second = Assignment("a4", "P-SECOND", "duty_manager", "", LONG_AGO)
    absences = [away("2026-03-14T00:00+01:00", "2026-03-16T00:00+01:00", "P-DUTY")]
    assert route(utc("2026-03-15T03:00+01:00"), 1, staff(TAM, DUTY, second, absences=absences)).person == "P-SECOND"
    with pytest.raises(RuleBroken, match="every duty manager of acme is away"):
        route(utc("2026-03-15T03:00+01:00"), 1, staff(absences=absences))


def test_no_duty_manager():
    with pytest.raises(RuleBroken, match="acme has no duty manager at 2026-03-15 02:00 UTC") as told:
        route(utc("2026-03-15T03:00+01:00"), 1, staff(TAM))
    assert "assign a duty manager" in told.value.hint
    assert route(utc("2026-03-16T10:00+01:00"), 1, staff(TAM)).person == "P-TAM"


def test_a_person_without_calendar():
    with pytest.raises(RuleBroken, match="business hours of P-TAM are not known"):
        route(utc("2026-03-16T10:00+01:00"), 3, Staff("acme", (TAM, DUTY), {}))


def test_routing_is_an_event_and_told_once():
    stage = Stage()
    stage.submit("2026-03-13 20:00", 3)
    act = Act("system", stage.at("2026-03-13 20:00"), stage.at("2026-03-13 20:00"))
    found = route(act.at, 3, staff())
    stage.append(routed(stage.incident, act, found))
    assert (stage.incident.routed.person, stage.incident.routed.role) == ("P-TAM", "tam")
    assert stage.local(stage.incident.routed.queued_until) == "2026-03-16 09:00"
    assert routed(stage.incident, act, found) == []


def test_routing_moves_no_deadline():
    """glpi 1911: who works on it has nothing to do with the clock."""
    stage = Stage()
    stage.submit("2026-03-16 09:00", 3)
    before = stage.clock
    for hour in ("10:00", "14:00"):
        stage.happens("routed", f"2026-03-16 {hour}", "system", to=f"P-{hour}", role="tam", reason="tam_available")
    assert stage.clock == before
