"""Deliveries of somebody who means harm: nothing outside is read, nothing crashes, nothing that was changed passes."""

from __future__ import annotations

import copy
import json
import os
import shutil
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditor.app.evidence.replay import Exports
from auditor.app.evidence.verifying import Asked, verify
from auditor.errors import EvidenceError
from tests.engagement.evidence.deliveries import (
    KEY,
    exports_in,
    manifest_in,
    resigned,
    result_of,
    sha,
    signed,
    states,
    verdicts,
    write,
)

FLIPPED = (
    "manifest.json", "manifest.sig", "manifest.pub", "result.json", "links.ndjson", "report.html", "report.es.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    base = tmp_path_factory.mktemp("whole")
    exports, inputs = exports_in(base / "customer")
    signed(base / "delivery", result_of(verdicts(), inputs))
    return base / "delivery", exports


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FLIPPED), st.integers(0, 1 << 20), st.integers(1, 255))
@example("manifest.pub", 26, 0x01)  # a line feed that becomes another white space
@example("manifest.pub", 112, 0x07)
def test_no_flipped_byte_passes(whole, name, place, mask):
    folder, _ = whole
    path = folder / name
    data = path.read_bytes()
    changed = bytearray(data)
    changed[place % len(data)] ^= mask
    try:
        path.write_bytes(changed)
        found = verify(folder)
        assert found.broken is not None
        assert found.broken.where
    finally:
        path.write_bytes(data)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["web01.ini", "more.zip"]), st.integers(0, 1 << 20), st.integers(1, 255))
