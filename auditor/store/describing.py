"""What there is to know about a store without walking through it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from auditor.store.database import file_of
from auditor.store.schema import revision_of
from auditor.store.store import Store


@dataclass(frozen=True, slots=True)
class Described:
    """Where a store is, its size in bytes with the journal, its schema, and the last event."""

    place: str
    kind: str
    size: int
    schema: str
    events: int
    head: str


def describe(store: Store) -> Described:
    """Ask the store and its file."""
    with store.reading() as reading:
        seq, head = reading.head()
        schema = revision_of(reading.connection)[1]
        file = file_of(store.engine.url)
        if file is None:
            query = text("SELECT pg_database_size(current_database())")
            return Described(
                store.place, "PostgreSQL", reading.connection.execute(query).scalar_one(), schema, seq, head
            )
    return Described(store.place, "SQLite", _size(file), schema, seq, head)


def _size(file: Path) -> int:
    parts = (file, file.with_name(f"{file.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())
