"""Exports arrive: every file is recorded by its hash, and it is said what the audit will not be able to tell."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.accounts.saving import Act, Subject
from auditor.app.engagements.circles import STREAM, load_engagement
from auditor.app.engagements.negotiating import append, require
from auditor.errors import UsageProblem
from auditor.model.events import canonical, text_of

if TYPE_CHECKING:
    from auditor.store.store import Writing

Json = dict[str, Any]
RECEIVING = ("agreed", "in_progress")
EXPORTS = "exports"
SELF_AUDIT = "self_audit"


@dataclass(frozen=True, slots=True)
class Received:
    """What came in. `manifest` names every file, `missing` what the scope still lacks, in the guide's words.

    Of a self-audit `run` is what it judged, to be kept; `incomplete` says in its own words why it was not complete.
    """

    manifest: bytes
    sha256: str
    kind: str
    files: int
    bytes: int
    missing: tuple[Json, ...]
    troubled: tuple[Json, ...]
    absent_products: tuple[str, ...]
    run: Json | None = None
    incomplete: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the scope lacks nothing and every file could be read; of a self-audit, whether it says so itself."""
        return not (self.missing or self.troubled or self.absent_products or self.incomplete)


def look_at(path: Path, products: tuple[str, ...], source: str, at: datetime) -> Received:
    """Read exports, or the stored result of a self-audit; nothing is written. UsageProblem when nothing is there."""
    if (path / "result.json").is_file():
        return _self_audit(path, source, at)
    from auditor.app.intake import IntakeRequest, run_intake

    report = run_intake(IntakeRequest([path], products=products, whole=True))
    inputs = report["inputs"]
    if not inputs:
        raise UsageProblem(f"{path} holds no file", hint="name the folder or archive that holds the exports")
    files = [{name: one[name] for name in ("path", "size", "sha256", "status")} for one in inputs]
    manifest = canonical({"source": source, "received_at": text_of(at), "files": files})
    found = {one["product"] for one in report["found"]} | {one["product"] for one in report["devices"]}
    return Received(
        manifest,
        hashlib.sha256(manifest).hexdigest(),
        EXPORTS,
        len(files),
        sum(one["size"] for one in files),
        tuple(report["missing"]),
        tuple(one for one in inputs if one["status"] in {"broken", "unreadable", "skipped"}),
        tuple(sorted(set(products) - found)),
    )


def _self_audit(path: Path, source: str, at: datetime) -> Received:
    from auditor.app.findings import kept_runs, results
    from auditor.reporting.reader import load_result

    stored = load_result(path)
    run: Mapping[str, Any] = stored.data["run"]
    if not run["self_audit"]:
        raise UsageProblem(f"{path} holds the result of an engagement", hint="name the exports, or a self-audit")
    data = (path / "result.json").read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    file = {"path": "result.json", "size": len(data), "sha256": sha256, "status": "read"}
    manifest = canonical({"source": source, "received_at": text_of(at), "files": [file], "as_of": run["as_of"]})
    digest = hashlib.sha256(manifest).hexdigest()
    run_document = kept_runs.packed(results.read(stored))
    return Received(
        manifest, digest, SELF_AUDIT, 1, len(data), (), (), (), run_document, _incomplete(stored.data["summary"])
    )


def _incomplete(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """Why a self-audit was not complete; a result that does not say that it was is taken for one that was not."""
    if summary.get("complete") is True:
        return ()
    reasons = summary.get("incomplete_because")
    stated = tuple(str(why) for why in reasons) if isinstance(reasons, list) else ()
    return stated or ("it does not say that it was",)


def receive(writing: Writing, ident: str, came: Received, source: str, act: Act) -> None:
    """Write down what came in; the manifest is kept in the store, and so is what a self-audit judged."""
    found = load_engagement(writing, ident)
    require(found, RECEIVING, "receive exports for")
    writing.keep_content(came.sha256, came.manifest)
    payload = {
        "manifest": came.sha256,
        "kind": came.kind,
        "files": came.files,
        "bytes": came.bytes,
        "source": source,
        "complete": came.complete,
        "missing": [_short(one) for one in came.missing],
        "absent_products": list(came.absent_products),
        **({} if came.run is None else {"run": writing.keep_snapshot("run", came.run)}),
    }
    append(writing, Subject(STREAM, ident, found.account), "received", payload, act)


def _short(gap: Mapping[str, Any]) -> Json:
    return {"product": gap["product"], "areas": sorted(gap["areas"]), "checks": len(gap["checks"])}
