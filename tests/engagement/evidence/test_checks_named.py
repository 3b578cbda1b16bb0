"""Every check of a result is named by the hash of its document and by the settings it looks at."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from auditor.app.wording import looked_at
from auditor.engine.catalogue import Root, load_catalogue
from auditor.sdk.check import Check
from auditor.sdk.strict_yaml import load

CHECK = """
id: {id}
revision: 1
title: The name is the one that was chosen
severity: low
confidence: high
product: kesl
subject: kesl.host
expect: {{setting: info.Name, in: [{value}]}}
rationale: A reason that is long enough to be one.
recommendation: Do what is recommended.
remediation: [Do it with the console.]
effort: low
change_risk: low
verify: Export again and look.
references: [{{title: A page}}]
tags: [x]
frameworks: []
messages: {{fail: The name is another one.}}
examples:
  - {{outcome: pass, given: {{info: {{Name: é}}}}}}
"""


def checks_of(folder: Path) -> dict[str, Check]:
    return dict(load_catalogue([Root("own", folder / "checks")], folder / "cache").checks)


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "own" / "checks"
    found.mkdir(parents=True)
    (found / "OWN-ONE-001.yaml").write_text(CHECK.format(id="OWN-ONE-001", value="é"), "utf-8")
    (found / "OWN-ONE-002.yaml").write_text(CHECK.format(id="OWN-ONE-002", value="e"), "utf-8")
    return tmp_path / "own"


def test_the_hash_is_that_of_the_canonical_document(folder):
    text = (folder / "checks" / "OWN-ONE-001.yaml").read_text("utf-8")
    # another implementation of the same form: sorted keys, no spaces, UTF-8
    plain = json.dumps(load(text, "x"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert checks_of(folder)["OWN-ONE-001"].sha256 == hashlib.sha256(plain.encode()).hexdigest()


def test_the_cached_catalogue_names_the_same_checks(folder):
    first = {name: check.sha256 for name, check in checks_of(folder).items()}
    again = {name: check.sha256 for name, check in checks_of(folder).items()}
    assert first == again
    assert len(set(first.values())) == len(first)
    assert all(len(value) == 64 for value in first.values())


def test_the_layout_of_a_file_is_not_the_check_but_every_word_is(folder):
    before = checks_of(folder)["OWN-ONE-001"].sha256
    file = folder / "checks" / "OWN-ONE-001.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("rationale: A", "rationale:    A"), "utf-8")
    assert checks_of(folder)["OWN-ONE-001"].sha256 == before
    file.write_text(text.replace("rationale: A", "rationale: Another"), "utf-8")
    assert checks_of(folder)["OWN-ONE-001"].sha256 != before


def test_settings_of_every_form():
    def check(**body):
        return Check("X", body, "area", "test")

    nested = {"all": [{"setting": "b.B", "equals": 1}, {"each": "a.L", "of": {"setting": ".", "in": [1]}}]}
    assert looked_at(check(when={"setting": "c.C", "exists": True}, expect=nested)) == ["a.L", "b.B", "c.C"]
    fragment = {"properties": {"P": {"properties": {"Q": {"maximum": 1}}}, "O": {"const": 1}}}
    assert looked_at(check(schema={"area": "z", "needs": [], "schema": fragment})) == ["z.O", "z.P.Q"]
    assert looked_at(check(python="m:f", reads=["licence", "info"])) == ["info", "licence"]
    assert looked_at(check(python="m:f")) == []
    assert looked_at(check(manual={"question": "?", "evidence": "e"})) == []
