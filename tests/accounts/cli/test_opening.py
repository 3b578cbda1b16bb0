"""auditor incident open: what is fixed at the submission."""

from __future__ import annotations

import pytest

from auditor.store.opening import open_store
from tests.accounts.cli.scene import PROGRAMMES, add_contract
from tests.accounts.cli.templates import sqlite_only

OPEN = ("incident", "open", "acme", "--title", "mail is held back", "--at", "2026-03-16T10:00")


def test_a_request_gets_number_terms_deadline_and_somebody_to_work_on_it(acme):
    told = acme.json(*OPEN, "--level", 2, "--by", "C-0001", "--product", "KSC", "--product-version", "15.1")
    incident, clock = told["incident"], told["clock"]
    assert (incident["id"], incident["level"], incident["kind"]) == ("INC-000001", 2, "premium")
    # MSA Business, level 2: 6 business hours; Monday 10:00 Madrid + 6 h of 09:00-18:00 = 16:00
    assert clock["deadline"] == "2026-03-16T15:00:00.000000Z"
    assert (incident["routed_to"], incident["routed_role"]) == ("P-0002", "tam")
    assert incident["flags"] == []
    assert told["remarks"] == []
    assert told["call_needed"] is None
    assert clock["calendar"]["id"] == "office"
    assert acme.json(*OPEN, "--level", 3, "--by", "C-0001")["incident"]["id"] == "INC-000002"


def test_whoever_is_not_authorised_is_recorded_and_flagged(acme):
    told = acme.json(*OPEN, "--level", 2, "--by", "C-7777")
    assert told["incident"]["flags"] == ["unauthorised_contact"]
    assert told["incident"]["reported_by"] == "contact:C-7777"
    assert [remark["code"] for remark in told["remarks"]] == ["unauthorised_contact"]
    assert "not an authorised contact" in acme.said("incident", "show", 1)


def test_a_name_cannot_stand_in_place_of_an_id(acme):
    error = acme.refused(*OPEN, "--level", 2, "--by", "First Contact")
    assert "cannot be the id" in error.message
    assert acme.json("incident", "list")["incidents"] == []


def test_the_account_manager_may_hand_in_a_request_and_a_stranger_of_the_staff_may_not(acme):
    assert acme.json(*OPEN, "--level", 3, "--by", "person:P-0002")["incident"]["flags"] == []
    assert acme.json(*OPEN, "--level", 3, "--by", "person:P-0009")["incident"]["flags"] == ["unauthorised_contact"]


def test_who_acts_as_a_contact_hands_it_in(acme):
    told = acme.json(*OPEN, "--level", 3, "--as", "contact:C-0001")
    assert told["incident"]["reported_by"] == "contact:C-0001"
    assert "--by CONTACT" in acme.refused(*OPEN, "--level", 3).hint


@sqlite_only
@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (("--crash", "--function", "none"), 1),
        (("--data-loss",), 1),
        (("--business-stopped",), 1),
        (("--function", "affected"), 2),
        (("--function", "slight"), 3),
        (("--function", "none"), 4),
    ],
)
def test_facts_suggest_a_level_that_somebody_must_confirm(acme, facts, level):
    error = acme.refused(*OPEN, "--by", "C-0001", *facts)
    assert error.message.startswith(f"level {level} (")
    assert f"--level {level}" in error.hint
    assert type(error).__name__ == "UsageProblem"  # exit code 2
    assert acme.json("incident", "list")["incidents"] == []


def test_effects_that_mean_another_level_are_remarked(acme):
    told = acme.json(*OPEN, "--by", "C-0001", "--level", 3, "--crash")
    assert told["incident"]["level"] == 3
    (remark,) = told["remarks"]
    assert (remark["code"], "level 1 (Critical)" in remark["message"]) == ("severity_differs", True)
    assert acme.json(*OPEN, "--by", "C-0001", "--level", 1, "--crash")["remarks"] == []


def test_without_level_and_facts_the_levels_are_explained(acme):
    error = acme.refused(*OPEN, "--by", "C-0001")
    assert "the severity is missing" in error.message
    assert "--crash" in error.hint


