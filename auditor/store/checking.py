"""Proving that the store is what was stored: the chain, what hangs on it, and the tables that are made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, delete, select

from auditor.errors import AuditorError, StoreError
from auditor.model.events import GENESIS
from auditor.store import tables
from auditor.store.chain import Walk
from auditor.store.comparing import differences, events_for_rebuild
from auditor.store.guards import guard_problems
from auditor.store.problems import Problem
from auditor.store.projections import MADE_FROM_EVENTS, rebuild
from auditor.store.references import References
from auditor.store.store import Reading, Store

MOST = 100
"""So many problems are told."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `events` and `head` (hash of the last one) are those up to which the chain is in order."""

    events: int
    head: str
    known_at: int | None
    problems: tuple[Problem, ...]


def check(store: Store, known_head: str = "") -> Checked:
    """Walk the chain and compare all else with it. `known_head` is a hash noted earlier: it must be in the chain."""
    with store.reading() as reading:
        walk, references, known_at = _walk(reading.connection, known_head)
        problems = list(islice(_problems(reading, walk, references), MOST))
    if known_head and known_at is None:
        problems.insert(
            0, Problem("the chain", f"the known hash {known_head} is not in it: its end was cut or rewritten")
        )
    return Checked(walk.seq, walk.hash, known_at, tuple(problems))


def repair(store: Store) -> None:
    """Make the tables that are made from events anew; events are never touched, and must be in order."""
    with store.writing() as writing:
        walk, _, _ = _walk(writing.connection, "")
        wrong = walk.problem or next(_head_problems(writing.connection, walk), None)
        if wrong is not None:
            raise StoreError(f"the tables cannot be made anew: {wrong}", where=store.place, hint="restore a backup")
        for table in MADE_FROM_EVENTS:
            writing.connection.execute(delete(table))
        rebuild(writing, writing.connection, *events_for_rebuild(writing.connection))


def _walk(connection: Connection, known_head: str) -> tuple[Walk, References, int | None]:
    walk, references = Walk(connection), References()
    known_at = 0 if known_head == GENESIS else None
    for event in walk.events():
        references.add(event)
        if event.hash == known_head:
            known_at = event.seq
    return walk, references, known_at


def _problems(reading: Reading, walk: Walk, references: References) -> Iterator[Problem]:
    yield from guard_problems(reading.connection)
    if walk.problem is not None:
        yield walk.problem
        return  # whatever is compared with a broken chain would only be noise
    yield from _head_problems(reading.connection, walk)
    yield from references.problems(reading.connection)
    try:
        yield from differences(reading)
    except (AuditorError, KeyError, TypeError, ValueError) as error:
        yield Problem("the tables", f"they cannot be made from the events: {error!r}")


def _head_problems(connection: Connection, walk: Walk) -> Iterator[Problem]:
    rows = connection.execute(select(tables.head)).all()
    if len(rows) != 1:
        yield Problem("the head", f"there are {len(rows)} rows, not one")
    for row in rows:
        if row.seq > walk.seq:
            yield Problem("the head", f"it names event {row.seq}, and the last one is {walk.seq}: the end is missing")
        elif row.seq < walk.seq:
            yield Problem("the head", f"it names event {row.seq}, and the last one is {walk.seq}")
        elif row.hash != walk.hash:
            yield Problem("the head", f"it names another hash than that of event {walk.seq}: {row.hash}")
