"""Reading many rows with little memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, literal, tuple_

_PAGE = 1000


def streamed(
    connection: Connection, query: Select[Any], *keys: ColumnElement[Any], page: int = _PAGE
) -> Iterator[Row[Any]]:
    """The rows of a query in the order of `keys`, which name each row: fetched page by page, `page` rows at a time."""
    ordered = query.order_by(*keys).limit(page)
    wanted = ordered
    while True:
        rows = connection.execute(wanted).all()
        yield from rows
        if len(rows) < page:
            return
        last = [literal(rows[-1]._mapping[key.name], key.type) for key in keys]
        wanted = ordered.where(tuple_(*keys) > tuple_(*last))
