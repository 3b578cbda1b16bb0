"""The example customer is what its generator writes, small, and holds what its README promises."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ACME = EXAMPLES / "acme"


def test_the_script_writes_the_committed_bytes(tmp_path):
    subprocess.run([sys.executable, "-B", str(EXAMPLES / "make_acme.py"), str(tmp_path)], check=True)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(written) > 80
    assert {name: data for name, data in written.items() if (ACME / name).read_bytes() != data} == {}
    by_hand = {path.relative_to(ACME) for path in (ACME / "ksc").rglob("*") if path.is_file()} - set(written)
    assert by_hand == {Path("ksc/ksc01/klscflag.txt")}


def test_every_answer_is_a_call_of_the_server_save_the_naked_one():
    bundles = {path: json.loads(path.read_bytes()) for path in sorted((ACME / "ksc").glob("*.json"))}
    assert {(bundle["format"], bundle["server"]) for bundle in bundles.values()} == {("ksc-openapi-call/1", "ksc01")}
    assert [path.name for path, bundle in bundles.items() if not path.name.startswith(bundle["method"])] == []
    assert set(json.loads((ACME / "ksc" / "ksc01" / "Policy.GetPoliciesForGroup.json").read_bytes())) == {"PxgRetVal"}


def test_the_damaged_files_are_damaged():
    page = next((ACME / "broken").glob("*.json")).read_text()
    with pytest.raises(json.JSONDecodeError):
        json.loads(page)
    assert not (ACME / "broken" / "db02-export.ini").read_text().endswith("\n")
    assert (ACME / "policies" / "KES-workstations.klp").read_bytes().find(b"kscpolfmn") == 4


def test_secrets_are_planted_where_readers_must_look():
    planted = {
        path.name: path.read_text() for path in ACME.rglob("*") if path.is_file() and b"PLANTED" in path.read_bytes()
    }
    words = set(re.findall(r"PLANTED[\w.@-]*", "".join(text for name, text in planted.items() if name != "README.md")))
    assert {"PLANTED-ksc-proxy-password", "PLANTED.kladmin@acme.example", "PLANTED0the0body0of0a0key0file00"} <= words
    assert "svc-proxy:PLANTED-web01-proxy-password@" in planted["export.ini"]
    assert "files01:PLANTED-files01-proxy-password@" in planted["app-settings.ini"]


def test_the_folder_stays_small():
    assert sum(path.stat().st_size for path in EXAMPLES.rglob("*") if path.is_file()) < 400_000
