"""Events as rows of their table, and back. Whatever a table cannot hold is refused on every database alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Row, String, Table

from auditor.errors import StoreError
from auditor.model.events import Event, NewEvent, canonical, instant_of, text_of

_LONGEST_TEXT = 16 * 1024 * 1024
"""Characters of a document: more would not fit into a line of a backup."""


def event_of(row: Row[Any]) -> Event:
    """The event in a row of the table."""
    return Event(
        row.stream,
        row.subject,
        row.type,
        instant_of(row.at),
        row.actor,
        orjson.loads(row.payload),
        row.account,
        row.seq,
        instant_of(row.recorded_at),
        row.prev,
        row.hash,
    )


def row_of(event: Event) -> dict[str, Any]:
    """The row of an event."""
    return {
        "seq": event.seq,
        "stream": event.stream,
        "subject": event.subject,
        "type": event.type,
        "account": event.account,
        "at": text_of(event.at),
        "recorded_at": text_of(event.recorded_at),
        "actor": event.actor,
        "payload": canonical(event.payload).decode(),
        "prev": event.prev,
        "hash": event.hash,
    }


def as_stored(new: NewEvent) -> NewEvent:
    """The event as it will be read back: its payload is nothing but JSON. What JSON cannot say is refused."""
    try:
        return replace(new, payload=orjson.loads(canonical(new.payload)))
    except (TypeError, ValueError) as error:
        raise StoreError(f"the event {new.stream} {new.type} holds what JSON cannot: {error}") from error


def refuse_misfits(table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Refuse text that is longer than its column, or that holds a zero character, before PostgreSQL would."""
    limits = {column.name: column.type.length for column in table.columns if isinstance(column.type, String)}
    for row in rows:
        for name, value in row.items():
            limit = limits.get(name) or _LONGEST_TEXT
            if not isinstance(value, str):
                continue
            if len(value) > limit:
                message = f"{table.name}: {name} has {len(value)} characters, {limit} are the limit: {value[:40]!r}..."
                raise StoreError(message, hint="nothing was stored")
            if "\0" in value:
                raise StoreError(f"{table.name}: {name} holds a zero character", hint="nothing was stored")
