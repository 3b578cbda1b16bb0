"""What changed since the customer's own audit: told beside the Health Check, and no part of the findings' history."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib.resources import files

import orjson
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import delete

from auditor.app.engagements import negotiating, receiving
from auditor.app.engagements.negotiating import Consent
from auditor.app.findings.layer import human_layer
from auditor.errors import ResultError
from auditor.model.events import NewEvent
from auditor.store import tables
from tests.engagement.conftest import PROGRAMMES, act
from tests.engagement.findings.conftest import host
from tests.store.world import problems

SCHEMA = json.loads((files("auditor.sdk") / "schemas" / "engagement.schema.json").read_text(encoding="utf-8"))
CIRCUMSTANCES = {"products": ["kesl"], "sources": ["exports"], "access": "upload", "participants": ["P-0002"]}


@pytest.fixture
def agreed(scene, engagement):
    """Opens an engagement of madrid for 9 December of a year that both sides agreed to."""

    def opened(year):
        ident = engagement("madrid", year, 11, 2, 9)
        with scene.writing() as writing:
            negotiating.set_circumstances(writing, ident, {**CIRCUMSTANCES, "language": "es"}, act(year, 11, 3, 9))
            for side in ("customer", "kaspersky"):
                consent = Consent(side, "somebody", date(year, 12, 9), datetime(year, 11, 4, 9, tzinfo=UTC))
                negotiating.agree(writing, ident, consent, PROGRAMMES, act(year, 11, 4, 9))
        return ident

    return opened


@pytest.fixture
def sent(scene, audit):
    """The customer audits hosts as of a day, and the result comes in at an instant; the event's payload."""

    def send(ident, hosts, as_of, *moment, complete=None):
        folder = audit(f"self-{as_of}", hosts, as_of=as_of)
        path = folder / "result.json"
        result = orjson.loads(path.read_bytes())
        if complete is not None:
            result["summary"]["complete"] = complete
            path.write_bytes(orjson.dumps(result))
        came = receiving.look_at(folder, ("kesl",), "customer", act(*moment).at)
        with scene.writing() as writing:
            receiving.receive(writing, ident, came, "customer", act(*moment))
        with scene.reading() as reading:
            return reading.events("engagement", ident)[-1].payload

    return send


def layer(scene, result, ident, hosts, year, *moment):
    with scene.reading() as reading:
        stored = result(f"{ident}-{'-'.join(map(str, moment))}", hosts, as_of=f"{year}-12-09")
        return human_layer(reading, ident, stored, act(year, *moment).at)


def told(document):
    return {(one["change"], one["check"]) for one in document["groups"]}


def test_what_changed_since_is_told_and_the_history_knows_nothing_of_it(scene, agreed, sent, result, years):
    ident = agreed(2026)
    sent(ident, {"web01": host(ksn="Yes", riskware="No")}, "2026-11-20", 2026, 11, 23, 9)
    with scene.reading() as reading:
        assert reading.documents("finding") == {}
    made = layer(scene, result, ident, {"web01": host(ksn="No", riskware="Yes")}, 2026, 12, 9, 9)
    assert made.comparison is None
    assert told(made.self_audit) == {("regressed", "T-GEN-001"), ("fixed", "T-GEN-002")}
    assert (made.self_audit["old"]["as_of"][:10], made.self_audit["new"]["as_of"][:10]) == ("2026-11-20", "2026-12-09")
    member = SCHEMA["properties"]["self_audit"]
    Draft202012Validator({**member, "$defs": SCHEMA["$defs"]}).validate(made.self_audit)

    years.ids[2026] = ident
    years.deliver(2026, {"web01": host(ksn="No", riskware="Yes")})
    assert years.changes("T-GEN-001") == ["new"]
    assert ("T-GEN-002", "web01") not in years.findings()


