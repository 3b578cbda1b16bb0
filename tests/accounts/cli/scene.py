"""A customer with people and calendars, on a store of any kind.

acme      Europe/Madrid, working days and support calendar: Monday to Friday 09:00-18:00, holidays of Spain
P-0001    duty manager of all accounts, around the clock; mail duty@example.com
P-0002    account manager of acme, Moscow, 10:00-19:00, so 08:00-17:00 in Madrid (winter); mail tam@example.com
C-0001    authorised contact of acme; mail first@example.com
K-1       its contract for 2026, of any programme
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from click.testing import CliRunner

from auditor.accounts.people import Assignment
from auditor.accounts.programmes import load_programmes
from auditor.app.accounts import accounts, calendars, contacts, contracts, people
from auditor.app.accounts.saving import Act
from auditor.calendars.options import CalendarOptions, spec_from_options
from auditor.cli.main import cli
from auditor.errors import AuditorError

PROGRAMMES = load_programmes()
SETUP = Act("user:tester", datetime(2025, 12, 1, tzinfo=UTC))
START = datetime(2025, 1, 1, tzinfo=UTC)


def spec(ident, zone="Europe/Madrid", windows=("09:00-18:00",), **options):
    return spec_from_options(CalendarOptions(zone=zone, windows=windows, **options), id=ident)


def furnish(store, programme="msa-business", **terms):
    """The customer with a contract for 2026; without one when `programme` is empty."""
    with store.writing() as writing:
        calendars.save_calendar(writing, spec("office", country="ES"), SETUP)
        calendars.save_calendar(writing, spec("moscow", "Europe/Moscow", ("10:00-19:00",), country="RU"), SETUP)
        calendars.save_calendar(writing, spec("always", windows=(), always_open=True), SETUP)
        add_account(writing, "acme")
        staff = (("Duty One", "always", "duty_manager", "", "duty"), ("Tam One", "moscow", "tam", "acme", "tam"))
        for name, calendar, role, account, mail in staff:
            values = {"name": name, "calendar": calendar, "email": f"{mail}@example.com"}
            person = people.add_person(writing, values, SETUP)
            people.assign(writing, Assignment("", person.id, role, account, START), SETUP)
        values = {"account": "acme", "name": "First Contact", "email": "first@example.com"}
        contacts.add_contact(writing, {**values, "authorised_from": "2025-01-01"}, PROGRAMMES, SETUP)
        if programme:
            add_contract(writing, "K-1", programme, **terms)


def add_account(writing, ident, **values):
    stated = {"id": ident, "name": ident.capitalize(), "time_zone": "Europe/Madrid", "country": "ES"}
    accounts.create_account(writing, {**stated, "customer_calendar": "office", **values}, SETUP)


def add_contract(writing, ident, programme, **terms):
    values = {
        "id": ident,
        "account": "acme",
        "programme": programme,
        "valid_from": "2026-01-01",
        "valid_to": "2027-01-01",
        "support_calendar": "office",
        "plus_licence": programme == "enhanced-tam",
        # a Health Check has reminders of its own
        "overrides": {"entitlements": {"health_check": {"value": False, "reason": "other tests"}}},
    }
    contracts.create_contract(writing, {**values, **terms}, PROGRAMMES, SETUP)


class Commands:
    """Runs commands on a store as people do. `said` and `json` must succeed, `refused` must be an error for people."""

    def __init__(self, location):
        self.location = location

    def said(self, *words, code=0):
        done = self.run(*words)
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.output, done.exception)
        assert (done.return_value or 0) == code, (words, done.output)
        return done.output

    def json(self, *words):
        return json.loads(self.said(*words, "--format", "json"))

    def refused(self, *words):
        done = self.run(*words)
        assert isinstance(done.exception, AuditorError), (words, done.output, done.exception)
        return done.exception

    def run(self, *words):
        env = {"AUDITOR_DB": self.location, "COLUMNS": "80", "NO_COLOR": "1"}
        return CliRunner().invoke(cli, [str(word) for word in words], env=env, standalone_mode=False)

    def open(self, title="servers are slow", *words, level=2, at="2026-03-16T10:00", by="C-0001", account="acme"):
        """Hand in a request and give its id."""
        asked = ("--title", title, "--level", level, "--at", at, "--by", by, *words)
        return self.json("incident", "open", account, *asked)["incident"]["id"]
