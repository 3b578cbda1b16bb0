"""Small deliveries made by hand: two exports and an archive, a few verdicts, two reports, signed with a fixed key."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auditor.app.evidence.sealing import Report, seal
from auditor.app.evidence.signing import SigningKey
from auditor.app.evidence.verifying import Asked, Verification, verify


def key_from_seed(seed: bytes) -> SigningKey:
    """The key of 32 secret bytes (RFC 8032, 5.1.5)."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(seed))


KEY = key_from_seed(bytes(range(32)))
OTHER_KEY = key_from_seed(bytes(range(1, 33)))
FACTS = {"engagement": "HC-0001", "received": [{"path": "acme", "source": "upload", "received_at": "2026-03-02"}]}
REPORTS = (Report("report.html", "en", "html"), Report("report.es.html", "es", "html"))
CHECKS = ("T-ONE-001", "T-TWO-001", "T-ROW-001")

ONE, TWO = b"[Task]\nA=1\nB=2\n", b"[Task]\nA=3\n"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def exports_in(folder: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The exports of a customer, and what an audit writes down about them."""
    acme = folder / "acme"
    acme.mkdir(parents=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("web02.ini"), TWO)
    (acme / "web01.ini").write_bytes(ONE)
    (acme / "more.zip").write_bytes(packed.getvalue())
    files = {"acme/web01.ini": ONE, "acme/more.zip!web02.ini": TWO, "acme/more.zip": packed.getvalue()}
    return acme, [
        {"path": path, "status": "read", "size": len(data), "sha256": sha(data)} for path, data in files.items()
    ]


def verdict(check: str, host: str, outcome: str = "fail", **more: Any) -> dict[str, Any]:
    file = {"web01": "acme/web01.ini", "web02": "acme/more.zip!web02.ini"}[host]
    piece = {"setting": "task.A", "value": "1", "expected": "2", "met": outcome == "pass", "file": file, "line": 2}
    subject = {"kind": "kesl.host", "key": host, "name": host}
    return {"check_id": check, "outcome": outcome, "severity": "high", "subject": subject, "evidence": [piece], **more}


def verdicts() -> list[dict[str, Any]]:
    device = {"key": "ksc/host/1", "name": "PC", "outcome": "fail", "evidence": verdict(CHECKS[0], "web02")["evidence"]}
    nowhere = [{"setting": "task.TASK_NAME", "note": "none among 5 tasks"}]
    rollup = {"judged": 1, "passed": 0, "failed": 1, "undecided": 0, "not_selected": 0, "share": 1.0}
    return [
        verdict(CHECKS[0], "web01"),
        verdict(CHECKS[0], "web02", "pass"),
        verdict(CHECKS[1], "web01", evidence=nowhere),
        verdict(CHECKS[1], "web02", "unknown", evidence=[], reason="not_collected"),
        verdict(CHECKS[2], "web01", evidence=nowhere, rollup={**rollup, "affected": [device]}),
    ]


def result_of(found: list[dict[str, Any]], inputs: list[dict[str, Any]]) -> dict[str, Any]:
    whole = hashlib.sha256()
    for record in inputs:
        whole.update(f"{record['path']}\0{record['sha256']}\n".encode())
    counts = Counter(each["outcome"] for each in found)
    run = {
        "as_of": "2026-03-02T00:00:00Z",
        "as_of_source": "option",
        "self_audit": True,
        "baseline": {"id": "recommended", "title": "Recommended", "revision": 1, "sha256": "b" * 64},
        "catalogue": {"checks": 3, "selected": 3, "sha256": "c" * 64},
        "plugins": [],
        "plugin_failures": [],
        "input_digest": whole.hexdigest(),
    }
    return {
        "schema": "auditor-result/1",
        "tool": {"name": "auditor", "version": "0.0.1"},
        "run": run,
        "limits": {},
        "streams": {},
        "inputs": inputs,
        "inventory": [],
        "gaps": [],
        "checks": [{"id": check, "revision": 1, "sha256": sha(check.encode()), "title": "T"} for check in CHECKS],
        "summary": {"verdicts": {name: counts[name] for name in ("pass", "fail", "unknown")}},
        "waivers": [],
        "verdicts": found,
    }


def stream(folder: Path, result: dict[str, Any], name: str, items: list[dict[str, Any]] | None = None) -> None:
    """Put an array of the result into a file of its own."""
    lines = [json.dumps(item).encode() + b"\n" for item in (result.get(name, []) if items is None else items)]
    data = b"".join(lines)
    (folder / f"{name}.ndjson").write_bytes(data)
    result["streams"][name] = {
        "file": f"{name}.ndjson", "sha256": sha(data), "lines": len(lines), "bytes": len(data),
    }  # fmt: skip
    if name in result:
        result[name] = []


def write(folder: Path, result: dict[str, Any]) -> None:
    """The result and its reports, one of which names it."""
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(result).encode() + b"\n"
    (folder / "result.json").write_bytes(data)
    (folder / "report.html").write_text(f"<p>SHA-256 {sha(data)}</p>")
    (folder / "report.es.html").write_text("<p>Informe</p>")


def signed(folder: Path, result: dict[str, Any], previous: str | None = None) -> str:
    """Write and sign; the SHA-256 of the manifest."""
    write(folder, result)
    return seal(folder, FACTS, REPORTS, KEY, previous)


def resigned(folder: Path, manifest: Any) -> None:
    """Any document as manifest, with a valid signature: what a hostile signer could hand over."""
    data = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    (folder / "manifest.json").write_bytes(data)
    (folder / "manifest.sig").write_bytes(KEY.sign(data))


def manifest_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return found


def states(found: Verification) -> dict[str, str]:
    return {step.name: step.state.value for step in found.steps}


def holds(folder: Path, asked: Asked | None = None) -> bool:
    found = verify(folder, asked)
    return found.broken is None and found.comparable
