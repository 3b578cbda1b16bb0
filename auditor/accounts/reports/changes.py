"""What changed in a period beyond the coming and going of requests: severities, escalations, releases, patches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from auditor.accounts.incidents.state import Incident
from auditor.accounts.reports.material import Patch, Seen
from auditor.model.events import Event, text_of

AVDB, PATCH = "avdb_release", "private_patch"


def severity_changes(seen: Iterable[Seen], start: datetime) -> list[dict[str, Any]]:
    """Every change of a severity since `start`, in order of time."""
    found = []
    for incident in _incidents(seen):
        for before, change in zip(incident.levels, incident.levels[1:], strict=False):
            if change.at >= start:
                entry = {"from": before.level, "to": change.level, "reason": change.reason, "actor": change.actor}
                found.append({"at": text_of(change.at), "incident": incident.id, **entry})
    return _in_order(found)


def escalations(seen: Iterable[Seen], start: datetime) -> dict[str, Any]:
    """Escalations since `start`: each in order of time, and how many were thresholds of the clock or asked for."""
    found = []
    for incident in _incidents(seen):
        for one in incident.escalations:
            if one.at >= start:
                entry = {"fraction": one.fraction, "reason": one.reason, "to": list(one.to), "late": one.late}
                found.append(
                    {"at": text_of(one.at), "incident": incident.id, "level": incident.level_at(one.at), **entry}
                )
    by_person = sum(one["fraction"] is None for one in found)
    return {"by_clock": len(found) - by_person, "by_person": by_person, "list": _in_order(found)}


def releases(seen: Iterable[Seen], start: datetime) -> list[dict[str, Any]]:
    """Requests for database releases that are open, or came in or moved on since `start`, with those steps."""
    return [
        {
            "incident": incident.id,
            "title": incident.title,
            "state": incident.avdb or "new",
            "reason": incident.request.get("reason"),
            "detection": incident.request.get("detection"),
            "submitted_at": text_of(incident.submitted_at),
            "steps": _steps(incident.events, "avdb_changed", start),
        }
        for incident in _moved(seen, AVDB, "avdb_changed", start)
    ]


def private_patches(seen: Iterable[Seen], start: datetime) -> list[dict[str, Any]]:
    """Requests for private patches that are open, or came in or moved on since `start`, with those steps."""
    return [
        {
            "incident": incident.id,
            "title": incident.title,
            "state": incident.patch or "requested",
            "product": incident.product,
            "product_version": incident.product_version,
            "submitted_at": text_of(incident.submitted_at),
            "steps": _steps(incident.events, "patch_changed", start),
        }
        for incident in _moved(seen, PATCH, "patch_changed", start)
    ]


def delivered(patches: Iterable[Patch], start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Public and private patches that were delivered in the period, in order of time, with their SHA-256."""
    names = ("incident", "visibility", "product", "version", "name", "sha256")
    return [
        {"id": patch.id, "delivered_at": text_of(patch.delivered_at)}
        | {name: patch.document.get(name) for name in names}
        for patch in sorted(patches, key=lambda patch: (patch.delivered_at, patch.id))
        if start <= patch.delivered_at < end
    ]


def _incidents(seen: Iterable[Seen]) -> Iterable[Incident]:
    return (one.incident for one in seen)


def _moved(seen: Iterable[Seen], kind: str, event_type: str, start: datetime) -> list[Incident]:
    return [
        incident
        for incident in _incidents(seen)
        if incident.type == kind
        and (incident.submitted_at >= start or _steps(incident.events, event_type, start) or incident.open)
    ]


def _steps(events: Sequence[Event], event_type: str, start: datetime) -> list[dict[str, Any]]:
    return [
        {
            "at": text_of(event.at),
            "from": event.payload["from"],
            "to": event.payload["to"],
            "step": event.payload.get("step"),
        }
        for event in events
        if event.type == event_type and event.at >= start
    ]


def _in_order(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda entry: (entry["at"], entry["incident"]))
