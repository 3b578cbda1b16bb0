"""What moves a deadline and what does not: calls, severity, contracts, calendars. MSA Business unless said."""

from __future__ import annotations

import pytest

from auditor.app.accounts import calendars, contracts
from auditor.store.opening import open_store
from tests.accounts.cli.scene import PROGRAMMES, SETUP, add_contract, spec
from tests.accounts.cli.templates import sqlite_only


def deadline(commands, ident):
    """As local time of Madrid in March (UTC+1)."""
    found = commands.json("incident", "show", ident)["clock"]["deadline"]
    return found and f"{found[:11]}{int(found[11:13]) + 1:02}{found[13:16]}"


@sqlite_only
@pytest.mark.parametrize(
    ("at", "called", "expected"),
    [
        ("2026-03-16T10:00", None, "2026-03-16T12:00"),  # in business hours
        ("2026-03-14T10:00", None, "2026-03-16T11:00"),  # Saturday, no call: the opening on Monday + 2 h
        ("2026-03-14T10:00", "2026-03-14T10:30", "2026-03-14T12:30"),  # the call starts it
        ("2026-03-14T10:00", "2026-03-14T09:30", "2026-03-14T12:00"),  # called before: the submission starts it
        ("2026-01-06T11:00", None, "2026-01-07T11:00"),  # Epiphany, a Tuesday: the opening on Wednesday + 2 h
        ("2026-01-06T11:00", "2026-01-06T11:05", "2026-01-06T13:05"),
    ],
)
def test_off_hours_a_call_starts_a_critical_clock(acme, at, called, expected):
    ident = acme.open("down", level=1, at=at)
    if called:
        acme.said("incident", "call", ident, "--at", called)
    assert deadline(acme, ident) == expected


def test_a_call_counts_from_one_hour_before_the_submission(acme):
    ident = acme.open("down", level=1, at="2026-03-14T10:00")
    assert "earliest" in acme.refused("incident", "call", ident, "--at", "2026-03-14T08:59").message
    acme.said("incident", "call", ident, "--at", "2026-03-14T09:00")
    assert deadline(acme, ident) == "2026-03-14T12:00"


def test_severity_raised_and_lowered_before_the_answer(acme):
    raised = acme.open(level=3, at="2026-03-16T10:00")  # 8 business hours: 18:00
    assert deadline(acme, raised) == "2026-03-16T18:00"
    acme.said("incident", "severity", raised, 1, "--reason", "all down", "--at", "2026-03-16T11:00")
    assert deadline(acme, raised) == "2026-03-16T13:00"  # the earlier of 18:00 and 11:00 + 2 h
    lowered = acme.open(level=1, at="2026-03-16T10:00")
    acme.said("incident", "severity", lowered, 3, "--reason", "only one", "--at", "2026-03-16T11:00")
    assert deadline(acme, lowered) == "2026-03-16T18:00"  # anew from the beginning
    breached = acme.open(level=1, at="2026-03-16T10:00")
    acme.said("incident", "severity", breached, 3, "--reason", "only one", "--at", "2026-03-16T13:00")
    shown = acme.json("incident", "show", breached)
    assert (shown["clock"]["status"], shown["clock"]["deadline"]) == ("missed", "2026-03-16T11:00:00.000000Z")


def test_severity_after_the_answer_moves_nothing(acme):
    ident = acme.open(level=3, at="2026-03-16T10:00")
    answer = ("incident", "answer", ident, "--analysis", "a full disk", "--as", "person:P-0002")
    told = acme.json(*answer, "--wanted", "traces", "--at", "2026-03-16T11:00")
    assert (told["incident"]["state"], told["clock"]["status"]) == ("waiting_customer", "met")
    acme.said("incident", "severity", ident, 1, "--reason", "all down", "--at", "2026-03-16T12:00")
    shown = acme.json("incident", "show", ident)
    assert deadline(acme, ident) == "2026-03-16T18:00"
    assert (shown["incident"]["level"], shown["clock"]["status"]) == (1, "met")


@sqlite_only
@pytest.mark.parametrize(("at", "status"), [("2026-03-16T12:00", "met"), ("2026-03-16T12:00:01", "missed")])
def test_the_last_second_of_the_deadline_is_in_time(acme, at, status):
    ident = acme.open("down", level=1, at="2026-03-16T10:00")
    answer = ("incident", "answer", ident, "--analysis", "a full disk", "--as", "person:P-0002", "--at", at)
    assert acme.json(*answer)["clock"]["status"] == status


def test_a_contract_holds_from_its_first_local_midnight_to_before_its_last(customer):
    commands = customer("msa-business", valid_to="2026-03-10")
    with open_store(commands.location) as store, store.writing() as writing:
        add_contract(writing, "K-2", "msa-enterprise", valid_from="2026-03-16")
    programmes = {
        "2026-03-09T23:59": "msa-business",
        "2026-03-10T00:00": "standard",  # expired, a gap
        "2026-03-15T23:59": "standard",
        "2026-03-16T00:00": "msa-enterprise",  # upgraded
    }
    for at, programme in programmes.items():
        ident = commands.open(at=at)
        assert commands.json("incident", "show", ident)["incident"]["programme"] == programme, at


def test_the_contract_of_the_submission_holds_for_life(acme):
    ident = acme.open(level=2, at="2026-03-16T10:00")
    with open_store(acme.location) as store, store.writing() as writing:
        contracts.change_contract(writing, "K-1", {"programme": "msa-enterprise"}, PROGRAMMES, SETUP)
    answer = ("incident", "answer", ident, "--analysis", "found", "--as", "person:P-0002", "--at", "2026-03-16T16:00")
    told = acme.json(*answer)
    assert (told["incident"]["programme"], told["clock"]["status"]) == ("msa-business", "met")  # due at 16:00
    assert acme.json("incident", "show", acme.open(at="2026-03-17T10:00"))["incident"]["programme"] == "msa-enterprise"


def test_another_calendar_moves_a_deadline_only_when_somebody_says_so(acme):
    ident, other = (acme.open(level=2, at="2026-03-13T16:00") for _ in range(2))  # Friday: 2 h that day, 4 h on Monday
    assert deadline(acme, ident) == "2026-03-16T13:00"
    with open_store(acme.location) as store, store.writing() as writing:
        calendars.save_calendar(writing, spec("office", country="ES", overrides=("2026-03-16=closed",)), SETUP)
    assert deadline(acme, ident) == "2026-03-16T13:00"
    again = ("--reason", "the office was closed that Monday")
    told = acme.json("incident", "recalculate", ident, *again)
    (event,) = [event for event in told["events"] if event["type"] == "clock_recalculated"]
    assert event["payload"]["old_deadline"] == "2026-03-16T12:00:00.000000Z"
    assert event["payload"]["new_deadline"] == "2026-03-17T12:00:00.000000Z"
    assert deadline(acme, ident) == "2026-03-17T13:00"
    assert "already" in acme.refused("incident", "recalculate", ident, *again).message
    page = " ".join(acme.said("incident", "recalculate", other, *again).split())
    assert "Deadline reckoned anew, 2026-03-16 13:00 +01:00 to 2026-03-17 13:00 +01:00: the office was closed" in page


def test_standard_support_has_nothing_to_reckon_anew(customer):
    commands = customer("")
    ident = commands.open()
    assert "no contract" in commands.refused("incident", "recalculate", ident, "--reason", "x").message
