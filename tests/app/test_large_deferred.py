"""Large files that wait for the others travel between processes, and hold no file open while they wait."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from auditor.app import audit
from auditor.app.audit import Request, run_audit
from auditor.app.intake import IntakeRequest, run_intake
from benchmarks.fleet import write_ksc_hosts

LARGE = 450
"""Devices of a page above 1 MiB, up to which a file is read at once."""


@pytest.fixture
def few_handles() -> Iterator[None]:
    """No more than 40 open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_large_page_is_handed_to_processes_and_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(audit, "SHARE_FILES", 1)
    write_ksc_hosts(tmp_path / "ksc", 2 * LARGE, pages=2)
    assert min(path.stat().st_size for path in (tmp_path / "ksc").iterdir()) > 1 << 20
    request = {"paths": [tmp_path / "ksc"], "as_of": "2026-03-02"}
    one = run_audit(Request(out=tmp_path / "one", jobs=1, **request))
    assert run_audit(Request(out=tmp_path / "two", jobs=2, **request)) == one
    assert run_audit(Request(out=tmp_path / "kept", jobs=1, checkpoints=tmp_path / "checkpoints", **request)) == one
    assert one["summary"]["inputs_by_status"] == {"read": 2}


def test_more_large_pages_than_files_may_be_open(tmp_path, few_handles):
    write_ksc_hosts(tmp_path / "ksc", 45 * LARGE, pages=45)
    result = run_audit(Request([tmp_path / "ksc"], tmp_path / "out", as_of="2026-03-02", jobs=1))
    assert result["summary"]["inputs_by_status"] == {"read": 45}
    assert run_intake(IntakeRequest([tmp_path / "ksc"]))["summary"]["files_by_status"]["read"] == 45
