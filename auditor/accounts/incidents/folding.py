"""How each event changes an incident."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from auditor.accounts.incidents.facts import (
    KINDS,
    LEVELS,
    Answer,
    Booking,
    Call,
    Cycle,
    Escalation,
    KindChange,
    LevelChange,
    Link,
    Note,
    Period,
    Recalculation,
    Routing,
    Waiting,
)
from auditor.accounts.incidents.lifecycle import ENDED, OPEN, State, next_state
from auditor.accounts.incidents.state import Incident
from auditor.errors import RuleBroken
from auditor.model.events import Event, NewEvent, instant_of


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events as they happened, those that are there twice (same instant, type, actor and payload) only once."""
    kept: list[Event] = []
    same_instant: list[Event] = []
    for event in sorted(events, key=lambda one: (one.at, one.seq)):
        if same_instant and same_instant[0].at != event.at:
            same_instant = []
        if not any(same(event, other) for other in same_instant):
            kept.append(event)
        same_instant.append(event)
    return kept


def same(one: NewEvent, other: NewEvent) -> bool:
    """Whether two events of one incident tell the same thing."""
    return one.at == other.at and one.type == other.type and one.actor == other.actor and one.payload == other.payload


class Folding:
    """The state while events are read. `result` gives the incident."""

    def __init__(self, events: Sequence[Event]) -> None:
        submitted = next((event for event in events if event.type == "submitted"), None)
        if submitted is None:
            name = events[0].subject if events else "an incident"
            raise RuleBroken(f"{name} was never submitted", hint="record its submission first")
        payload = submitted.payload
        self._events = events
        self._submitted = submitted
        self._state: State = "submitted"
        self._level: int = payload["level"]
        self._kind: Any = payload["kind"]
        self._calendar: str = payload.get("calendar") or ""
        self._flags: dict[str, None] = {} if payload.get("authorised", True) else {"unauthorised_contact": None}
        self._levels = [LevelChange(submitted.at, submitted.seq, self._level, "", submitted.actor)]
        self._kinds = [KindChange(submitted.at, submitted.seq, self._kind, "", submitted.actor)]
        self._cycles = [Cycle(1, submitted.at, submitted.seq, self._level, self._kind)]
        self._periods = [Period("submitted", submitted.at, None)]
        self._values: dict[str, Any] = {}  # fields that an event sets, until the next one of its type
        self._lists: dict[str, list[Any]] = {name: [] for name in _LISTS}

    def result(self) -> Incident:
        """Read all events, in their order."""
        for event in self._events:
            if event.payload.get("quota"):
                self._book(event)
            if event.order < self._submitted.order and event.type != "phone_called":
                continue
            self._read(event)
        return self._incident()

    def _read(self, event: Event) -> None:
        answered = bool(self._lists["answers"])
        after = next_state(self._state, event.type, event.payload, answered=answered)
        if (after is None and event.type in _ONLY_WHERE_POSSIBLE) or not _is_known(event):
            return
        handler = _HANDLERS.get(event.type)
        if handler is not None:
            handler(self, event)
        if after is not None and after != self._state:
            self._move(event, after)

    def _incident(self) -> Incident:
        payload = self._submitted.payload
        return Incident(
            id=self._submitted.subject,
            number=payload["number"],
            account=self._submitted.account,
            contract=payload.get("contract") or "",
            title=payload["title"],
            description=payload.get("description") or "",
            product=payload.get("product") or "",
            product_version=payload.get("product_version") or "",
            type=payload["type"],
            kind=self._kind,
            level=self._level,
            state=self._state,
            flags=tuple(self._flags),
            reported_by=payload.get("reported_by") or "",
            authorised=bool(payload.get("authorised", True)),
            channel=payload.get("channel") or "",
            policy=payload.get("policy") or "",
            calendar=self._calendar,
            request=payload.get("request") or {},
            submitted_at=self._submitted.at,
            levels=tuple(self._levels),
            kinds=tuple(self._kinds),
            cycles=tuple(self._cycles),
            periods=tuple(self._periods),
            events=tuple(self._events),
            **self._gathered(),
        )

    def _gathered(self) -> dict[str, Any]:
        return {**{name: tuple(found) for name, found in self._lists.items()}, **self._values}

    # --- state -----------------------------------------------------------------------------------------------

    def _move(self, event: Event, after: State) -> None:
        if self._state == "waiting_customer":
            self._waited_until(event.at)
        if after == "waiting_customer":
            wanted = tuple(event.payload.get("wanted") or ())
            self._lists["waitings"].append(Waiting(event.at, None, wanted))
        self._periods[-1] = replace(self._periods[-1], until=event.at)
        self._periods.append(Period(after, event.at, None))
        self._stamp(after, event)
        self._state = after

    def _stamp(self, after: State, event: Event) -> None:
        if after in OPEN and self._state in ENDED:
            self._values.update(resolved_at=None, closed_at=None, ended_at=None)
            self._reopened(event)
        elif after in ENDED:
            self._values[f"{after}_at"] = event.at
            if self._state in OPEN:
                self._values["ended_at"] = event.at
                self._cycles[-1] = replace(self._cycles[-1], ended_at=event.at)
            if after == "resolved":
                self._values["summary"] = event.payload.get("summary") or ""

    def _reopened(self, event: Event) -> None:
        self._flags["reopened"] = None
        if event.payload.get("new_cycle"):
            number = self._cycles[-1].number + 1
            self._cycles.append(Cycle(number, event.at, event.seq, self._level, self._kind))
        else:
            self._cycles[-1] = replace(self._cycles[-1], ended_at=None)

    def _waited_until(self, at: datetime) -> None:
        waitings = self._lists["waitings"]
        waitings[-1] = replace(waitings[-1], until=at)

    # --- events ----------------------------------------------------------------------------------------------

    def _call(self, event: Event) -> None:
        called = Call(event.at, event.seq, event.payload.get("by") or "", event.payload.get("line") or "")
        self._lists["calls"].append(called)

    def _acknowledged(self, event: Event) -> None:
        self._values.setdefault("auto_acknowledged_at", event.at)

    def _answer(self, event: Event) -> None:
        payload = event.payload
        wanted = tuple(payload.get("wanted") or ())
        waiting = bool(payload.get("waiting"))
        answer = Answer(event.at, event.seq, payload["author"], payload["analysis"], wanted, waiting)
        self._lists["answers"].append(answer)
        if self._cycles[-1].answer is None:
            self._cycles[-1] = replace(self._cycles[-1], answer=answer)

    def _request(self, event: Event) -> None:
        """A further request for data while the customer is already waited for: more is wanted."""
        if self._state == "waiting_customer":
            waitings = self._lists["waitings"]
            more = tuple(one for one in event.payload.get("wanted") or () if one not in waitings[-1].wanted)
            waitings[-1] = replace(waitings[-1], wanted=waitings[-1].wanted + more)

    def _severity(self, event: Event) -> None:
        self._level = event.payload["to"]
        reason = event.payload.get("reason") or ""
        self._levels.append(LevelChange(event.at, event.seq, self._level, reason, event.actor))

    def _changed_kind(self, event: Event) -> None:
        self._kind = event.payload["to"]
        reason = event.payload.get("reason") or ""
        self._kinds.append(KindChange(event.at, event.seq, self._kind, reason, event.actor))

    def _escalated(self, event: Event) -> None:
        payload = event.payload
        due_at = payload.get("due_at")
        self._lists["escalations"].append(
            Escalation(
                at=event.at,
                seq=event.seq,
                fraction=payload.get("fraction"),
                due_at=instant_of(due_at) if due_at else None,
                to=tuple(payload.get("to") or ()),
                reason=payload.get("reason") or "",
                late=bool(payload.get("late")),
                notify=bool(payload.get("notify")),
                actor=event.actor,
                cycle=self._cycles[-1].number,
            )
        )

    def _routed(self, event: Event) -> None:
        payload = event.payload
        queued = payload.get("queued_until")
        routing = Routing(
            event.at,
            payload["to"],
            payload.get("role") or "",
            payload.get("reason") or "",
            instant_of(queued) if queued else None,
        )
        self._values["routed"] = routing

    def _recalculated(self, event: Event) -> None:
        payload = event.payload
        old, new = (payload.get(name) for name in ("old_deadline", "new_deadline"))
        self._calendar = payload["calendar"]
        self._lists["recalculations"].append(
            Recalculation(
                event.at,
                self._calendar,
                instant_of(old) if old else None,
                instant_of(new) if new else None,
                payload.get("reason") or "",
                event.actor,
            )
        )

    def _linked(self, event: Event) -> None:
        link = Link(event.at, event.payload["relation"], event.payload["other"])
        self._lists["links"].append(link)
        if link.relation == "duplicate_of":
            self._flags["duplicate"] = None

    def _note(self, event: Event) -> None:
        payload = event.payload
        internal = bool(payload.get("internal"))
        note = Note(event.at, event.seq, payload.get("text") or "", internal, event.actor, payload.get("of"))
        self._lists["notes"].append(note)

    def _avdb(self, event: Event) -> None:
        self._values["avdb"] = event.payload["to"]

    def _patch(self, event: Event) -> None:
        self._values["patch"] = event.payload["to"]

    def _book(self, event: Event) -> None:
        quota = event.payload["quota"]
        override = quota.get("override") or ""
        if override:
            self._flags["quota_override"] = None
        self._lists["bookings"].append(
            Booking(
                event.at,
                event.seq,
                event.subject,
                quota["contract"],
                quota["period"],
                quota["delta"],
                quota["reason"],
                str(override),
            )
        )


def _is_known(event: Event) -> bool:
    """Whether a change is to a level or kind that there is; no command writes another."""
    known = {"severity_changed": LEVELS, "kind_changed": KINDS}.get(event.type)
    return known is None or event.payload.get("to") in known


_ONLY_WHERE_POSSIBLE = frozenset({"qualified_answer", "severity_changed", "kind_changed"})
_LISTS = (
    "calls",
    "answers",
    "waitings",
    "escalations",
    "links",
    "notes",
    "bookings",
    "recalculations",
)
_HANDLERS = {
    "phone_called": Folding._call,
    "acknowledged_auto": Folding._acknowledged,
    "qualified_answer": Folding._answer,
    "info_requested": Folding._request,
    "severity_changed": Folding._severity,
    "kind_changed": Folding._changed_kind,
    "escalated": Folding._escalated,
    "routed": Folding._routed,
    "clock_recalculated": Folding._recalculated,
    "linked": Folding._linked,
    "note": Folding._note,
    "correction": Folding._note,
    "avdb_changed": Folding._avdb,
    "patch_changed": Folding._patch,
}