def test_no_flipped_byte_of_an_export_passes(whole, name, place, mask):
    folder, exports = whole
    path = exports / name
    data = path.read_bytes()
    changed = bytearray(data)
    changed[place % len(data)] ^= mask
    try:
        path.write_bytes(changed)
        found = verify(folder, Asked(exports=Exports([exports])))
        assert found.broken is not None
        assert found.broken.where.startswith(f"acme/{name}")
    finally:
        path.write_bytes(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8) | st.sampled_from(["../../etc/passwd", "a" * 64, "result.json", "links.ndjson", "T-ONE-001"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(document, way=()):
    """Every place of a document."""
    yield way
    children = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, child in children:
        yield from places(child, (*way, name))


def put(document, way, value):
    if not way:
        return value
    changed = copy.deepcopy(document)
    owner = changed
    for step in way[:-1]:
        owner = owner[step]
    owner[way[-1]] = value
    return changed


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_signed_manifest_of_any_content_does_not_crash(whole, data):
    folder, exports = whole
    kept = {name: (folder / name).read_bytes() for name in ("manifest.json", "manifest.sig")}
    manifest = json.loads(kept["manifest.json"])
    way = data.draw(st.sampled_from(list(places(manifest))))
    changed = put(manifest, way, data.draw(JSON))
    try:
        resigned(folder, changed)
        found = verify(folder, Asked(exports=Exports([exports])))
        harmless = changed == manifest or way[:1] == ("facts",) or "received_at" in way or "source" in way
        allowed = (
            harmless
            or way == ("previous",)
            or {"language", "format"} & set(way)
            or changed == {**manifest, "reports": []}
        )
        assert found.broken is not None or allowed, way
    finally:
        for name, content in kept.items():
            (folder / name).write_bytes(content)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_signed_result_of_any_content_does_not_crash(whole, data):
    folder, exports = whole
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = json.loads(kept["result.json"])
    way = data.draw(st.sampled_from(list(places(result))))
    changed = put(result, way, data.draw(JSON))
    try:
        write(folder, changed)
        manifest = json.loads(kept["manifest.json"])
        for entry in (*manifest["result"]["files"], *manifest["reports"]):
            content = (folder / entry["name"]).read_bytes()
            entry["sha256"], entry["bytes"] = sha(content), len(content)
        resigned(folder, manifest)
        verify(folder, Asked(exports=Exports([exports])))
    finally:
        for name, content in kept.items():
            (folder / name).write_bytes(content)


def with_file_named(folder: Path, name: str) -> None:
    """A manifest that names a file of the result so, signed."""
    manifest = manifest_in(folder)
    manifest["reports"][0]["name"] = name
    resigned(folder, manifest)


@pytest.mark.parametrize(
    "name", ["../secret.txt", "/etc/hostname", "a/b", "a\\b", "C:x", "..", "report\x00.html", "x\n"]
)
def test_names_that_lead_elsewhere_are_refused_unread(delivery, name):
    (delivery.folder.parent / "secret.txt").write_text("secret")
    with_file_named(delivery.folder, name)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert (found.broken.where, states(found)["manifest"]) == ("manifest.json", "broken")
    assert "no plain name" in found.broken.message


def test_streams_of_the_result_that_lead_elsewhere(delivery):
    (delivery.folder.parent / "verdicts.ndjson").write_text("{}\n")
    result = json.loads((delivery.folder / "result.json").read_bytes())
    result["streams"]["verdicts"] = {"file": "../verdicts.ndjson", "sha256": sha(b"{}\n"), "lines": 1, "bytes": 3}
    write(delivery.folder, result)
    manifest = manifest_in(delivery.folder)
    data = (delivery.folder / "result.json").read_bytes()
    manifest["result"]["files"][0] |= {"sha256": sha(data), "bytes": len(data)}
    resigned(delivery.folder, manifest)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert found.broken.message == "the streams of the result are not the files that the manifest names"


@pytest.mark.parametrize(
    "name", ["manifest.json", "manifest.pub", "manifest.sig", "result.json", "links.ndjson", "report.html"]
)
def test_links_to_elsewhere_are_not_followed(delivery, name, tmp_path):
    outside = tmp_path / "outside"
    shutil.move(delivery.folder / name, outside)
    (delivery.folder / name).symlink_to(outside)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert (found.broken.where, found.broken.message) == (name, "is a symbolic link, and none is followed")


def test_a_pipe_does_not_make_anybody_wait(delivery):
    (delivery.folder / "report.html").unlink()
    os.mkfifo(delivery.folder / "report.html")
    found = verify(delivery.folder)
    assert found.broken is not None
    assert (found.broken.where, found.broken.message) == ("report.html", "is no regular file")


def test_a_huge_file_is_refused_by_its_size(delivery):
    with (delivery.folder / "report.html").open("r+b") as file:
        file.truncate(1 << 40)  # sparse: a terabyte that takes no room
    found = verify(delivery.folder)
    assert found.broken is not None
    assert "has 1099511627776 bytes, the manifest states" in found.broken.message


def test_a_huge_manifest_is_not_read(delivery):
    with (delivery.folder / "manifest.json").open("r+b") as file:
        file.truncate(1 << 40)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert (found.broken.where, found.broken.message) == ("manifest.json", "is larger than 16777216 bytes")


@pytest.mark.parametrize("text", [
    b"[" * 100_000, b'{"a":' * 100_000, b"[" * 900 + b"]" * 900, b"null", b"", b"\xff", b"[]", b'{"schema":1}',
    b'{"a":' * 300 + b"1" + b"}" * 300, b"NaN", b'"\\ud800"', zlib.compress(b"x"),
])  # fmt: skip
@pytest.mark.parametrize("name", ["manifest.json", "result.json", "links.ndjson"])
def test_bombs_and_wrong_types(delivery, name, text):
    manifest = manifest_in(delivery.folder)
    (delivery.folder / name).write_bytes(text)
    if name == "result.json":
        manifest["result"]["files"][0] |= {"sha256": sha(text), "bytes": len(text)}
    if name == "links.ndjson":
        manifest["links"] |= {"sha256": sha(text), "bytes": len(text)}
    if name != "manifest.json":
        resigned(delivery.folder, manifest)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert found.broken.where.startswith((name, "result.json"))


def test_deep_values_inside_of_a_verdict(delivery):
    result = json.loads((delivery.folder / "result.json").read_bytes())
    result["verdicts"][0]["evidence"][0]["value"] = "DEEP"
    data = json.dumps(result).replace('"DEEP"', "[" * 1010 + "]" * 1010).encode()
    (delivery.folder / "result.json").write_bytes(data)
    manifest = manifest_in(delivery.folder)
    manifest["result"]["files"][0] |= {"sha256": sha(data), "bytes": len(data)}
    resigned(delivery.folder, manifest)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert found.broken.where == "result.json, verdicts 1: T-ONE-001 on web01"
    assert "has no canonical form" in found.broken.message


def test_the_same_file_named_twice(delivery):
    manifest = manifest_in(delivery.folder)
    manifest["reports"].append(dict(manifest["reports"][0]))
    resigned(delivery.folder, manifest)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert "is there twice" in found.broken.message


def test_a_manifest_that_signs_what_has_no_evidence(delivery):
    """Signing refuses it; a manifest made by other means does not pass either."""
    from auditor.engagement.evidence import linked
    from auditor.engagement.evidence_manifest import grounds_of
    from auditor.engagement.evidence_tree import Tree

    result = json.loads((delivery.folder / "result.json").read_bytes())
    result["verdicts"][0]["evidence"] = []
    write(delivery.folder, result)
    manifest = manifest_in(delivery.folder)
    grounds, tree, lines = grounds_of(manifest, manifest["inputs"]), Tree(), []
    for verdict in result["verdicts"]:
        made = linked(verdict, grounds)
        tree.add(made.leaf)
        lines.append(json.dumps(made.link, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    links = b"".join(lines)
    (delivery.folder / "links.ndjson").write_bytes(links)
    manifest["links"] |= {"sha256": sha(links), "bytes": len(links), "root": tree.root().hex()}
    for entry in (*manifest["result"]["files"], *manifest["reports"]):
        content = (delivery.folder / entry["name"]).read_bytes()
        entry |= {"sha256": sha(content), "bytes": len(content)}
    resigned(delivery.folder, manifest)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert found.broken.message == "T-ONE-001 on web01 says fail, but it has no evidence"


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(EvidenceError, match="is no folder"):
        verify(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    found = verify(tmp_path / "empty")
    assert found.broken is not None
    assert str(found.broken) == "manifest.json: is missing"


def test_a_key_of_another_kind(delivery):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    other = generate_private_key(SECP256R1()).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for data, why in (
        (pem, "is no Ed25519 key"),
        (KEY.pem(), "is a private key"),
        (b"no key", "is no public key, or is damaged"),
        (KEY.public.pem * 2, "holds more than one key, or is damaged"),
    ):
        (delivery.folder / "manifest.pub").write_bytes(data)
        found = verify(delivery.folder)
        assert found.broken is not None
        assert (found.broken.where, found.broken.message) == ("manifest.pub", why)


@pytest.mark.parametrize(("way", "value", "message"), [
    (("links", "root"), "0" * 64, "'links.root' is not what the verdicts give"),
    (("links", "leaves"), 4, "'links.leaves' is not what the verdicts give"),
    (("links", "lines"), 4, "'links.lines' is not what the verdicts give"),
    (("run", "input_digest"), "0" * 64, "member 'run' is not what the result says"),
    (("run", "as_of"), "2026-03-03T00:00:00Z", "member 'run' is not what the result says"),
    (("tool", "version"), "9", "member 'tool' is not what the result says"),
    (("checks", 1, "revision"), 2, "check T-TWO-001 is not the one that the manifest names"),
    (("checks", 1, "sha256"), "0" * 64, "check T-TWO-001 is not the one that the manifest names"),
    (("inputs", 0, "sha256"), "0" * 64, "sha256 of the input acme/web01.ini is not the one that the manifest states"),
    (("inputs", 0, "size"), 1, "size of the input acme/web01.ini is not the one that the manifest states"),
    (("reports", 0, "names_result"), False, "names the SHA-256 of result.json; the manifest says otherwise"),
    (("reports", 1, "names_result"), True, "does not name the SHA-256 of result.json; the manifest says otherwise"),
    (("reports", 0, "sha256"), "0" * 64, "was changed"),
    (("result", "files", 0, "name"), "report.txt", "names no result.json"),
])  # fmt: skip
def test_a_signer_who_states_what_is_not_so(delivery, way, value, message):
    resigned(delivery.folder, put(manifest_in(delivery.folder), way, value))
    found = verify(delivery.folder)
    assert found.broken is not None
    assert found.broken.message == message


def test_a_wrong_digest_over_all_inputs(delivery):
    """In manifest and result alike: only counting it again tells."""
    result = json.loads((delivery.folder / "result.json").read_bytes())
    result["run"]["input_digest"] = "0" * 64
    write(delivery.folder, result)
    manifest = manifest_in(delivery.folder)
    manifest["run"]["input_digest"] = "0" * 64
    data = (delivery.folder / "result.json").read_bytes()
    manifest["result"]["files"][0] |= {"sha256": sha(data), "bytes": len(data)}
    resigned(delivery.folder, manifest)
    found = verify(delivery.folder)
    assert found.broken is not None
    assert found.broken.message == "the digest over all inputs is another one"


def test_inputs_twice_or_counted_wrongly(streamed):
    manifest = manifest_in(streamed.folder)
    resigned(streamed.folder, put(manifest, ("streams", "inputs", "lines"), 2))
    found = verify(streamed.folder)
    assert found.broken is not None
    assert found.broken.message == "states 2 lines of exports.ndjson, there are 3"
    lines = [json.loads(line) for line in (streamed.folder / "exports.ndjson").read_bytes().splitlines()]
    resigned(streamed.folder, put(manifest, ("inputs",), lines))
    found = verify(streamed.folder)
    assert found.broken is not None
    assert found.broken.message == "names inputs itself and in exports.ndjson"
