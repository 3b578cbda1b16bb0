"""Who does something to an incident, when, and whether it fits what is recorded already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.accounts.incidents.folding import in_order, same
from auditor.accounts.incidents.lifecycle import State, next_state
from auditor.accounts.incidents.state import Incident
from auditor.errors import RuleBroken
from auditor.model.events import Event, NewEvent

SYSTEM = "system"
SKEW = timedelta(minutes=5)
"""How far clocks of two machines may differ before an instant counts as future."""

_ACTOR = re.compile(r"(?:contact|person|user):\S.*|system")
_COMMANDS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "answer": ("qualified_answer", {"author": "person:P", "analysis": "any"}),
    "request data": ("info_requested", {}),
    "receive data": ("info_received", {}),
    "change severity": ("severity_changed", {}),
    "change kind": ("kind_changed", {}),
    "escalate": ("escalated", {}),
    "record a call": ("phone_called", {}),
    "resolve": ("resolved", {}),
    "reopen": ("reopened", {}),
    "close": ("closed", {}),
    "cancel": ("cancelled", {}),
    "merge": ("linked", {"relation": "duplicate_of"}),
    "link": ("linked", {}),
    "note": ("note", {}),
}
_OFTEN_LATE = frozenset({"phone_called", "note", "correction", "acknowledged_auto"})
_CONSEQUENCES = frozenset({"escalated", "routed", "acknowledged_auto", "phone_called", "clock_recalculated"})
_LAST = 1 << 62
"""Of two events at one instant the new one comes last."""


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something: `actor` as events name them, `at` when it happened, `now` the present (both UTC).

    `imported`: it is recorded afterwards and takes its place among what is recorded already.
    """

    actor: str
    at: datetime
    now: datetime
    imported: bool = False

    def __post_init__(self) -> None:
        if _ACTOR.fullmatch(self.actor) is None:
            raise RuleBroken(
                f"{self.actor!r} is nobody", hint="write contact:ID, person:ID or user:NAME; the tool itself is system"
            )

    @property
    def human(self) -> bool:
        """Whether a person does it."""
        return self.actor != SYSTEM


def possible(incident: Incident) -> tuple[str, ...]:
    """What can be done with the incident in its state, in the words of messages."""
    answered = bool(incident.answers)
    found = []
    for name, (kind, payload) in _COMMANDS.items():
        if next_state(incident.state, kind, payload, answered=answered) is None:
            continue
        if (name == "request data" and not answered) or (name == "reopen" and incident.duplicate_of):
            continue
        found.append(name)
    return tuple(found)


def recorded(incident: Incident, act: Act, kind: str, payload: Mapping[str, Any]) -> list[NewEvent]:
    """The event, once it is certain that it fits; nothing when exactly this was imported before.

    RuleBroken for an instant in the future or before the submission, for what is recorded late without being said to
    be, for what cannot happen in the state at that instant, and for what later events contradict.
    """
    event = NewEvent("incident", incident.id, kind, act.at, act.actor, payload, incident.account)
    check_instant(act, incident.submitted_at)
    if act.imported and any(same(event, known) for known in incident.events):
        return []
    if not act.imported and kind not in _OFTEN_LATE and act.at < incident.last_at - SKEW:
        raise RuleBroken(
            f"something happened to {incident.id} after {shown(act.at)} already",
            hint="say that it is recorded afterwards: --afterwards",
        )
    _check_fits(incident, event)
    return [event]


def check_instant(act: Act, earliest: datetime | None) -> None:
    """RuleBroken for an instant in the future (beyond what clocks may differ) or before `earliest` (RULE-SLA-14)."""
    if act.at > act.now + SKEW:
        raise RuleBroken(f"{shown(act.at)} lies in the future", hint="give the time at which it happened, with zone")
    if earliest is not None and act.at < earliest:
        raise RuleBroken(
            f"{shown(act.at)} lies before {shown(earliest)}, the earliest it can have happened",
            hint="give the time at which it happened, with zone",
        )


def shown(instant: datetime) -> str:
    """An instant in messages: 2026-03-31 10:00 UTC, with seconds where there are any."""
    precise = "%Y-%m-%d %H:%M:%S" if instant.second or instant.microsecond else "%Y-%m-%d %H:%M"
    return f"{instant.astimezone(UTC):{precise}} UTC"


def need_person(act: Act, what: str) -> None:
    """RuleBroken unless a person does it."""
    if not act.human:
        raise RuleBroken(f"only a person can {what}", hint="name who does it")


def need_text(text: str, what: str, hint: str) -> str:
    """The text without outer spaces; RuleBroken when there is none."""
    stripped = text.strip()
    if not stripped:
        raise RuleBroken(f"{what} is missing", hint=hint)
    return stripped


def _check_fits(incident: Incident, event: NewEvent) -> None:
    """Go through everything in its order, with the new event in its place and without it."""
    new = Event(event.stream, event.subject, event.type, event.at, event.actor, event.payload, event.account, _LAST)
    misfits = _misfits(incident, [*incident.events, new])
    if _LAST in misfits:
        raise _impossible(incident, event, misfits[_LAST])
    before = _misfits(incident, incident.events)
    for one in incident.events:
        if one.seq in misfits and one.seq not in before and one.type not in _CONSEQUENCES:
            raise RuleBroken(
                f"{incident.id}: {event.type} at {shown(event.at)} contradicts what is recorded for later: "
                f"{one.type} at {shown(one.at)}",
                hint="look at the history of the incident and correct the time",
            )


def _misfits(incident: Incident, events: Iterable[Event]) -> dict[int, State]:
    """Numbers of the events that could not happen in the state they found, with that state."""
    state: State = "submitted"
    answered = False
    found: dict[int, State] = {}
    for event in in_order(events):
        if event.at < incident.submitted_at:
            continue
        after = next_state(state, event.type, event.payload, answered=answered)
        if after is None:
            found[event.seq] = state
            continue
        state = after
        answered = answered or event.type == "qualified_answer"
    return found


def _impossible(incident: Incident, event: NewEvent, state: State) -> RuleBroken:
    name = next((name for name, (kind, _) in _COMMANDS.items() if kind == event.type), event.type)
    if incident.last_at > event.at and state != incident.state:
        message = f"{incident.id} was {state.replace('_', ' ')} at {shown(event.at)}: {name} was not possible then"
    else:
        message = f"{incident.id} is {state.replace('_', ' ')}: {name} is not possible"
    return RuleBroken(message, hint=f"possible now: {', '.join(possible(incident))}")
