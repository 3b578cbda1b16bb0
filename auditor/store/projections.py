"""Tables made from events, in the same transaction. `rebuild` makes them anew: the answer must be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, delete, insert, select, update

from auditor.model.events import Event, canonical, text_of
from auditor.store import tables

if TYPE_CHECKING:
    from auditor.store.store import Reading

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


class Projector:
    """Brings tables up to date with events that were just appended."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._connection = reading.connection
        self._streams: Mapping[str, Callable[[Event], None]] = {
            **dict.fromkeys(_SETTINGS, self._settings),
            "report": self._report,
            "notification": self._notification,
        }

    def project(self, events: Iterable[Event]) -> None:
        """Work off events in their order; an incident's row is made once, from all its events."""
        incidents: dict[str, list[Event]] = {}
        for event in events:
            if event.stream == "incident":
                incidents.setdefault(event.subject, []).append(event)
            else:
                self._streams[event.stream](event)
        for subject, appended in incidents.items():
            self._incident(subject, appended)

    def _settings(self, event: Event) -> None:
        table, columns = _SETTINGS[event.stream]
        if event.type == "removed":
            self._connection.execute(delete(table).where(table.c.id == event.subject))
            return
        # An event that adds something to what was saved (erased, cancelled) says the whole document again.
        row: dict[str, Any] = {name: event.payload.get(key) or None for name, key in columns.items()}
        self._upsert(table, {"id": event.subject, **row, "document": canonical(event.payload).decode()})

    def _incident(self, subject: str, appended: list[Event]) -> None:
        from auditor.accounts.incidents.rows import row_of

        row = row_of(self._reading.events("incident", subject), self._reading.snapshot)
        self._upsert(tables.incident, {**row, "document": canonical(row["document"]).decode()})
        for event in appended:
            booking = event.payload.get("quota")
            if booking:
                self._connection.execute(
                    insert(tables.quota).values(
                        seq=event.seq,
                        contract=booking["contract"],
                        period=booking["period"],
                        incident=subject,
                        delta=booking["delta"],
                        override=bool(booking.get("override")),
                        at=text_of(event.at),
                        reason=booking["reason"],
                    )
                )

    def _report(self, event: Event) -> None:
        """`made` adds a report, `sent` and others add to its document under their own name."""
        table = tables.report
        if event.type == "made":
            payload = event.payload
            columns = {name: payload.get(name) for name in ("account", "kind", "period", "version", "due_at")}
            made = {"id": event.subject, "made_at": text_of(event.at), "sent_at": None, **columns}
            self._upsert(table, {**made, "document": canonical({**payload, "sendings": []}).decode()})
            return
        document = self._reading.document("report", event.subject) or {}
        document["sendings"].append({**event.payload, "type": event.type, "at": text_of(event.at), "by": event.actor})
        changed: dict[str, Any] = {"document": canonical(document).decode()}
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
        self._connection.execute(insert(table).values(**row, **said, document=canonical(event.payload).decode()))

    def _upsert(self, table: Table, row: Mapping[str, Any]) -> None:
        known = self._connection.execute(select(table.c.id).where(table.c.id == row["id"])).first()
        if known is None:
            self._connection.execute(insert(table).values(**row))
        else:
            self._connection.execute(update(table).where(table.c.id == row["id"]).values(**row))


def rebuild(reading: Reading, events: Iterable[Event]) -> None:
    """Empty the tables that are made from events and make them again, in the transaction of `reading`."""
    for table in MADE_FROM_EVENTS:
        reading.connection.execute(delete(table))
    projector = Projector(reading)
    for event in events:
        projector.project([event])
