"""Many exports in one archive: judged as they are unpacked, whatever their number."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from auditor.app import estate
from auditor.app.audit import Request, run_audit

ACME = Path(__file__).resolve().parents[2] / "examples" / "acme"


@pytest.fixture
def archive(tmp_path):
    """Makes an archive of so many hosts with the same export, after what else is given."""

    def make(hosts: int, *others: Path) -> Path:
        path = tmp_path / f"{hosts}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for other in others:
                packed.write(other, f"a/{other.relative_to(ACME)}")
            for number in range(hosts):
                packed.write(ACME / "kesl" / "web01" / "export.ini", f"fleet/host-{number:04}/export.ini")
        return path

    return make


def test_where_shares_end_does_not_show(tmp_path, monkeypatch, archive):
    dump = sorted((ACME / "ksc").glob("*.json"))
    request = {"paths": [archive(7, *dump)], "as_of": "2026-03-02"}
    whole = run_audit(Request(out=tmp_path / "whole", **request))
    assert len({verdict["subject"]["key"] for verdict in whole["verdicts"]}) > 15
    monkeypatch.setattr(estate, "AT_ONCE", 2)
    assert run_audit(Request(out=tmp_path / "small", **request)) == whole
    made = [(tmp_path / name / "result.json").read_bytes() for name in ("whole", "small")]
    assert made[0] == made[1]


def test_verdicts_do_not_wait_for_the_end_of_the_archive(tmp_path, monkeypatch, archive):
    monkeypatch.setattr(estate, "AT_ONCE", 50)

    def most_held(hosts: int) -> int:
        path = archive(hosts)
        tracemalloc.start()
        try:
            run_audit(Request([path], tmp_path / "out", as_of="2026-03-02"))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    most_held(1)  # what is loaded once
    few, many = most_held(300), most_held(900)
    written = (tmp_path / "out" / "verdicts.ndjson").stat().st_size
    assert written > 30_000_000
    assert many - few < written / 10
