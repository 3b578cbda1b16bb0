"""What goes into a signed delivery, what is refused, and the same chain computed by other means."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tracemalloc
from datetime import date

import pytest

from auditor.app.evidence.schema import problem_of
from auditor.app.evidence.sealing import Report, seal
from auditor.app.evidence.verifying import Asked, verify
from auditor.errors import EvidenceError, UsageProblem
from tests.engagement.evidence import deliveries as made
from tests.engagement.evidence.test_tree import naive_root

PLAIN = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}


def test_the_manifest_names_everything(delivery):
    manifest = made.manifest_in(delivery.folder)
    assert problem_of(manifest) == ""
    assert manifest["facts"]["engagement"] == "HC-0001"
    assert manifest["inputs"][1] == {
        "path": "acme/more.zip!web02.ini",
        "status": "read",
        "size": len(made.TWO),
        "sha256": hashlib.sha256(made.TWO).hexdigest(),
        "source": "upload",
        "received_at": "2026-03-02",
    }
    assert [check["id"] for check in manifest["checks"]] == list(made.CHECKS)
    assert manifest["links"]["leaves"] == 5
    assert [(report["name"], report["names_result"]) for report in manifest["reports"]] == [
        ("report.html", True),
        ("report.es.html", False),
    ]
    assert manifest["previous"] is None
    assert manifest["key"] == {"algorithm": "Ed25519", "fingerprint": made.KEY.public.fingerprint}


def test_another_implementation_comes_to_the_same_chain(delivery):
    """With nothing but a JSON library and SHA-256, as docs/evidence.md describes it."""
    folder = delivery.folder
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert json.dumps(manifest, **PLAIN).encode() == (folder / "manifest.json").read_bytes()
    checks = {check["id"]: check["sha256"] for check in manifest["checks"]}
    inputs = {record["path"]: record["sha256"] for record in manifest["inputs"]}
    leaves, lines = [], []
    for verdict in json.loads((folder / "result.json").read_bytes())["verdicts"]:
        pieces = [*verdict["evidence"]]
        for device in verdict.get("rollup", {}).get("affected", []):
            pieces += device["evidence"]
        files = [inputs[piece["file"]] for piece in pieces if "file" in piece]
        rests_on = list(dict.fromkeys(files)) or [manifest["run"]["input_digest"]]
        leaf = {"check": checks[verdict["check_id"]], "rests_on": rests_on, "verdict": verdict}
        leaves.append(json.dumps(leaf, **PLAIN).encode())
        evidence = []
        for piece in pieces:
            link = {}
            if "file" in piece:
                link["file"] = inputs[piece["file"]]
            if "line" in piece:
                link["place"] = piece["line"]
            if "value" in piece:
                link["value"] = hashlib.sha256(json.dumps(piece["value"], **PLAIN).encode()).hexdigest()
            evidence.append(link)
        line = {
            "check": verdict["check_id"],
            "subject": {"kind": verdict["subject"]["kind"], "key": verdict["subject"]["key"]},
            "leaf": hashlib.sha256(b"\x00" + leaves[-1]).hexdigest(),
            "evidence": evidence,
        }
        lines.append(json.dumps(line, **PLAIN))
    assert naive_root(leaves).hex() == manifest["links"]["root"]
    assert (folder / "links.ndjson").read_text("utf-8").splitlines() == lines


def test_openssl_accepts_the_signature(delivery):
    command = "openssl pkeyutl -verify -pubin -inkey manifest.pub -rawin -in manifest.json -sigfile manifest.sig"
    done = subprocess.run(command.split(), cwd=delivery.folder, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully")


def test_the_same_delivery_gives_the_same_bytes(delivery, tmp_path):
    result = json.loads((delivery.folder / "result.json").read_bytes())
    assert made.signed(tmp_path / "again", result) == made.sha((delivery.folder / "manifest.json").read_bytes())
    for name in ("manifest.json", "manifest.sig", "manifest.pub", "links.ndjson"):
        assert (tmp_path / "again" / name).read_bytes() == (delivery.folder / name).read_bytes()


def refused(folder, result, match, kind=EvidenceError, **changes):
    """Signing fails, and the folder is as it was."""
    made.write(folder, result)
    before = sorted(path.name for path in folder.iterdir())
    given = {"facts": made.FACTS, "reports": made.REPORTS, "key": made.KEY, **changes}
    with pytest.raises(kind, match=match) as caught:
        seal(folder, **given)
    assert sorted(path.name for path in folder.iterdir()) == before
    return caught.value


@pytest.fixture
def result(tmp_path):
    _, inputs = made.exports_in(tmp_path / "customer")
    return made.result_of(made.verdicts(), inputs)


@pytest.mark.parametrize("outcome", ["fail", "pass"])
@pytest.mark.parametrize("evidence", [[], [{"setting": "", "note": "and 3 more settings that were looked at"}]])
def test_a_decided_verdict_without_evidence_is_not_signed(tmp_path, result, outcome, evidence):
    result["verdicts"][0] |= {"outcome": outcome, "evidence": evidence}
    error = refused(tmp_path / "out", result, "cannot be signed: it has no evidence")
    assert error.where == "result.json, verdicts 1"
    assert error.message.startswith(f"T-ONE-001 on web01 says {outcome} and")


def test_evidence_in_a_file_without_hash_is_not_signed(tmp_path, result):
    result["inputs"][0]["sha256"] = ""
    refused(tmp_path / "out", result, r"T-ONE-001 on web01 says fail .* acme/web01\.ini has no SHA-256")


def test_evidence_in_one_of_two_files_of_one_name_is_not_signed(tmp_path, result):
    result["inputs"].append({**result["inputs"][0], "sha256": "d" * 64})
    refused(tmp_path / "out", result, "two inputs have this name")


def test_evidence_in_no_input_is_not_signed(tmp_path, result):
    result["verdicts"][1]["evidence"][0]["file"] = "acme/web09.ini"
    refused(tmp_path / "out", result, r"T-ONE-001 on web02.*'acme/web09\.ini', which is no input")


def test_what_was_not_decided_needs_no_evidence(tmp_path, result):
    for verdict in result["verdicts"]:
        verdict |= {"outcome": "unknown", "evidence": []}
    result["summary"]["verdicts"] = {"unknown": 5}
    made.signed(tmp_path / "out", result)
    assert made.holds(tmp_path / "out")


def test_a_summary_that_counts_otherwise_is_not_signed(tmp_path, result):
    result["summary"]["verdicts"]["fail"] = 1
    refused(tmp_path / "out", result, "the summary counts 1 verdicts fail, there are 3")


def test_a_result_of_an_earlier_version_is_not_signed(tmp_path, result):
    del result["checks"][0]["sha256"]
    refused(tmp_path / "out", result, "not named by id, revision and sha256")


def test_a_stream_that_was_changed_is_not_signed(tmp_path, result):
    (tmp_path / "out").mkdir()
    made.stream(tmp_path / "out", result, "verdicts")
    with (tmp_path / "out" / "verdicts.ndjson").open("ab") as file:
        file.write(b"{}\n")
    refused(tmp_path / "out", result, "verdicts.ndjson: its SHA-256 is not the one")


@pytest.mark.parametrize("name", ["../report.html", "none/report.html", "manifest.json", "result.json"])
def test_reports_of_other_places_are_not_signed(tmp_path, result, name):
    refused(tmp_path / "out", result, "no name of a report", UsageProblem, reports=[Report(name, "en", "html")])


def test_a_report_that_is_missing(tmp_path, result):
    refused(tmp_path / "out", result, "report.pdf: is missing", reports=[Report("report.pdf", "en", "pdf")])


def test_facts_that_are_none(tmp_path, result):
    refused(tmp_path / "out", result, "JSON cannot", UsageProblem, facts={"day": {date(2026, 3, 2): 1}})
    refused(tmp_path / "out", result, "received", UsageProblem, facts={"received": "yesterday"})
    refused(tmp_path / "out", result, "received", UsageProblem, facts={"received": [{"path": "acme", "source": 1}]})


def test_a_previous_manifest_is_named_by_its_hash(tmp_path, result):
    refused(tmp_path / "out", result, "previous", previous="HC-0001 version 1")


def test_a_signed_folder_is_not_signed_again(delivery):
    before = {path.name: path.read_bytes() for path in delivery.folder.iterdir()}
    with pytest.raises(EvidenceError, match="signed already"):
        seal(delivery.folder, made.FACTS, made.REPORTS, made.KEY)
    assert {path.name: path.read_bytes() for path in delivery.folder.iterdir()} == before


def test_the_longest_path_tells_how_an_input_arrived(tmp_path, result):
    made.write(tmp_path / "out", result)
    received = [
        {"path": "acme", "source": "upload"},
        {"path": "acme/more.zip", "source": "mail", "received_at": "2026-03-01T09:00:00Z"},
        {"path": "acme/web0", "source": "nobody"},
    ]
    seal(tmp_path / "out", {"received": received}, [], made.KEY)
    inputs = made.manifest_in(tmp_path / "out")["inputs"]
    assert [record["source"] for record in inputs] == ["upload", "mail", "mail"]
    assert "received_at" not in inputs[0]


def many(folder, result, count):
    """A result with that many verdicts in a stream."""
    folder.mkdir()
    items = [made.verdict("T-ONE-001", "web01", note=str(number)) for number in range(count)]
    result["summary"]["verdicts"] = {"fail": count}
    made.stream(folder, result, "verdicts", items)
    result["verdicts"] = []
    made.write(folder, result)


def peak(work):
    """(what the work returns, most memory that it held)."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_stays_flat_over_many_verdicts(tmp_path, result, monkeypatch):
    monkeypatch.setattr("auditor.app.evidence.folder._CHUNK", 1 << 16)  # what is read at once says nothing here
    peaks = []
    for count in (10, 1_000, 10_500):  # the first pays for imports
        folder = tmp_path / str(count)
        many(folder, json.loads(json.dumps(result)), count)
        _, sealing = peak(lambda folder=folder: seal(folder, {}, [], made.KEY))
        found, proving = peak(lambda folder=folder: verify(folder))
        assert found.broken is None
        assert made.manifest_in(folder)["links"]["leaves"] == count
        peaks.append((sealing, proving))
    for few, lot in zip(*peaks[1:], strict=True):
        assert lot < few + 50_000
        assert lot < 1_000_000


