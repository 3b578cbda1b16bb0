"""What the work on incidents asks the store: every answer comes from an index, however long the history is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, nulls_last, or_, select

from auditor.model.events import text_of
from auditor.store import tables
from auditor.store.store import Reading

_INCIDENT = tables.incident


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents to list: those that fit everything that is given. Instants are UTC, `until` is not included."""

    account: str = ""
    contract: str = ""
    states: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The conditions of the query."""
        for column, value in ((_INCIDENT.c.account, self.account), (_INCIDENT.c.contract, self.contract)):
            if value:
                yield column == value
        groups: tuple[tuple[Any, Sequence[object]], ...] = (
            (_INCIDENT.c.state, self.states),
            (_INCIDENT.c.level, self.levels),
            (_INCIDENT.c.type, self.types),
            (_INCIDENT.c.kind, self.kinds),
        )
        for column, values in groups:
            if values:
                yield column.in_(values)
        if self.since is not None:
            yield _INCIDENT.c.submitted_at >= text_of(self.since)
        if self.until is not None:
            yield _INCIDENT.c.submitted_at < text_of(self.until)


class Place(NamedTuple):
    """Where an incident stands among those with a threshold: when it is due, and which one it is."""

    at: str
    id: str


NOWHERE = Place("", "")
"""Before all of them."""


class IncidentQueries:
    """Questions to one state of the store. Rows are the columns of the table, with `document` as JSON read."""

    def __init__(self, reading: Reading) -> None:
        self._connection = reading.connection

    def row(self, ident: str) -> dict[str, Any] | None:
        """One incident, None when there is none of that id."""
        return next(self._rows(select(_INCIDENT).where(_INCIDENT.c.id == ident)), None)

    def queue(self, account: str, limit: int) -> list[dict[str, Any]]:
        """Incidents that wait for a first qualified answer, most urgent first (RULE-PRI-1); `account` "" is all."""
        query = select(_INCIDENT).where(_INCIDENT.c.waiting.is_(True))
        if account:
            query = query.where(_INCIDENT.c.account == account)
        order = (
            _INCIDENT.c.level,
            _INCIDENT.c.unpaid,
            _INCIDENT.c.rank,
            nulls_last(_INCIDENT.c.deadline),
            _INCIDENT.c.submitted_at,
            _INCIDENT.c.number,
        )
        return list(self._rows(query.order_by(*order).limit(limit)))

    def waiting(self, account: str = "") -> int:
        """How many incidents wait for a first qualified answer."""
        query = select(func.count()).select_from(_INCIDENT).where(_INCIDENT.c.waiting.is_(True))
        if account:
            query = query.where(_INCIDENT.c.account == account)
        return self._connection.execute(query).scalar_one()

    def listed(self, wanted: Wanted, limit: int) -> list[dict[str, Any]]:
        """Incidents that fit, the latest submission first."""
        query = select(_INCIDENT).where(*wanted.conditions())
        return list(self._rows(query.order_by(_INCIDENT.c.submitted_at.desc(), _INCIDENT.c.number.desc()).limit(limit)))

    def with_threshold(self, now: datetime, limit: int, after: Place = NOWHERE) -> list[Place]:
        """Incidents whose next threshold is reached, the one that is due longest first; `after` goes on behind one."""
        at, ident = _INCIDENT.c.next_threshold_at, _INCIDENT.c.id
        behind = or_(at > after.at, and_(at == after.at, ident > after.id))
        query = select(at, ident).where(at <= text_of(now), at >= after.at, behind)
        return [Place(*row) for row in self._connection.execute(query.order_by(at, ident).limit(limit))]

    def queued(self, now: datetime, account: str = "") -> Iterator[dict[str, Any]]:
        """Incidents that wait for a first answer and whose manager's opening, at which they are listed, has come."""
        query = select(_INCIDENT.c.document).where(_INCIDENT.c.waiting.is_(True))
        for row in self._connection.execute(query.where(_INCIDENT.c.account == account) if account else query):
            document = orjson.loads(row.document)
            if document["queued_until"] is not None and document["queued_until"] <= text_of(now):
                yield document

    def waiting_for_customer(self, account: str) -> list[str]:
        """Ids of the account's open incidents that wait for the customer's data."""
        query = select(_INCIDENT.c.id).where(_INCIDENT.c.account == account, _INCIDENT.c.ended_at.is_(None))
        query = query.where(_INCIDENT.c.state == "waiting_customer").order_by(_INCIDENT.c.number)
        return list(self._connection.scalars(query))

    def used(self, contract: str, period: str) -> int:
        """Premium units that are booked for a period of a contract."""
        table = tables.quota
        query = select(func.sum(table.c.delta)).where(table.c.contract == contract, table.c.period == period)
        return self._connection.execute(query).scalar_one() or 0

    def external(self, account: str) -> dict[str, str]:
        """Numbers in somebody else's system -> incident, as far as they were linked."""
        table = tables.event
        query = select(table.c.subject, table.c.payload).where(
            table.c.account == account, table.c.stream == "incident", table.c.type == "linked"
        )
        links = ((subject, orjson.loads(payload)) for subject, payload in self._connection.execute(query))
        return {link["other"]: subject for subject, link in links if link["relation"] == "external"}

    def _rows(self, query: Select[Any]) -> Iterator[dict[str, Any]]:
        for row in self._connection.execute(query):
            yield {**row._mapping, "document": orjson.loads(row.document)}
