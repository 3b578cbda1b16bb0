"""Walking the chain: every event must be where, what and as it was recorded. Memory stays flat however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, func, select

from auditor.model.events import GENESIS, Event, canonical, chained, rechained
from auditor.store import tables
from auditor.store.paging import streamed
from auditor.store.problems import Problem, named
from auditor.store.rows import event_of, row_of

_NEAR = 1000
"""So far from its place an event is looked for when events were reordered, inserted or removed."""


class Walk:
    """Follows the chain. `seq` and `hash` are of the last event in order, `problem` is what is wrong with the next."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.seq = 0
        self.hash = GENESIS
        self.problem: Problem | None = None

    def events(self) -> Iterator[Event]:
        """Events in order, up to the first that is not."""
        for row in streamed(self._connection, select(tables.event), tables.event.c.seq):
            event = readable(row)
            if event is None or not self._follows(event) or row_of(event) != dict(row._mapping):
                self.problem = Problem(*self._wrong(row, event))
                return
            self.seq, self.hash = event.seq, event.hash
            yield event

    def count(self) -> int:
        """How many events there are."""
        return int(self._connection.execute(select(func.count()).select_from(tables.event)).scalar_one())

    def _follows(self, event: Event) -> bool:
        return event.seq == self.seq + 1 and event.prev == self.hash and rechained(event) == event.hash

    def _wrong(self, row: Row[Any], event: Event | None) -> tuple[str, str]:
        expected = self.seq + 1
        if row.seq > expected:
            gap = f"event {expected}" if row.seq == expected + 1 else f"events {expected} to {row.seq - 1}"
            return gap, f"missing: after event {self.seq} comes {row.seq} ({row.stream} {row.subject}, {row.type})"
        place = f"event {row.seq} ({row.stream} {row.subject}, {row.type})"
        if row.seq < expected:
            return place, "its number is not one that the chain can have"
        if event is None:
            return place, "changed: a time or the payload cannot be read any more"
        recorded = _number_when_recorded(event)
        if recorded is None:
            return place, self._changed(event)
        if recorded == event.seq and event.prev == self.hash:
            return place, "changed: its text is not as it was written"
        return place, self._misplaced(event, recorded)

    def _changed(self, event: Event) -> str:
        after = select(tables.event).where(tables.event.c.seq == event.seq + 1)
        row = self._connection.execute(after).one_or_none()
        follower = readable(row) if row is not None else None
        if follower and follower.prev == self.hash and _number_when_recorded(follower) == event.seq:
            return f"inserted: {named(follower)} was recorded as number {event.seq}"
        what = "time, actor, payload or another of its fields"
        if event.prev != self.hash:
            what = "the hash of the event before it (perhaps more)"
        return f"changed: {what} does not fit its hash"

    def _misplaced(self, event: Event, recorded: int) -> str:
        told = f"it was recorded as number {recorded}"
        if recorded < event.seq:
            return f"out of place: {told}, so an event was inserted before it, or events were reordered"
        table = tables.event
        before = self._connection.execute(select(table.c.seq).where(table.c.hash == event.prev)).scalar()
        if recorded > event.seq:
            if before is not None:
                return f"out of place: {told} and follows what is now event {before}: events were reordered"
            return f"out of place: {told}, so an event before it was removed"
        follows = "an event that is gone" if before is None else f"event {before}"
        return f"it follows {follows}, not event {self.seq}: events before it were changed, inserted or removed"


def readable(row: Row[Any]) -> Event | None:
    """The event in a row; None when a time or the payload is not what it must be."""
    try:
        event = event_of(row)
        canonical(event.payload)
    except (ValueError, TypeError):
        return None
    return event if isinstance(event.payload, dict) else None


def _number_when_recorded(event: Event) -> int | None:
    """The number with which the event's hash fits, None when it fits with none near by."""
    near: list[int] = [event.seq, *range(max(1, event.seq - _NEAR), event.seq + _NEAR)]
    for seq in near:
        if chained(event, seq, event.recorded_at, event.prev).hash == event.hash:
            return seq
    return None
