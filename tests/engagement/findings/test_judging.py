"""What people say about findings, as they type it: before the first delivery and after it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.accounts import contacts
from auditor.app.findings import history
from auditor.app.findings.waivers import exact
from auditor.engagement.findings import Acceptance, Attestation, Finding, Identity, Rating
from auditor.engagement.overlay import judged
from auditor.engine.waivers import Waiver, parse_waivers
from auditor.reporting.reader import load_result
from auditor.sdk import strict_yaml
from tests.engagement.conftest import PROGRAMMES, act
from tests.engagement.findings.conftest import host
from tests.store.world import problems

AT = datetime(2026, 12, 9, tzinfo=UTC)
KSN = ("--engagement", "HC-0001", "--check", "T-GEN-001", "--subject", "web01")
ASK = ("--engagement", "HC-0001", "--check", "T-ASK-001")
ANSWER = ("--answer", "pass", "--author", "Head of operations", "--date", "2026-11-20",
          "--evidence", "The protocol of October", "--valid-until", "2027-11-20")  # fmt: skip
ACCEPT = ("--approver", "Head of security", "--reason", "A closed network", "--expires", "2027-03-31")


@pytest.fixture
def day(auditor, engagement, in_work, scene):
    """The day of HC-0001: a result is in work, nothing is delivered; the clock says 23 November 2026."""
    engagement()
    folder = in_work("HC-0001", {"web01": host(), "web02": host(ksn="Yes", riskware="Yes", scans="9")})
    yield auditor, folder
    assert problems(scene) == []


def deliver(scene, folder, *moment, version=1):
    with scene.writing() as writing:
        return history.observe(writing, "HC-0001", version, load_result(folder), act(*(moment or (2026, 12, 9, 12))))


def test_a_question_that_was_answered_waits_for_nobody_until_the_answer_ends(day, clock):
    auditor, _ = day
    asked = ("engagement", "status", "HC-0001")
    assert auditor.json(*asked)["questions"] == 2
    auditor.said("finding", "attest", *ASK, *ANSWER)
    assert auditor.json(*asked)["questions"] == 1
    clock.at = datetime(2027, 11, 20, 22, 59, tzinfo=UTC)  # 23:59 of its last day in Madrid
    assert auditor.json(*asked)["questions"] == 1
    clock.advance(minutes=1)
    assert auditor.json(*asked)["questions"] == 2


def test_judgement_is_recorded_while_the_day_runs_and_survives_the_delivery(day, scene):
    auditor, folder = day
    said = auditor.json("finding", "note", *KSN, "--text", "The proxy forbids it")
    ident = said["id"]
    assert ident == Identity("madrid", "kesl", "T-GEN-001", "kesl.host", "web01", "app.UseKSN").fingerprint
    assert said["new"] is True
    assert auditor.json("finding", "note", *KSN, "--text", "The proxy forbids it")["new"] is False
    auditor.said("finding", "rate", *KSN, "--severity", "low", "--reason", "Nobody logs in there")
    auditor.said("finding", "attest", *ASK, *ANSWER)
    deliver(scene, folder)
    shown = auditor.json("finding", "show", ident[:10])
    assert (shown["machine"], shown["weighs"]) == ({"outcome": "fail", "severity": "high"}, "low")
    assert [note["text"] for note in shown["notes"]] == ["The proxy forbids it"]
    assert shown["notes"][0]["engagement"] == "HC-0001"
    assert shown["observations"][0]["severity"] == "high"  # the machine's word stays
    listed = auditor.json("finding", "list", "madrid")["findings"]
    assert [(one["check"], one["name"], one["severity"], one["machine_severity"]) for one in listed] == [
        ("T-GEN-003", "web02", "medium", "medium"),
        ("T-GEN-001", "web01", "low", "high"),
        ("T-GEN-002", "web01", "low", "low"),
    ]


def test_a_rating_is_taken_back(day):
    auditor, _ = day
    auditor.said("finding", "rate", *KSN, "--severity", "low", "--reason", "A test host")
    shown = auditor.json("finding", "rate", *KSN, "--severity", "machine", "--reason", "It is none")
    assert (shown["weighs"], shown["rating"]) == ("high", None)


def test_what_is_in_work_is_listed_with_what_it_means(day, scene):
    auditor, _ = day
    assert auditor.json("finding", "list", "madrid")["findings"] == []
    listed = auditor.json("finding", "list", "--engagement", "HC-0001")["findings"]
    assert {(one["check"], one["name"], one["change"], one["delivered"]) for one in listed} == {
        ("T-GEN-001", "web01", "new", False),
        ("T-GEN-002", "web01", "new", False),
        ("T-GEN-003", "web02", "new", False),
    }
    text = auditor.said("finding", "list", "--engagement", "HC-0001", "--check", "T-GEN-001")
    assert listed[0]["id"][:12] in text
    assert "T-GEN-003" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_an_acceptance_ends(day, scene, clock):
    auditor, folder = day
    shown = auditor.json("finding", "waive", *KSN, *ACCEPT)
    assert (shown["waiver_state"], shown["waiver"]["expires"]) == ("active", "2027-03-31")
    assert auditor.json("finding", "waive", *KSN, *ACCEPT)["new"] is False
    deliver(scene, folder)
    # the last day, and the day after, in Madrid
    for at, state in ((datetime(2027, 3, 31, 21, 59, tzinfo=UTC), "expiring"),
                      (datetime(2027, 3, 31, 22, 0, tzinfo=UTC), "expired")):  # fmt: skip
        clock.at = at
        [one] = auditor.json("finding", "list", "madrid", "--check", "T-GEN-001")["findings"]
        assert (one["waiver"]["state"], one["state"]) == (state, "open")
    assert "waiver ended" in auditor.said("finding", "list", "madrid")
    auditor.said("finding", "unwaive", one["id"][:8], "--reason", "It is over")
    assert auditor.json("finding", "show", one["id"][:8])["waiver"] is None


@pytest.mark.parametrize("missing", ["--approver", "--reason", "--expires"])
def test_there_is_no_acceptance_without_end_reason_and_approver(day, missing):
    auditor, _ = day
    words = [*ACCEPT]
    place = words.index(missing)
    del words[place : place + 2]
    assert auditor.run("finding", "waive", *KSN, *words).exception is not None
    empty = [*ACCEPT]
    empty[place + 1] = " "
    auditor.refused("finding", "waive", *KSN, *empty)


def test_what_is_refused(day, scene):
    auditor, _ = day
    passed = ("--engagement", "HC-0001", "--check", "T-GEN-001", "--subject", "web02")
    assert "does not fail" in str(auditor.refused("finding", "waive", *passed, *ACCEPT))
    over = [*ACCEPT[:-1], "2026-11-22"]
    assert "over already" in str(auditor.refused("finding", "waive", *KSN, *over))
    assert "says too little" in str(auditor.refused("finding", "waive", *KSN, "--approver", "me", *ACCEPT[2:]))
    assert "says too little" in str(auditor.refused("finding", "waive", *KSN, *ACCEPT[:3], "because", *ACCEPT[4:]))
    assert "no interview question" in str(auditor.refused("finding", "attest", *KSN, *ANSWER))
    later = [*ANSWER]
    later[5] = "2026-11-24"  # the clock says the 23rd
    assert "future" in str(auditor.refused("finding", "attest", *ASK, *later))
    ended = [*ANSWER]
    ended[-1] = "2026-11-22"
    assert "before it counts" in str(auditor.refused("finding", "attest", *ASK, *ended))
    assert "nobody has accepted" in str(auditor.refused("finding", "unwaive", *KSN, "--reason", "none"))
    assert "web01, web02" in str(auditor.refused("finding", "note", *KSN[:4], "--text", "which one?"))
    unknown = (*KSN[:4], "--subject", "web09")
    assert "judged nothing called 'web09'" in str(auditor.refused("finding", "note", *unknown, "--text", "x"))
    assert "no check X-1" in str(auditor.refused("finding", "note", *KSN[:2], "--check", "X-1", "--text", "x"))
    assert "no finding begins with" in str(auditor.refused("finding", "show", "abcdef"))
    assert "no beginning" in str(auditor.refused("finding", "show", "xyz"))
    assert "not clear" in str(auditor.refused("finding", "list"))
    with scene.reading() as reading:
        assert reading.documents("finding") == {}


def test_people_who_are_known_are_recorded_by_id_so_that_they_can_be_erased(day, scene):
    auditor, _ = day
    with scene.writing() as writing:
        values = {"account": "madrid", "name": "First Contact", "authorised_from": "2026-01-01"}
        contact = contacts.add_contact(writing, values, PROGRAMMES, act(2026, 11, 3, 9)).contact
    named = [*ANSWER]
    named[3] = "first contact"
    said = auditor.json("finding", "attest", *ASK, *named)
    assert said["attestation"]["author"] == f"contact:{contact.id}"
    assert "First Contact" in auditor.said("finding", "show", said["id"][:12])
    with scene.reading() as reading:
        assert "First Contact" not in str([event.payload for event in reading.events("finding", said["id"])])
    named[3] = "contact:C-0099"
    auditor.refused("finding", "attest", *ASK, *named)


def test_acceptances_become_the_waivers_of_the_next_audit(day, scene, clock, audit, tmp_path):
    auditor, folder = day
    auditor.said("finding", "waive", *KSN, *ACCEPT)
    riskware = ("--engagement", "HC-0001", "--check", "T-GEN-002", "--subject", "web01")
    auditor.said("finding", "waive", *riskware, *ACCEPT[:-1], "2026-12-24")
    deliver(scene, folder)
    clock.at = datetime(2027, 1, 8, 9, tzinfo=UTC)
    document = strict_yaml.load(auditor.said("finding", "waivers", "madrid"), "waivers.yaml")
    assert document == {
        "waivers": [
            {"check": "T-GEN-001", "subjects": ["web01"], "reason": "A closed network",
             "approver": "Head of security", "expires": "2027-03-31"}
        ]
    }  # fmt: skip
    parse_waivers(document, "waivers.yaml", ["T-GEN-001"])
    everything = strict_yaml.load(auditor.said("finding", "waivers", "madrid", "--with-expired"), "waivers.yaml")
    assert [one["check"] for one in everything["waivers"]] == ["T-GEN-001", "T-GEN-002"]
    again = load_result(audit("again", {"web01": host()}, waivers=everything["waivers"], as_of="2027-01-08"))
    marks = {one["check_id"]: (one.get("waived"), one.get("waiver_expired")) for one in again.verdicts()}
    assert marks["T-GEN-001"][0]["expires"] == "2027-03-31"
    assert marks["T-GEN-002"] == (None, "2026-12-24")


def test_what_is_gone_needs_no_waiver(day, scene, clock, audit):
    auditor, _ = day
    auditor.said("finding", "waive", *KSN, *ACCEPT)
    deliver(scene, audit("fixed", {"web01": host(ksn="Yes")}))
    assert strict_yaml.load(auditor.said("finding", "waivers", "madrid"), "waivers.yaml") == {"waivers": []}
    deliver(scene, audit("failing", {"web01": host()}), 2026, 12, 9, 13, version=2)
    assert strict_yaml.load(auditor.said("finding", "waivers", "madrid"), "waivers.yaml") != {"waivers": []}


@given(st.text("ab*?[]!-", max_size=8), st.text("ab*?[]!-", max_size=8))
def test_an_exported_waiver_covers_its_thing_alone(key, other):
    waiver = Waiver("T-1", (exact(key),), "r", "a", "2027-01-01")
    assert waiver.covers(key)
    assert waiver.covers(other) == (key == other)


def finding(**said):
    identity = Identity("acme", "kesl", "T-1", "kesl.host", "web01")
    return Finding(identity.fingerprint, identity, **said)


DAY = date(2026, 12, 9)
ATTESTED = Attestation("fail", "CISO", date(2026, 1, 1), "seen", date(2026, 12, 9), AT)


@pytest.mark.parametrize(
    ("verdict", "said", "today", "expected"),
    [
        # (counts as, weighs, waiver state, answer state, waived)
        ({"outcome": "fail"}, {}, DAY, ("fail", "high", "", "", False)),
        ({"outcome": "pass"}, {}, DAY, ("pass", "high", "", "", False)),
        ({"outcome": "fail"}, {"rating": Rating("low", "p", "r", AT)}, DAY, ("fail", "low", "", "", False)),
        ({"outcome": "fail"}, {"waiver": Acceptance("a", "r", DAY, AT)}, DAY, ("fail", "high", "expiring", "", True)),
        ({"outcome": "fail"}, {"waiver": Acceptance("a", "r", date(2026, 12, 8), AT)}, DAY,
         ("fail", "high", "expired", "", False)),
        ({"outcome": "fail"}, {"waiver": Acceptance("a", "r", date(2027, 12, 8), AT)}, DAY,
         ("fail", "high", "active", "", True)),
        # a waiver speaks of failures only
        ({"outcome": "unknown"}, {"waiver": Acceptance("a", "r", DAY, AT)}, DAY, ("unknown", "high", "", "", False)),
        # the audit's own file; what holds wins over what has ended
        ({"outcome": "fail", "waived": {"expires": "2027-01-01"}}, {}, DAY, ("fail", "high", "active", "", True)),
        ({"outcome": "fail", "waived": {"expires": "2027-01-01"}},
         {"waiver": Acceptance("a", "r", date(2026, 12, 8), AT)}, DAY, ("fail", "high", "active", "", True)),
        ({"outcome": "fail", "waiver_expired": "2026-01-01"}, {}, DAY, ("fail", "high", "expired", "", False)),
        ({"outcome": "manual"}, {"attestation": ATTESTED}, DAY, ("fail", "high", "", "valid", False)),
        ({"outcome": "manual"}, {"attestation": ATTESTED}, date(2026, 12, 10),
         ("manual", "high", "", "expired", False)),
        ({"outcome": "manual"}, {"attestation": ATTESTED, "waiver": Acceptance("a", "r", DAY, AT)}, DAY,
         ("fail", "high", "expiring", "valid", True)),
        # an answer never takes the place of a verdict from exports
        ({"outcome": "pass"}, {"attestation": ATTESTED}, DAY, ("pass", "high", "", "", False)),
    ],
)  # fmt: skip
def test_what_counts(verdict, said, today, expected):
    seen = judged({"severity": "high", **verdict}, finding(**said), today)
    assert (seen.counts_as, seen.weighs, seen.waiver_state, seen.answer_state, seen.waived) == expected
    assert (seen.outcome, seen.severity) == (verdict["outcome"], "high")


def test_nobody_said_anything():
    seen = judged({"outcome": "fail", "severity": "low"}, None, DAY)
    assert (seen.counts_as, seen.weighs, seen.waived, seen.notes) == ("fail", "low", False, ())
