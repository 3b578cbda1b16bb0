"""Which form a database's tables have: its schema, named by a revision.

The id of a revision ends with the first version of the tool that knows it, so that an older tool can say which one is
needed. `auditor/store/migrations` holds how to get from each revision to the next.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy import Connection, String, column, inspect, select, table

REVISIONS = ("0001_0.1.0", "0002_0.1.0")
"""Oldest first; the last one is the one that this version reads and writes."""

LATEST = REVISIONS[-1]
VERSION_TABLE = "auditor_schema"
"""Holds one row: the revision. Alembic keeps it."""


class State(Enum):
    """What an opened database is to this version of the tool."""

    EMPTY = "empty"  # no table at all
    CURRENT = "current"
    OLDER = "older"  # of an earlier version: it can be upgraded
    NEWER = "newer"  # of a later version
    FOREIGN = "foreign"  # it has tables, but not ours


def revision_of(connection: Connection) -> tuple[State, str]:
    """The state of the database, and its revision ("" when it has none)."""
    names = inspect(connection).get_table_names()
    if VERSION_TABLE not in names:
        return (State.FOREIGN if names else State.EMPTY), ""
    query = select(column("version_num", String)).select_from(table(VERSION_TABLE))
    revision = str(connection.execute(query).scalar_one_or_none() or "")
    if revision == LATEST:
        return State.CURRENT, revision
    return (State.OLDER if revision in REVISIONS else State.NEWER), revision


def needed_version(revision: str) -> str:
    """The first version of the tool that knows a revision."""
    return revision.partition("_")[2] or "a later version"
