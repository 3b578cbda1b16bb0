"""The states of an incident and what leads from one to another.

A draft is not stored. The automatic acknowledgement, notes, calls and routing change no state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

State: TypeAlias = Literal["submitted", "in_progress", "waiting_customer", "resolved", "closed", "cancelled"]

STATES: tuple[State, ...] = get_args(State)
OPEN: frozenset[State] = frozenset({"submitted", "in_progress", "waiting_customer"})
ENDED: frozenset[State] = frozenset({"resolved", "closed", "cancelled"})

_FROM: Mapping[str, Mapping[State, State]] = {
    "qualified_answer": {
        "submitted": "in_progress",
        "in_progress": "in_progress",
        "waiting_customer": "waiting_customer",
    },
    "info_requested": dict.fromkeys(sorted(OPEN), "waiting_customer"),
    "info_received": {"waiting_customer": "in_progress"},
    "resolved": {"in_progress": "resolved", "waiting_customer": "resolved"},
    "reopened": {"resolved": "in_progress", "closed": "in_progress"},
    "closed": {"resolved": "closed"},
    "cancelled": {"submitted": "cancelled"},
}
_DUPLICATE: Mapping[State, State] = {**dict.fromkeys(sorted(OPEN), "closed"), "resolved": "closed"}
_ONLY_WHILE_OPEN = frozenset({"severity_changed", "escalated", "routed", "acknowledged_auto"})
_NOT_WHEN_OVER = frozenset({"kind_changed", "phone_called", "clock_recalculated"})


def is_specialist(author: object) -> bool:
    """Whether it names somebody of the support side, person:ID or user:NAME; a customer or a program is none."""
    return isinstance(author, str) and author.partition(":")[0] in {"person", "user"}


def is_qualified(payload: Mapping[str, Any]) -> bool:
    """Whether an answer is a qualified one: by a specialist, with a preliminary analysis (RULE-SLA-1)."""
    return is_specialist(payload.get("author")) and bool(str(payload.get("analysis") or "").strip())


def next_state(state: State, kind: str, payload: Mapping[str, Any], *, answered: bool) -> State | None:
    """The state after an event of type `kind`; None when that event cannot happen in this state.

    `answered`: whether there was a qualified answer before. Types that are not known change nothing; an answer that is
    not qualified, as another program may have written it, cannot happen in any state.
    """
    if kind == "linked" and payload.get("relation") == "duplicate_of":
        return _DUPLICATE.get(state)
    if kind == "qualified_answer" and not is_qualified(payload):
        return None
    if kind in _FROM:
        return _moved(state, kind, payload, answered)
    if kind in _ONLY_WHILE_OPEN and state not in OPEN:
        return None
    if kind in _NOT_WHEN_OVER and state in {"closed", "cancelled"}:
        return None
    return state


def _moved(state: State, kind: str, payload: Mapping[str, Any], answered: bool) -> State | None:
    after = _FROM[kind].get(state)
    if after is not None and kind == "qualified_answer" and payload.get("waiting"):
        return "waiting_customer"
    if after is not None and kind == "info_received" and not answered:
        return "submitted"
    return after
