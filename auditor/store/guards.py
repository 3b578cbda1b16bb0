"""The triggers that keep events from being changed must be there, and the file of an SQLite database must be sound."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from auditor.store.problems import Problem

_TRIGGERS = {"sqlite": {"event_no_update", "event_no_delete", "event_no_replace"}, "postgresql": {"event_append_only"}}
_QUERIES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'event'::regclass AND tgenabled <> 'D'",
}


def guard_problems(connection: Connection) -> Iterator[Problem]:
    """Triggers that are gone, and damage of the file."""
    dialect = connection.dialect.name
    there = set(connection.execute(text(_QUERIES[dialect])).scalars())
    for name in sorted(_TRIGGERS[dialect] - there):
        yield Problem("table event", f"the trigger {name} is gone that keeps events from being changed")
    if dialect == "sqlite":
        for line in connection.execute(text("PRAGMA quick_check(5)")).scalars():
            if line != "ok":
                yield Problem("the database's file", f"damaged: {line}")
