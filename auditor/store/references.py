"""What events say about things outside the chain: personal data, snapshots, kept files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, select

from auditor.model.events import Event, canonical, digest
from auditor.store import tables
from auditor.store.paging import streamed
from auditor.store.problems import Problem


class References:
    """Collects what events name, to compare it with the tables that are not made from events."""

    def __init__(self) -> None:
        self.personal: dict[tuple[str, str], str] = {}
        self.snapshots: dict[str, int] = {}
        self.contents: dict[str, int] = {}

    def add(self, event: Event) -> None:
        """Note what an event names."""
        payload = event.payload
        if "personal" in payload:
            erased = payload.get("erased") or not payload["personal"]
            self.personal[event.stream, event.subject] = "" if erased else str(payload["personal"])
        for ident in _snapshots(event):
            self.snapshots.setdefault(ident, event.seq)
        for ident in _contents(event):
            self.contents.setdefault(ident, event.seq)

    def problems(self, connection: Connection) -> Iterator[Problem]:
        """What the tables of personal data, snapshots and kept files do not hold as the events say."""
        yield from self._personal(connection)
        yield from self._snapshots(connection)
        yield from self._contents(connection)

    def _personal(self, connection: Connection) -> Iterator[Problem]:
        left = dict(self.personal)
        table = tables.personal
        for row in streamed(connection, select(table), table.c.stream, table.c.subject):
            place = f"personal data of {row.stream} {row.subject}"
            wanted = left.pop((row.stream, row.subject), None)
            if wanted is None:
                yield Problem(place, "no event speaks of them")
            elif not wanted:
                yield Problem(place, "the events say that they were erased, and they are still there")
            elif personal_digest(row.salt, row.document) != wanted:
                yield Problem(place, "changed: they do not fit the digest in the events")
        for (stream, subject), wanted in sorted(left.items()):
            if wanted:
                yield Problem(
                    f"personal data of {stream} {subject}", "missing, and no event says that they were erased"
                )

    def _snapshots(self, connection: Connection) -> Iterator[Problem]:
        left = dict(self.snapshots)
        for row in streamed(connection, select(tables.snapshot), tables.snapshot.c.hash, page=100):
            left.pop(row.hash, None)
            if not fits(row.hash, row.document):
                yield Problem(f"snapshot {row.hash} ({row.kind})", "changed: its content does not fit its hash")
        for ident, seq in left.items():
            yield Problem(f"snapshot {ident}", f"missing, and event {seq} names it")

    def _contents(self, connection: Connection) -> Iterator[Problem]:
        left = dict(self.contents)
        for row in streamed(connection, select(tables.content), tables.content.c.hash, page=1):
            if hashlib.sha256(row.bytes).hexdigest() != row.hash:
                yield Problem(f"kept file {row.hash}", "changed: its bytes do not fit its hash")
            if row.hash not in self.contents:
                yield Problem(f"kept file {row.hash}", "no event speaks of it")
            left.pop(row.hash, None)
        for ident, seq in left.items():
            yield Problem(f"kept file {ident}", f"missing, and event {seq} names it")


def personal_digest(salt: str, document: str) -> str:
    """The digest that an event holds of personal data; "" when the document cannot be read."""
    parsed = _parsed(document)
    return "" if parsed is None else digest([salt, parsed])


def fits(ident: str, document: str) -> bool:
    """Whether a kept document has the hash after which it is named."""
    parsed = _parsed(document)
    return parsed is not None and digest(parsed) == ident


def _parsed(document: str) -> Mapping[str, Any] | None:
    try:
        parsed = orjson.loads(document)
    except orjson.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict) and canonical(parsed).decode() == document else None


def _snapshots(event: Event) -> Iterator[str]:
    """Terms and calendar of an incident, terms of a report, what runs of engagements judged.

    What contracts name as their programme is not kept.
    """
    if event.stream == "incident":
        yield from _hashes(event.payload.get(name) for name in ("policy", "calendar"))
    if event.stream == "report" and event.type == "made":
        yield from _hashes((event.payload.get("terms") or {}).values())
    if event.stream == "engagement" and event.type in {"findings_recorded", "received"}:
        yield from _hashes([event.payload.get("run")])


def _contents(event: Event) -> Iterator[str]:
    """Files of a report, the list of what was received for an engagement."""
    if event.stream == "report" and event.type == "made":
        yield from _hashes(file.get("sha256") for file in event.payload.get("files") or ())
    if event.stream == "engagement" and event.type == "received":
        yield from _hashes([event.payload.get("manifest")])


def _hashes(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str) and value:
            yield value
