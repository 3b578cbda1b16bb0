"""An account in Madrid and one in São Paulo, each with a TAM and an Enterprise contract."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.accounts.people import Assignment
from auditor.app.accounts import accounts, calendars, contracts, people
from auditor.app.accounts.saving import Act
from auditor.app.programmes import library
from auditor.calendars.spec import CalendarSpec
from auditor.calendars.windows import parse_window

WEEK = ((parse_window("09:00-18:00"),),) * 5 + ((), ())
START = datetime(2025, 1, 1, tzinfo=UTC)
PLACES = {
    "madrid": ("Europe/Madrid", "ES", "MD", "es"),
    "saopaulo": ("America/Sao_Paulo", "BR", "SP", "pt"),
}
PROGRAMMES = library(())


def act(*moment, actor="user:tester"):
    """Who acts and when (UTC)."""
    return Act(actor, datetime(*moment, tzinfo=UTC))


@pytest.fixture
def scene(store):
    """The store with the accounts madrid and saopaulo; the TAMs P-0002 and P-0003, the duty manager P-0001."""
    begin = act(2026, 1, 5, 9)
    with store.writing() as writing:
        for place, (zone, country, subdivision, language) in PLACES.items():
            spec = CalendarSpec(id=place, zone=zone, weekly=WEEK, country=country, subdivision=subdivision)
            calendars.save_calendar(writing, spec, begin)
            values = {
                "id": place,
                "name": f"Account {place}",
                "time_zone": zone,
                "country": country,
                "subdivision": subdivision,
                "languages": [language],
                "customer_calendar": place,
            }
            accounts.create_account(writing, values, begin)
        duty = people.add_person(writing, {"name": "Duty Manager", "calendar": "madrid"}, begin)
        people.assign(writing, Assignment("", duty.id, "duty_manager", "", START), begin)
        for place in PLACES:
            values = {"name": f"Manager of {place}", "email": f"{place}@example.org", "calendar": place}
            tam = people.add_person(writing, values, begin)
            people.assign(writing, Assignment("", tam.id, "tam", place, START), begin)
            terms = {
                "id": f"K-{place}",
                "account": place,
                "programme": "msa-enterprise",
                "valid_from": "2026-02-01",
                "valid_to": "2028-02-01",
                "support_calendar": place,
            }
            contracts.create_contract(writing, terms, PROGRAMMES, begin)
    return store
