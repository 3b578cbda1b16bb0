"""Whole audits of small dumps that each test writes: what the server says, and what is missing of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from auditor.app.audit import Request, run_audit


def device(number: int, **more: Any) -> dict[str, Any]:
    """A managed, protected device."""
    return {
        "KLHST_WKS_HOSTNAME": f"id-{number}",
        "KLHST_WKS_DN": f"PC-{number}",
        "KLHST_WKS_GROUPID": 4,
        "KLHST_WKS_STATUS": 31,
        "KLHST_WKS_STATUS_MASK": 0,
        "KLHST_WKS_LAST_VISIBLE": {"type": "datetime", "value": "2026-03-01T10:00:00Z"},
        "KLHST_APP_INFO": {"type": "params", "value": {"1103": {}, "KES": {}}},
        **more,
    }


@dataclass
class Dump:
    """A folder of answers of server ksc01."""

    folder: Path
    result: dict[str, Any] = field(default_factory=dict)

    def call(self, name: str, method: str, response: Any, **request: Any) -> Path:
        """One answer in our bundle."""
        document = {
            "format": "ksc-openapi-call/1", "collected_at": "2026-03-01T12:00:00Z", "server": "ksc01",
            "virtual_server": "", "method": method, "request": request, "response": response,
        }  # fmt: skip
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(document))
        return path

    def found(self, number: int, accessor: str = "A", selection: str = "") -> None:
        """What FindHosts stated."""
        self.call(f"find-{accessor}", "HostGroup.FindHosts", {"PxgRetVal": number, "strAccessor": accessor},
                  wstrFilter=selection)  # fmt: skip

    def page(self, start: int, rows: Sequence[dict[str, Any]], accessor: str = "A", **more: Any) -> Path:
        """One page of devices, wrapped as the server does."""
        answer = {"PxgRetVal": len(rows), **more,
                  "pChunk": {"KLCSP_ITERATOR_ARRAY": [{"type": "params", "value": row} for row in rows]}}  # fmt: skip
        return self.call(f"page-{accessor}-{start}", "ChunkAccessor.GetItemsChunk", answer,
                         strAccessor=accessor, nStart=start, nCount=1000)  # fmt: skip

    def audit(self) -> dict[str, Any]:
        """Run the audit; the result as stored."""
        out = self.folder.parent / "out"
        self.result = run_audit(Request([self.folder], out, as_of="2026-03-01", formats=()))
        return self.result

    def verdict(self, check: str) -> dict[str, Any]:
        """The verdict of a check about the server."""
        result = self.result or self.audit()
        found = [item for item in result["verdicts"] if item["check_id"] == check]
        assert len(found) == 1, found
        return dict(found[0])

    def said(self, check: str) -> tuple[str, str, str]:
        """Outcome, reason and all notes of a verdict."""
        verdict = self.verdict(check)
        notes = "; ".join(item.get("note", "") for item in verdict["evidence"])
        return verdict["outcome"], verdict.get("reason", ""), notes


@pytest.fixture
def dump(tmp_path: Path) -> Dump:
    folder = tmp_path / "ksc01"
    folder.mkdir()
    return Dump(folder)


@pytest.fixture(scope="session")
def make_device() -> Callable[..., dict[str, Any]]:
    return device
