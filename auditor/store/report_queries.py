"""What reports ask the store. An answer reads what its period needs and no more; nothing is asked once per incident."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import orjson
from sqlalchemy import Row, and_, func, or_, select

from auditor.accounts.incidents.facts import Booking
from auditor.errors import StoreError
from auditor.model.events import Event, instant_of, text_of
from auditor.store import tables
from auditor.store.rows import event_of
from auditor.store.store import Reading

CHUNK = 500
"""Values of one IN (...): far below what any database takes."""

_T = TypeVar("_T")


class CriticalRow(NamedTuple):
    """An incident that was at level 1, at most from `since` to `until` (None: it still is), maybe with gaps."""

    id: str
    policy: str
    since: datetime
    until: datetime | None


class ReportQueries:
    """Questions to one state of the store."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._connection = reading.connection

    def incidents_between(self, account: str, start: datetime, end: datetime, basis: int) -> list[str]:
        """Ids of the account's incidents that were open, or to which anything happened, from `start` up to `end`.

        `basis` is the number of the last event that counts. Incidents about which more was recorded later are among
        them too, whether they belong there or not: the table shows them as they are now.
        """
        incident, event = tables.incident, tables.event
        own = incident.c.account == account
        before_end = and_(own, incident.c.submitted_at < text_of(end))
        mine = and_(event.c.account == account, event.c.stream == "incident")
        queries = (
            select(incident.c.id).where(before_end, incident.c.ended_at.is_(None)),
            select(incident.c.id).where(before_end, incident.c.ended_at >= text_of(start)),
            select(event.c.subject).where(mine, event.c.at >= text_of(start), event.c.at < text_of(end)).distinct(),
            select(event.c.subject).where(mine, event.c.seq > basis).distinct(),
        )
        return sorted({ident for query in queries for ident in self._connection.scalars(query)})

    def critical_between(self, account: str, after: datetime, until: datetime, basis: int) -> list[str]:
        """Ids of the account's incidents that may have been at level 1 after an instant and not after another.

        `basis` as in `incidents_between`.
        """
        table, event = tables.incident, tables.event
        own = and_(table.c.account == account, table.c.critical_since <= text_of(until))
        later = and_(event.c.account == account, event.c.stream == "incident", event.c.seq > basis)
        queries = (
            select(table.c.id).where(own, table.c.critical_until.is_(None)),
            select(table.c.id).where(own, table.c.critical_until > text_of(after)),
            select(event.c.subject).where(later).distinct(),
        )
        return sorted({ident for query in queries for ident in self._connection.scalars(query)})

    def critical(self, account: str) -> list[CriticalRow]:
        """Every incident of the account that was ever at level 1, with the terms it carries."""
        table = tables.incident
        columns = (table.c.id, table.c.policy, table.c.critical_since, table.c.critical_until)
        query = select(*columns).where(table.c.account == account, table.c.critical_since.is_not(None))
        return [
            CriticalRow(row.id, row.policy, instant_of(row.critical_since), _instant(row.critical_until))
            for row in self._connection.execute(query.order_by(table.c.id))
        ]

    def events(self, stream: str, subjects: Iterable[str], basis: int) -> dict[str, list[Event]]:
        """Everything that was recorded about things up to an event number, by subject, in the order of recording."""
        table = tables.event
        found: dict[str, list[Event]] = {}
        for part in _chunks(sorted(subjects)):
            query = select(table).where(table.c.stream == stream, table.c.subject.in_(part), table.c.seq <= basis)
            for row in self._connection.execute(query.order_by(table.c.subject, table.c.seq)):
                found.setdefault(row.subject, []).append(event_of(row))
        return found

    def saved(self, stream: str, basis: int, **columns: object) -> dict[str, list[Event]]:
        """What was saved of one kind up to an event number, by subject; those whose columns have one of the values.

        None as one of the values stands for things that have none in that column.
        """
        table = tables.metadata.tables[stream]
        query = select(table.c.id)
        for name, value in columns.items():
            wanted = value if isinstance(value, tuple) else (value,)
            given = table.c[name].in_([one for one in wanted if one is not None])
            query = query.where(or_(given, table.c[name].is_(None)) if None in wanted else given)
        return self.events(stream, self._connection.scalars(query), basis)

    def snapshots(self, hashes: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Kept documents by their hash; StoreError when one is missing."""
        table = tables.snapshot
        wanted = sorted(set(hashes))
        found: dict[str, dict[str, Any]] = {}
        for part in _chunks(wanted):
            query = select(table.c.hash, table.c.document).where(table.c.hash.in_(part))
            found.update((ident, orjson.loads(text)) for ident, text in self._connection.execute(query))
        for ident in wanted:
            if ident not in found:
                raise StoreError(f"the store holds no snapshot {ident}", hint="auditor db check")
        return found

    def bookings(self, contracts: Iterable[str], basis: int) -> list[Booking]:
        """Premium units that were booked for contracts up to an event number, in that order."""
        table = tables.quota
        found: list[Booking] = []
        for part in _chunks(sorted(set(contracts))):
            query = select(table).where(table.c.contract.in_(part), table.c.seq <= basis)
            found.extend(_booking(row) for row in self._connection.execute(query))
        return sorted(found, key=lambda booking: booking.seq)

    def first_recorded(self, stream: str, subject: str) -> datetime | None:
        """When the first event about a thing was recorded; None when there is none."""
        table = tables.event
        query = select(func.min(table.c.recorded_at)).where(table.c.stream == stream, table.c.subject == subject)
        text = self._connection.scalar(query)
        return None if text is None else instant_of(text)

    def made(self, account: str, kind: str) -> set[str]:
        """Periods for which a report of the kind was made."""
        table = tables.report
        query = select(table.c.period).where(table.c.account == account, table.c.kind == kind)
        return set(self._connection.scalars(query))

    def versions(self, account: str, kind: str, period: str) -> list[str]:
        """Ids of the versions of a report, oldest first."""
        table = tables.report
        query = select(table.c.id).where(table.c.account == account, table.c.kind == kind, table.c.period == period)
        return list(self._connection.scalars(query.order_by(table.c.version)))

    def listed(self, account: str | None, kind: str | None, limit: int) -> list[tuple[str, dict[str, Any]]]:
        """The reports made last, the newest first: id and document, with what the table adds to it."""
        table = tables.report
        query = select(table)
        if account is not None:
            query = query.where(table.c.account == account)
        if kind is not None:
            query = query.where(table.c.kind == kind)
        rows = self._connection.execute(query.order_by(table.c.made_at.desc(), table.c.id).limit(limit))
        return [(row.id, {**orjson.loads(row.document), **_columns(row)}) for row in rows]

    def content(self, ident: str) -> bytes | None:
        """Kept bytes by their SHA-256; None when there are none."""
        table = tables.content
        found = self._connection.scalar(select(table.c.bytes).where(table.c.hash == ident))
        return None if found is None else bytes(found)


def _booking(row: Row[Any]) -> Booking:
    allowed = "allowed" if row.override else ""
    return Booking(instant_of(row.at), row.seq, row.incident, row.contract, row.period, row.delta, row.reason, allowed)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_of(text)


def _columns(row: Row[Any]) -> dict[str, Any]:
    return {"made_at": row.made_at, "sent_at": row.sent_at}


def _chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
