"""Restoring a backup into an empty store, of whatever kind its database is."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from auditor.errors import AuditorError, StoreError
from auditor.model.events import GENESIS, Event, canonical, instant_of, rechained
from auditor.store import tables
from auditor.store.archive import Archive, Header
from auditor.store.comparing import events_for_rebuild
from auditor.store.problems import Problem
from auditor.store.projections import rebuild
from auditor.store.references import References
from auditor.store.rows import refuse_misfits, row_of
from auditor.store.store import Store, Writing

_BATCHES = {"snapshot": 100, "event": 1000, "personal": 1000, "content": 1}
"""Records that are written at once: few of those that may be large."""

_TABLES = {"snapshot": tables.snapshot, "personal": tables.personal, "content": tables.content}
_FILLED = (tables.event, tables.snapshot, tables.personal, tables.content)


def verify(file: Path) -> Header:
    """Read a backup to its end; `StoreError` when it is damaged or its chain is not whole."""
    with Archive(file) as archive:
        for _ in _verified(archive, str(file)):
            pass
        return archive.header


def restore(store: Store, file: Path) -> list[Problem]:
    """Fill an empty store from a backup, in one transaction: everything, or nothing.

    What was wrong outside the chain when the backup was made (a missing report, say) is kept as it was and returned.
    `StoreError` when the store is not empty or the backup is damaged.
    """
    references = References()
    with store.writing() as writing, Archive(file) as archive:
        _refuse_filled(writing, store.place)
        for kind, group in groupby(_verified(archive, str(file)), key=itemgetter(0)):
            values = (value for _, value in group)
            while batch := list(islice(values, _BATCHES[kind])):
                _insert(writing, kind, batch)
                for event in batch if kind == "event" else ():
                    references.add(event)
        _rebuild(writing, str(file))
        return list(references.problems(writing.connection))


def _insert(writing: Writing, kind: str, batch: list[Any]) -> None:
    if kind == "event":
        writing.adopt(batch)
        return
    if kind == "content":
        batch = [{"hash": row["hash"], "bytes": base64.b64decode(row["bytes"])} for row in batch]
    refuse_misfits(_TABLES[kind], batch)
    writing.connection.execute(insert(_TABLES[kind]), batch)


def _refuse_filled(writing: Writing, place: str) -> None:
    for table in _FILLED:
        if writing.connection.execute(select(func.count()).select_from(table)).scalar_one():
            hint = "name a new database with --db: what is there is never replaced"
            raise StoreError("the store is not empty", where=place, hint=hint)


def _rebuild(writing: Writing, place: str) -> None:
    try:
        rebuild(writing, writing.connection, *events_for_rebuild(writing.connection))
    except (AuditorError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"the tables cannot be made from its events: {error!r}", where=place) from error


def _verified(archive: Archive, place: str) -> Iterator[tuple[str, Any]]:
    """Events and the rows of other kinds: each with the right fields, in a whole chain up to the header's head."""
    seq, last = 0, GENESIS
    for kind, value in archive.records():
        verified = _event(value) if kind == "event" else _row(kind, value)
        if verified is None:
            raise StoreError(f"a record of the kind {kind} has wrong fields, after event {seq}", where=place)
        if isinstance(verified, Event):
            if verified.seq != seq + 1 or verified.prev != last or rechained(verified) != verified.hash:
                raise StoreError(f"the chain is broken: no event {seq + 1} follows event {seq}", where=place)
            seq, last = verified.seq, verified.hash
        yield kind, verified
    if last != archive.header.head:
        raise StoreError("the chain does not end with the head that the backup names", where=place)


def _row(kind: str, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    right = set(value) == set(_TABLES[kind].columns.keys()) and all(isinstance(part, str) for part in value.values())
    return value if right and (kind != "content" or _is_base64(value["bytes"])) else None


def _event(value: Mapping[str, Any]) -> Event | None:
    """The event of a record, None unless it says exactly what a row of the table says."""
    if set(value) != set(tables.event.columns.keys()):
        return None
    texts = (part for name, part in value.items() if name not in ("seq", "payload"))
    if type(value["seq"]) is not int or not isinstance(value["payload"], dict):
        return None
    if not all(isinstance(text, str) for text in texts):
        return None
    try:
        event = Event(**{**value, "at": instant_of(value["at"]), "recorded_at": instant_of(value["recorded_at"])})
        return event if row_of(event) == {**value, "payload": canonical(value["payload"]).decode()} else None
    except (ValueError, TypeError):
        return None


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
