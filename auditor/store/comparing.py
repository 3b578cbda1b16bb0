"""The tables that are made from events are made again beside the store, and compared with those that it has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Row, StaticPool, Table, create_engine, select

from auditor.model.events import Event
from auditor.store import tables
from auditor.store.paging import streamed
from auditor.store.problems import Problem, shortened
from auditor.store.projections import MADE_FROM_EVENTS, rebuild
from auditor.store.rows import event_of
from auditor.store.store import Reading

_Keyed = tuple[tuple[Any, ...], str, Row[Any]]
"""The key of a row, the side from which it comes, and the row. Python sorts text as the databases do, by its bytes."""


def events_for_rebuild(connection: Connection) -> tuple[Iterator[Event], Iterator[Event]]:
    """All events as `rebuild` takes them: the others by number, those of incidents incident by incident."""
    table = tables.event
    others = streamed(connection, select(table).where(table.c.stream != "incident"), table.c.seq)
    query = select(table).where(table.c.stream == "incident")
    incidents = streamed(connection, query, table.c.subject, table.c.seq)
    return map(event_of, others), map(event_of, incidents)


def differences(reading: Reading) -> Iterator[Problem]:
    """Rows that are not what the events say, table by table."""
    with _scratch() as scratch:
        rebuild(reading, scratch, *events_for_rebuild(reading.connection))
        for table in reversed(MADE_FROM_EVENTS):
            yield from _compare(table, reading.connection, scratch)


@contextmanager
def _scratch() -> Iterator[Connection]:
    """Empty tables in a private database that has no name and is gone when it is closed."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(""), poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=OFF")
            tables.metadata.create_all(connection, tables=list(MADE_FROM_EVENTS))
            yield connection
    finally:
        engine.dispose()


def _compare(table: Table, store: Connection, scratch: Connection) -> Iterator[Problem]:
    """Both sides come by key, so one pass finds what is missing, what is too much and what differs."""
    sides = (_keyed(table, store, "have"), _keyed(table, scratch, "want"))
    for key, pair in groupby(merge(*sides, key=itemgetter(0)), key=itemgetter(0)):
        rows = {side: row for _, side, row in pair}
        have, want = rows.get("have"), rows.get("want")
        if want is None:
            yield Problem(f"table {table.name}, {_told(key)}", "no event speaks of this row")
        elif have is None:
            yield Problem(f"table {table.name}, {_told(key)}", "missing: the events say that there is such a row")
        elif have != want:
            yield Problem(f"table {table.name}, {_told(key)}", _difference(have, want))


def _keyed(table: Table, connection: Connection, side: str) -> Iterator[_Keyed]:
    names = [column.name for column in table.primary_key]
    for row in streamed(connection, select(table), *table.primary_key):
        yield tuple(row._mapping[name] for name in names), side, row


def _told(key: tuple[Any, ...]) -> str:
    return " ".join(map(str, key))


def _difference(have: Row[Any], want: Row[Any]) -> str:
    said = []
    for name, wanted in want._mapping.items():
        found = have._mapping[name]
        if found != wanted:
            said.extend(_keys(found, wanted) if name == "document" else [_versus(name, found, wanted)])
    return "differs from what the events say: " + "; ".join(dict.fromkeys(said))


def _keys(found: str, wanted: str) -> list[str]:
    """What differs in two documents, by key."""
    try:
        have, want = orjson.loads(found), orjson.loads(wanted)
    except orjson.JSONDecodeError:
        return ["the document cannot be read"]
    if not isinstance(have, dict) or have == want:
        return ["the document's text was changed"]
    names = sorted(name for name in {*have, *want} if have.get(name) != want.get(name))
    return [_versus(name, have.get(name), want.get(name)) for name in names]


def _versus(name: str, found: object, wanted: object) -> str:
    return f"{name} is {shortened(found)}, not {shortened(wanted)}"
