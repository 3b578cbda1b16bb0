"""The report of an intake: what is there, what became of each file, what is missing."""

from __future__ import annotations

import json
import re
import zipfile
from importlib.resources import files

import jsonschema
import pytest

from auditor.app.intake import IntakeRequest, run_intake
from auditor.errors import UsageProblem


def gap(report, product, step):
    found = [row for row in report["missing"] if row["product"] == product and row["steps"][:1]]
    return next((row for row in found if row["steps"][0]["id"] == step), None)


def found(report, kind):
    return next(row for row in report["found"] if row["kind"] == kind)


def test_json_is_as_published(intake, acme):
    schema = json.loads((files("auditor.sdk") / "schemas" / "intake.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(intake.json(acme))


def test_an_empty_folder_is_said_to_be_empty(intake, tmp_path):
    (tmp_path / "empty").mkdir()
    said = intake.text(tmp_path / "empty").splitlines()
    assert said[:2] == ["0 files: there is nothing to read", "No file lies there. Below is what to export."]


def test_every_file_is_told_once(intake, acme):
    report = intake.json(acme)
    paths = [row["path"].removeprefix("acme/") for row in report["inputs"]]
    on_disk = {str(path.relative_to(acme)) for path in acme.rglob("*") if path.is_file()}
    assert set(paths) == on_disk
    assert (
        len(paths) == len(on_disk) == report["summary"]["files"] == sum(report["summary"]["files_by_status"].values())
    )


def test_text_tells_what_became_of_troubled_files(intake, acme):
    text = intake.text(acme)
    assert re.search(r"^Broken: 2$", text, re.MULTILINE)
    assert "acme/broken/db02-export.ini" in text
    assert re.search(r"line \d+: the export ends inside a line", text)
    assert re.search(r"^Recognised but not readable: 2$", text, re.MULTILINE)
    assert "acme/policies/KES-workstations.klp" in text
    assert "What helps: export the policy through the interface of Security Center" in text
    assert re.search(r"^Not recognised: 1$", text, re.MULTILINE)


def test_files_that_nobody_knows_hide_none_that_is_broken(intake, acme, tmp_path):
    folder = tmp_path / "came"
    folder.mkdir()
    for number in range(60):
        (folder / f"a{number:02}.dat").write_bytes(b"no export")
    (folder / "z-host.ini").write_bytes((acme / "broken" / "db02-export.ini").read_bytes())
    text = intake.text(folder)
    assert re.search(r"^Broken: 1\n  .*z-host\.ini$", text, re.MULTILINE)
    assert "and 10 more; --format json names every one" in text


def test_text_counts_the_files_that_were_read(intake, acme):
    text = intake.text(acme)
    section = text.split("\nRead\n")[1].split("\n\n")[0]
    numbers = [int(line.split()[-2]) for line in section.splitlines()[1:]]
    assert sum(numbers) == intake.json(acme)["summary"]["files_by_status"]["read"]


def test_subjects_have_version_values_and_areas(intake, acme):
    subjects = {row["name"]: row for row in found(intake.json(acme), "kesl.host")["subjects"]}
    assert subjects["web01"]["version"] == "11.1.0.3013"
    assert {"app", "net", "info", "licence", "task.Update"} <= set(subjects["web01"]["areas"])
    assert "ini" not in subjects["web01"]["areas"]
    assert subjects["db02"]["incomplete"] != []
    assert subjects["web01"]["incomplete"] == []


def test_devices_are_counted(intake, acme):
    report = intake.json(acme)
    assert [(row["server"], row["listed"]) for row in report["devices"]] == [("ksc01", 62)]
    assert "ksc01: 62 devices listed" in intake.text(acme)


def test_a_list_of_which_a_page_is_missing_is_told(intake, acme, tmp_path):
    report = intake.json(acme)
    assert [(row["server"], row["list"]) for row in report["lists_not_whole"]] == [("ksc01", "host")]
    assert "kiosks" in report["lists_not_whole"][0]["why"]
    assert "ksc01: the list of devices is not whole" in intake.text(acme)
    name = "ChunkAccessor.GetItemsChunk.0F3A-hosts.2.json"  # begins at 40: the page before it is not there
    (tmp_path / name).write_bytes((acme / "ksc" / name).read_bytes())
    assert intake.json(tmp_path / name)["lists_not_whole"] != []


def test_a_list_shorter_than_the_server_said_is_told(intake, acme, tmp_path):
    for name in (
        "HostGroup.FindHosts.json",
        "ChunkAccessor.GetItemsChunk.0F3A-hosts.1.json",
        "Tasks.GetTaskData.101.json",
    ):
        (tmp_path / name).write_bytes((acme / "ksc" / name).read_bytes())
    why = {row["list"]: row["why"] for row in intake.json(tmp_path)["lists_not_whole"]}
    assert "40 of 59 stated by the server" in why["host"]
    assert why["task"] == "no file lists them all"
    assert "ksc01: the list of tasks is not whole" in intake.text(tmp_path)


def test_lists_that_are_whole_are_not_suspected(intake, acme):
    assert intake.json(acme / "ksc")["lists_not_whole"] == []


def test_what_is_missing_names_hosts_and_commands(intake, acme):
    row = gap(intake.json(acme), "kesl", "ini")
    assert row["names"] == ["db02", "db01", "web01"]  # files01 has its kesl.ini
    assert row["areas"] == {"ini": 3}
    text = intake.text(acme)
    assert "cp /var/opt/kaspersky/kesl/common/kesl.ini kesl.ini" in text
    assert "For db02, db01, web01" in text


def test_the_guide_of_the_sister_product_is_quoted(intake, tmp_path, export):
    (tmp_path / "kics" / "plc01").mkdir(parents=True)
    (tmp_path / "kics" / "plc01" / "export.ini").write_bytes(export)
    row = gap(intake.json(tmp_path / "kics"), "kics-linux", "app-info")
    assert row["steps"][0]["commands"] == ["LANG=en_US.UTF-8 kics-control --app-info > app-info.txt"]


def test_a_full_export_is_not_asked_for_again(intake, tmp_path, export):
    (tmp_path / "db01").mkdir()
    (tmp_path / "db01" / "export.ini").write_bytes(export)
    report = intake.json(tmp_path / "db01")
    assert gap(report, "kesl", "export") is None
    assert [row["area"] for row in report["not_in_full_exports"]] == ["state.KATAEDR"]
    assert "exporting again does not bring it" in " ".join(intake.text(tmp_path / "db01").split())


def test_a_cut_off_export_is_asked_for_again(intake, tmp_path, export):
    (tmp_path / "db01").mkdir()
    (tmp_path / "db01" / "export.ini").write_bytes(export[: len(export) // 3])
    report = intake.json(tmp_path / "db01")
    row = gap(report, "kesl", "export")
    assert row["names"] == ["db01"]
    assert report["not_in_full_exports"] == []


def test_a_check_whose_precondition_does_not_hold_asks_for_nothing(intake, acme):
    """Network Agent sections are asked for policies of the agent only."""
    report = intake.json(acme)
    row = gap(report, "ksc", "policy-contents")
    assert any(check.startswith("KSC-AGT") for check in row["checks"])
    policies = found(report, "ksc.policy")
    without = policies["count"] - policies["areas"].get("section.KLNAG_SVCPRT", 0)
    assert 0 < row["areas"]["section.KLNAG_SVCPRT"] < without


def test_a_setting_that_versions_keep_elsewhere_is_not_missing_twice(intake, tmp_path):
    """Old exports keep the switch of the container scan in one place, new ones in another."""
    host = tmp_path / "kesl" / "h1"
    host.mkdir(parents=True)
    (host / "net-settings.ini").write_text("[NetSettings]\nEncryptedConnectionsScan=Yes\n", encoding="utf-8")
    with_net = gap(intake.json(tmp_path / "kesl"), "kesl", "export")
    assert "net" not in with_net["areas"]
    assert "app" in with_net["areas"]


def test_a_server_without_any_task_is_told(intake, tmp_path, acme):
    folder = tmp_path / "ksc"
    folder.mkdir()
    for file in (acme / "ksc").glob("HostGroup.*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    report = intake.json(folder)
    row = gap(report, "ksc", "tasks")
    assert row["none_found"]
    assert row["names"] == ["ksc01"]
    assert any(call["method"] == "Tasks.GetTaskData" for call in row["steps"][0]["calls"])
    assert "No task of ksc01 is in the inputs" in " ".join(intake.text(folder).split())


def test_attributes_that_no_device_states_are_missing(intake, tmp_path, acme):
    folder = tmp_path / "ksc"
    folder.mkdir()
    name = "ChunkAccessor.GetItemsChunk.0F3A-hosts.2.json"
    text = (acme / "ksc" / name).read_text("utf-8")
    assert "KLHST_WKS_LAST_FULLSCAN" in text
    (folder / name).write_text(text.replace("KLHST_WKS_LAST_FULLSCAN", "KLHST_WKS_OTHER"), encoding="utf-8")
    report = intake.json(folder)
    row = next(row for row in report["missing"] if row["kinds"] == ["ksc.host"])
    assert "KLHST_WKS_LAST_FULLSCAN" in row["areas"]
    assert "KLHST_WKS_STATUS" not in row["areas"]
    assert row["steps"][0]["id"] == "devices"
    assert "KLHST_WKS_LAST_FULLSCAN" in intake.text(folder)  # as the product names it, ready to be asked for


def test_products_of_which_nothing_is_there(intake, acme):
    report = intake.json(acme / "kesl")
    assert {row["product"] for row in report["not_found"]} == {"ksc", "ksws", "kes"}
    assert "auditor guide --product ksws" in intake.text(acme / "kesl")


def test_one_product_alone(intake, acme):
    report = intake.json(acme, "--product", "ksws")
    assert {row["product"] for row in report["found"]} == {"ksws"}
    assert {row["product"] for row in report["missing"]} <= {"ksws"}
    assert report["devices"] == report["not_found"] == []
    assert report["summary"]["files"] == 103  # no file vanishes


def test_a_product_that_nobody_knows(intake, acme):
    with pytest.raises(UsageProblem, match="klingon"):
        intake.run(acme, "--product", "klingon")


def test_two_devices_of_one_name_stay_two(intake, tmp_path, export):
    for site in ("madrid", "porto"):
        (tmp_path / "in" / site / "web01").mkdir(parents=True)
        (tmp_path / "in" / site / "web01" / "export.ini").write_bytes(export)
    hosts = found(intake.json(tmp_path / "in"), "kesl.host")
    assert hosts["count"] == 2
    assert len({row["key"] for row in hosts["subjects"]}) == 2


def test_an_archive_is_opened(intake, tmp_path, export):
    with zipfile.ZipFile(tmp_path / "exports.zip", "w") as archive:
        archive.writestr("web01/export.ini", export)
    report = intake.json(tmp_path / "exports.zip")
    assert [row["status"] for row in report["inputs"]] == ["read", "read"]
    assert found(report, "kesl.host")["subjects"][0]["name"] == "web01"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("kesl/db01",), 0),
        (("policies",), 3),
        (("kesl/db01", "policies"), 0),
        (("kesl/db01", "broken"), 4),
        (("README.md",), 3),
    ],
)
def test_exit_codes(intake, acme, names, code):
    done = intake.run(*(acme / name for name in names))
    assert done.return_value == code
    assert ("Nothing could be read" in done.output) == (code == 3)


@pytest.mark.parametrize("answer", [("1KiB", 3), ("4KiB", 4), ("64KiB", 0)])
def test_files_beyond_a_limit_are_told(intake, acme, tmp_path, export, answer):
    limit, code = answer
    (tmp_path / "db01").mkdir()
    # no other test has read this content: readers remember equal files
    (tmp_path / "db01" / "export.ini").write_bytes(export.replace(b"DaysToLive=90", b"DaysToLive=91"))
    (tmp_path / "db01" / "app-info.txt").write_bytes((acme / "kesl/db01/app-info.txt").read_bytes())
    done = intake.run(tmp_path / "db01", "--limit", f"max-file-bytes={limit}")
    assert done.return_value == code
    assert ("raise it with --limit max-file-bytes=VALUE" in done.output) == (code != 0)


def test_text_form_keeps_counts_and_samples_only(tmp_path, export):
    for number in range(80):
        (tmp_path / "fleet" / f"h{number:03}").mkdir(parents=True)
        (tmp_path / "fleet" / f"h{number:03}" / "export.ini").write_bytes(export)
    report = run_intake(IntakeRequest([tmp_path / "fleet"]))
    assert found(report, "kesl.host")["count"] == 80
    assert len(found(report, "kesl.host")["subjects"]) == 25
    assert report["inputs"] == []
    assert len(report["read"]) == 60
    assert report["read_left_out"] == 20
    row = gap(report, "kesl", "ini")
    assert (row["subjects"], len(row["names"])) == (80, 10)


def test_text_says_how_much_is_not_shown(intake, tmp_path, export):
    for number in range(30):
        (tmp_path / "fleet" / f"h{number:03}").mkdir(parents=True)
        (tmp_path / "fleet" / f"h{number:03}" / "export.ini").write_bytes(export)
    text = intake.text(tmp_path / "fleet")
    assert "and 5 more; --format json names every one" in text
    assert re.search(r"For h000, .* and 22 more", text)
    assert len(intake.json(tmp_path / "fleet")["inputs"]) == 30


def test_names_of_files_cannot_steer_the_terminal(intake, tmp_path):
    evil = "a\x1b[2J\u202eb.bin"
    (tmp_path / evil).write_bytes(b"\x00\x01\x02")
    text = intake.text(tmp_path)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "Not recognised: 1" in text