def test_off_hours_an_urgent_request_asks_for_a_call(acme):
    at = ("--at", "2026-03-14T10:00")  # a Saturday
    for level, asked in ((1, True), (2, True), (3, False)):
        told = acme.json(*OPEN, "--level", level, "--by", "C-0001", *at)
        assert (told["call_needed"] is not None) == asked, level
    page = acme.said(*OPEN, "--level", 1, "--by", "C-0001", *at)
    assert "CALL: It is outside business hours. Call the priority line as well" in " ".join(page.split())
    assert "auditor incident call INC-000004" in page
    called = acme.json(*OPEN, "--level", 1, "--by", "C-0001", *at, "--called", "2026-03-14T10:05")
    assert called["call_needed"] is None
    assert called["clock"]["deadline"] == "2026-03-14T11:05:00.000000Z"  # 10:05 Madrid + 2 h


def test_a_draft_shows_what_would_be_promised_and_keeps_nothing(acme):
    told = acme.json(*OPEN, "--level", 2, "--by", "C-0001", "--draft")
    assert told["draft"] is True
    assert told["clock"]["deadline"] == "2026-03-16T15:00:00.000000Z"
    assert acme.json("incident", "list")["incidents"] == []
    assert "nothing was recorded" in acme.said(*OPEN, "--level", 2, "--by", "C-0001", "--draft")
    assert acme.json(*OPEN, "--level", 2, "--by", "C-0001")["incident"]["number"] == 1


def test_without_contract_standard_support_holds(customer):
    commands = customer("")
    told = commands.json(*OPEN, "--level", 1, "--by", "C-0001")
    assert told["incident"]["kind"] == "standard"
    assert (told["clock"]["status"], told["clock"]["ungiven"]) == ("not_guaranteed", "no_contract")
    assert told["clock"]["deadline"] is None
    assert "not guaranteed" in commands.said("incident", "show", 1)
    error = commands.refused(*OPEN, "--level", 1, "--by", "C-0001", "--kind", "premium")
    assert "standard support has no premium requests" in error.message


def test_of_several_contracts_in_force_somebody_chooses(acme):
    with open_store(acme.location) as store, store.writing() as writing:
        add_contract(writing, "K-2", "msa-enterprise")
    error = acme.refused(*OPEN, "--level", 2, "--by", "C-0001")
    assert "K-1" in error.message
    assert "K-2" in error.message
    told = acme.json(*OPEN, "--level", 2, "--by", "C-0001", "--contract", "K-2")
    assert told["incident"]["programme"] == "msa-enterprise"
    assert PROGRAMMES["msa-enterprise"].targets[2].value == 2
    assert told["clock"]["deadline"] == "2026-03-16T11:00:00.000000Z"  # 10:00 + 2 h


def test_an_uncertain_deadline_carries_its_mark_everywhere(customer):
    commands = customer("enhanced-tam")
    told = commands.json(*OPEN, "--level", 3, "--by", "C-0001")
    assert told["incident"]["marks"] == ["uncertain"]
    assert "(uncertain)" in commands.said("incident", "list")
    assert "(uncertain)" in commands.said("incident", "queue")
    page = commands.said("incident", "show", 1)
    assert "Answer due     2026-03-16 16:00 +01:00 (uncertain)" in page  # read literally: 6 hours
    assert commands.json("incident", "queue")["incidents"][0]["marks"] == ["uncertain"]


def test_unknown_things_are_named(acme):
    unknown = ("incident", "open", "nobody", "--title", "x", "--level", 2, "--by", "C-0001")
    assert "no account 'nobody'" in acme.refused(*unknown).message
    assert "future" in acme.refused(*OPEN[:-1], "2098-01-01", "--level", 2, "--by", "C-0001").message
    twice = acme.refused(*OPEN[:-1], "2025-10-26T02:30", "--level", 2, "--by", "C-0001")
    assert "2025-10-26T02:30+02:00" in twice.hint
    assert "2025-10-26T02:30+01:00" in twice.hint
    assert "no person 'P-0404'" in acme.refused(*OPEN, "--level", 2, "--by", "C-0001", "--as", "person:P-0404").message
