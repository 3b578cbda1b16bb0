"""Requests of levels 2 to 4 that came in outside the account manager's hours, listed at the next opening (RULE-TAM-4).

There is one list for each account, manager and opening. Its key ends with the latest opening that it serves, so that
what waited for that one or an earlier one is known to be listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.app.incidents.notices import Notice
from auditor.app.incidents.staff import Office
from auditor.app.tick.done import Done
from auditor.store.incident_queries import IncidentQueries
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from auditor.store.store import Reading, Store

Manager = tuple[str, str]
"""Account and person."""


def list_waiting(store: Store, now: datetime) -> Iterator[Done]:
    """Tell managers who have opened what waits for them."""
    with store.reading() as reading:
        managers = sorted(_unlisted(reading, now))
    for manager in managers:
        with store.writing() as writing:
            incidents = _unlisted(writing, now, manager[0]).get(manager, [])
            if incidents:
                notice = _list(manager, incidents)
                writing.append(notice.event(Office(writing), now))
        if incidents:
            covers = [one["id"] for one in incidents]
            text = f"{manager[1]}: waiting requests of {manager[0]} listed: {len(covers)}"
            yield Done("listed", notice.key, manager[0], text, {"covers": covers})


def _unlisted(reading: Reading, now: datetime, account: str = "") -> dict[Manager, list[Mapping[str, Any]]]:
    waiting: dict[Manager, list[Mapping[str, Any]]] = {}
    for incident in IncidentQueries(reading).queued(now, account):
        waiting.setdefault((incident["account"], incident["routed_to"]), []).append(incident)
    queries = NotificationQueries(reading)
    found = {}
    for manager, incidents in waiting.items():
        listed = queries.last_key(_key(manager, "")).rpartition("@")[2]
        new = [one for one in incidents if one["queued_until"] > listed]
        if new:
            found[manager] = new
    return found


def _key(manager: Manager, opening: str) -> str:
    account, person = manager
    return f"queue:{account}:{person}@{opening}"


def _list(manager: Manager, incidents: Sequence[Mapping[str, Any]]) -> Notice:
    ordered = sorted(incidents, key=lambda one: (one["level"], one["deadline"] or "~", one["number"]))
    items = [
        {
            "incident": one["id"],
            "title": one["title"],
            "level": one["level"],
            "deadline_at": one["deadline"],
            "marks": one["marks"],
        }
        for one in ordered
    ]
    return Notice(
        key=_key(manager, max(one["queued_until"] for one in incidents)),
        account=manager[0],
        phrase="queue",
        to=(f"person:{manager[1]}",),
        parameters={"count": len(items), "items": items},
        covers=[one["incident"] for one in items],
    )
