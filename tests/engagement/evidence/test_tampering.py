"""One byte changed in each kind of artefact: the first broken link is named, with what was expected and found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.app.evidence.broken import BrokenLink
from auditor.app.evidence.replay import Exports
from auditor.app.evidence.steps import Trust
from auditor.app.evidence.verifying import Asked, verify
from tests.engagement.evidence.deliveries import KEY, ONE, OTHER_KEY, TWO, manifest_in, sha, signed, states


def change(path: Path, old: bytes, new: bytes) -> None:
    """Replace what stands there exactly once; equal lengths, so that nothing but a byte is another one."""
    data = path.read_bytes()
    assert data.count(old) == 1, data.count(old)
    assert len(old) == len(new)
    path.write_bytes(data.replace(old, new))


def first_broken(folder: Path, asked: Asked | None = None) -> tuple[str, BrokenLink]:
    found = verify(folder, asked)
    step = next(name for name, state in states(found).items() if state == "broken")
    after = list(states(found).values())
    assert set(after[after.index("broken") + 1 :]) <= {"not reached"}
    assert found.broken is not None
    return step, found.broken


def test_untouched_deliveries_hold(delivery, streamed):
    for each in (delivery, streamed):
        found = verify(each.folder, Asked(exports=Exports([each.exports])))
        assert found.broken is None
        assert set(states(found).values()) == {"holds"}
        assert list(states(found)) == [
            "manifest", "signature", "result", "inputs", "checks", "verdicts", "reports", "exports",
        ]  # fmt: skip


def test_value_of_a_verdict(delivery):
    value = b'"value": "1", "expected": "2", "met": true'
    change(delivery.folder / "result.json", value, value.replace(b'"1"', b'"7"'))
    step, link = first_broken(delivery.folder)
    assert (step, link.where) == ("result", "result.json")
    files = {entry["name"]: entry["sha256"] for entry in manifest_in(delivery.folder)["result"]["files"]}
    assert link.expected == files["result.json"]
    assert link.found == sha((delivery.folder / "result.json").read_bytes())
    assert link.details == (
        "result.json, verdicts 2: T-ONE-001 on web02 is not what its link says: evidence 1, task.A in "
        "acme/more.zip!web02.ini at line 2: SHA-256 of the value",
        "expected " + sha(b'"1"'),
        "found    " + sha(b'"7"'),
    )


def test_place_of_a_piece_of_evidence(delivery):
    change(delivery.folder / "result.json", b'"met": true, "file": "acme/more.zip!web02.ini", "line": 2',
           b'"met": true, "file": "acme/more.zip!web02.ini", "line": 3')  # fmt: skip
    step, link = first_broken(delivery.folder)
    assert step == "result"
    assert link.details[0].endswith("evidence 1, task.A in acme/more.zip!web02.ini at line 3: place")
    assert link.details[1:] == ("expected 2", "found    3")


def test_file_of_a_piece_of_evidence(delivery):
    change(delivery.folder / "result.json", b'"met": true, "file": "acme/more.zip!web02.ini"',
           b'"met": true, "file": "acme/more.zip!web03.ini"')  # fmt: skip
    step, link = first_broken(delivery.folder)
    assert step == "result"
    assert link.details == (
        "result.json, verdicts 2: T-ONE-001 on web02: its evidence names 'acme/more.zip!web03.ini', which is no input",
    )


def test_outcome_of_a_verdict(delivery):
    change(delivery.folder / "result.json", b'"outcome": "pass"', b'"outcome": "fail"')
    step, link = first_broken(delivery.folder)
    assert step == "result"
    assert "verdicts 2: T-ONE-001 on web02 is not what its link says: hash of the verdict" in link.details[0]


def test_id_of_a_check_in_a_verdict(delivery):
    data = (delivery.folder / "result.json").read_bytes()
    place = data.index(b'"check_id": "T-TWO-001"')
    (delivery.folder / "result.json").write_bytes(data[:place] + data[place:].replace(b"T-TWO", b"T-TWX", 1))
    step, link = first_broken(delivery.folder)
    assert step == "result"
    assert link.details == ("result.json, verdicts 3: T-TWX-001 on web01: no check of this id belongs to the result",)


def test_another_check_under_the_same_verdict(delivery):
    data = (delivery.folder / "result.json").read_bytes()
    place = data.index(b'"check_id": "T-TWO-001"')
    (delivery.folder / "result.json").write_bytes(data[:place] + data[place:].replace(b"T-TWO", b"T-ONE", 1))
    _, link = first_broken(delivery.folder)
    assert link.details == (
        "result.json, verdicts 3: T-ONE-001 on web01 is not what its link says: the link is of another check",
        "expected T-TWO-001",
        "found    T-ONE-001",
    )


def test_hash_of_a_check_in_the_result(delivery):
    known = sha(b"T-TWO-001")
    change(delivery.folder / "result.json", known.encode(), known[:-1].encode() + (b"0" if known[-1] != "0" else b"1"))
    step, link = first_broken(delivery.folder)
    assert step == "result"
    assert link.details[0] == "manifest.json: check T-TWO-001 is not the one that the manifest names"


def test_input_in_the_result(delivery):
    change(delivery.folder / "result.json", b'"path": "acme/web01.ini"', b'"path": "acme/web0l.ini"')
    step, link = first_broken(delivery.folder)
    assert step == "result"
    assert "path of the input acme/web0l.ini is not the one that the manifest states" in link.details[0]


def test_text_in_the_result(delivery):
    change(delivery.folder / "result.json", b'"title": "Recommended"', b'"title": "Recommendex"')
    step, link = first_broken(delivery.folder)
    assert (step, link.details) == ("result", ("no verdict, input or check: a text or a count",))


def test_value_in_a_stream(streamed):
    file = streamed.folder / "verdicts.ndjson"
    change(file, b'"met": true, "file"', b'"met": trux, "file"')
    step, link = first_broken(streamed.folder)
    assert (step, link.where) == ("result", "verdicts.ndjson")
    assert link.details[0].startswith("verdicts.ndjson, line 2: is no JSON")


def test_device_in_a_stream(streamed):
    change(streamed.folder / "affected.ndjson", b'"value": "1"', b'"value": "0"')
    step, link = first_broken(streamed.folder)
    assert (step, link.where) == ("result", "affected.ndjson")
    assert link.details[0].startswith("affected.ndjson, line 1: T-ROW-001 on ksc/host/2 is not what its link says")


def test_input_in_a_stream(streamed):
    known = sha(TWO).encode()
    change(streamed.folder / "inputs.ndjson", known, known[:-1] + (b"0" if known[-1:] != b"0" else b"1"))
    step, link = first_broken(streamed.folder)
    assert (step, link.where) == ("result", "inputs.ndjson")
    assert "sha256 of the input acme/more.zip!web02.ini is not the one" in link.details[0]


def test_exports_of_the_manifest_in_lines(streamed):
    change(streamed.folder / "exports.ndjson", b'"path":"acme/web01.ini"', b'"path":"acme/web0l.ini"')
    step, link = first_broken(streamed.folder)
    assert (step, link.where) == ("inputs", "exports.ndjson")
    assert "path of the input acme/web01.ini is not the one that the manifest states" in link.details[0]


def test_links(delivery):
    links = (delivery.folder / "links.ndjson").read_bytes().splitlines()
    leaf = json.loads(links[3])["leaf"]
    wrong = leaf[:-1] + ("0" if leaf[-1] != "0" else "1")
    change(delivery.folder / "links.ndjson", leaf.encode(), wrong.encode())
    step, link = first_broken(delivery.folder)
    assert (step, link.where) == ("verdicts", "links.ndjson")
    assert link.details == (
        "links.ndjson, line 4: T-TWO-001 on web02 is not what its link says: "
        "hash of the verdict with its check and exports",
        f"expected {leaf}",
        f"found    {wrong}",
    )


def test_links_and_result_together(delivery):
    change(delivery.folder / "result.json", b'"outcome": "pass"', b'"outcome": "fail"')
    change(delivery.folder / "links.ndjson", b'"key":"web02","kind":"kesl.host"}}\n{"check":"T-TWO-001"',
           b'"key":"web0x","kind":"kesl.host"}}\n{"check":"T-TWO-001"')  # fmt: skip
    step, link = first_broken(delivery.folder)
    assert (step, link.where) == ("result", "result.json")
    assert link.details == ("what in it was changed cannot be told: links.ndjson was changed, too",)


@pytest.mark.parametrize("name", ["report.html", "report.es.html"])
def test_report(delivery, name):
    change(delivery.folder / name, b"<p>", b"<b>") if name == "report.es.html" else change(
        delivery.folder / name, b"SHA-256", b"SHA-25b"
    )
    step, link = first_broken(delivery.folder)
    stated = {entry["name"]: entry["sha256"] for entry in manifest_in(delivery.folder)["reports"]}
    assert (step, link.where, link.expected) == ("reports", name, stated[name])
    assert link.found == sha((delivery.folder / name).read_bytes())


def test_manifest(delivery):
    change(delivery.folder / "manifest.json", b'"engagement":"HC-0001"', b'"engagement":"HC-0002"')
    step, link = first_broken(delivery.folder)
    assert (step, link.where) == ("signature", "manifest.sig")
    assert link.details == (f"manifest.json has SHA-256 {sha((delivery.folder / 'manifest.json').read_bytes())}",)


def test_manifest_that_is_no_longer_canonical(delivery):
    data = (delivery.folder / "manifest.json").read_bytes()
    (delivery.folder / "manifest.json").write_bytes(data + b"\n")
    step, link = first_broken(delivery.folder)
    assert (step, link.where) == ("manifest", "manifest.json")
    assert link.message == f"is not in canonical form, from byte {len(data)} on"


def test_signature(delivery):
    data = bytearray((delivery.folder / "manifest.sig").read_bytes())
    data[10] ^= 1
    (delivery.folder / "manifest.sig").write_bytes(data)
    assert first_broken(delivery.folder)[0] == "signature"
    assert first_broken(delivery.folder)[1].where == "manifest.sig"


def test_key(delivery):
    (delivery.folder / "manifest.pub").write_bytes(OTHER_KEY.public.pem)
    step, link = first_broken(delivery.folder)
    assert (step, link.where) == ("signature", "manifest.pub")
    assert (link.expected, link.found) == (KEY.public.fingerprint, OTHER_KEY.public.fingerprint)


def test_everything_replaced_and_signed_by_another(delivery):
    """Only a named key tells: the forged delivery is whole in itself."""
    import shutil

    from auditor.app.evidence.sealing import seal
    from tests.engagement.evidence.deliveries import FACTS, REPORTS

    for name in ("manifest.json", "manifest.sig", "manifest.pub", "links.ndjson"):
        (delivery.folder / name).unlink()
    seal(delivery.folder, FACTS, REPORTS, OTHER_KEY)
    assert verify(delivery.folder).broken is None
    assert not verify(delivery.folder).known_signer
    step, link = first_broken(delivery.folder, Asked(Trust(KEY.public.fingerprint, {})))
    assert (step, link.expected, link.found) == (
        "signature", KEY.public.fingerprint, OTHER_KEY.public.fingerprint,
    )  # fmt: skip
    shutil.rmtree(delivery.folder)


def test_export(delivery):
    change(delivery.exports / "web01.ini", b"A=1", b"A=2")
    assert verify(delivery.folder).broken is None
    step, link = first_broken(delivery.folder, Asked(exports=Exports([delivery.exports])))
    assert (step, link.where) == ("exports", "acme/web01.ini")
    assert (link.expected, link.found) == (sha(ONE), sha(ONE.replace(b"A=1", b"A=2")))


def test_export_inside_an_archive(delivery):
    import zipfile

    with zipfile.ZipFile(delivery.exports / "more.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("web02.ini"), TWO.replace(b"3", b"4"))
    step, link = first_broken(delivery.folder, Asked(exports=Exports([delivery.exports.parent])))
    assert (step, link.where) == ("exports", "acme/more.zip!web02.ini")
    assert (link.expected, link.found) == (sha(TWO), sha(TWO.replace(b"3", b"4")))
    assert link.details == ("and 1 more",)  # the archive itself


def test_export_that_is_gone(delivery):
    (delivery.exports / "more.zip").unlink()
    step, link = first_broken(delivery.folder, Asked(exports=Exports([delivery.exports])))
    assert (step, link.where, link.found) == ("exports", "acme/more.zip!web02.ini", "no such file")


def test_exports_of_somebody_else(delivery, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "web01.ini").write_bytes(ONE)
    step, link = first_broken(delivery.folder, Asked(exports=Exports([tmp_path / "other"])))
    assert (step, link.message) == ("exports", "none of the inputs lies there")
    assert link.details == ("name what was audited, or the folder that holds acme",)


def test_an_export_that_was_not_audited_is_told(delivery):
    (delivery.exports / "later.ini").write_bytes(b"x")
    found = verify(delivery.folder, Asked(exports=Exports([delivery.exports])))
    assert found.broken is None
    assert found.steps[-1].lines == [
        "3 hashed again, each is the one that was audited",
        "also there, but not audited: acme/later.ini",
    ]


@pytest.mark.parametrize("name", [
    "manifest.json", "manifest.sig", "manifest.pub", "result.json", "verdicts.ndjson", "inputs.ndjson",
    "affected.ndjson", "exports.ndjson", "links.ndjson", "report.html",
])  # fmt: skip
def test_a_file_that_is_gone_or_cut_off(streamed, name):
    path = streamed.folder / name
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    assert name in first_broken(streamed.folder)[1].where
    path.unlink()
    _, link = first_broken(streamed.folder)
    assert (link.where, link.message) == (name, "is missing")


def test_a_correction_names_what_it_corrects(tmp_path, delivery):
    manifest = sha((delivery.folder / "manifest.json").read_bytes())
    result = json.loads((delivery.folder / "result.json").read_bytes())
    signed(tmp_path / "second", result, manifest)
    assert verify(tmp_path / "second").notes == [f"It corrects the delivery whose manifest has SHA-256 {manifest}."]
    assert verify(delivery.folder).notes == []


def test_what_is_not_signed_is_told(delivery):
    (delivery.folder / "report_new.html").write_text("forged")
    assert verify(delivery.folder).notes == ["Also in the folder, but not signed: report_new.html."]
