"""Programmes from folders, and files that must be refused with file and place."""

from __future__ import annotations

import json
import shutil

import pytest

from auditor.accounts.programme_files import read_programme
from auditor.accounts.programmes import Target, load_programmes
from auditor.errors import ContentError, UsageProblem


def without(*path):
    def change(document):
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


def put(value, *path):
    def change(document):
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


SOURCE = {"us-page": None}
REFUSED = {
    "cell without source": (without("max_contacts", "source"), "/max_contacts", "'source' is a required property"),
    "target without source": (without("targets", "1", "source"), "/targets/1", "'source' is a required property"),
    "empty source": (put({}, "max_contacts", "source"), "/max_contacts/source", "{} "),
    "source that is not listed": (
        put({"sheet-xx": None}, "entitlements", "tam", "source"),
        "/entitlements/tam/source/sheet-xx",
        "there is no source 'sheet-xx'",
    ),
    "more than a few printed words": (put({"us-page": "x" * 61}, "avdb_progress", "source"), "/avdb_progress", "x"),
    "guaranteed without value": (without("targets", "1", "value"), "/targets/1", "'value' is a required property"),
    "guaranteed nothing": (put(0, "targets", "1", "value"), "/targets/1/value", "less than the minimum of 1"),
    "none with a value": (put(6, "targets", "4", "value"), "/targets/4/value", "does not belong here"),
    "none with a unit": (put("business_hour", "targets", "4", "unit"), "/targets/4/unit", "does not belong here"),
    "no unit, yet certain": (without("targets", "1", "unit"), "/targets/1", "'unit' is a required property"),
    "no unit, marked false": (put(False, "targets", "3", "uncertain"), "/targets/3", "'unit' is a required property"),
    "unknown unit": (put("day", "targets", "1", "unit"), "/targets/1/unit", "'day' is not one of"),
    "other reading of what is certain": (
        put("business_hour", "targets", "1", "alternative_unit"),
        "/targets/1/alternative_unit",
        "does not belong here",
    ),
    "other reading that is the same": (
        put(
            {"kind": "guaranteed", "value": 1, "unit": "business_hour", "alternative_unit": "business_hour",
             "uncertain": True, "note": "not clear at all", "source": SOURCE},
            "targets", "1",
        ),
        "/targets/1/alternative_unit",
        "is the same as the unit",
    ),
    "a level is missing": (without("targets", "3"), "/targets", "'3' is a required property"),
    "a fifth level": (put({"kind": "none", "source": SOURCE}, "targets", "5"), "/targets", "'5' was unexpected"),
    "an entitlement is missing": (without("entitlements", "tam"), "/entitlements", "'tam' is a required property"),
    "unknown key": (put("x", "colour"), "/", "'colour' was unexpected"),
    "unknown key in a cell": (put("x", "max_contacts", "colour"), "/max_contacts", "'colour' was unexpected"),
    "neither value nor unknown": (
        put({"source": SOURCE}, "premium_quota"),
        "/premium_quota",
        "needs exactly one of value, unknown and not_applicable",
    ),
    "both value and unknown": (
        put({"source": SOURCE, "value": 1, "unknown": True, "note": "both at once"}, "premium_quota"),
        "/premium_quota",
        "needs exactly one of value, unknown and not_applicable",
    ),
    "null in place of unknown": (put(None, "max_contacts", "value"), "/max_contacts/value", "None is not of type"),
    "default of what is known": (put(True, "entitlements", "avdb", "default"), "/entitlements/avdb", "'unknown'"),
    "uncertain without note": (put(True, "max_contacts", "uncertain"), "/max_contacts", "'note' is a required"),
    "reconciled without note": (put(True, "targets", "1", "reconciled"), "/targets/1", "'note' is a required"),
    "unknown without note": (without("off_hours_call", "note"), "/off_hours_call", "'note' is a required property"),
    "phrase that does not exist": (
        put("note_not_there", "off_hours_call", "note"),
        "/off_hours_call/note",
        "there is no phrase 'note_not_there'",
    ),
    "phrase with parameters": (put("row_level", "terms", 0, "text"), "/terms/0/text", "there is no phrase"),
    "quota as text": (put("many", "premium_quota", "value"), "/premium_quota/value", "needs a count, or unlimited"),
    "negative quota": (put(-1, "premium_quota", "value"), "/premium_quota/value", "needs a count, or unlimited"),
    "quota true": (put(True, "premium_quota", "value"), "/premium_quota/value", "needs a count, or unlimited"),
    "unknown channel": (put(["pigeon"], "channels", "value"), "/channels/value/0", "'pigeon' is not one of"),
    "steps out of order": (put(2, "avdb_steps", 0, "number"), "/avdb_steps", "must be numbered 1, 2, 3"),
    "informed by nobody": (
        put({"value": "tam", "source": SOURCE}, "avdb_progress"),
        "/avdb_progress",
        "differs from who informs in the steps",
    ),
    "id with blanks": (put("MSA Plus", "id"), "/id", "'MSA Plus' does not match"),
    "version zero": (put(0, "version"), "/version", "less than the minimum of 1"),
    "plain http": (put(["http://support.kaspersky.com"], "links"), "/links/0", "does not match"),
}  # fmt: skip


def test_the_document_to_be_broken_is_sound(plus, read):
    assert read(plus).id == "msa-plus"


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_file_and_pointer(plus, read, case):
    change, pointer, message = REFUSED[case]
    change(plus)
    with pytest.raises(ContentError) as caught:
        read(plus)
    place, _, found = caught.value.where.partition(", ")
    assert place == "mine.yaml"
    assert found.startswith(pointer)
    assert message in caught.value.message
    assert "auditor schema programme" in caught.value.hint


