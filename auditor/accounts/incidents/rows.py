"""The row of the store's table `incident`, made from events alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from auditor.accounts.incidents.clock import ResponseClock, response_clock
from auditor.accounts.incidents.documents import marks
from auditor.accounts.incidents.state import Incident, fold
from auditor.accounts.policy import Policy
from auditor.model.events import Event, digest, text_of

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.calendars.calendar import BusinessCalendar

Snapshots = Callable[[str], Mapping[str, Any]]
"""Gives the kept document of a hash."""

_T = TypeVar("_T")


def row_of(events: Iterable[Event], snapshot: Snapshots) -> dict[str, Any]:
    """The columns of the table; `document` is a dict. Instants are text that sorts as time does.

    RuleBroken when the events hold no submission.
    """
    incident = fold(events)
    return row(incident, clock_of(incident, snapshot))


def clock_of(incident: Incident, snapshot: Snapshots) -> ResponseClock:
    """The response clock of an incident under the terms and the calendar that it carries."""
    return response_clock(incident, policy_of(incident.policy, snapshot), calendar_of(incident.calendar, snapshot))


def policy_of(ident: str, snapshot: Snapshots) -> Policy:
    """The terms of that hash; read once and remembered."""
    return _POLICIES.get(ident, snapshot)


def calendar_of(ident: str, snapshot: Snapshots) -> BusinessCalendar | None:
    """The calendar of that hash, None for ""; read once and remembered, with the days it has worked out."""
    return _CALENDARS.get(ident, snapshot) if ident else None


def row(incident: Incident, clock: ResponseClock) -> dict[str, Any]:
    """The columns of the table for an incident and its clock."""
    threshold = clock.next_threshold
    return {
        "id": incident.id,
        "number": incident.number,
        "account": incident.account,
        "contract": incident.contract or None,
        "policy": incident.policy,
        "calendar": incident.calendar or None,
        "type": incident.type,
        "kind": incident.kind,
        "level": incident.level,
        "state": incident.state,
        "waiting": incident.waiting,
        "unpaid": not clock.policy.paid,
        "rank": clock.policy.rank,
        "submitted_at": text_of(incident.submitted_at),
        "deadline": _text(clock.deadline),
        "responded_at": _text(clock.responded_at),
        "next_threshold_at": _text(threshold.at if threshold else None),
        "critical_since": _text(incident.critical_since),
        "critical_until": _text(incident.critical_until),
        "ended_at": _text(incident.ended_at),
        "document": summary(incident, clock),
    }


def summary(incident: Incident, clock: ResponseClock) -> dict[str, Any]:
    """What lists show without reading events; JSON-able."""
    threshold = clock.next_threshold
    routed = incident.routed
    return {
        "id": incident.id,
        "number": incident.number,
        "account": incident.account,
        "title": incident.title,
        "product": incident.product,
        "product_version": incident.product_version,
        "type": incident.type,
        "kind": incident.kind,
        "level": incident.level,
        "state": incident.state,
        "flags": list(incident.flags),
        "reported_by": incident.reported_by,
        "channel": incident.channel,
        "programme": clock.policy.programme,
        "routed_to": routed.person if routed else None,
        "routed_role": routed.role if routed else None,
        "queued_until": _text(routed.queued_until if routed else None),
        "submitted_at": text_of(incident.submitted_at),
        "deadline": _text(clock.deadline),
        "deadline_if_submission_counts": _text(clock.deadline_if_submission_counts),
        "ungiven": clock.ungiven,
        "marks": marks(clock),
        "answered": clock.responded_at is not None,
        "responded_at": _text(clock.responded_at),
        "next_threshold": threshold.fraction if threshold else None,
        "waiting": incident.waiting,
        "wanted": list(incident.wanted),
        "ended_at": _text(incident.ended_at),
        "cycle": clock.cycle.number,
        "avdb": incident.avdb,
        "patch": incident.patch,
        "links": [{"relation": link.relation, "other": link.other} for link in incident.links],
    }


class _Kept(Generic[_T]):
    """The snapshots read last, parsed. What is not named after its content is read again every time."""

    def __init__(self, make: Callable[[Mapping[str, Any]], _T], most: int = 64) -> None:
        self._make = make
        self._most = most
        self._found: dict[str, _T] = {}

    def get(self, ident: str, snapshot: Snapshots) -> _T:
        found = self._found.pop(ident, None)
        if found is None:
            document = snapshot(ident)
            found = self._make(document)
            if digest(document) != ident:
                return found
        self._found[ident] = found
        if len(self._found) > self._most:
            self._found.pop(next(iter(self._found)), None)
        return found


def _calendar(document: Mapping[str, Any]) -> BusinessCalendar:
    from auditor.calendars.calendar import BusinessCalendar
    from auditor.calendars.snapshot import CalendarSnapshot

    return BusinessCalendar(CalendarSnapshot.from_document(document))


_POLICIES: _Kept[Policy] = _Kept(Policy.from_document)
_CALENDARS: _Kept[BusinessCalendar] = _Kept(_calendar)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else text_of(instant)
