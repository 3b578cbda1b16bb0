"""What happened to an incident, as far as a customer is told: internal notes and the tool's own bookkeeping are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.accounts.incidents.lifecycle import is_qualified
from auditor.model.events import Event, text_of

TOLD: Mapping[str, tuple[str, ...]] = {
    "submitted": ("channel", "authorised"),
    "phone_called": ("by", "line"),
    "qualified_answer": ("author", "analysis", "wanted", "waiting"),
    "info_requested": ("wanted",),
    "info_received": ("text",),
    "severity_changed": ("from", "to", "reason"),
    "kind_changed": ("from", "to", "reason"),
    "escalated": ("fraction", "due_at", "to", "reason", "late"),
    "routed": ("to", "role", "reason"),
    "clock_recalculated": ("old_deadline", "new_deadline", "reason"),
    "resolved": ("summary",),
    "reopened": ("reason",),
    "closed": (),
    "cancelled": ("reason",),
    "linked": ("relation", "other"),
    "note": ("text",),
    "correction": ("of", "text"),
    "avdb_changed": ("from", "to", "step"),
    "patch_changed": ("from", "to"),
}
"""Type of event -> what of its payload is told. Every other type is kept from customers."""


def told(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    """The events that customers are told, as JSON holds them, in the order in which they happened."""
    ordered = sorted(events, key=lambda event: event.order)
    hidden = {event.seq for event in ordered if event.payload.get("internal")}
    for event in ordered:
        secret = event.seq in hidden or event.payload.get("of") in hidden
        unqualified = event.type == "qualified_answer" and not is_qualified(event.payload)
        if event.type in TOLD and not secret and not unqualified:
            yield _item(event)


def _item(event: Event) -> dict[str, Any]:
    details = {name: event.payload[name] for name in TOLD[event.type] if event.payload.get(name) not in (None, "", [])}
    return {"at": text_of(event.at), "type": event.type, "actor": event.actor, "details": details}
