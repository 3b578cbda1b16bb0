"""A Health Check engagement, folded from its events: requested, agreed, held on one business day, delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from auditor.errors import RuleBroken
from auditor.model.events import Event

Side = Literal["customer", "kaspersky"]
SIDES: tuple[Side, ...] = ("customer", "kaspersky")
State = Literal["requested", "negotiating", "agreed", "in_progress", "delivered", "closed", "cancelled", "expired"]
OPEN: frozenset[State] = frozenset({"requested", "negotiating", "agreed", "in_progress"})
REQUIRED = ("products", "sources", "access", "participants", "language")
"""What circumstances must tell before a date can be agreed: what is audited, from which exports, how they arrive, who
takes part (ids of contacts and persons), and the language of the report."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One side's consent to a date under circumstances. `at` is an instant, `by` a contact or person."""

    side: Side
    at: datetime
    by: str
    day: date
    circumstances: str


@dataclass(frozen=True, slots=True)
class Override:
    """A rule set aside for this engagement by a named person, with the reason; printed in the report."""

    rule: str
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """A version of the result that was handed over. `corrects` names the version before it, 0 for the first."""

    version: int
    at: datetime
    manifest: str
    corrects: int
    period: str


@dataclass(frozen=True, slots=True)
class Engagement:
    """What is known after all its events. `zone` is the engagement's zone (IANA): dates are dates there.

    `circumstances_hash` names the circumstances that agreements refer to; `preferred` may name `from` and `to` days
    that were asked for. `received` are manifests of files that arrived,
    oldest first.
    """

    id: str
    account: str
    contract: str
    zone: str
    tam: str
    state: State
    requested_at: datetime
    requested_by: str
    language: str = "en"
    preferred: Mapping[str, str] = field(default_factory=dict)
    start_day: date | None = None
    circumstances: Mapping[str, Any] = field(default_factory=dict)
    circumstances_hash: str = ""
    agreements: tuple[Agreement, ...] = ()
    agreed_at: datetime | None = None
    overrides: tuple[Override, ...] = ()
    received: tuple[Mapping[str, Any], ...] = ()
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    unfinished: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    ended_at: datetime | None = None
    end_reason: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What the circumstances do not tell yet."""
        return tuple(name for name in REQUIRED if not self.circumstances.get(name))

    @property
    def unconfirmed(self) -> tuple[Side, ...]:
        """Sides that have not agreed to the day and the circumstances as they stand."""
        agreed = {
            one.side
            for one in self.agreements
            if one.day == self.start_day and one.circumstances == self.circumstances_hash
        }
        return tuple(side for side in SIDES if side not in agreed)

    def overridden(self, rule: str) -> Override | None:
        """The override of a rule, None when it holds."""
        return next((found for found in reversed(self.overrides) if found.rule == rule), None)


def fold(events: Iterable[Event]) -> Engagement:
    """The engagement after its events, in the order in which they happened."""
    ordered = sorted(events, key=lambda event: event.order)
    if not ordered or ordered[0].type != "requested":
        raise RuleBroken("an engagement begins with a request")
    first = ordered[0]
    found = Engagement(
        id=first.subject,
        account=first.account,
        contract=first.payload["contract"],
        zone=first.payload["zone"],
        tam=first.payload["tam"],
        state="requested",
        requested_at=first.at,
        requested_by=first.payload.get("by", first.actor),
        language=first.payload.get("language", "en"),
        preferred=first.payload.get("preferred") or {},
    )
    for event in ordered[1:]:
        step = _STEPS.get(event.type)
        if step is not None:
            found = step(found, event)
    return found


def _circumstances(found: Engagement, event: Event) -> Engagement:
    """New circumstances undo what was agreed about the old ones."""
    changed = event.payload["hash"] != found.circumstances_hash
    found = replace(
        found, circumstances=event.payload["circumstances"], circumstances_hash=event.payload["hash"],
        language=event.payload["circumstances"].get("language") or found.language,
    )  # fmt: skip
    return _reopened(found) if changed else found


def _reopened(found: Engagement) -> Engagement:
    return replace(found, state="negotiating", agreements=(), agreed_at=None)


def _agreed(found: Engagement, event: Event) -> Engagement:
    payload = event.payload
    day = date.fromisoformat(payload["day"])
    own = Agreement(payload["side"], event.at, payload["by"], day, payload["circumstances"])
    same = [
        other for other in found.agreements
        if other.side != own.side and other.day == day and other.circumstances == own.circumstances
    ]  # fmt: skip
    kept = tuple(other for other in found.agreements if other.side != own.side)
    found = replace(found, agreements=(*kept, own), start_day=day)
    if same:
        return replace(found, state="agreed", agreed_at=max(own.at, same[-1].at))
    return replace(found, state="negotiating", agreed_at=None)


def _rescheduled(found: Engagement, event: Event) -> Engagement:
    day = event.payload.get("day")
    return replace(_reopened(found), start_day=date.fromisoformat(day) if day else None)


def _overridden(found: Engagement, event: Event) -> Engagement:
    override = Override(event.payload["rule"], event.payload["by"], event.payload["reason"], event.at)
    return replace(found, overrides=(*found.overrides, override))


def _received(found: Engagement, event: Event) -> Engagement:
    return replace(found, received=(*found.received, event.payload))


def _started(found: Engagement, event: Event) -> Engagement:
    return replace(found, state="in_progress", started_at=found.started_at or event.at)


def _stopped(found: Engagement, event: Event) -> Engagement:
    return replace(found, stopped_at=event.at, unfinished=tuple(event.payload.get("unfinished", ())))


def _delivered(found: Engagement, event: Event) -> Engagement:
    payload = event.payload
    done = Delivery(payload["version"], event.at, payload["manifest"], payload.get("corrects", 0), payload["period"])
    return replace(found, state="delivered", deliveries=(*found.deliveries, done))


def _ended(found: Engagement, event: Event) -> Engagement:
    state: State = event.type  # type: ignore[assignment]  # the table of steps names only states
    return replace(found, state=state, ended_at=event.at, end_reason=event.payload.get("reason", ""))


def _tam_changed(found: Engagement, event: Event) -> Engagement:
    return replace(found, tam=event.payload["tam"])


def _proposed(found: Engagement, _event: Event) -> Engagement:
    return replace(found, state="negotiating") if found.state == "requested" else found


_STEPS: Mapping[str, Callable[[Engagement, Event], Engagement]] = {
    "circumstances_set": _circumstances,
    "agreed": _agreed,
    "rescheduled": _rescheduled,
    "overridden": _overridden,
    "received": _received,
    "started": _started,
    "stopped": _stopped,
    "delivered": _delivered,
    "closed": _ended,
    "cancelled": _ended,
    "expired": _ended,
    "tam_changed": _tam_changed,
    "proposed": _proposed,
}
