"""One event of an incident in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from auditor.accounts.incidents.lifecycle import is_qualified
from auditor.phrases import Phrases

if TYPE_CHECKING:
    from auditor.app.incidents.pages import Teller

Payload = Mapping[str, Any]


def happening(event: Mapping[str, Any], teller: Teller) -> str:
    """What happened, such as: Level 3 to 1: servers are down."""
    kind, payload = event["type"], event["payload"]
    if kind in _SPECIAL:
        return _SPECIAL[kind](payload, teller)
    if kind in _PLAIN:
        return teller.labels.say(f"event_{kind}", **{key: payload.get(key) or "-" for key in _PLAIN[kind]})
    return teller.labels.say("event_other", type=kind)


def _submitted(payload: Payload, teller: Teller) -> str:
    channel = teller.label("channel", payload["channel"].replace("-", ""))
    return teller.labels.say("event_submitted", channel=channel)


def _called(payload: Payload, teller: Teller) -> str:
    line = teller.label("line", payload["line"])
    return teller.labels.say("event_phone_called", by=teller.names(payload["by"]), line=line)


def _answered(payload: Payload, teller: Teller) -> str:
    if not is_qualified(payload):  # no command writes one, and it stops no clock
        return teller.labels.say("event_other", type="qualified_answer")
    author = teller.names(payload["author"])
    said = [teller.labels.say("event_qualified_answer", author=author, analysis=payload["analysis"])]
    if payload.get("wanted"):
        said.append(_wanted(payload, teller))
    return ". ".join(said)


def _wanted(payload: Payload, teller: Teller) -> str:
    return teller.labels.say("event_info_requested", wanted="; ".join(payload.get("wanted") or ()))


def _kind(payload: Payload, teller: Teller) -> str:
    said = {side: teller.word("kind", payload[side]) for side in ("from", "to")}
    return teller.labels.say("event_kind_changed", reason=payload["reason"], **said)


def _escalated(payload: Payload, teller: Teller) -> str:
    if payload.get("fraction") is None:
        return teller.labels.say("event_escalated", reason=payload["reason"])
    share = teller.labels.percent(payload["fraction"])
    return teller.labels.say("event_threshold", share=share, due_at=teller.at(payload["due_at"]))


def _routed(payload: Payload, teller: Teller) -> str:
    role = teller.word("role", payload["role"])
    return teller.labels.say("event_routed", person=teller.names(f"person:{payload['to']}"), role=role)


def _recalculated(payload: Payload, teller: Teller) -> str:
    none = teller.labels.say("not_guaranteed")
    old, new = (teller.at(payload[name]) or none for name in ("old_deadline", "new_deadline"))
    return teller.labels.say("event_clock_recalculated", old=old, new=new, reason=payload["reason"])


def _linked(payload: Payload, teller: Teller) -> str:
    relation = teller.label("relation", payload["relation"])
    return teller.labels.say("event_linked", relation=relation, other=payload["other"])


def _note(payload: Payload, teller: Teller) -> str:
    return teller.labels.say("event_note_internal" if payload.get("internal") else "event_note", text=payload["text"])


def _moved(request: str, payload: Payload, teller: Teller) -> str:
    """A release or a patch went from one of its own states to another."""
    words = Phrases(teller.labels.language, "requests")
    names = {side: f"{request}_state_{payload[side]}" for side in ("from", "to")}
    said = {side: words.say(name) if words.knows(name) else payload[side] for side, name in names.items()}
    return teller.labels.say(f"event_{request}_changed", **said)


_PLAIN: Mapping[str, tuple[str, ...]] = {
    "acknowledged_auto": (),
    "info_received": ("text",),
    "severity_changed": ("from", "to", "reason"),
    "resolved": ("summary",),
    "reopened": ("reason",),
    "closed": (),
    "cancelled": ("reason",),
    "correction": ("of", "text"),
    "report_sent": ("report",),
}
_SPECIAL: Mapping[str, Callable[[Payload, Teller], str]] = {
    "submitted": _submitted,
    "phone_called": _called,
    "qualified_answer": _answered,
    "info_requested": _wanted,
    "kind_changed": _kind,
    "escalated": _escalated,
    "routed": _routed,
    "clock_recalculated": _recalculated,
    "linked": _linked,
    "note": _note,
    "avdb_changed": partial(_moved, "avdb"),
    "patch_changed": partial(_moved, "patch"),
}
