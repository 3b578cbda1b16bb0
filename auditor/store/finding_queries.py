"""What is asked about findings besides their own rows."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from auditor.store import tables
from auditor.store.store import Reading


class FindingQueries:
    """Questions to one state of the store."""

    def __init__(self, reading: Reading) -> None:
        self._connection = reading.connection

    def beginning(self, prefix: str, most: int) -> list[dict[str, Any]]:
        """Documents of at most so many findings whose fingerprint begins with `prefix`, by fingerprint."""
        table = tables.finding
        query = select(table.c.document).where(table.c.id.startswith(prefix, autoescape=True))
        return [orjson.loads(text) for text in self._connection.scalars(query.order_by(table.c.id).limit(most))]

    def promoted(self, account: str) -> list[dict[str, Any]]:
        """Documents of the account's findings that became part of a request, by fingerprint."""
        table = tables.finding
        query = select(table.c.document).where(table.c.account == account, table.c.incident.is_not(None))
        return [orjson.loads(text) for text in self._connection.scalars(query.order_by(table.c.id))]
