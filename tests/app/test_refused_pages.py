"""A page of devices that was refused before anybody read it must not make the others look like the whole."""

from __future__ import annotations

import json

import pytest

from auditor.app.audit import Request, run_audit

PAGE = {
    "format": "ksc-openapi-call/1",
    "collected_at": "2026-03-02T08:00:00Z",
    "server": "ksc01",
    "virtual_server": "",
    "method": "ChunkAccessor.GetItemsChunk",
    "request": {"strAccessor": "A1", "nStart": 0, "nCount": 1000},
    "response": {
        "PxgRetVal": 1,
        "pChunk": {
            "KLCSP_ITERATOR_ARRAY": [
                {
                    "type": "params",
                    "value": {
                        "KLHST_WKS_HOSTNAME": "host-1",
                        "KLHST_WKS_DN": "PC1",
                        "KLHST_WKS_STATUS": 31,
                        "KLHST_WKS_STATUS_MASK": {"type": "long", "value": 0},
                    },
                }
            ]
        },
    },
}


@pytest.fixture
def outcome_of(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITOR_CACHE", "")
    folder = tmp_path / "ksc"
    folder.mkdir()
    (folder / "ChunkAccessor.GetItemsChunk.A1.1.json").write_text(json.dumps(PAGE), encoding="utf-8")

    def audit(check_id):
        result = run_audit(Request(paths=[folder], out=tmp_path / "out"))
        [verdict] = [item for item in result["verdicts"] if item["check_id"] == check_id]
        return verdict

    return folder, audit


def test_all_pages_read_pass(outcome_of):
    _, audit = outcome_of
    assert audit("KSC-HST-009")["outcome"] == "pass"


def test_a_refused_page_leaves_it_open(outcome_of):
    folder, audit = outcome_of
    (folder / "ChunkAccessor.GetItemsChunk.A1.2.json").symlink_to("ChunkAccessor.GetItemsChunk.A1.1.json")
    verdict = audit("KSC-HST-009")
    assert verdict["outcome"] == "unknown"
    assert verdict["reason"] == "incomplete"
