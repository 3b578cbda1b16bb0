"""A made-up `engagement.json` for the rich result of `acme.yaml`."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

AT = "2026-03-02T12:00:00.000000Z"


def judgement(check: str, key: str, kind: str = "kesl.host", **said: Any) -> Json:
    base = {"rating": None, "waiver": None, "attestation": None, "notes": [], "incident": None}
    return {"check_id": check, "subject": {"kind": kind, "key": key}, "fingerprint": "f" * 64, **base, **said}


def rated(reason: str = "Behind a gateway") -> Json:
    return {"severity": "medium", "by": "First Person", "reason": reason, "at": AT}


def answered(until: str) -> Json:
    return {
        "answer": "pass", "author": "First Contact", "on": "2026-03-02", "evidence": "Screenshot of the console",
        "valid_until": until, "at": AT,
    }  # fmt: skip


def engagement() -> Json:
    about = {
        "id": "HC-2026-0007",
        "account": {"id": "acme", "name": "Acme & Sons"},
        "contract": "C-1",
        "programme": "MSA Enterprise",
        "zone": "Europe/Madrid",
        "day": "2026-03-02",
        "window": {"from": "2026-03-02T08:00:00.000000Z", "to": "2026-03-02T17:00:00.000000Z"},
        "used_seconds": 27_060,
        "tam": {"id": "tam1", "name": "First Person"},
        "participants": ["First Contact", "Second Contact"],
        "products": ["kesl", "ksc"],
        "sources": ["exports of five hosts", "OpenAPI dump"],
        "access": "encrypted archive",
        "language": "es",
        "requested_at": "2026-01-10T10:00:00.000000Z",
        "agreed_at": "2026-02-01T10:00:00.000000Z",
        "agreements": [
            {"side": "customer", "by": "First Contact", "at": "2026-02-01T10:00:00.000000Z", "day": "2026-03-02"}
        ],
        "overrides": [{"rule": "notice", "by": "First Person", "reason": "Migration in April"}],
        "version": 2,
        "corrects": 1,
        "reason": "The export of db01 came in later",
        "delivered_at": "2026-03-02T16:30:00.000000Z",
        "unfinished": ["Interview on incident response"],
        "received": [
            {"at": AT, "kind": "exports", "source": "the archive", "files": 1_100, "bytes": 2_048, "manifest": "a" * 64}
        ],
    }
    judgements = [
        judgement("KESL-FTP-003", "web01", rating=rated(), notes=[{"text": "Planned", "by": "First Contact", "at": AT}]
        ),
        judgement("KESL-FTP-003", "web02", rating=rated(), incident="INC-12"),
        judgement(
            "KESL-FTP-007", "build01",
            waiver={"approver": "Second Person", "reason": "Build cache", "expires": "2026-09-30", "at": AT},
        ),
    ]  # fmt: skip
    return {"schema": "auditor-engagement/1", "engagement": about, "judgements": judgements, "comparison": compared()}


def compared() -> Json:
    counts = dict.fromkeys(("waived", "no_longer_applicable", "newly_checked", "waiver_expired"), 0)
    counts |= {"new": 3, "persisting": 1, "fixed": 9, "regressed": 1, "not_comparable": 4, "same_good": 1_000}
    fleet = {"before": {"judged": 100, "failed": 80}, "now": {"judged": 98, "failed": 2}}
    return {
        "schema": "auditor-comparison/1",
        "old": {"as_of": "2025-03-03T10:00:00Z"},
        "new": {"as_of": "2026-03-01T12:00:00Z"},
        "score": {"before": 61.2, "after": 70.5, "customer": 12.3, "yardstick": -3.0},
        "counts": counts,
        "groups": [
            group("regressed", "KESL-FTP-001", "high", [{"kind": "kesl.host", "key": "web02", "name": "web02"}]),
            group(
                "persisting",
                "KSC-HST-001",
                "critical",
                [{"kind": "ksc.server", "key": "k", "name": "k", "devices": fleet}],
            ),
            group(
                "not_comparable",
                "KESL-NTP-001",
                "low",
                [{"kind": "h", "key": "a", "name": "a"}],
                why="not_collected",
                count=4,
            ),
        ],
        "notes": [{"phrase": "note_questions", "parameters": {"count": 3}}],
    }


def group(change: str, check: str, severity: str, things: list[Json], **more: Any) -> Json:
    base = {"why": "", "waived_until": "", "count": len(things), "product": "kesl", "area": "a", "title": f"T {check}"}
    return {"change": change, "check": check, "severity": severity, "things": things, **base, **more}


def deliver(document: Json, folder: Any) -> None:
    """Write the document beside a stored result."""
    (folder / "engagement.json").write_text(json.dumps(document), encoding="utf-8")
