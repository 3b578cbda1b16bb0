"""What a delivery prints beside the result, in the form of the published document."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files

from jsonschema import Draft202012Validator

from auditor.app.findings import judging
from auditor.app.findings.current import Target
from auditor.app.findings.judging import Accepted
from auditor.app.findings.layer import human_layer
from tests.engagement.conftest import act
from tests.engagement.findings.conftest import host

SCHEMA = json.loads((files("auditor.sdk") / "schemas" / "engagement.schema.json").read_text(encoding="utf-8"))


def say(scene, years, step):
    found = years.findings()["T-GEN-001", "web01"]
    with scene.writing() as writing:
        step(writing, Target(found.identity, found.label, found, "fail", "high", "", "HC-0002"))


def layer(scene, result, ident, hosts, *moment):
    with scene.reading() as reading:
        return human_layer(reading, ident, result(f"{ident}-draft", hosts, as_of="2027-12-09"), act(*moment).at)


def test_the_first_delivery_has_nothing_before_it(scene, engagement, result):
    made = layer(scene, result, engagement(), {"web01": host()}, 2026, 12, 9, 9)
    assert (made.judgements, made.comparison) == ([], None)


def test_judgements_and_comparison_fit_the_published_document(scene, years, engagement, result):
    years.deliver(2026, {"web01": host()})
    engagement("madrid", 2027, 11, 2, 9)
    say(scene, years, lambda writing, meant: judging.note(writing, meant, "Seen together", act(2027, 12, 1, 9)))
    say(scene, years, lambda writing, meant: judging.rate(writing, meant, "low", "A test host", act(2027, 12, 1, 9)))
    accepted = Accepted("person:P-0002", "A closed network", date(2027, 12, 31))
    say(scene, years, lambda writing, meant: judging.waive(writing, meant, accepted, act(2027, 12, 1, 9)))
    made = layer(scene, result, "HC-0002", {"web01": host(), "web02": host()}, 2027, 12, 9, 9)
    members = SCHEMA["properties"]
    for name, value in (("judgements", made.judgements), ("comparison", made.comparison)):
        Draft202012Validator({**members[name], "$defs": SCHEMA["$defs"]}).validate(value)
    [judgement] = made.judgements
    assert (judgement["check_id"], judgement["subject"]) == ("T-GEN-001", {"kind": "kesl.host", "key": "web01"})
    assert judgement["rating"]["severity"] == "low"
    assert (judgement["waiver"]["approver"], judgement["waiver"]["state"]) == ("Manager of madrid", "expiring")
    assert [note["text"] for note in judgement["notes"]] == ["Seen together"]
    told = {(one["change"], one["check"]) for one in made.comparison["groups"]}
    assert told == {
        ("waived", "T-GEN-001"), ("persisting", "T-GEN-002"), ("new", "T-GEN-001"), ("new", "T-GEN-002"),
    }  # fmt: skip


def test_the_last_decided_answer_counts_and_not_merely_the_last_delivery(scene, years, engagement, result):
    years.deliver(2026, {"web01": host()})
    years.deliver(2027, {"web01": host().replace("UseKSN=No\n", "")})
    engagement("madrid", 2028, 11, 2, 9)
    made = layer(scene, result, "HC-0003", {"web01": host(ksn="Yes")}, 2028, 12, 9, 9)
    assert ("fixed", "T-GEN-001") in {(one["change"], one["check"]) for one in made.comparison["groups"]}


def test_comments_of_other_years_are_not_printed_again(scene, years, engagement, result):
    years.deliver(2026, {"web01": host()})
    found = years.findings()["T-GEN-001", "web01"]
    with scene.writing() as writing:
        meant = Target(found.identity, found.label, found, "fail", "high", "", "HC-0001")
        judging.note(writing, meant, "Of last year", act(2026, 12, 20, 9))
    engagement("madrid", 2027, 11, 2, 9)
    assert layer(scene, result, "HC-0002", {"web01": host()}, 2027, 12, 9, 9).judgements == []


def test_names_stand_in_no_event(scene, years):
    years.deliver(2026, {"web01": host()})
    accepted = Accepted("Manager of madrid", "A closed network", date(2027, 12, 31))
    say(scene, years, lambda writing, meant: judging.waive(writing, meant, accepted, act(2026, 12, 20, 9)))
    assert years.findings()["T-GEN-001", "web01"].waiver.approver == "person:P-0002"
