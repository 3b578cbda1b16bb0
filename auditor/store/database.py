"""Opening a database: an SQLite file or a PostgreSQL server, named by a path or URL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from auditor.errors import UsageProblem

_BUSY_SECONDS = 60
_KINDS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}


def default_location() -> str:
    """The database of `AUDITOR_DB`, else a file in the user's data folder."""
    named = os.environ.get("AUDITOR_DB", "")
    if named:
        return named
    from platformdirs import user_data_path

    return str(user_data_path("auditor", appauthor=False) / "auditor.db")


def url_of(location: str) -> URL:
    """The SQLAlchemy URL of a path or of a URL such as postgresql://user@host/name."""
    if "://" not in location:
        return URL.create("sqlite", database=str(Path(location).expanduser()))
    try:
        url = make_url(location)
    except ArgumentError as error:
        raise UsageProblem("the database's URL cannot be read", hint="postgresql://USER@HOST/NAME or a file") from error
    kind = url.drivername.partition("+")[0]
    if kind not in _KINDS:
        raise UsageProblem(f"no database of the kind {kind}", hint="use an SQLite file or postgresql://USER@HOST/NAME")
    return url.set(drivername=_KINDS[kind])


def connect(location: str) -> Engine:
    """An engine for the database; nothing is opened yet. Folders of an SQLite file are created."""
    url = url_of(location)
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
    except (ImportError, NoSuchModuleError) as error:
        raise UsageProblem(f"the driver of {url.get_backend_name()} is not installed: {error}") from error


def _sqlite(url: URL) -> Engine:
    database = url.database or ""
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: a writer begins with IMMEDIATE, see `begin_writing`.
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