def test_unit_may_be_missing_where_it_is_uncertain(plus, read):
    target = read(plus).targets[3]
    assert (target.value, target.unit, target.marks, target.duration()) == (9, None, ("uncertain",), None)


def test_duplicate_key_names_its_line(plus_folder):
    text = (plus_folder / "msa-plus.yaml").read_text("utf-8")
    line = text.count("\n") + 1
    with pytest.raises(ContentError, match=rf"mine.yaml, line {line}: duplicate key 'version'"):
        read_programme(f"{text}version: 2\n".encode(), "mine.yaml")


def test_broken_yaml_names_its_line():
    with pytest.raises(ContentError, match=r"mine.yaml, line 2"):
        read_programme(b"id: [one\nname: two\n", "mine.yaml")


def test_wrong_encoding_names_the_byte():
    with pytest.raises(ContentError, match=r"mine.yaml, byte 6: not UTF-8"):
        read_programme("name: É".encode("latin-1"), "mine.yaml")


def test_a_list_is_no_programme():
    with pytest.raises(ContentError, match=r"mine.yaml, /: .* is not of type 'object'"):
        read_programme(b"- id: one\n", "mine.yaml")


# RULE-ACC-1
def test_further_programme_takes_its_place(plus_folder):
    found = load_programmes([plus_folder])
    assert list(found) == ["standard", "msa-start", "msa-plus", "msa-business", "msa-enterprise", "enhanced-tam"]
    assert (found["msa-plus"].premium_quota.value, found["msa-plus"].max_contacts.value) == (12, 2)
    assert "msa-plus" not in load_programmes()


def store(folder, name, document):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return folder


def test_higher_version_is_in_force_and_older_editions_are_found(plus, tmp_path):
    old = {**plus, "edition": {"value": "2022", "source": SOURCE}}
    new = {
        **plus,
        "version": 2,
        "edition": {"value": "2024", "source": SOURCE},
        "premium_quota": {"value": 13, "source": SOURCE},
    }
    # the order of files and folders does not matter
    folders = [store(tmp_path / "a", "new.yaml", new), store(tmp_path / "b", "old.yaml", old)]
    for order in (folders, folders[::-1]):
        found = load_programmes(order)
        assert (found["msa-plus"].version, found["msa-plus"].premium_quota.value) == (2, 13)
        assert found.find("msa-plus").edition == "2024"
        assert found.find("msa-plus", "2022").premium_quota.value == 12
        assert [programme.version for programme in found.versions() if programme.id == "msa-plus"] == [1, 2]


def test_newest_version_of_an_edition_is_found(plus, tmp_path):
    edition = {"edition": {"value": "2022", "source": SOURCE}}
    for version, quota in ((1, 12), (2, 14)):
        store(
            tmp_path / "a",
            f"{version}.yaml",
            {**plus, **edition, "version": version, "premium_quota": {"value": quota, "source": SOURCE}},
        )
    assert load_programmes([tmp_path / "a"]).find("msa-plus", "2022").premium_quota.value == 14


def test_shipped_programme_can_be_replaced_by_a_higher_version_only(plus, tmp_path):
    folder = store(tmp_path / "a", "start.yaml", {**plus, "id": "msa-start", "version": 2})
    assert load_programmes([folder])["msa-start"].premium_quota.value == 12
    folder = store(tmp_path / "b", "start.yaml", {**plus, "id": "msa-start"})
    with pytest.raises(ContentError) as caught:
        load_programmes([folder])
    assert caught.value.where == str(folder / "start.yaml")
    assert caught.value.message == "msa-start version 1 is already defined otherwise by msa-start.yaml"
    assert load_programmes()["msa-start"].premium_quota.value == 6


def test_standard_support_comes_first_whatever_others_are_called(plus, tmp_path):
    folder = store(tmp_path / "a", "a.yaml", {**plus, "id": "a", "premium_quota": {"value": 0, "source": SOURCE}})
    assert list(load_programmes([folder]))[:2] == ["standard", "a"]


def test_same_file_twice_is_one(plus_folder, tmp_path):
    shutil.copy(plus_folder / "msa-plus.yaml", tmp_path / "copy.yaml")
    assert len(load_programmes([plus_folder, tmp_path]).versions()) == 6


def test_error_names_the_file_in_its_folder(plus, tmp_path):
    folder = store(tmp_path / "a", "plus.yaml", {**plus, "paid": "perhaps"})
    with pytest.raises(ContentError) as caught:
        load_programmes([folder])
    assert caught.value.where == f"{folder / 'plus.yaml'}, /paid"


def test_folder_without_programmes_is_a_mistake(tmp_path):
    with pytest.raises(UsageProblem, match="holds no programme"):
        load_programmes([tmp_path])
    with pytest.raises(UsageProblem, match="does not exist"):
        load_programmes([tmp_path / "nowhere"])


def test_what_is_not_found_is_told_with_what_there_is():
    found = load_programmes()
    with pytest.raises(UsageProblem, match=r"there is no programme 'msa-gold'.*msa-start"):
        found.find("msa-gold")
    with pytest.raises(UsageProblem, match=r"msa-start has no edition '1999' .it has 2023."):
        found.find("msa-start", "1999")


def test_content_hash_follows_the_bytes(plus, read):
    first = read(plus).sha256
    plus["name"] = "MSA plus"
    assert len(first) == 64
    assert read(plus).sha256 != first


def test_targets_survive_their_document():
    for programme in load_programmes().values():
        for target in programme.targets.values():
            assert Target.from_document(json.loads(json.dumps(target.to_document()))) == target