def test_deliveries_and_self_audits_stand_beside_each_other(scene, agreed, sent, result, years):
    """KSN failed at the delivery of 2026, passed in the self-audit, and fails again: persisting, and regressed."""
    years.deliver(2026, {"web01": host(ksn="No", riskware="Yes")})
    ident = agreed(2027)
    sent(ident, {"web01": host(ksn="Yes", riskware="Yes")}, "2027-11-20", 2027, 11, 22, 9)
    made = layer(scene, result, ident, {"web01": host(ksn="No", riskware="Yes")}, 2027, 12, 9, 9)
    assert told(made.comparison) == {("persisting", "T-GEN-001")}
    assert told(made.self_audit) == {("regressed", "T-GEN-001")}
    assert years.findings()["T-GEN-001", "web01"].is_open


def test_the_last_one_counts_and_none_that_is_older_than_the_last_health_check(scene, agreed, sent, result, years):
    years.deliver(2026, {"web01": host()})
    ident = agreed(2027)
    hosts = {"web01": host(ksn="Yes", riskware="Yes")}
    sent(ident, {"web01": host()}, "2027-11-10", 2027, 11, 22, 9)
    sent(ident, hosts, "2027-11-20", 2027, 11, 23, 9)
    assert told(layer(scene, result, ident, hosts, 2027, 12, 9, 9).self_audit) == set()
    sent(ident, {"web01": host()}, "2026-11-20", 2027, 11, 24, 9)
    assert layer(scene, result, ident, hosts, 2027, 12, 9, 10).self_audit is None


def test_a_correction_is_not_compared_with_what_came_in_after_the_delivery(scene, agreed, sent, result):
    ident, hosts = agreed(2026), {"web01": host(ksn="Yes", riskware="Yes")}
    sent(ident, {"web01": host(riskware="Yes")}, "2026-11-20", 2026, 11, 23, 9)
    payload = {"version": 1, "corrects": 0, "manifest": "0" * 64, "period": "2026-02-01"}
    with scene.writing() as writing:
        at = act(2026, 12, 9, 12).at
        writing.append(NewEvent("engagement", ident, "delivered", at, "user:tester", payload, "madrid"))
    before = layer(scene, result, ident, hosts, 2026, 12, 10, 9)
    later = agreed(2027)
    sent(later, {"web01": host(ksn="Yes", riskware="Yes")}, "2027-11-20", 2027, 11, 23, 9)
    after = layer(scene, result, ident, hosts, 2026, 12, 11, 9)
    assert told(before.self_audit) == told(after.self_audit) == {("fixed", "T-GEN-001")}


@pytest.mark.parametrize("complete", [True, False])
def test_whether_it_was_complete_is_what_it_says_itself(scene, agreed, sent, result, complete):
    ident = agreed(2026)
    payload = sent(ident, {"web01": host()}, "2026-11-20", 2026, 11, 23, 9, complete=complete)
    assert (payload["kind"], payload["complete"]) == ("self_audit", complete)
    document = layer(scene, result, ident, {"web01": host()}, 2026, 12, 9, 9).self_audit
    assert ("note_self_audit_incomplete" in [note["phrase"] for note in document["notes"]]) is not complete


def test_a_result_that_does_not_say_so_was_not_complete(agreed, sent):
    assert sent(agreed(2026), {"web01": host()}, "2026-11-20", 2026, 11, 23, 9, complete="yes")["complete"] is False


def test_what_it_judged_is_kept_and_missed_when_it_is_gone(scene, agreed, sent):
    run = sent(agreed(2026), {"web01": host()}, "2026-11-20", 2026, 11, 23, 9)["run"]
    assert problems(scene) == []
    with scene.engine.begin() as connection:
        connection.execute(delete(tables.snapshot).where(tables.snapshot.c.hash == run))
    assert any(f"snapshot {run}" in str(one) for one in problems(scene))


def test_a_damaged_result_is_refused(agreed, audit):
    agreed(2026)
    folder = audit("self", {"web01": host()})
    path = folder / "result.json"
    result = orjson.loads(path.read_bytes())
    result["verdicts"] = [{"check_id": "T-GEN-001"}]
    path.write_bytes(orjson.dumps(result))
    with pytest.raises(ResultError):
        receiving.look_at(folder, ("kesl",), "customer", act(2026, 11, 23, 9).at)
