"""The audit run again on the exports of the example customer gives the same bytes, or the first difference is named."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from auditor.app.evidence.replay import Exports
from auditor.app.evidence.sealing import Report, seal
from auditor.app.evidence.verifying import Asked, verify
from auditor.cli.main import run as run_cli
from auditor.errors import UsageProblem
from tests.engagement.evidence.deliveries import KEY, sha, states

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
REPORTS = (Report("report.html", "en", "html"), Report("checklist.csv", "en", "checklist"))
ASKED = Asked(exports=Exports([EXAMPLES / "acme"]), replay=True)


@pytest.fixture
def folder(acme, tmp_path):
    copy = tmp_path / "delivery"
    shutil.copytree(acme, copy)
    return copy


def cli(monkeypatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["auditor", *words])
    return run_cli()


def changed(folder: Path, **members) -> None:
    """Another result.json, as somebody could write it before signing."""
    path = folder / "result.json"
    result = json.loads(path.read_bytes())
    for name, change in members.items():
        change(result[name])
    path.write_bytes(json.dumps(result, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")


def test_the_example_gives_its_result_again(folder):
    seal(folder, {}, REPORTS, KEY)
    found = verify(folder, ASKED)
    assert found.broken is None
    assert found.comparable
    assert found.steps[-1].lines == [
        "the exports give the same result, byte for byte",
        "report.html is what this version makes of the result",
        "checklist.csv is what this version makes of the result",
    ]


def test_the_report_names_its_result(folder):
    assert sha((folder / "result.json").read_bytes()) in (folder / "report.html").read_text("utf-8")


def test_a_report_of_other_templates_is_told_and_is_not_broken(folder):
    with (folder / "report.html").open("a") as file:
        file.write("<!-- ours -->")
    seal(folder, {}, REPORTS, KEY)
    found = verify(folder, ASKED)
    assert found.broken is None
    assert found.steps[-1].lines[1] == "report.html was made otherwise: own templates, for instance"


def test_a_verdict_that_was_forged_before_signing_is_named(folder):
    def lie(verdicts):
        number = next(n for n, verdict in enumerate(verdicts) if verdict["outcome"] == "fail")
        verdicts[number]["severity"] = "info"
        lies.append((number + 1, verdicts[number]["check_id"], verdicts[number]["subject"]["key"]))

    lies: list[tuple[int, str, str]] = []
    changed(folder, verdicts=lie)
    seal(folder, {}, [], KEY)
    assert verify(folder, Asked(exports=ASKED.exports)).broken is None  # the signer's own chain is whole
    found = verify(folder, ASKED)
    assert found.broken is not None
    number, check, key = lies[0]
    assert found.broken.where == f"result.json, verdicts {number}: {check} on {key}"
    assert found.broken.expected == '{"severity":"info"}'
    assert found.broken.found.startswith('{"severity":')
    assert states(found)["replay"] == "broken"


def test_a_summary_that_was_forged_before_signing_is_named(folder):
    changed(folder, summary=lambda summary: summary.update(complete=True, incomplete_because=[]))
    seal(folder, {}, [], KEY)
    found = verify(folder, ASKED)
    assert found.broken is not None
    assert (found.broken.where, found.broken.message) == ("result.json", "the exports give another summary")


def test_another_version_or_other_checks_are_not_comparable(folder):
    changed(
        folder,
        tool=lambda tool: tool.update(version="0.0.1"),
        run=lambda run: run["catalogue"].update(sha256="c" * 64),
    )
    seal(folder, {}, [], KEY)
    found = verify(folder, ASKED)
    assert found.broken is None
    assert not found.comparable
    assert found.steps[-1].lines[0].startswith("not comparable, other version of the tool: then 0.0.1, here ")
    assert f"other catalogue of checks: then {'c' * 64}, here " in found.steps[-1].lines[0]


def test_exports_must_be_named(folder):
    seal(folder, {}, [], KEY)
    with pytest.raises(UsageProblem, match="only be run again on the exports"):
        verify(folder, Asked(replay=True))


def test_time_waivers_and_content_of_the_run_are_kept(tmp_path, monkeypatch):
    """A delivery that lies among its exports, made with a day, a waiver and further checks."""
    customer = tmp_path / "customer"
    shutil.copytree(EXAMPLES / "acme" / "kesl", customer)
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "waivers:\n- {check: KESL-AC-001, subjects: ['*'], reason: 'It is: accepted for now', "
        "approver: First Contact, expires: '2030-01-01'}\n"
    )
    content = EXAMPLES.parent / "tests" / "golden" / "content"
    out = customer / "report"
    words = ["audit", str(customer), "--out", str(out), "--as-of", "2026-03-02", "--waivers", str(waivers)]
    assert cli(monkeypatch, *words, "--content", str(content), "--format", "json", "-q", "--jobs", "1") in (0, 4, 10)
    assert any("waived" in verdict for verdict in json.loads((out / "result.json").read_bytes())["verdicts"])
    seal(out, {}, [], KEY)
    asked = Asked(exports=Exports([customer], [content]), replay=True)
    found = verify(out, asked)
    assert found.broken is None
    assert found.comparable
    assert not verify(out, Asked(exports=Exports([customer]), replay=True)).comparable


def test_a_run_by_the_clock_is_repeated_as_of_its_day(tmp_path, monkeypatch):
    customer = tmp_path / "customer"
    shutil.copytree(EXAMPLES / "acme" / "kesl" / "files01", customer / "files01")
    words = ["audit", str(customer), "--out", str(tmp_path / "out"), "--format", "json", "-q", "--jobs", "1"]
    assert cli(monkeypatch, *words) in (0, 4, 10)
    run = json.loads((tmp_path / "out" / "result.json").read_bytes())["run"]
    assert run["as_of_source"] == "clock"
    seal(tmp_path / "out", {}, [], KEY)
    found = verify(tmp_path / "out", Asked(exports=Exports([customer]), replay=True))
    assert found.broken is None
    assert found.comparable


def test_no_decided_verdict_of_the_example_lacks_evidence(acme):
    """What ships can be signed: every pass and fail of the example customer rests on something."""
    verdicts = json.loads((acme / "result.json").read_bytes())["verdicts"]
    decided = [verdict for verdict in verdicts if verdict["outcome"] in ("pass", "fail")]
    assert len(decided) > 300
    assert [verdict for verdict in decided if not any(piece["setting"] for piece in verdict["evidence"])] == []


def test_waivers_that_are_none(folder):
    path = folder / "result.json"
    result = json.loads(path.read_bytes())
    result["waivers"] = ["all of it"]
    path.write_bytes(json.dumps(result).encode())
    seal(folder, {}, [], KEY)
    found = verify(folder, ASKED)
    assert found.broken is not None
    assert str(found.broken) == "result.json: the waivers are not of the schema"


def test_an_audit_that_cannot_be_run_again_is_not_comparable(folder):
    row = {
        "check": "NO-SUCH-001",
        "subjects": ["*"],
        "reason": "It is so.",
        "approver": "acme",
        "expires": "2030-01-01",
    }
    path = folder / "result.json"
    result = json.loads(path.read_bytes())
    result["waivers"] = [row]
    path.write_bytes(json.dumps(result).encode())
    seal(folder, {}, [], KEY)
    found = verify(folder, ASKED)
    assert found.broken is None
    assert found.steps[-1].lines[0].startswith("the audit could not be run again: ")
    assert "NO-SUCH-001" in found.steps[-1].lines[0]


def test_a_packed_estate_with_streams(tmp_path, monkeypatch):
    """Many hosts in one tar.gz: verdicts and inputs in streams, members hashed again, the audit repeated."""
    import tarfile

    export = (EXAMPLES / "acme" / "kesl" / "files01" / "task_1_File_Threat_Protection.ini").read_bytes()
    packed = tmp_path / "customer" / "hosts.tar.gz"
    packed.parent.mkdir()
    with tarfile.open(packed, "w:gz") as archive:
        for number in range(205):
            info = tarfile.TarInfo(f"host{number:03}/task_1_File_Threat_Protection.ini")
            info.size = len(export)
            archive.addfile(info, io.BytesIO(export))
    words = ["audit", str(packed), "--out", str(tmp_path / "out"), "--as-of", "2026-03-02", "--baseline", "golden"]
    content = EXAMPLES.parent / "tests" / "golden" / "content"
    words += ["--content", str(content), "--format", "json", "-q", "--jobs", "1"]
    assert cli(monkeypatch, *words) in (0, 4, 10)
    seal(tmp_path / "out", {}, [], KEY)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "result.json", "verdicts.ndjson", "inputs.ndjson", "exports.ndjson", "links.ndjson", "manifest.json",
        "manifest.sig", "manifest.pub",
    }  # fmt: skip
    asked = Asked(exports=Exports([packed], [content]), replay=True)
    found = verify(tmp_path / "out", asked)
    assert found.broken is None
    assert found.comparable
    assert found.steps[-2].lines == ["206 hashed again, each is the one that was audited"]
