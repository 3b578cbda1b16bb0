"""Writing rows that may be there already, on either database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table

from auditor.store.rows import refuse_misfits


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or replace those of the same key. Every row names every column; no key stands twice in `rows`."""
    if rows:
        refuse_misfits(table, rows)
        connection.execute(_statement(table, connection.dialect.name), rows)


@cache
def _statement(table: Table, dialect: str) -> Executable:
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        statement = postgresql_insert(table)
        columns = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
        return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=columns)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    written = sqlite_insert(table)
    columns = {column.name: written.excluded[column.name] for column in table.columns if not column.primary_key}
    return written.on_conflict_do_update(index_elements=list(table.primary_key), set_=columns)
