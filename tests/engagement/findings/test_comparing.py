"""Two stored results side by side: each answer from real audits, and a score whose parts mean something."""

from __future__ import annotations

import csv
import io
import json

import pytest

from auditor.app.findings import comparing
from auditor.app.findings.results import read
from auditor.engagement.changes import compare
from auditor.engagement.comparison import Change
from auditor.errors import ResultError
from auditor.reporting.reader import load_result
from tests.engagement.findings.conftest import CHECKS, changed, host, loaded

HOSTS = {"web01": host()}  # fails T-GEN-001 (high) and T-GEN-002 (low), passes T-GEN-003 (medium)


def told(old, new):
    """(check, thing) -> change of everything that is told, and the document."""
    runs = loaded(old), loaded(new)
    found = compare(runs[0].run, runs[1].run)
    told = {(one.key[0], one.key[2]): one.change for one in found.changed}
    return told, comparing.comparison_document(*runs, found)


@pytest.fixture
def before(audit):
    return audit("before", HOSTS)


def test_fixed_still_there_and_worse_again(audit, before):
    said, document = told(before, audit("after", {"web01": host(ksn="Yes", scans="9")}))
    assert said == {
        ("T-GEN-001", "web01"): Change.FIXED,
        ("T-GEN-002", "web01"): Change.PERSISTING,
        ("T-GEN-003", "web01"): Change.REGRESSED,
    }
    # before: medium of high, low and medium passes: 3 of 10; now only high: 6 of 10
    assert document["score"] == {"before": 30.0, "after": 60.0, "customer": 30.0, "yardstick": 0.0}
    assert document["counts"]["undecided"] == 2  # the questions
    assert sum(document["counts"].values()) == 5
    assert [(one["change"], one["check"], one["count"]) for one in document["groups"]] == [
        ("regressed", "T-GEN-003", 1),
        ("persisting", "T-GEN-002", 1),
        ("fixed", "T-GEN-001", 1),
    ]


def test_a_host_that_is_new_and_one_that_is_gone(audit, before):
    said, document = told(before, audit("after", {"web02": host()}))
    assert said == {
        ("T-GEN-001", "web02"): Change.NEW,
        ("T-GEN-002", "web02"): Change.NEW,
        ("T-GEN-001", "web01"): Change.NOT_COMPARABLE,
        ("T-GEN-002", "web01"): Change.NOT_COMPARABLE,
    }
    assert {one["why"] for one in document["groups"] if one["change"] == "not_comparable"} == {"thing_gone"}
    # nothing is common to both: what moved the score is no doing of the customer
    assert document["score"]["customer"] == 0.0


def test_a_setting_that_the_export_lacks_closes_nothing(audit, before):
    said, document = told(before, audit("after", {"web01": host().replace("UseKSN=No\n", "")}))
    assert said["T-GEN-001", "web01"] is Change.NOT_COMPARABLE
    [group] = [one for one in document["groups"] if one["change"] == "not_comparable"]
    assert (group["check"], group["why"]) == ("T-GEN-001", "key_absent")


def test_a_check_that_was_left_out_closes_nothing(audit, before):
    left = tuple(one for one in CHECKS if one["id"] != "T-GEN-001")
    said, document = told(before, audit("after", HOSTS, checks=left))
    assert said["T-GEN-001", "web01"] is Change.NOT_COMPARABLE
    [group] = [one for one in document["groups"] if one["check"] == "T-GEN-001"]
    assert (group["why"], group["title"]) == ("check_left_out", "KSN is used")


def test_a_check_that_was_not_made_before(audit, before):
    extra = (*CHECKS, {**CHECKS[1], "id": "T-NET-001", "expect": {"setting": "app.UseSyslog", "is": True}})
    extra[-1]["examples"] = [
        {"outcome": "pass", "given": {"app": {"UseSyslog": "Yes"}}},
        {"outcome": "fail", "given": {"app": {"UseSyslog": "No"}}},
    ]
    said, document = told(before, audit("after", HOSTS, checks=extra))
    assert said["T-NET-001", "web01"] is Change.NEWLY_CHECKED
    # 3 of 10 before, 3 of 11 now, and the customer changed nothing
    assert document["score"] == {"before": 30.0, "after": 27.3, "customer": 0.0, "yardstick": -2.7}


def test_other_words_of_a_check_leave_what_it_asks_for(audit, before):
    words = changed("T-GEN-001", title="KSN is used everywhere", rationale="The same reason in other words.")
    said, document = told(before, audit("after", {"web01": host(ksn="Yes")}, checks=words))
    assert said["T-GEN-001", "web01"] is Change.FIXED
    assert document["score"]["customer"] == 60.0


def test_a_check_with_another_meaning_is_another_yardstick(audit, before):
    said, document = told(before, audit("after", {"web01": host(ksn="Yes")}, checks=changed("T-GEN-001", revision=2)))
    assert said["T-GEN-001", "web01"] is Change.NOT_COMPARABLE
    [group] = [one for one in document["groups"] if one["check"] == "T-GEN-001"]
    assert group["why"] == "other_check"
    assert document["score"] == {"before": 30.0, "after": 90.0, "customer": 0.0, "yardstick": 60.0}


def test_a_baseline_that_asks_for_less_fixes_nothing(audit):
    hosts = {"web01": host(scans="9")}
    strict = audit("strict", hosts)
    said, document = told(strict, audit("loose", hosts, params={"T-GEN-003": {"most": 10}}))
    assert said["T-GEN-003", "web01"] is Change.NOT_COMPARABLE
    assert document["score"] == {"before": 0.0, "after": 30.0, "customer": 0.0, "yardstick": 30.0}


