from __future__ import annotations

import pytest
from click.testing import CliRunner

from auditor.accounts.people import Assignment
from auditor.app.accounts import accounts, calendars, contracts, people
from auditor.app.accounts.saving import Act
from auditor.cli.main import cli
from auditor.errors import AuditorError
from tests.accounts.people.samples import ACME, BUSINESS, PROGRAMMES, START, office


@pytest.fixture
def act(clock):
    return Act("user:tester", clock())


@pytest.fixture
def acme(store, act):
    """A store with an account, its calendars, a duty manager (P-0001) and an account manager (P-0002)."""
    with store.writing() as writing:
        for ident in ("office", "support"):
            calendars.save_calendar(writing, office(ident), act)
        accounts.create_account(writing, ACME, act)
        for name, role, account in (("Second Manager", "duty_manager", ""), ("First Manager", "tam", "acme")):
            person = people.add_person(writing, {"name": name, "calendar": "office"}, act)
            people.assign(writing, Assignment("", person.id, role, account, START), act)
    return store


@pytest.fixture
def business(acme, act):
    """The same with a contract K-1 of MSA Business for 2026-03-01 to 2027-03-01."""
    with acme.writing() as writing:
        contracts.create_contract(writing, BUSINESS, PROGRAMMES, act)
    return acme


class Commands:
    """Runs commands on a store; `said` must succeed, `refused` must end in an error that users are meant to meet."""

    def __init__(self, location):
        self._location = location

    def said(self, *words):
        done = self._run(words)
        assert done.exit_code == 0, (words, done.output, done.exception)
        return done.output

    def refused(self, *words):
        done = self._run(words)
        assert isinstance(done.exception, AuditorError), (words, done.output, done.exception)
        return done.exception

    def _run(self, words):
        return CliRunner().invoke(cli, list(words), env={"AUDITOR_DB": self._location, "COLUMNS": "80"})


@pytest.fixture
def auditor(location):
    return Commands(location)
