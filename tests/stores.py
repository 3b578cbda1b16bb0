"""Fixtures: a fresh store on SQLite and on a real PostgreSQL server, and a clock that stands still.

`store` is an opened, empty store; `location` its file or URL, for `--db` and AUDITOR_DB. Every test that asks for one
of them runs twice. The server is started by the first test that needs one, shared by all workers of the run, listens
on a Unix socket only and goes when the run is over. Without PostgreSQL these tests fail: nothing is skipped.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from auditor.store.opening import open_store
from auditor.store.store import Store
from tests.postgresql import Server, once, shared_folder, shared_server

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""When the frozen clock begins: a Monday, 09:00 UTC."""


@dataclass
class FrozenClock:
    """Says the same instant until a test moves it: `store.clock.at = ...`, `store.clock.advance(hours=4)`."""

    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **durations: float) -> datetime:
        """Move on by a `timedelta(**durations)`; the new instant comes back."""
        self.at += timedelta(**durations)
        return self.at


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The running server; its database `template` has the tables of the newest schema."""
    return shared_server(shared_folder(tmp_path_factory))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables of the newest schema and no event."""
    file = shared_folder(tmp_path_factory) / "template.db"
    with once(file.with_suffix(".lock")):
        if not file.exists():
            unfinished = file.with_suffix(".new")
            open_store(str(unfinished)).close()
            unfinished.rename(file)
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a fresh store lies: a file's path or a URL."""
    if request.param == "sqlite":
        file = tmp_path / "auditor.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield str(file)
        return
    server: Server = request.getfixturevalue("postgresql")
    yield from fresh_database(server, "TEMPLATE template")


def fresh_database(server: Server, options: str = "") -> Iterator[str]:
    """The URL of a database that is only for one test."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}")
        yield server.url(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of `store`."""
    return FrozenClock()


@pytest.fixture
def store(location: str, clock: FrozenClock) -> Iterator[Store]:
    """A fresh store with a clock that stands still."""
    with open_store(location, clock=clock) as opened:
        yield opened
