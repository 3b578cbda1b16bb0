"""A threshold always reaches somebody: without an account manager it is the duty manager (RULE-ESC-1, RULE-TAM-2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.accounts.incidents.escalation import roles_at
from auditor.accounts.people import Absence
from auditor.app.accounts import people
from auditor.app.incidents.loading import load_incident
from auditor.app.incidents.staff import Office
from auditor.store.opening import open_store
from tests.accounts.cli.scene import PROGRAMMES, SETUP

MONDAY = datetime(2026, 3, 16, 12, tzinfo=UTC)


@pytest.fixture
def reached(customer):
    """Whom a share of the time reaches on Monday; `change` is done to the people before."""
    commands = customer("msa-business")
    commands.open("slow")

    def ask(share, change=None):
        with open_store(commands.location) as store, store.writing() as writing:
            if change is not None:
                change(writing)
            return Office(writing).reached(roles_at(share), load_incident(writing, "1"), MONDAY)

    return ask


def test_the_account_manager_alone(reached):
    assert reached(0.75) == ("person:P-0002",)


def test_without_account_manager(reached):
    def leave(writing):
        ident = next(ident for ident, one in writing.documents("assignment").items() if one["role"] == "tam")
        people.end_assignment(writing, ident, datetime(2026, 3, 1, tzinfo=UTC), PROGRAMMES, SETUP)

    assert reached(0.75, leave) == ("person:P-0001",)
    assert reached(1.0) == ("person:P-0001", "contact:C-0001")


def test_while_the_account_manager_is_away(reached):
    def holiday(writing):
        away = Absence("", "P-0002", datetime(2026, 3, 16, tzinfo=UTC), datetime(2026, 3, 17, tzinfo=UTC), "")
        people.add_absence(writing, away, SETUP)

    assert reached(0.75, holiday) == ("person:P-0002", "person:P-0001")
    assert reached(1.0) == ("person:P-0002", "person:P-0001", "contact:C-0001")
