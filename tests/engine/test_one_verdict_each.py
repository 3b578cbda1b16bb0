"""Exactly one verdict per check and subject, whatever a check does."""

from __future__ import annotations

import pytest

from auditor.errors import ContentError
from auditor.model.snapshot import Settings

BODIES = "tests.engine.bodies"
GOOD = {"setting": "app.Value", "is": True}


def ids(verdicts):
    return [verdict["check_id"] for verdict in verdicts]


@pytest.mark.parametrize("body", ["crashes", "answers_nothing", "answers_a_truth", "says_an_outcome_in_words"])
def test_a_check_that_fails_itself_is_an_error_and_the_others_go_on(check, compiled, host, written, body):
    program = compiled(
        check("T-A-001", expect=GOOD), check("T-B-001", python=f"{BODIES}:{body}"), check("T-C-001", expect=GOOD)
    )
    verdicts = written(program, host("web01", {"app": {"Value": "Yes"}}))
    assert {verdict["check_id"]: verdict["outcome"] for verdict in verdicts} == {
        "T-A-001": "pass",
        "T-B-001": "error",
        "T-C-001": "pass",
    }
    [error] = [verdict for verdict in verdicts if verdict["outcome"] == "error"]
    assert error["reason"] == "crashed"
    assert error["evidence"][0]["note"]


def test_a_person_who_stops_the_run_is_obeyed(check, compiled, host):
    with pytest.raises(SystemExit):
        compiled(check(python=f"{BODIES}:exits")).judge(host("web01", {}))


def test_evidence_that_json_cannot_hold_is_still_written(check, compiled, host, written):
    [verdict] = written(compiled(check(python=f"{BODIES}:shows_what_json_cannot")), host("web01", {}))
    assert verdict["outcome"] in ("fail", "error")
    assert verdict["evidence"]


def test_checks_may_share_a_body_that_answers_a_constant(check, compiled, host, written):
    program = compiled(
        check("T-A-001", python=f"{BODIES}:answers_a_constant"),
        check("T-B-001", python=f"{BODIES}:answers_a_constant", severity="low"),
    )
    verdicts = written(program, host("web01", {"app": {}}))
    assert [(verdict["check_id"], verdict["severity"]) for verdict in verdicts] == [
        ("T-A-001", "high"),
        ("T-B-001", "low"),
    ]


def test_every_check_answers_once_with_or_without_data(check, compiled, host, written):
    checks = [
        check("T-A-001", expect=GOOD),
        check("T-A-002", expect={"setting": "app.Other", "is": True}),
        check("T-B-001", expect={"setting": "net.Value", "is": True}),
        check("T-C-001", expect={"all": [GOOD, {"setting": "task.Update.X", "is": True}]}),
        check("T-D-001", schema={"area": "app", "needs": ["Value"], "schema": {"type": "object"}}),
        check("T-E-001", python=f"{BODIES}:passes"),
        check("T-F-001", expect=GOOD, versions=">=13"),
        check("T-G-001", expect=GOOD, when={"setting": "app.Value", "is": False}),
    ]
    program = compiled(*checks)
    for areas in ({}, {"app": {}}, {"app": {"Value": "Yes"}}, {"net": {"Value": "No"}, "app": {"Value": "Yes"}}):
        verdicts = written(program, host("web01", areas))
        assert sorted(ids(verdicts)) == sorted(item.id for item in checks)


def test_outcomes_and_reasons(check, compiled, host, written):
    program = compiled(
        check("T-F-001", expect=GOOD, versions=">=13"),
        check("T-G-001", expect=GOOD, when={"setting": "app.Value", "is": False}),
        check("T-H-001", expect=GOOD, when={"setting": "app.Nothing", "is": False}),
        check("T-I-001", expect=GOOD, product="kics-linux"),
    )
    found = {v["check_id"]: (v["outcome"], v["reason"]) for v in written(program, host("w", {"app": {"Value": "Yes"}}))}
    assert found == {
        "T-F-001": ("not_applicable", "other_version"),
        "T-G-001": ("not_applicable", "precondition"),
        "T-H-001": ("unknown", "key_absent"),
        "T-I-001": ("not_applicable", "other_product"),
    }


SCHEMA = {
    "area": "app",
    "needs": ["A"],
    "schema": {"properties": {"A": {"const": "1"}, "B": {"const": "1"}, "L": {"maxItems": 1}}},
}


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [
        ([Settings("app", {"A": "1"})], "pass"),
        ([Settings("app", {"A": "1", "B": "2"})], "fail"),
        ([Settings("app", {"B": "1"})], "unknown"),
        ([Settings("app", {"A": "1"}), Settings("app", {"A": "2"})], "unknown"),
        ([Settings("app", {"A": "1", "B": "2"}), Settings("app", {"A": "1", "B": "1"})], "unknown"),
        ([Settings("app", {"A": "1", "B": "1"}), Settings("app", {"A": "1", "B": "2"})], "unknown"),
        ([Settings("app", {"A": "1", "L": ["x"]}, complete=False)], "unknown"),
        ([Settings("app", {"A": "1"}), Settings("app", {"L": ["x", "y"]}, facet="L")], "fail"),
    ],
)
def test_a_schema_sees_all_statements(check, compiled, host, parts, outcome):
    [(sight, _)] = compiled(check(schema=SCHEMA)).judge(host("web01", parts))
    assert sight.judged.judgements[0].outcome == outcome


@pytest.mark.parametrize("body", ["nowhere:f", "tests.engine.bodies:nobody", "tests.engine.bodies:"])
def test_a_body_that_cannot_be_loaded_is_refused_before_anything_is_read(check, compiled, body):
    with pytest.raises(ContentError, match="T-ONE-001"):
        compiled(check(python=body))
