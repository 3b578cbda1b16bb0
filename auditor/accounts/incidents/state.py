"""An incident as its events make it. `fold` is pure and reads events in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from auditor.accounts.incidents.facts import (
    Answer,
    Booking,
    Call,
    Cycle,
    Escalation,
    Kind,
    KindChange,
    LevelChange,
    Link,
    Note,
    Period,
    Recalculation,
    Routing,
    Waiting,
)
from auditor.accounts.incidents.lifecycle import OPEN, State
from auditor.model.events import Event


def incident_id(number: int) -> str:
    """The id of the incident with that number: INC-000001."""
    return f"INC-{number:06}"


@dataclass(frozen=True, slots=True)
class Incident:
    """A request and all that happened to it. Instants are UTC, None means that it has not happened.

    `policy` and `calendar` name the snapshots that hold for it ("" when there is no calendar; the calendar of the last
    recalculation). `answered_at` is the first qualified answer of all; `cycle` has the one that counts now.
    `ended_at` is when it was resolved, closed or cancelled, whichever came first since it was last opened.
    `avdb` and `patch` are the states of an anti-virus database release or private patch, "" before their first change.
    `flags`: unauthorised_contact, quota_override, duplicate, reopened.
    """

    id: str
    number: int
    account: str
    contract: str
    title: str
    description: str
    product: str
    product_version: str
    type: str
    kind: Kind
    level: int
    state: State
    flags: tuple[str, ...]
    reported_by: str
    authorised: bool
    channel: str
    policy: str
    calendar: str
    request: Mapping[str, Any]
    submitted_at: datetime
    auto_acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    ended_at: datetime | None = None
    summary: str = ""
    calls: tuple[Call, ...] = ()
    answers: tuple[Answer, ...] = ()
    waitings: tuple[Waiting, ...] = ()
    periods: tuple[Period, ...] = ()
    levels: tuple[LevelChange, ...] = ()
    kinds: tuple[KindChange, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    routed: Routing | None = None
    links: tuple[Link, ...] = ()
    notes: tuple[Note, ...] = ()
    bookings: tuple[Booking, ...] = ()
    recalculations: tuple[Recalculation, ...] = ()
    avdb: str = ""
    patch: str = ""
    events: tuple[Event, ...] = field(default=(), repr=False)

    @property
    def open(self) -> bool:
        """Whether it still has to be worked on."""
        return self.state in OPEN

    @property
    def cycle(self) -> Cycle:
        """The stretch whose response clock counts now."""
        return self.cycles[-1]

    @property
    def answered_at(self) -> datetime | None:
        """When the first qualified answer was given."""
        return self.answers[0].at if self.answers else None

    @property
    def waiting(self) -> bool:
        """Whether a first qualified answer is still owed: it stands in the queue."""
        return self.open and self.cycle.answer is None

    @property
    def duplicate_of(self) -> str:
        """The id of the incident it was merged into, "" when it was not."""
        return next((link.other for link in self.links if link.relation == "duplicate_of"), "")

    @property
    def wanted(self) -> tuple[str, ...]:
        """What the customer is being waited for, nothing when nobody waits."""
        last = self.waitings[-1] if self.waitings else None
        return last.wanted if last is not None and last.until is None else ()

    @property
    def unit(self) -> Booking | None:
        """The premium unit that it holds now, None when it holds none."""
        if sum(booking.delta for booking in self.bookings) <= 0:
            return None
        return next(booking for booking in reversed(self.bookings) if booking.delta > 0)

    @property
    def last_at(self) -> datetime:
        """When the latest of its events happened."""
        return self.events[-1].at

    @property
    def critical_since(self) -> datetime | None:
        """The first instant at level 1."""
        return next((change.at for change in self.levels if change.level == 1), None)

    @property
    def critical_until(self) -> datetime | None:
        """When it last stopped being open at level 1; None while it is, and when it never was."""
        if self.critical_since is None:
            return None
        if self.level == 1:
            return self.ended_at
        ends = (now.at for before, now in zip(self.levels, self.levels[1:], strict=False) if before.level == 1)
        return max(ends)

    def level_at(self, instant: datetime) -> int:
        """The severity at an instant; before the submission the one it was submitted with."""
        return next((change.level for change in reversed(self.levels) if change.at <= instant), self.levels[0].level)

    def kind_at(self, instant: datetime) -> Kind:
        """The kind at an instant; before the submission the one it was submitted with."""
        return next((change.kind for change in reversed(self.kinds) if change.at <= instant), self.kinds[0].kind)


def fold(events: Iterable[Event]) -> Incident:
    """The incident that the events make, whatever the order in which they come (RULE-SLA-13).

    An event that is there twice counts once. What cannot happen in the state it finds (an import may bring that)
    leaves the state alone, types that are not known do nothing. RuleBroken when there is no submission.
    """
    from auditor.accounts.incidents.folding import Folding, in_order

    return Folding(in_order(events)).result()
