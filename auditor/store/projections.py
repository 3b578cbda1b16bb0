"""Tables made from events, in the same transaction. `rebuild` makes them anew: the answer must be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection, Table, delete, insert, select, update

from auditor.errors import StoreError
from auditor.model.events import Event, canonical, text_of
from auditor.store import tables
from auditor.store.upserts import upsert

_SUBJECTS = 500
"""Incidents whose events are asked for at once."""

_BATCH = 2000
"""Events that are worked off at once when tables are made anew."""

# stream -> (table, column -> name in the payload)
_SETTINGS: Mapping[str, tuple[Table, Mapping[str, str]]] = {
    "calendar": (tables.calendar, {}),
    "account": (tables.account, {"calendar": "customer_calendar"}),
    "person": (tables.person, {"calendar": "calendar"}),
    "contract": (tables.contract, {"account": "account", "calendar": "support_calendar"}),
    "contact": (tables.contact, {"account": "account"}),
    "assignment": (tables.assignment, {"account": "account", "person": "person"}),
    "absence": (tables.absence, {"person": "person"}),
    "definition": (tables.definition, {"account": "account"}),
    "patch": (tables.patch, {"account": "account"}),
}
MADE_FROM_EVENTS = (
    tables.finding,
    tables.engagement,
    tables.notification,
    tables.patch,
    tables.report,
    tables.quota,
    tables.incident,
    tables.definition,
    tables.absence,
    tables.assignment,
    tables.contact,
    tables.contract,
    tables.person,
    tables.account,
    tables.calendar,
)
"""In the order in which they can be emptied."""


class Source(Protocol):
    """Where the projector looks up events and snapshots."""

    def events_of(self, stream: str, subjects: Sequence[str]) -> Iterator[Event]:
        """All events of some things, one after the other."""

    def snapshot(self, ident: str) -> dict[str, Any]:
        """The kept document of that hash."""


class Projector:
    """Brings the tables of `connection` up to date with events; looks up what it needs in `source`."""

    def __init__(self, source: Source, connection: Connection) -> None:
        self._source = source
        self._connection = connection
        self._streams: Mapping[str, Callable[[Sequence[Event]], None]] = {
            **dict.fromkeys(_SETTINGS, self._settings),
            "report": self._reports,
            "notification": self._notifications,
            "engagement": self._engagements,
            "finding": self._findings,
        }

    def project(self, events: Iterable[Event]) -> None:
        """Work off events in their order; an incident's row is made once at the end, from all its events."""
        appended: list[Event] = []
        for stream, run in groupby(events, key=lambda event: event.stream):
            if stream == "incident":
                appended.extend(run)
            elif stream in self._streams:
                self._streams[stream](list(run))
            else:
                raise StoreError(f"the store has no place for events of the kind {stream}")
        subjects = list(dict.fromkeys(event.subject for event in appended))
        for begin in range(0, len(subjects), _SUBJECTS):
            self._incidents(self._source.events_of("incident", subjects[begin : begin + _SUBJECTS]))
        self._bookings(appended)

    def whole_incidents(self, events: Sequence[Event]) -> None:
        """Make the rows of incidents and what they book from all their events, which come incident by incident."""
        self._incidents(events)
        self._bookings(events)

    def _incidents(self, events: Iterable[Event]) -> None:
        from auditor.accounts.incidents.rows import row_of

        rows = []
        for _, whole in groupby(events, key=lambda event: event.subject):
            row = row_of(whole, self._source.snapshot)
            rows.append({**row, "document": _text(row["document"])})
        upsert(self._connection, tables.incident, rows)

    def _bookings(self, events: Iterable[Event]) -> None:
        rows = []
        for event in events:
            booking = event.payload.get("quota")
            if booking:
                stated = {name: booking[name] for name in ("contract", "period", "delta", "reason")}
                override = bool(booking.get("override"))
                row = {"seq": event.seq, "incident": event.subject, "at": text_of(event.at), "override": override}
                rows.append({**row, **stated})
        upsert(self._connection, tables.quota, rows)

    def _settings(self, events: Sequence[Event]) -> None:
        """The last event of each thing says all: its whole document, or that it was removed."""
        table, columns = _SETTINGS[events[0].stream]
        last = {event.subject: event for event in events}
        removed = [subject for subject, event in last.items() if event.type == "removed"]
        for subject in removed:
            self._connection.execute(delete(table).where(table.c.id == subject))
        rows = []
        for subject, event in last.items():
            if event.type != "removed":
                row = {name: event.payload.get(key) or None for name, key in columns.items()}
                rows.append({"id": subject, **row, "document": _text(event.payload)})
        upsert(self._connection, table, rows)

    def _engagements(self, events: Sequence[Event]) -> None:
        from auditor.engagement.rows import row_of

        self._folded(events, tables.engagement, row_of)

    def _findings(self, events: Sequence[Event]) -> None:
        from auditor.engagement.findings import finding_row

        self._folded(events, tables.finding, finding_row)

    def _folded(self, events: Sequence[Event], table: Table, row_of: Callable[[list[Event]], dict[str, Any]]) -> None:
        """Rows of things that are few and short-lived, each from all its events."""
        subjects = sorted({event.subject for event in events})
        for begin in range(0, len(subjects), _SUBJECTS):
            whole = self._source.events_of(events[0].stream, subjects[begin : begin + _SUBJECTS])
            rows = [row_of(list(own)) for _, own in groupby(whole, key=lambda event: event.subject)]
            upsert(self._connection, table, [{**row, "document": _text(row["document"])} for row in rows])

    def _reports(self, events: Sequence[Event]) -> None:
        for event in events:
            self._report(event)

    def _notifications(self, events: Sequence[Event]) -> None:
        for event in events:
            self._notification(event)

    def _report(self, event: Event) -> None:
        """`made` adds a report, `sent` and others add to its document under their own name."""
        table = tables.report
        if event.type == "made":
            payload = event.payload
            columns = {name: payload.get(name) for name in ("account", "kind", "period", "version", "due_at")}
            made = {"id": event.subject, "made_at": text_of(event.at), "sent_at": None, **columns}
            upsert(self._connection, table, [{**made, "document": _text({**payload, "sendings": []})}])
            return
        said = self._connection.execute(
            select(table.c.document).where(table.c.id == event.subject)
        ).scalar_one_or_none()
        if said is None:
            raise StoreError(f"there is no report {event.subject}")
        document = orjson.loads(said)
        document["sendings"].append({**event.payload, "type": event.type, "at": text_of(event.at), "by": event.actor})
        changed: dict[str, Any] = {"document": _text(document)}
        if event.type == "sent":
            changed["sent_at"] = text_of(event.at)
        self._connection.execute(update(table).where(table.c.id == event.subject).values(**changed))

    def _notification(self, event: Event) -> None:
        table = tables.notification
        if event.type == "superseded":
            self._connection.execute(update(table).where(table.c.id == event.subject).values(superseded=True))
            return
        if event.type == "delivered":
            told = {"told_at": text_of(event.at)}
            if event.payload["channel"] == "mail":
                told["mailed_at"] = text_of(event.at)
            self._connection.execute(update(table).where(table.c.id == event.subject).values(**told))
            return
        not_before = event.payload.get("not_before") or text_of(event.at)
        row = {"id": event.subject, "account": event.account, "at": text_of(event.at), "not_before": not_before}
        said = {"told_at": None, "mailed_at": None, "superseded": False}
        self._connection.execute(insert(table).values(**row, **said, document=_text(event.payload)))


def rebuild(source: Source, connection: Connection, events: Iterable[Event], incidents: Iterable[Event]) -> None:
    """Make the tables of `connection`, which are empty, from all events.

    `events` are all that are not of incidents, by number; `incidents` those of incidents, incident by incident.
    """
    projector = Projector(source, connection)
    for batch in batches(events, _BATCH):
        projector.project(batch)
    waiting: list[Event] = []
    for _, whole in groupby(incidents, key=lambda event: event.subject):
        waiting.extend(whole)
        if len(waiting) >= _BATCH:
            projector.whole_incidents(waiting)
            waiting = []
    projector.whole_incidents(waiting)


def batches(events: Iterable[Event], size: int) -> Iterator[list[Event]]:
    """Events in lists of at most `size`."""
    rest = iter(events)
    while batch := list(islice(rest, size)):
        yield batch


def _text(document: object) -> str:
    return canonical(document).decode()
