"""The compiled copy of the catalogue is never stale, and its loss changes nothing but time."""

from __future__ import annotations

import os

import orjson
import pytest

from auditor.engine.catalogue import Root, load_catalogue
from auditor.errors import ContentError

CHECK = """\
id: T-ONE-001
revision: 1
title: {title}
severity: low
confidence: high
product: kesl
subject: kesl.host
expect: {{setting: app.Value, is: yes}}
rationale: Because a test needs some text here.
recommendation: Set the value to Yes.
remediation: [do it]
effort: low
change_risk: low
verify: Look at it again.
references: [{{title: field practice}}]
tags: []
examples:
  - {{outcome: pass, given: {{app: {{Value: "Yes"}}}}}}
"""


@pytest.fixture
def content(tmp_path):
    folder = tmp_path / "content" / "kesl"
    folder.mkdir(parents=True)
    (folder / "T-ONE-001.yaml").write_text(CHECK.format(title="The first title"))
    return tmp_path / "content"


def load(content, cache):
    return load_catalogue([Root("content", content)], cache)


def test_a_changed_file_is_seen(content, tmp_path):
    cache = tmp_path / "cache"
    first = load(content, cache)
    assert load(content, cache).checks["T-ONE-001"].title == "The first title"
    (content / "kesl" / "T-ONE-001.yaml").write_text(CHECK.format(title="The other title"))
    second = load(content, cache)
    assert second.checks["T-ONE-001"].title == "The other title"
    assert second.sha256 != first.sha256
    assert len(list(cache.iterdir())) == 1


def test_the_copy_is_used(content, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    load(content, cache)
    monkeypatch.setattr("auditor.engine.catalogue._parse", lambda _: pytest.fail("parsed again"))
    assert load(content, cache).checks["T-ONE-001"].title == "The first title"


def test_a_wrong_file_is_refused_every_time(content, tmp_path):
    (content / "kesl" / "T-ONE-001.yaml").write_text(CHECK.format(title="The first title") + "surplus: 1\n")
    for _ in range(2):
        with pytest.raises(ContentError, match="surplus"):
            load(content, tmp_path / "cache")


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"null", b"[]", b"[{}]", b"{}", b'[{"kind":"check"}]', b"[1]", "cut", "doubled", "renamed"],
    ids=repr,
)
def test_a_damaged_copy_is_ignored(content, tmp_path, damage):
    cache = tmp_path / "cache"
    load(content, cache)
    [copy] = cache.iterdir()
    whole = copy.read_bytes()
    if damage == "cut":
        damage = whole[: len(whole) // 2]
    elif damage == "doubled":
        damage = orjson.dumps(orjson.loads(whole) * 2)
    elif damage == "renamed":
        damage = whole.replace(b"T-ONE-001.yaml", b"T-TWO-001.yaml")
    copy.write_bytes(damage)
    assert load(content, cache).checks["T-ONE-001"].title == "The first title"


def test_a_folder_that_cannot_be_written_is_fine(content, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert load(content, blocked / "cache").checks
    assert load(content, None).checks
    if os.geteuid() != 0:
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        assert load(content, locked).checks


def test_two_files_may_not_claim_one_id(content, tmp_path):
    (content / "other").mkdir()
    (content / "other" / "T-ONE-001.yaml").write_text(CHECK.format(title="A third title"))
    for _ in range(2):
        with pytest.raises(ContentError, match="already defined"):
            load(content, tmp_path / "cache")