def test_one_verdict_is_traced_to_the_root(delivery):
    found = verify(delivery.folder, Asked(verdict="T-ONE-001", subject="web02"))
    lines = found.steps[-1].lines
    assert found.broken is None
    assert lines[0] == "T-ONE-001 on web02: pass"
    assert "evidence  task.A = 1 in acme/more.zip!web02.ini at line 2" in lines
    assert f"          export SHA-256 {made.sha(made.TWO)}" in lines
    way = [bytes.fromhex(line.split()[-1]) for line in lines if line.startswith("beside")]
    leaf = next(line for line in lines if line.startswith("leaf"))
    assert leaf.startswith("leaf      2 of 5: ")
    # by hand: leaf 1 of 5 has leaf 0 on its left, then leaves 2 and 3, then leaf 4 on its right
    node = hashlib.sha256(b"\x01" + way[0] + bytes.fromhex(leaf.split()[-1])).digest()
    node = hashlib.sha256(b"\x01" + node + way[1]).digest()
    assert hashlib.sha256(b"\x01" + node + way[2]).hexdigest() == made.manifest_in(delivery.folder)["links"]["root"]
    assert len(way) == 3


def test_a_verdict_that_is_nowhere_rests_on_all_exports(delivery):
    lines = verify(delivery.folder, Asked(verdict="T-TWO-001", subject="web01")).steps[-1].lines
    digest = made.manifest_in(delivery.folder)["run"]["input_digest"]
    assert f"          rests on all exports, digest {digest}" in lines


