"""Naming a database: an SQLite file or a PostgreSQL server, by path or URL."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from auditor.errors import UsageProblem

WAIT_SECONDS = 60
"""So long a writer waits for the writers before it."""

_KINDS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}
_FORM = "write a file's name, or postgresql://USER@HOST/NAME"


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
    except (ArgumentError, ValueError) as error:
        raise UsageProblem("the database's URL cannot be read", hint=_FORM) from error
    kind = url.drivername.partition("+")[0]
    if kind not in _KINDS:
        raise UsageProblem(f"no database of the kind {kind}", hint=_FORM)
    if "@" in (url.host or ""):
        raise UsageProblem("the database's URL has one @ too many", hint="write %40 for an @ in user or password")
    if kind == "sqlite" and not url.database:
        raise UsageProblem("the database's URL names no file", hint="write sqlite:///FILE, or the file alone")
    return url.set(drivername=_KINDS[kind])


def shown(url: URL) -> str:
    """How the place of a database is told to people: the file, or the URL without password and options."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    socket = url.query.get("host")
    host = url.host or (socket if isinstance(socket, str) else "")
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{user}{host}{port}/{url.database or ''}"


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database, None for a server."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def connect(url: URL) -> Engine:
    """An engine for the database; nothing is opened yet."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    waiting = {"connect_timeout": 10, "application_name": "auditor", "options": f"-c lock_timeout={WAIT_SECONDS}s"}
    stated = {name: value for name, value in waiting.items() if name not in url.query}
    try:
        return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True, connect_args=stated)
    except (ImportError, NoSuchModuleError) as error:
        raise UsageProblem(f"the driver of {url.get_backend_name()} is not installed: {error}") from error


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: a writer begins with IMMEDIATE, see `_begin`.
        connection.isolation_level = None
        # Someone who reads at this moment keeps the journal as it is: slower, and as safe. The next one changes it.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode=WAL")
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
