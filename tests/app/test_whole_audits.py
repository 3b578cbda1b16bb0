"""Whole audits: nothing is lost, doubled, leaked or dependent on how the work was shared."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tarfile
import zipfile
from functools import cache
from importlib.resources import files

import orjson
import pytest
from jsonschema import Draft202012Validator

from benchmarks.fleet import write_kesl_fleet, write_ksc_hosts

AS_OF = ("--as-of", "2026-03-02")


@cache
def schema():
    return orjson.loads((files("auditor.sdk") / "schemas" / "result.schema.json").read_bytes())


def validator(part=""):
    whole = schema()
    return Draft202012Validator({"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]} if part else whole)


def valid(run):
    """The result and every streamed line follow the published schema."""
    assert [error.message[:200] for error in validator().iter_errors(run.result)] == []
    for name, part in (("verdicts", "verdict"), ("inputs", "input")):
        if name in run.result["streams"]:
            check = validator(part)
            assert [error.message[:200] for line in run.lines(name) for error in check.iter_errors(line)] == []


PLANTED = re.compile(rb"PLANTED[\w.@ -]*", re.IGNORECASE)


def planted(acme):
    """The words behind the marker, as they stand in the exports."""
    found = set()
    for path in acme.rglob("*"):
        if path.is_file() and path.name != "README.md":
            found |= set(PLANTED.findall(path.read_bytes()))
    return found


def test_no_secret_is_written_or_printed(auditor, acme):
    assert len(planted(acme)) > 10
    run = auditor("audit", acme)
    assert set(run.files()) >= {"result.json", "checklist.csv", "findings.csv", "report.html"}
    everything = {**run.files(), "stdout": run.out.encode(), "stderr": run.err.encode()}
    assert {name: PLANTED.findall(data) for name, data in everything.items() if PLANTED.search(data)} == {}
    again = auditor("report", run.folder)
    assert "PLANTED" not in again.out + again.err


def test_acme_is_valid_and_every_pair_is_judged_once(auditor, acme):
    run = auditor("audit", acme)
    valid(run)
    outcomes = run.outcomes()
    catalogue = {row["id"] for row in run.result["checks"]}
    assert {check for check, _, _ in outcomes} == catalogue
    counts: dict[str, dict[str, int]] = {}
    for (check, _, _), outcome in outcomes.items():
        row = counts.setdefault(check, {})
        row[outcome] = row.get(outcome, 0) + 1
    assert {row["id"]: row["counts"] for row in run.result["checks"]} == counts
    listed = {str(path.relative_to(acme.parent)) for path in acme.rglob("*") if path.is_file()}
    assert {record["path"] for record in run.lines("inputs")} == listed


def test_the_same_bytes_each_time_and_with_any_number_of_processes(auditor, acme):
    runs = [auditor("audit", acme, *jobs) for jobs in ((), (), ("--jobs", 1), ("--jobs", 2))]
    assert [run.code for run in runs] == [4] * 4
    for run in runs[1:]:
        assert run.files() == runs[0].files()


@pytest.mark.parametrize("variety", ["realistic", "unique"])
def test_a_streamed_fleet_is_the_same_whoever_does_it(auditor, tmp_path, variety):
    write_kesl_fleet(tmp_path / "fleet", 280, variety)
    one = auditor("audit", tmp_path / "fleet", *AS_OF, "--jobs", 1, "--format", "checklist", "--format", "findings")
    two = auditor("audit", tmp_path / "fleet", *AS_OF, "--jobs", 2, "--format", "checklist", "--format", "findings")
    assert one.files() == two.files()
    assert set(one.result["streams"]) >= {"verdicts", "inputs"}
    kesl = {check for check, kind, _ in one.outcomes() if kind == "kesl.host"}
    assert len(one.outcomes()) >= 280 * len(kesl)
    checks = [validator("verdict"), validator("input")]
    for name, check in zip(("verdicts", "inputs"), checks, strict=True):
        assert [e.message[:200] for line in one.lines(name)[:2000] for e in check.iter_errors(line)] == []


def test_evidence_of_a_fleet_stands_where_it_says(auditor, tmp_path):
    write_kesl_fleet(tmp_path / "fleet", 40, "realistic")
    run = auditor("audit", tmp_path / "fleet", *AS_OF, "--format", "json")
    texts, looked = {}, 0
    for verdict in run.lines("verdicts"):
        for item in verdict["evidence"]:
            if "line" in item and isinstance(item["value"], str):
                path = item["file"]
                assert path.startswith(f"fleet/{verdict['subject']['key'].split('/')[0]}/")
                text = texts.setdefault(path, (tmp_path / path).read_text().split("\n"))
                assert text[item["line"] - 1].partition("=")[2].strip().strip('"') == item["value"].strip('"')
                looked += 1
    assert looked > 2000


def packed(kind, folder, target):
    entries = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if kind == "zip":
        with zipfile.ZipFile(target, "w") as archive:
            for path in entries:
                archive.write(path, path.relative_to(folder.parent))
    else:
        with tarfile.open(target, "w:gz") as archive:
            for path in entries:
                archive.add(path, path.relative_to(folder.parent))
    return target


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive_says_what_the_folder_says(auditor, acme, tmp_path, kind):
    folder = auditor("audit", acme, *AS_OF)
    archive = auditor("audit", packed(kind, acme, tmp_path / f"acme.{kind}"), *AS_OF)
    assert archive.outcomes() == folder.outcomes()
    valid(archive)


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_device_whose_files_stand_apart_in_a_large_archive_is_judged_once(auditor, acme, tmp_path, kind):
    export = (acme / "kesl" / "db01" / "export.ini").read_bytes()
    info = (acme / "kesl" / "db01" / "app-info.txt").read_bytes()
    folder = tmp_path / "many"
    for group, name, data in (("a", "{}_export.ini", export), ("b", "{}_app-info.txt", info)):
        (folder / group).mkdir(parents=True)
        for number in range(260):
            (folder / group / name.format(f"web{number:03d}")).write_bytes(data)
    run = auditor("audit", packed(kind, folder, tmp_path / f"many.{kind}"), *AS_OF, "--format", "json")
    outcomes = run.outcomes()
    assert len({key for _, kind_, key in outcomes if kind_ == "kesl.host"}) >= 260


def test_one_device_in_two_folders_is_not_merged_silently(auditor, acme, tmp_path):
    for place in ("madrid", "porto"):
        shutil.copytree(acme / "kesl" / "db01", tmp_path / "in" / place / "db01")
    hosts = {key for _, kind, key in auditor("audit", tmp_path / "in", *AS_OF).outcomes() if kind == "kesl.host"}
    assert len(hosts) == 2


def test_the_result_inside_the_input_is_not_read(auditor, acme, tmp_path):
    source = tmp_path / "in"
    shutil.copytree(acme / "kesl", source)
    for out in (source / "report", source):
        first = auditor("audit", source, *AS_OF, "--out", out)
        before = {name: data for name, data in first.files().items() if name.endswith((".json", ".csv", ".html"))}
        second = auditor("audit", source, *AS_OF, "--out", out)
        assert {name: second.files()[name] for name in before} == before
        assert not [r["path"] for r in second.lines("inputs") if r["path"].endswith(("result.json", "report.html"))]
        for name in before:
            (out / name).unlink()
        assert second.code == first.code


def test_two_servers_of_which_one_lists_no_devices(auditor, tmp_path):
    """A server whose devices were not collected must not borrow the clean bill of another."""
    write_ksc_hosts(tmp_path / "in" / "ksc01" / "hosts.json", 20)
    info = {
        "PxgRetVal": {"KLADMSRV_PRODUCT_NAME": "Kaspersky Security Center", "KLADMSRV_PRODUCT_FULL_VERSION": "15.1"}
    }
    bundle = {"format": "ksc-openapi-call/1", "collected_at": "2026-03-02T08:00:00Z", "server": "ksc02",
              "virtual_server": "", "method": "HostGroup.GetStaticInfo", "request": {}, "response": info}  # fmt: skip
    (tmp_path / "in" / "HostGroup.GetStaticInfo.json").write_bytes(orjson.dumps(bundle))
    run = auditor("audit", tmp_path / "in", *AS_OF)
    outcomes = run.outcomes()
    fleet = [row["id"] for row in run.result["checks"] if row["subject"] == "ksc.host"]
    assert len(fleet) > 5
    for check in fleet:
        assert (check, "ksc.server", "ksc01") in outcomes
        assert outcomes.get((check, "ksc.server", "ksc02")) == "unknown", check


HOSTILE = {
    "odd\u202ename\x1b[31m.ini": b"[AppSettings]\nUseKSN=Yes\n",
    "nul.ini": b"[AppSettings]\nUseKSN=\x00Yes\x01\x02\n[NetSettings]\nX=\x00\n",
    "surrogate.json": b'{"AppSettings": {"UseKSN": "\\ud800", "SambaConfigPath": "\\udfff"}}',
    "huge.json": b'{"AppSettings": {"UseKSN": 123456789012345678901234567890, "MaxEventsNumber": 1e999}}',
    "equals.ini": b"[AppSettings]\n=\n==\n=x\n[\n]\n[]\n[=]\nUseKSN\n",
    "ksc.json": b'{"format":"ksc-openapi-call/1","server":"\\ud800","method":"HostGroup.GetStaticInfo","request":{},'
                b'"response":{"PxgRetVal":{"KLADMSRV_PRODUCT_FULL_VERSION":"\\ud800"}}}',
}  # fmt: skip


def test_hostile_files_end_in_records_not_in_a_traceback(auditor, tmp_path):
    folder = tmp_path / "in" / "web01"
    folder.mkdir(parents=True)
    for name, data in HOSTILE.items():
        (folder / name).write_bytes(data)
    (folder / b"not-utf8-\xff.ini".decode("utf-8", "surrogateescape")).write_bytes(b"[AppSettings]\nUseKSN=Yes\n")
    run = auditor("audit", tmp_path / "in", *AS_OF)
    assert run.code in (4, 10)
    assert len(run.lines("inputs")) == len(HOSTILE) + 1
    valid(run)
    assert "\x1b[31m" not in run.out
    for name in ("checklist.csv", "findings.csv"):
        assert list(csv.reader(io.StringIO(run.files()[name].decode("utf-8-sig"))))
