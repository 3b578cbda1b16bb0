"""Requests from findings: few, of level 3 or 4, standard unless a person chooses otherwise, opened by a person only."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.accounts import contacts, contracts
from auditor.app.audit import Request
from auditor.app.findings import history, promoting
from auditor.app.findings.current import Target
from auditor.app.findings.judging import Accepted, waive
from auditor.app.incidents import actions
from auditor.app.incidents.acting import By, perform
from auditor.engagement.comparison import WEIGHTS
from auditor.engagement.promotion import Candidate, bundles, level_of
from auditor.errors import RuleBroken
from auditor.reporting.reader import load_result
from auditor.store.incident_queries import IncidentQueries
from tests.engagement.conftest import PROGRAMMES, act
from tests.engagement.findings.conftest import ROOT, host, run

OPEN = ("finding", "promote", "madrid", "--open")
YES = ("--by", "C-0001", "--yes")


@pytest.fixture
def delivered(years, scene, clock, auditor):
    """A delivery with three findings of one theme on web01; C-0001 of madrid may hand requests in."""
    with scene.writing() as writing:
        values = {"account": "madrid", "name": "First Contact", "authorised_from": "2026-01-01"}
        contacts.add_contact(writing, values, PROGRAMMES, act(2026, 11, 3, 9))
    years.deliver(2026, {"web01": host(scans="9")})
    clock.at = datetime(2026, 12, 11, 10, tzinfo=UTC)  # a Friday, 11:00 in Madrid
    return auditor


def programme(scene, name):
    """madrid's contract is of this programme from now on."""
    with scene.writing() as writing:
        contracts.change_contract(writing, "K-madrid", {"programme": name}, PROGRAMMES, act(2026, 12, 10, 9))


def incidents(scene):
    with scene.reading() as reading:
        return reading.documents("incident")


def used(scene, period="2026-02-01"):
    """Premium units of madrid's contract that are in use."""
    with scene.reading() as reading:
        return IncidentQueries(reading).used("K-madrid", period)


def test_nothing_is_opened_until_a_person_says_so(delivered, scene):
    with scene.reading() as reading:
        before = reading.head()
    said = delivered.json(*OPEN)
    assert (said["opened"], said["kind"], len(said["requests"])) == (False, "standard", 1)
    [one] = said["requests"]
    assert (one["incident"], one["level"], one["product"], one["area"]) == (None, 3, "kesl", "own")
    assert (one["deadline"], one["ungiven"]) == (None, "standard_kind")
    text = delivered.said(*OPEN, "--language", "en")
    assert "not guaranteed: a standard request" in text
    assert "Nothing was opened. To open them:" in text
    assert "auditor finding promote madrid --open --language en --by CONTACT --yes" in text
    assert max(map(len, text.splitlines())) <= 80
    with scene.reading() as reading:
        assert reading.head() == before
    assert incidents(scene) == {}


def test_requests_and_findings_know_each_other(delivered, years, scene):
    said = delivered.json(*OPEN, *YES, "--language", "es")
    [one] = said["requests"]
    found = years.findings()
    assert {finding.incident for finding in found.values()} == {one["incident"]}
    shown = incidents(scene)[one["incident"]]
    assert (shown["level"], shown["kind"], shown["type"], shown["channel"]) == (3, "standard", "service_request", "tam")
    assert shown["reported_by"] == "contact:C-0001"
    assert {(link["relation"], link["other"]) for link in shown["links"]} == {
        ("finding", finding.id) for finding in found.values()
    }  # fmt: skip
    assert shown["title"] == "Hallazgos del Health Check: own (Kaspersky Endpoint Security for Linux)"
    whole = delivered.json("incident", "show", one["incident"])["incident"]["description"]
    assert "T-GEN-001 KSN is used (Alta)" in whole
    assert f"web01 [{found['T-GEN-001', 'web01'].id[:12]}]" in whole


def test_an_engagement_is_named_in_its_requests(delivered, scene):
    said = delivered.json("finding", "promote", "HC-0001", "--open", *YES, "--language", "en")
    assert said["requests"][0]["title"] == "Health Check HC-0001: own (Kaspersky Endpoint Security for Linux)"


