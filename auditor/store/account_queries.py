"""What accounts, contracts and people ask the store, and the history of an account as a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select

from auditor.model.events import Event, text_of
from auditor.store import tables
from auditor.store.rows import event_of
from auditor.store.store import Reading

BATCH = 500
"""Events that are read at once: memory stays flat however long a history is."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a history is wanted: from `start` up to, not including, `end`; streams, or all when empty."""

    start: datetime | None = None
    end: datetime | None = None
    streams: tuple[str, ...] = ()


class AccountQueries:
    """Questions to one state of the store."""

    def __init__(self, reading: Reading) -> None:
        self._connection = reading.connection

    def subjects(self, stream: str) -> int:
        """How many things of a stream there ever were, removed ones too."""
        table = tables.event
        query = select(func.count(table.c.subject.distinct())).where(table.c.stream == stream)
        return int(self._connection.execute(query).scalar_one())

    def recorded_after(self, seq: int, account: str, streams: Iterable[str]) -> bool:
        """Whether the streams have an event of the account, or of none, that was recorded after event number `seq`."""
        table = tables.event
        query = select(table.c.seq).where(
            table.c.seq > seq, table.c.stream.in_(tuple(streams)), table.c.account.in_((account, ""))
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def history(self, account: str, span: Span = Span()) -> Iterator[Event]:
        """Events of an account ("" for those of no account) in the order in which they happened, read in batches."""
        table = tables.event
        query = _spanned(select(table).where(table.c.account == account), span)
        query = query.order_by(table.c.at, table.c.seq).limit(BATCH)
        page = query
        while True:
            rows = self._connection.execute(page).all()
            yield from (event_of(row) for row in rows)
            if len(rows) < BATCH:
                return
            last = rows[-1]
            # the place of the last one in the index, so that each batch costs the same
            page = query.where(
                table.c.at >= last.at, or_(table.c.at > last.at, and_(table.c.at == last.at, table.c.seq > last.seq))
            )


def _spanned(query: Select[tuple[object, ...]], span: Span) -> Select[tuple[object, ...]]:
    table = tables.event
    if span.start is not None:
        query = query.where(table.c.at >= text_of(span.start))
    if span.end is not None:
        query = query.where(table.c.at < text_of(span.end))
    return query.where(table.c.stream.in_(span.streams)) if span.streams else query