@pytest.mark.parametrize(("check", "subject", "match"), [
    ("T-ONE-001", "", "2 subjects have a verdict of T-ONE-001"), ("T-NIL-001", "", "no verdict of T-NIL-001"),
    ("T-ONE-001", "web09", "no verdict of T-ONE-001 on web09"),
])  # fmt: skip
def test_which_verdict_is_meant(delivery, check, subject, match):
    with pytest.raises(UsageProblem, match=match):
        verify(delivery.folder, Asked(verdict=check, subject=subject))


def test_a_stream_that_leads_elsewhere_is_not_signed(tmp_path, result):
    (tmp_path / "out").mkdir()
    made.stream(tmp_path / "out", result, "verdicts")
    (tmp_path / "out" / "verdicts.ndjson").rename(tmp_path / "verdicts.ndjson")
    result["streams"]["verdicts"]["file"] = "../verdicts.ndjson"
    refused(tmp_path / "out", result, "not the plain name of a file")


def test_numbers_have_one_form(tmp_path, result):
    """A share of one in a hundred thousand is written otherwise by other encoders; the chain does not depend on it."""
    result["verdicts"][0]["evidence"][0]["value"] = 0.00001
    made.signed(tmp_path / "out", result)
    link = json.loads((tmp_path / "out" / "links.ndjson").read_bytes().splitlines()[0])
    assert link["evidence"][0]["value"] == hashlib.sha256(b"1e-05").hexdigest()
