"""The account's memory: a chain of events, and tables that answer questions quickly.

Reading sees one state of the whole; writing is one transaction, and writers follow one another, so that whatever a
writer has read is still true when it appends. Tables are brought up to date with the events in the same transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update

from auditor.errors import StoreError
from auditor.model.events import Event, NewEvent, canonical, chained, digest, rechained
from auditor.store import projections, tables
from auditor.store.database import WAIT_SECONDS, shown
from auditor.store.rows import as_stored, event_of, refuse_misfits, row_of
from auditor.store.troubles import told

Clock = Callable[[], datetime]

_LARGEST_CONTENT = 64 * 1024 * 1024
"""More would not fit into a line of a backup."""


def now() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


class Reading:
    """Questions to one state of the store."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def events(self, stream: str, subject: str) -> list[Event]:
        """Everything that happened to one thing, in the order in which it was recorded."""
        table = tables.event
        query = select(table).where(table.c.stream == stream, table.c.subject == subject).order_by(table.c.seq)
        return [event_of(row) for row in self.connection.execute(query)]

    def events_of(self, stream: str, subjects: Sequence[str]) -> Iterator[Event]:
        """Everything that happened to several things (at most some hundreds), one after the other."""
        table = tables.event
        query = select(table).where(table.c.stream == stream, table.c.subject.in_(subjects))
        for row in self.connection.execute(query.order_by(table.c.subject, table.c.seq)):
            yield event_of(row)

    def document(self, kind: str, ident: str) -> dict[str, Any] | None:
        """What was saved last under an id, None when nothing was."""
        table = tables.metadata.tables[kind]
        text = self.connection.execute(select(table.c.document).where(table.c.id == ident)).scalar_one_or_none()
        return None if text is None else dict(orjson.loads(text))

    def documents(self, kind: str, **columns: object) -> dict[str, dict[str, Any]]:
        """Saved documents by id, those whose columns have the given values."""
        table = tables.metadata.tables[kind]
        query = select(table.c.id, table.c.document).order_by(table.c.id)
        for name, value in columns.items():
            query = query.where(table.c[name] == value)
        return {ident: orjson.loads(text) for ident, text in self.connection.execute(query)}

    def snapshot(self, ident: str) -> dict[str, Any]:
        """The kept document of that hash."""
        table = tables.snapshot
        text = self.connection.execute(select(table.c.document).where(table.c.hash == ident)).scalar_one_or_none()
        if text is None:
            raise StoreError(f"the store holds no snapshot {ident}", hint="auditor db check")
        return dict(orjson.loads(text))

    def personal(self, stream: str, subject: str) -> dict[str, Any] | None:
        """Name, address and numbers of a person; None when they were erased."""
        table = tables.personal
        query = select(table.c.document).where(table.c.stream == stream, table.c.subject == subject)
        text = self.connection.execute(query).scalar_one_or_none()
        return None if text is None else dict(orjson.loads(text))

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event."""
        return _link(self.connection, select(tables.head.c.seq, tables.head.c.hash))


class Writing(Reading):
    """One transaction that appends. `clock` says when events are recorded."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        super().__init__(connection)
        self._clock = clock
        self._seq, self._hash = _link(connection, select(tables.head.c.seq, tables.head.c.hash).with_for_update())
        self._failed = False
        self._projector = projections.Projector(self, connection)
        self.has_erased = False

    def append(self, *events: NewEvent) -> list[Event]:
        """Append events in this order and bring the tables up to date; returns them as links of the chain."""
        try:
            return self._append(events)
        except BaseException:
            self._failed = True
            raise

    def _append(self, events: Sequence[NewEvent]) -> list[Event]:
        recorded_at = self._clock()
        links: list[Event] = []
        for new in events:
            link = chained(as_stored(new), self._seq + 1, recorded_at, self._hash)
            self._seq, self._hash = link.seq, link.hash
            links.append(link)
        if links:
            self._insert(links)
            self._projector.project(links)
        return links

    def adopt(self, links: Sequence[Event]) -> None:
        """Append events as they were recorded elsewhere; tables are not brought up to date. For restoring."""
        for link in links:
            if link.seq != self._seq + 1 or link.prev != self._hash or rechained(link) != link.hash:
                raise StoreError(f"event {link.seq} does not continue the chain at event {self._seq}")
            self._seq, self._hash = link.seq, link.hash
        if links:
            self._insert(links)

    def _insert(self, links: Sequence[Event]) -> None:
        rows = [row_of(link) for link in links]
        refuse_misfits(tables.event, rows)
        self.connection.execute(insert(tables.event), rows)
        self.connection.execute(update(tables.head).values(seq=self._seq, hash=self._hash))

    def keep_snapshot(self, kind: str, document: Mapping[str, Any]) -> str:
        """Keep a document under the hash of its content; returns the hash."""
        ident = digest(document)
        table = tables.snapshot
        if self.connection.execute(select(table.c.hash).where(table.c.hash == ident)).first() is None:
            row = {"hash": ident, "kind": kind, "document": canonical(document).decode()}
            refuse_misfits(table, [row])
            self.connection.execute(insert(table), row)
        return ident

    def keep_personal(self, stream: str, subject: str, document: Mapping[str, Any]) -> str:
        """Keep personal data; returns the digest that the event must carry as `personal`."""
        salt = secrets.token_hex(32)
        row = {"stream": stream, "subject": subject, "salt": salt, "document": canonical(document).decode()}
        refuse_misfits(tables.personal, [row])
        self.erase_personal(stream, subject)
        self.connection.execute(insert(tables.personal), row)
        return digest([salt, document])

    def erase_personal(self, stream: str, subject: str) -> None:
        """Forget a person's data for good."""
        self.has_erased = True
        table = tables.personal
        self.connection.execute(delete(table).where(table.c.stream == stream, table.c.subject == subject))

    def keep_content(self, ident: str, content: bytes) -> None:
        """Keep a file, such as that of a report, under its SHA-256, which an event names; at most 64 MiB."""
        if len(content) > _LARGEST_CONTENT:
            raise StoreError(f"a file to be kept has {len(content):,} bytes, {_LARGEST_CONTENT:,} are the limit")
        table = tables.content
        if self.connection.execute(select(table.c.hash).where(table.c.hash == ident)).first() is None:
            self.connection.execute(insert(table).values(hash=ident, bytes=content))

    def next_number(self) -> int:
        """The number of the next incident; numbers have no gaps because writers follow one another."""
        highest = self.connection.execute(select(func.max(tables.incident.c.number))).scalar_one()
        return (highest or 0) + 1

    def finish(self) -> None:
        """Refuse to keep a transaction of which a part failed, even when whoever writes has overlooked that."""
        if self._failed or self.head() != (self._seq, self._hash):
            raise StoreError("a part of the transaction failed", hint="nothing was stored")


def _link(connection: Connection, query: Select[tuple[int, str]]) -> tuple[int, str]:
    row = connection.execute(query).one_or_none()
    if row is None:
        raise StoreError("the store does not know its last event", hint="auditor db check")
    return row.seq, row.hash


class Store:
    """An opened database. `clock` is injected in tests."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self.engine = engine
        self.clock = clock

    @property
    def place(self) -> str:
        """The file, or the URL without password."""
        return shown(self.engine.url)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One unchanging state of the store."""
        options: dict[str, Any] = {}
        if self.engine.dialect.name == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with told(self.place), self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield Reading(connection)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """A transaction that is kept whole when the block ends well, and leaves no trace when it does not."""
        with told(self.place), self.engine.connect().execution_options(writing=True) as connection:
            with connection.begin():
                writing = Writing(connection, self.clock)
                yield writing
                writing.finish()
            if writing.has_erased:
                _forget(connection)

    def close(self) -> None:
        """Give connections back."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _forget(connection: Connection) -> None:
    """Take what was erased out of SQLite's journal, too; where someone reads right now, that happens later."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout=1000")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        driver.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
