"""Thresholds of response clocks: what has passed becomes an event, and the highest of it is told (RULE-SLA-10).

Whether something is due is asked again inside the transaction that records it, of the clock as it is then: an answer
that came a moment before is never overlooked, and two processes never record the same threshold twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.incidents.acts import SYSTEM
from auditor.accounts.incidents.escalation import covered, escalations, notification_key
from auditor.app.incidents.loading import load_clock, load_incident
from auditor.app.incidents.notices import STREAM, Notice, about, threshold_keys
from auditor.app.incidents.staff import Office
from auditor.app.tick.done import Done
from auditor.errors import AuditorError, StoreError
from auditor.model.events import NewEvent
from auditor.store.incident_queries import NOWHERE, IncidentQueries
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from auditor.accounts.incidents.clock import ResponseClock
    from auditor.store.store import Store, Writing

BATCH = 10
"""Incidents of one transaction: others who want to write wait for a moment only."""


def fire(store: Store, now: datetime) -> Iterator[Done]:
    """Record every threshold that has passed."""
    place = NOWHERE
    while True:
        with store.reading() as reading:
            due = IncidentQueries(reading).with_threshold(now, BATCH, place)
        if not due:
            return
        place = due[-1]
        with store.writing() as writing:
            office = Office(writing)
            done = [one for found in due for one in _one(writing, office, found.id, now)]
        yield from done


def _one(writing: Writing, office: Office, ident: str, now: datetime) -> list[Done]:
    try:
        incident = load_incident(writing, ident)
        clock = load_clock(writing, incident)
        fired = escalations(clock, now)
        if not fired:
            return []
        events = [*fired, *_told(writing, office, clock, fired, now)]
    except StoreError:
        raise
    except AuditorError as error:
        return [Done("problem", ident, "", f"{ident}: its thresholds cannot be judged: {error}")]
    writing.append(*events)
    shares = covered(fired)
    percent = ", ".join(f"{share:.0%}" for share in shares)
    late = any(event.payload["late"] for event in fired)
    text = f"{ident}: {percent} of the response time has passed" + (" (found late)" if late else "")
    return [Done("escalated", ident, incident.account, text, {"fractions": shares, "late": late})]


def _told(
    writing: Writing, office: Office, clock: ResponseClock, fired: list[NewEvent], now: datetime
) -> list[NewEvent]:
    incident = clock.incident
    last = fired[-1].payload
    notice = Notice(
        key=notification_key(incident.id, clock.cycle.number, last["fraction"]),
        account=incident.account,
        phrase="breach" if last["fraction"] >= 1 else "threshold",
        to=office.reached(last["to"], incident, now),
        parameters=about(clock, fraction=last["fraction"], due_at=last["due_at"]),
        level=incident.level,
        incident=incident.id,
        covers=covered(fired),
    )
    return [*_overtaken(writing, clock, now), notice.event(office, now)]


def _overtaken(writing: Writing, clock: ResponseClock, now: datetime) -> list[NewEvent]:
    """Lower thresholds that wait for somebody's hours are not told any more: the higher one says it all."""
    keys = threshold_keys(clock.incident)
    if not keys:
        return []
    waiting = [one for one in NotificationQueries(writing).these(keys) if not one["told_at"] and not one["superseded"]]
    reason = {"reason": "a higher share has passed"}
    account = clock.incident.account
    return [NewEvent(STREAM, one["id"], "superseded", now, SYSTEM, reason, account) for one in waiting]
