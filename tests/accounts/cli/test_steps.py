"""Every later step of an incident's life through its command."""

from __future__ import annotations

import pytest

from tests.accounts.cli.templates import sqlite_only

BY_TAM = ("--as", "person:P-0002")


def events(told):
    return [event["type"] for event in told["events"] if event["stream"] == "incident"]


def test_a_whole_life(acme):
    ident = acme.open(level=2, at="2026-03-16T10:00")

    def step(name, *words, at):
        return acme.json("incident", name, ident, *words, "--at", f"2026-03-{at}", *BY_TAM)

    assert step("note", "--auto", at="16T10:01")["clock"]["status"] in {"running", "missed"}
    told = step("answer", "--analysis", "a full disk", "--wanted", "logs", "--wanted", "size", at="16T11:00")
    assert (told["incident"]["state"], told["incident"]["wanted"]) == ("waiting_customer", ["logs", "size"])
    assert told["clock"]["status"] == "met"
    assert step("info", "--received", "both came", at="17T09:00")["incident"]["state"] == "in_progress"
    assert step("info", "--wanted", "dump", at="17T09:30")["incident"]["state"] == "waiting_customer"
    assert step("info", "--received", "the dump", at="17T10:00")["incident"]["state"] == "in_progress"
    assert step("resolve", "--summary", "disk replaced", at="17T12:00")["incident"]["state"] == "resolved"
    assert step("reopen", "--reason", "full again", at="18T09:00")["incident"]["flags"] == ["reopened"]
    step("resolve", "--summary", "logs rotate now", at="18T12:00")
    assert step("close", at="19T09:00")["incident"]["state"] == "closed"
    error = acme.refused("incident", "answer", ident, "--analysis", "late", *BY_TAM)
    assert "possible now: " in error.hint
    told = acme.json("incident", "link", ident, "external", "CA-77")
    assert told["incident"]["links"] == [{"relation": "external", "other": "CA-77"}]


def test_an_automatic_reply_and_a_public_note_stop_no_clock(acme):
    ident = acme.open()
    acme.said("incident", "note", ident, "--auto", "--at", "2026-03-16T10:01")
    acme.said("incident", "note", ident, "--text", "we are looking", "--public", "--at", "2026-03-16T10:02")
    shown = acme.json("incident", "show", ident)
    assert (shown["clock"]["responded_at"], shown["incident"]["waiting"]) == (None, True)
    assert acme.json("incident", "queue")["waiting"] == 1


def test_a_correction_names_the_event_it_corrects(acme):
    ident = acme.open()
    seq = acme.json("incident", "show", ident)["history"][0]["seq"]
    acme.said("incident", "note", ident, "--text", "it was version 15", "--corrects", seq)
    assert f"Correction of no. {seq}: it was version 15" in acme.said("incident", "show", ident)
    assert "no event 999" in acme.refused("incident", "note", ident, "--text", "x", "--corrects", 999).message


@sqlite_only
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("answer", "--analysis", "x"), None),
        (("answer", "--analysis", " ", *BY_TAM), "preliminary analysis"),
        (("answer", "--analysis", "x", "--as", "contact:C-0001"), "specialist"),
        (("resolve", "--summary", "x"), "not possible"),
        (("close",), "not possible"),
        (("note", "--auto", "--text", "we are looking"), "has no text"),
        (("reopen", "--reason", "x"), "not possible"),
        (("info", "--wanted", "x"), "qualified answer"),
        (("info",), "either what is wanted"),
        (("severity", "2", "--reason", "x"), "already"),
        (("severity", "1", "--reason", "x", "--as", "contact:C-0001"), "account manager"),
        (("kind", "premium", "--reason", "x"), "already"),
        (("merge", "1"), "cannot be a duplicate"),
        (("call", "--by", "Some Name"), "cannot be the id"),
        (("note", "--text", "x", "--at", "2098-01-01"), "future"),
        (("answer", "--analysis", "x", "--at", "2026-03-16T09:59", *BY_TAM), "earliest"),
    ],
)
def test_what_is_refused_changes_nothing(acme, words, message):
    ident = acme.open()
    before = acme.json("incident", "show", ident)["history"]
    name, *rest = words
    if message is None:
        assert events(acme.json("incident", name, ident, *rest)) == ["qualified_answer"]
        return
    assert message in acme.refused("incident", name, ident, *rest).message
    assert acme.json("incident", "show", ident)["history"] == before


def test_what_is_recorded_afterwards_is_said_to_be(acme):
    ident = acme.open(at="2026-03-16T10:00")
    acme.said("incident", "severity", ident, 3, "--reason", "only one", "--at", "2026-03-16T12:00")
    late = ("incident", "answer", ident, "--analysis", "found", "--at", "2026-03-16T11:00", *BY_TAM)
    assert "recorded afterwards" in acme.refused(*late).hint
    told = acme.json(*late, "--afterwards")
    assert told["clock"]["responded_at"] == "2026-03-16T10:00:00.000000Z"
    assert told["clock"]["deadline"] == "2026-03-16T15:00:00.000000Z"  # the severity changed after the answer


def test_level_1_goes_to_somebody_at_once_when_it_waited_for_an_opening(acme):
    told = acme.json(
        *("incident", "open", "acme", "--title", "slow", "--level", 3, "--by", "C-0001", "--at", "2026-03-14T10:00")
    )
    queued = told["incident"]
    assert (queued["routed_to"], queued["queued_until"]) == ("P-0002", "2026-03-16T07:00:00.000000Z")  # Moscow 10:00
    raised = acme.json("incident", "severity", 1, 1, "--reason", "down", "--at", "2026-03-14T11:00")
    assert (raised["incident"]["routed_to"], raised["incident"]["queued_until"]) == ("P-0001", None)
    assert events(raised) == ["severity_changed", "routed"]


def test_an_escalation_by_hand_is_told_to_those_who_were_named(acme):
    ident = acme.open(at="2026-03-16T10:00")
    acme.said("incident", "escalate", ident, "--reason", "board meeting", "--as", "contact:C-0001")
    told = {one["id"]: one for one in acme.json("incident", "show", ident)["notifications"]}
    assert told["INC-000001:escalated:1"]["to"] == ["person:P-0002", "person:P-0001"]
    acme.said("incident", "escalate", ident, "--reason", "still", "--to", "duty_manager")
    told = {one["id"]: one for one in acme.json("incident", "show", ident)["notifications"]}
    assert told["INC-000001:escalated:2"]["to"] == ["person:P-0001"]
