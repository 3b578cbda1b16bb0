"""What telling asks the store: which notifications nobody was told of yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from auditor.model.events import text_of
from auditor.store import tables
from auditor.store.store import Reading

_TABLE = tables.notification


class NotificationQueries:
    """Questions to one state of the store. A notification is its document with `id`, `account`, `at`, `not_before`,
    `told_at`, `mailed_at` and `superseded`."""

    def __init__(self, reading: Reading) -> None:
        self._connection = reading.connection

    def one(self, ident: str) -> dict[str, Any] | None:
        """The notification of that key, None when it was never made."""
        return next(iter(self._read(select(_TABLE).where(_TABLE.c.id == ident))), None)

    def untold(self, now: datetime, limit: int, after: str = "") -> list[dict[str, Any]]:
        """Notifications whose time has come and that were not told, by key; `after` skips keys up to that one."""
        query = select(_TABLE).where(*_due(now), _TABLE.c.told_at.is_(None), _TABLE.c.id > after)
        return self._read(query.order_by(_TABLE.c.id).limit(limit))

    def untold_or_unmailed(self, now: datetime, since: datetime, limit: int, after: str = "") -> list[dict[str, Any]]:
        """The same, and those told whose time came at `since` or later and of which no message was written."""
        recent = and_(_TABLE.c.mailed_at.is_(None), _TABLE.c.not_before >= text_of(since))
        query = select(_TABLE).where(*_due(now), or_(_TABLE.c.told_at.is_(None), recent), _TABLE.c.id > after)
        return self._read(query.order_by(_TABLE.c.id).limit(limit))

    def these(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        """Notifications of these keys, as far as they were made, by key."""
        query = select(_TABLE).where(_TABLE.c.id.in_(keys))
        return self._read(query.order_by(_TABLE.c.id))

    def about(self, incident: str) -> list[dict[str, Any]]:
        """Everything that was to be told about an incident alone, by key."""
        return self._read(
            select(_TABLE).where(_TABLE.c.id.startswith(f"{incident}:", autoescape=True)).order_by(_TABLE.c.id)
        )

    def last_key(self, prefix: str) -> str:
        """The key that sorts last among those that begin with the prefix; "" when there is none."""
        query = select(func.max(_TABLE.c.id)).where(func.substr(_TABLE.c.id, 1, len(prefix)) == prefix)
        return self._connection.execute(query).scalar_one() or ""

    def _read(self, query: Select[Any]) -> list[dict[str, Any]]:
        return [{**row._mapping, **orjson.loads(row.document)} for row in self._connection.execute(query)]


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _TABLE.c.superseded.is_(False), _TABLE.c.not_before <= text_of(now)
