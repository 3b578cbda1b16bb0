"""Opening the store: a new database is created, one of another schema is refused with what to do about it."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from auditor import __version__
from auditor.errors import StoreError
from auditor.store.database import connect, default_location, file_of, shown, url_of
from auditor.store.schema import State, needed_version, revision_of
from auditor.store.store import Clock, Store, now
from auditor.store.troubles import told

_MAGIC = b"SQLite format 3\0"
_CREATING = 0x61756469746F72
"""The PostgreSQL lock that whoever creates the tables holds."""


def open_store(location: str | None = None, *, create: bool = True, clock: Clock = now) -> Store:
    """Open the store at a path or URL (None: `default_location`); `create` makes a new one where there is none.

    Raises `StoreError` when there is none, when it is of another version, or when it cannot be opened.
    """
    url = url_of(location or default_location())
    place = shown(url)
    with told(place):
        engine = connect(url)
        try:
            _make_ready(engine, file_of(url), place, create=create)
        except BaseException:
            engine.dispose()
            raise
    return Store(engine, clock)


def _make_ready(engine: Engine, file: Path | None, place: str, *, create: bool) -> None:
    if file is not None:
        look_at(file, place, create=create)
    with engine.connect() as connection, connection.begin():
        state, revision = revision_of(connection)
    if state is State.EMPTY and create:
        _create(engine)
    elif state is not State.CURRENT:
        raise unfit(state, revision, place)


def look_at(file: Path, place: str, *, create: bool) -> None:
    """Refuse what is no SQLite file; a new one is made so that only its owner can read it: it holds personal data."""
    try:
        if file.is_dir():
            raise StoreError("this is a folder", where=place, hint="name a file in it, such as auditor.db")
        if file.exists():
            with file.open("rb") as opened:
                begin = opened.read(len(_MAGIC))
            if begin not in (b"", _MAGIC):
                raise StoreError("the file is not an SQLite database", where=place, hint="name another file with --db")
        elif create:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        else:
            raise unfit(State.EMPTY, "", place)
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "name a file that you may read and write with --db or AUDITOR_DB"
        raise StoreError(f"the database's file cannot be opened: {reason}", where=place, hint=hint) from error


def _create(engine: Engine) -> None:
    """All tables or none: a process killed meanwhile leaves an empty database, and of two that try one waits."""
    from auditor.store.migrating import migrate

    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        wait_for_others(connection)
        if revision_of(connection)[0] is State.EMPTY:
            migrate(connection)


def wait_for_others(connection: Connection) -> None:
    """Let nobody else create or upgrade tables until the transaction ends; an SQLite writer is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATING})


def unfit(state: State, revision: str, place: str) -> StoreError:
    """Why a database cannot be opened, and what to do about it."""
    if state is State.EMPTY:
        hint = "it begins with  auditor calendar save ; another one is named by --db or AUDITOR_DB"
        return StoreError("there is no store here yet", where=place, hint=hint)
    if state is State.OLDER:
        message = f"the store was made by an earlier version (schema {revision})"
        return StoreError(message, where=place, hint="auditor db upgrade")
    if state is State.NEWER:
        needed = needed_version(revision)
        message = f"the store was made by a later version (schema {revision}); this is auditor {__version__}"
        return StoreError(message, where=place, hint=f"install auditor {needed} or later")
    hint = "name a database that is only for auditor with --db or AUDITOR_DB"
    return StoreError("the database holds tables of something else", where=place, hint=hint)
