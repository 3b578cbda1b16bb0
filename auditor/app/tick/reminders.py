"""Reminders of data that the customer is waited for: once for each time of waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.app.incidents.loading import load_incident
from auditor.app.incidents.notices import Notice, waiting_key
from auditor.app.incidents.staff import Office
from auditor.app.tick.done import Done
from auditor.model.events import text_of
from auditor.store.incident_queries import IncidentQueries
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from auditor.accounts.incidents.state import Incident
    from auditor.store.store import Reading, Store

AFTER = timedelta(hours=72)
"""How long the customer is waited for before the reminder. Ours: no sheet states any."""


def remind(store: Store, now: datetime) -> Iterator[Done]:
    """Remind customers of data that are missing for long."""
    with store.reading() as reading:
        accounts = sorted(reading.documents("account"))
    for account in accounts:
        with store.reading() as reading:
            waiting = IncidentQueries(reading).waiting_for_customer(account)
            due = [ident for ident in waiting if _due(reading, load_incident(reading, ident), now)]
        for ident in due:
            yield from _remind(store, ident, now)


def _remind(store: Store, ident: str, now: datetime) -> Iterator[Done]:
    with store.writing() as writing:
        incident = load_incident(writing, ident)
        if not _due(writing, incident, now):
            return
        office = Office(writing)
        notice = _notice(incident, office, now)
        writing.append(notice.event(office, now))
    text = f"{ident}: the customer is reminded of missing data"
    yield Done("reminded", notice.key, incident.account, text, {"incident": ident})


def _due(reading: Reading, incident: Incident, now: datetime) -> bool:
    if not incident.wanted or incident.waitings[-1].since + AFTER > now:
        return False
    return NotificationQueries(reading).one(waiting_key(incident.id, len(incident.waitings))) is None


def _notice(incident: Incident, office: Office, now: datetime) -> Notice:
    since = incident.waitings[-1].since
    return Notice(
        key=waiting_key(incident.id, len(incident.waitings)),
        account=incident.account,
        phrase="waiting",
        to=office.reached(["contact"], incident, now),
        parameters={
            "incident": incident.id,
            "title": incident.title,
            "since_at": text_of(since),
            "items": list(incident.wanted),
        },
        level=incident.level,
        incident=incident.id,
    )