def test_another_severity_moves_the_yardstick(audit, before):
    _, document = told(before, audit("after", HOSTS, checks=changed("T-GEN-001", severity="low")))
    # 3 of 10 before, 3 of 5 now
    assert document["score"] == {"before": 30.0, "after": 60.0, "customer": 0.0, "yardstick": 30.0}


WAIVER = {"check": "T-GEN-001", "subjects": ["web01"], "reason": "A closed network", "approver": "Head of security"}


def test_accepted_and_no_longer_accepted(audit, before):
    accepted = audit("accepted", HOSTS, waivers=[{**WAIVER, "expires": "2027-01-31"}])
    said, document = told(before, accepted)
    assert said["T-GEN-001", "web01"] is Change.WAIVED
    [group] = [one for one in document["groups"] if one["change"] == "waived"]
    assert group["waived_until"] == "2027-01-31"
    ended = audit("ended", HOSTS, waivers=[{**WAIVER, "expires": "2026-12-08"}])
    said, document = told(accepted, ended)
    assert said["T-GEN-001", "web01"] is Change.WAIVER_EXPIRED
    assert document["score"]["after"] == 30.0  # an accepted failure is a failure


def test_what_an_older_version_did_not_write_is_said(audit, before):
    path = before / "result.json"
    document = json.loads(path.read_bytes())
    for entry in document["checks"]:
        del entry["sha256"], entry["settings"]
    path.write_text(json.dumps(document), encoding="utf-8")
    said, compared = told(before, audit("after", {"web01": host(ksn="Yes", riskware="Yes")},
                                        checks=changed("T-GEN-002", revision=2)))  # fmt: skip
    assert said["T-GEN-001", "web01"] is Change.FIXED  # the same revision
    assert said["T-GEN-002", "web01"] is Change.NOT_COMPARABLE  # another one
    assert [one["phrase"] for one in compared["notes"]] == ["note_unsaid_old", "note_questions"]
    assert compared["notes"][0]["parameters"]["members"] == "sha256, settings"


def test_only_questions_without_an_answer_are_said_to_wait(audit, before):
    """Two are asked. The answered one is compared like any verdict, so it must not be counted among the others."""
    answered = read(load_result(before), {("T-ASK-001", "estate", "estate"): "pass"})
    for now, waiting in ((loaded(before), 2), (answered, 1)):
        document = comparing.comparison_document(loaded(before), now, compare(loaded(before).run, now.run))
        [note] = [one for one in document["notes"] if one["phrase"] == "note_questions"]
        assert note["parameters"]["count"] == waiting


def test_a_stream_that_was_changed_is_refused(audit, before):
    many = audit("many", {f"web{number:03}": host() for number in range(201)})
    stream = many / "verdicts.ndjson"
    assert loaded(many).run.seen["T-GEN-001", "kesl.host", "web007"].outcome == "fail"
    stream.write_bytes(stream.read_bytes().replace(b'"fail"', b'"pass"', 1))
    with pytest.raises(ResultError, match="SHA-256"):
        loaded(many)


def test_a_damaged_result_is_named_and_nothing_crashes(audit, before):
    path = before / "result.json"
    whole = json.loads(path.read_bytes())
    for damage in (
        lambda one: one["verdicts"][0].pop("outcome"),
        lambda one: one["verdicts"][0].update(outcome="splendid"),
        lambda one: one["verdicts"][0].update(check_id="X-1"),
        lambda one: one["verdicts"][0].update(subject=None),
        lambda one: one["checks"][0].update(settings=7),
    ):
        broken = json.loads(json.dumps(whole))
        damage(broken)
        path.write_text(json.dumps(broken), encoding="utf-8")
        with pytest.raises(ResultError):
            loaded(before)


def test_the_command_in_three_forms(auditor, audit, before):
    after = audit("after", {"web01": host(ksn="Yes"), "web02": host()})
    said = auditor.said("compare", before, after)
    assert "Score: 30 before, 60 now (+30)" in said  # 9 of 10 on web01, 3 of 10 on web02
    assert max(map(len, said.splitlines())) <= 80
    assert "Fixed (1)" in said
    document = auditor.json("compare", before, after)
    assert document["counts"]["new"] == 2
    assert [one["things"][0]["name"] for one in document["groups"] if one["change"] == "new"] == ["web02", "web02"]
    rows = list(csv.DictReader(io.StringIO(auditor.said("compare", before, after, "--format", "csv"))))
    assert [(row["change"], row["check"], row["name"], row["outcome_before"], row["outcome_now"]) for row in rows] == [
        ("new", "T-GEN-001", "web02", "", "fail"),
        ("new", "T-GEN-002", "web02", "", "fail"),
        ("persisting", "T-GEN-002", "web01", "fail", "fail"),
        ("fixed", "T-GEN-001", "web01", "fail", "pass"),
    ]


@pytest.mark.parametrize(
    ("language", "word"),
    [("es", "Corregido (1)"), ("it", "Risolto (1)"), ("ru", "Исправлено (1)"), ("pt", "Corrigida")],
)
def test_every_language_tells_it(auditor, audit, before, language, word):
    after = audit("after", {"web01": host(ksn="Yes").replace("DetectOtherObjects=No\n", "")})
    said = auditor.said("compare", before, after, "--language", language)
    assert word in said
    assert max(map(len, said.splitlines())) <= 80
