"""Making a backup: one state of the store as a file, while others go on working."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, func, select

from auditor import __version__
from auditor.errors import StoreError
from auditor.model.events import text_of
from auditor.store import tables
from auditor.store.archive import Header, Record, write_archive
from auditor.store.chain import Walk
from auditor.store.paging import streamed
from auditor.store.rows import row_of
from auditor.store.schema import LATEST
from auditor.store.store import Reading, Store
from auditor.store.whole_files import whole_file

_TABLES = {
    "snapshot": tables.snapshot,
    "event": tables.event,
    "personal": tables.personal,
    "content": tables.content,
}


def back_up(store: Store, target: Path) -> Header:
    """Write a backup of the store into a new file. The chain is walked meanwhile: a broken one is refused."""
    with store.reading() as reading:
        header = _header(reading, text_of(store.clock()))
        with whole_file(target) as unfinished:
            write_archive(unfinished, header, _records(reading.connection, store.place))
    return header


def copy_file(source: Path, target: Path) -> None:
    """Copy an SQLite database as it is, of whatever schema, while others go on working."""
    with whole_file(target) as unfinished:
        try:
            with closing(sqlite3.connect(source)) as opened, closing(sqlite3.connect(unfinished)) as copy:
                opened.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise StoreError(f"cannot be copied: {error}", where=str(source)) from error


def _header(reading: Reading, made_at: str) -> Header:
    counts = {
        kind: int(reading.connection.execute(select(func.count()).select_from(table)).scalar_one())
        for kind, table in _TABLES.items()
    }
    return Header(LATEST, __version__, made_at, reading.head()[1], counts)


def _records(connection: Connection, place: str) -> Iterator[Record]:
    for row in streamed(connection, select(tables.snapshot), tables.snapshot.c.hash, page=100):
        yield "snapshot", {"hash": row.hash, "kind": row.kind, "document": row.document}
    walk = Walk(connection)
    for event in walk.events():
        yield "event", {**row_of(event), "payload": event.payload}
    if walk.problem is not None:
        message = f"the chain is damaged, no backup was made: {walk.problem}"
        raise StoreError(message, where=place, hint="auditor db check")
    for row in streamed(connection, select(tables.personal), *tables.personal.primary_key):
        said = {"stream": row.stream, "subject": row.subject, "salt": row.salt}
        yield "personal", {**said, "document": row.document}
    for row in streamed(connection, select(tables.content), tables.content.c.hash, page=1):
        yield "content", {"hash": row.hash, "bytes": base64.b64encode(row.bytes).decode()}
