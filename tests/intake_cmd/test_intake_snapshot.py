"""Everything that was read is in the snapshot exactly once."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from auditor.app import intake as intake_module
from auditor.errors import UsageProblem


def scalars(value):
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in scalars(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in scalars(item)]
    return [value]


def pairs(value, name=""):
    """(last key that is a word, value) of every scalar."""
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in pairs(item, key)]
    if isinstance(value, list):
        return [pair for item in value for pair in pairs(item, name)]
    return [(name, value)]


def stated_pairs(text):
    """The same, read from an export without the reader. A line without its end may be cut off inside the value."""
    for line in text.splitlines(keepends=True):
        match = re.match(r"([A-Za-z][\w.]*)=(.*)\n", line)
        if match:
            words = [word for word in match[1].split(".") if not word.startswith("item_")]
            yield words[-1], match[2]


def test_each_file_arrives_with_as_many_values_as_were_read(intake, acme):
    report, lines = intake.snapshot(acme)
    arrived = Counter()
    for line in lines:
        number = len(line["values"]) if line["area"] == "row" else len(scalars(line["values"]))
        arrived[line["file"]] += number
    stated = {row["path"]: row["values"] for row in report["inputs"] if row.get("values")}
    assert +arrived == stated
    assert sum(arrived.values()) == report["summary"]["values"] > 3_000


@pytest.mark.parametrize("name", ["kesl/db01/export.ini", "kesl/web01/export.ini", "broken/db02-export.ini"])
def test_each_line_of_a_full_export_arrives(intake, acme, name):
    stated = Counter(stated_pairs((acme / name).read_text("utf-8")))
    _, lines = intake.snapshot(acme / name)
    arrived = Counter(pair for line in lines for pair in pairs(line["values"]))
    missing, new = stated - arrived, arrived - stated
    # the version of the product belongs to the subject, a password in a proxy's address is masked
    assert {key for key, _ in missing} <= {"Version", "ProxyServer"}
    assert all("***" in value for _, value in new)
    assert arrived.total() == stated.total() - 1


def unwrapped(value):
    if isinstance(value, dict):
        if value.keys() == {"type", "value"}:
            return unwrapped(value["value"])
        return {key: unwrapped(item) for key, item in value.items()}
    return [unwrapped(item) for item in value] if isinstance(value, list) else value


def test_each_value_of_a_policy_and_of_a_device_arrives(intake, acme):
    _, lines = intake.snapshot(acme)
    by_file = {}
    for line in lines:
        by_file.setdefault(line["file"].removeprefix("acme/"), []).append(line)
    for name in ("ksc/SsContents.Ss_Read.2.KLNAG_SVCPRT.json", "ksc/SsContents.Ss_Read.1.KLEVP_NF_SECTION.json"):
        answer = json.loads((acme / name).read_bytes())["response"]["PxgRetVal"]
        stated = Counter(map(repr, scalars(unwrapped(answer))))
        arrived = Counter(map(repr, (leaf for line in by_file[name] for leaf in scalars(line["values"]))))
        locks = sum(len(line["locks"]) for line in by_file[name])
        assert locks > 0
        assert not arrived - stated
    name = "ksc/ChunkAccessor.GetItemsChunk.0F3A-hosts.2.json"
    answer = json.loads((acme / name).read_bytes())["response"]["pChunk"]["KLCSP_ITERATOR_ARRAY"]
    rows = [line["values"] for line in by_file[name] if line["area"] == "row"]
    assert rows == unwrapped(answer)


def test_sections_stand_under_their_policy_and_places_are_told(intake, acme):
    _, lines = intake.snapshot(acme)
    line = next(line for line in lines if line["area"] == "section.KLNAG_SVCPRT")
    assert line["kind"] == "ksc.policy"
    assert line["name"] == "Network Agent - standard"
    assert line["pointer"] == "/response/PxgRetVal"
    assert all(set(lock) == {"path", "own", "above", "inherited", "policy", "group"} for lock in line["locks"])
    kesl = next(line for line in lines if line["file"].endswith("db01/export.ini") and line["area"] == "net")
    assert (acme / "kesl/db01/export.ini").read_text("utf-8").splitlines()[kesl["line"] - 1] == "[NetSettings]"


def test_what_the_tool_works_out_is_not_in_it(intake, acme):
    _, lines = intake.snapshot(acme)
    assert "fleet" not in {line["area"] for line in lines}
    assert "FullName" not in {name for line in lines for name, _ in pairs(line["values"])}


def test_a_list_in_several_answers_is_not_merged(intake, acme):
    _, lines = intake.snapshot(acme)
    pages = [line for line in lines if line["area"] == "row"]
    assert len({(line["file"], line["pointer"]) for line in pages}) == len(pages) > 50


def test_cut_off_parts_say_so(intake, acme):
    _, lines = intake.snapshot(acme / "broken/db02-export.ini")
    cut = {line["area"] for line in lines if not line["complete"]}
    assert cut
    assert all(line["complete"] for line in lines if line["area"] == "app")


def test_secrets_are_masked(intake, tmp_path, export):
    text = export.decode().replace("ProxyServer=", "ProxyServer=http://agent:Hunter22@proxy.acme.example:3128")
    (tmp_path / "export.ini").write_text(text, encoding="utf-8")
    intake.snapshot(tmp_path / "export.ini")
    stored = intake.snapshot_path.read_text("utf-8")
    assert "Hunter22" not in stored
    assert "proxy.acme.example" in stored


def test_secrets_of_devices_are_masked(intake, tmp_path, acme):
    name = "ChunkAccessor.GetItemsChunk.0F3A-hosts.2.json"
    text = (acme / "ksc" / name).read_text("utf-8")
    planted = text.replace('"KLHST_WKS_DN":', '"AdminPassword":"Hunter22","Comment":"token=Hunter22","KLHST_WKS_DN":')
    (tmp_path / name).write_text(planted, encoding="utf-8")
    assert "Hunter22" not in json.dumps(intake.snapshot(tmp_path / name))


def test_the_same_input_gives_the_same_bytes(intake, acme):
    intake.snapshot(acme)
    first = intake.snapshot_path.read_bytes()
    intake.snapshot(acme)
    assert intake.snapshot_path.read_bytes() == first


def test_in_the_folder_that_is_read_it_is_no_input(intake, tmp_path, export):
    (tmp_path / "out" / "web01").mkdir(parents=True)
    (tmp_path / "out" / "web01" / "export.ini").write_bytes(export)
    for _ in range(2):
        report, _ = intake.snapshot(tmp_path / "out")
        assert [row["path"] for row in report["inputs"]] == ["out/web01/export.ini"]


def test_a_failing_run_leaves_the_old_snapshot_alone(intake, tmp_path, acme, monkeypatch):
    intake.snapshot(acme / "ksws")
    before = intake.snapshot_path.read_bytes()

    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(intake_module, "read_found", fail)
    with pytest.raises(MemoryError):
        intake.run(acme / "ksws", "--snapshot", intake.snapshot_path)
    assert intake.snapshot_path.read_bytes() == before
    assert [path.name for path in intake.snapshot_path.parent.iterdir()] == ["snapshot.ndjson"]


def test_it_keeps_the_permissions_of_the_one_before(intake, tmp_path, acme):
    intake.snapshot(acme / "ksws")
    intake.snapshot_path.chmod(0o600)
    intake.snapshot(acme / "ksws")
    assert intake.snapshot_path.stat().st_mode & 0o777 == 0o600


def test_what_another_run_has_half_written_is_no_input(intake, tmp_path, export):
    (tmp_path / "out" / "web01").mkdir(parents=True)
    (tmp_path / "out" / "web01" / "export.ini").write_bytes(export)
    (tmp_path / "out" / f"{intake.snapshot_path.name}.0a1b2c3d.partial").write_text("{")
    report, _ = intake.snapshot(tmp_path / "out")
    assert [row["path"] for row in report["inputs"]] == ["out/web01/export.ini"]


def test_a_folder_that_is_not_there_is_said(intake, tmp_path, acme):
    with pytest.raises(UsageProblem, match=r"nowhere.*cannot be written"):
        intake.run(acme / "ksws", "--snapshot", tmp_path / "nowhere" / "x.ndjson")


def test_text_that_json_cannot_hold_is_written_as_text(intake, tmp_path):
    (tmp_path / "kesl.ini").write_text("[General]\nPackageType=deb\nNumber=123456789012345678901234567890\n", "utf-8")
    _, lines = intake.snapshot(tmp_path / "kesl.ini")
    assert lines[0]["values"]["Number"] == "123456789012345678901234567890"