def test_a_finding_is_in_one_open_request_at_most(delivered, years, scene):
    """INV-8."""
    [first] = delivered.json(*OPEN, *YES)["requests"]
    again = delivered.json(*OPEN, *YES)
    assert again["requests"] == []
    assert len(again["left_out"]["promoted"]) == 3
    ident = years.findings()["T-GEN-001", "web01"].id
    error = delivered.refused("finding", "promote", "madrid", "--finding", ident[:10], *YES)
    assert first["incident"] in str(error)
    # once the request is over, the finding may become part of another one
    with scene.writing() as writing:
        by = By("user:tester", datetime(2026, 12, 11, 11, tzinfo=UTC))
        perform(writing, first["incident"], by, actions.cancel("not now"))
    [second] = delivered.json("finding", "promote", "madrid", "--finding", ident[:10], *YES)["requests"]
    assert second["incident"] != first["incident"]


def test_two_people_at_once_open_one_request(delivered, years, scene):
    wanted = promoting.Promotion("madrid", reported_by="contact:C-0001")
    opened, refused = [], []
    ready = threading.Barrier(2)
    findings = tuple(years.findings().values())

    def promote():
        ready.wait(timeout=30)
        try:
            with scene.writing() as writing:
                who = act(2026, 12, 11, 10)
                chosen = promoting.chosen(writing, "madrid", [one.id for one in findings])
                made = promoting.plan(writing, promoting.Promotion("madrid", findings=chosen), who)
                opened.extend(promoting.open_requests(writing, made, wanted, who, PROGRAMMES))
        except RuleBroken as error:
            refused.append(str(error))

    threads = [threading.Thread(target=promote) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (len(opened), len(refused)) == (1, 1)
    assert opened[0].incident["id"] in refused[0]
    assert len(incidents(scene)) == 1


def test_two_hundred_findings_leave_the_quota_alone(delivered, years, scene, clock):
    """T-50: 36 premium requests a year, and 202 findings."""
    years.deliver(2027, {f"web{number:03}": host() for number in range(101)})
    programme(scene, "msa-business")
    clock.at = datetime(2027, 12, 13, 10, tzinfo=UTC)
    said = delivered.json("finding", "promote", "HC-0002", "--open", *YES)
    assert (said["findings"], len(said["requests"])) == (202, 1)
    assert (said["quota"]["taken"], said["quota"]["used"], said["quota"]["limit"]) == (0, 0, 36)
    assert used(scene, "2027-02-01") == 0
    [shown] = incidents(scene).values()
    assert (shown["kind"], len(shown["links"])) == ("standard", 202)


def test_premium_takes_units_and_says_the_clock(delivered, years, scene):
    programme(scene, "msa-business")
    text = delivered.said(*OPEN, "--kind", "premium", "--language", "en")
    assert "Premium units: 1 taken by this; 1 of 36 used in the period." in text
    assert "--open --kind premium --language en --by CONTACT --yes" in " ".join(text.split())
    assert used(scene) == 0
    said = delivered.json(*OPEN, "--kind", "premium", *YES)
    assert used(scene) == 1
    assert said["requests"][0]["deadline"] is not None
    assert said["quota"]["taken"] == 1


def test_when_no_unit_is_left_nothing_is_opened(delivered, years, scene):
    programme(scene, "msa-start")
    for number in range(6):
        delivered.open(f"request {number}", "--kind", "premium", account="madrid", at="2026-12-11T10:00")
    error = delivered.refused(*OPEN, "--kind", "premium", *YES)
    assert "all 6 premium requests" in str(error)
    assert "--kind standard" in str(error)
    assert len(incidents(scene)) == 6
    assert {one.incident for one in years.findings().values()} == {""}


def test_what_is_accepted_or_gone_is_left_out(delivered, years, scene, clock):
    found = years.findings()["T-GEN-001", "web01"]
    with scene.writing() as writing:
        meant = Target(found.identity, found.label, found, "fail", "high")
        waive(writing, meant, Accepted("CISO", "A closed network", date(2027, 6, 1)), act(2026, 12, 10, 12))
    said = delivered.json(*OPEN)
    assert said["left_out"]["waived"] == [found.id]
    assert said["requests"][0]["level"] == 4  # medium and low are left
    years.deliver(2027, {"web01": host(ksn="Yes", riskware="Yes", scans="9")})
    clock.at = datetime(2027, 12, 13, 10, tzinfo=UTC)
    said = delivered.json(*OPEN)
    assert said["requests"][0]["checks"] == ["T-GEN-003"]
    gone = years.findings()["T-GEN-002", "web01"].id
    assert "is not open" in str(delivered.refused("finding", "promote", "madrid", "--finding", gone))


def test_a_whole_estate_becomes_one_request_for_each_product_and_theme(delivered, years, scene, tmp_path):
    folder = run(Request([ROOT / "examples" / "acme"], tmp_path / "acme", as_of="2026-07-31", jobs=1))
    stored = load_result(folder)
    failing = {one["check_id"] for one in stored.verdicts() if one["outcome"] == "fail"}
    themes = {(one["product"], one["area"]) for one in stored.data["checks"] if one["id"] in failing}
    with scene.writing() as writing:
        history.observe(writing, "HC-0001", 2, stored, act(2026, 12, 11, 9))
    said = delivered.json(*OPEN)
    assert said["findings"] == stored.data["summary"]["findings"]
    assert {(one["product"], one["area"]) for one in said["requests"]} == themes
    assert len(said["requests"]) == len(themes)
    assert {one["level"] for one in said["requests"]} == {3, 4}


def test_a_fixed_finding_proposes_to_resolve_its_request_and_resolves_nothing(delivered, years, scene, clock):
    [request] = delivered.json(*OPEN, *YES)["requests"]
    observed = years.deliver(2027, {"web01": host(ksn="Yes", scans="9")})
    assert [incident for _, incident in observed.settled] == [request["incident"]]
    said = delivered.json("finding", "list", "madrid")
    assert [(one["incident"], one["fixed"], one["all"], one["complete"]) for one in said["resolvable"]] == [
        (request["incident"], 1, 3, False)
    ]
    years.deliver(2028, {"web01": host(ksn="Yes", riskware="Yes")})
    text = delivered.said("finding", "list", "madrid")
    assert f"auditor incident resolve {request['incident']}" in " ".join(text.split())
    assert incidents(scene)[request["incident"]]["state"] == "submitted"
    assert incidents(scene)[request["incident"]]["ended_at"] is None
    # what fails again takes the proposal back
    years.deliver(2029, {"web01": host(riskware="Yes")})
    [left] = delivered.json("finding", "list", "madrid")["resolvable"]
    assert (left["fixed"], left["all"]) == (2, 3)


def test_what_is_not_said_is_asked_for(delivered):
    assert "which findings" in str(delivered.refused("finding", "promote", "madrid"))
    assert "which findings" in str(delivered.refused(*OPEN, "--finding", "abcd"))
    assert "who hands" in str(delivered.refused(*OPEN, "--yes"))
    assert "another account" not in str(delivered.refused("finding", "promote", "nobody", "--open"))


def test_before_a_delivery_there_is_nothing_to_promote(auditor, engagement, in_work):
    """RULE-FND-1: findings stay in the report's history until somebody decides."""
    engagement()
    in_work("HC-0001", {"web01": host()})
    assert auditor.json("finding", "promote", "HC-0001", "--open")["requests"] == []


severities = st.sampled_from(sorted(WEIGHTS))
candidates = st.lists(
    st.builds(Candidate, st.uuids().map(str), st.sampled_from(["kesl", "ksc"]), st.sampled_from(["a", "b"]),
              st.sampled_from(["C-1", "C-2", "C-3"]), severities),
    unique_by=lambda one: one.id,
)  # fmt: skip


@given(candidates, st.integers(1, 5))
def test_every_finding_is_in_exactly_one_request_and_none_is_of_level_1_or_2(found, most):
    """T-45: whatever a machine's severity is, it never becomes a level by its number."""
    made = bundles(found, most)
    assert sorted(one.id for bundle in made for one in bundle.findings) == sorted(one.id for one in found)
    for bundle in made:
        assert bundle.level in {3, 4}
        assert (bundle.level == 3) == any(one.severity in {"critical", "high"} for one in bundle.findings)
        assert {(one.product, one.area) for one in bundle.findings} == {(bundle.product, bundle.area)}
        assert 1 <= len(bundle.findings) <= most
        assert bundle.part <= bundle.parts
    themes = {(one.product, one.area) for one in found}
    assert len(bundles(found)) == len(themes)


@pytest.mark.parametrize(("severity", "level"), [("critical", 3), ("high", 3), ("medium", 4), ("low", 4), ("info", 4)])
def test_the_level_follows_from_the_effect(severity, level):
    assert level_of([severity]) == level
