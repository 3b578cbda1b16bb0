"""Bringing an older store to the schema of this version, with a copy of the file made first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete

from auditor.errors import StoreError
from auditor.store.backup import copy_file
from auditor.store.comparing import events_for_rebuild
from auditor.store.database import connect, default_location, file_of, shown, url_of
from auditor.store.opening import look_at, unfit, wait_for_others
from auditor.store.projections import MADE_FROM_EVENTS, rebuild
from auditor.store.schema import State, revision_of
from auditor.store.store import Clock, Reading, now
from auditor.store.troubles import told


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did: schema before and after, and the copy of the file (None for a server, or nothing to do)."""

    place: str
    before: str
    after: str
    copy: Path | None


def upgrade(location: str | None, clock: Clock = now) -> Upgraded:
    """Upgrade the store at a path or URL. `StoreError` when there is none, or when it is of a later version."""
    url = url_of(location or default_location())
    place, file = shown(url), file_of(url)
    if file is not None:
        look_at(file, place, create=False)
    with told(place):
        engine = connect(url)
        try:
            with engine.connect() as connection, connection.begin():
                state, before = revision_of(connection)
            if state is State.CURRENT:
                return Upgraded(place, before, before, None)
            if state is not State.OLDER:
                raise unfit(state, before, place)
            copy = None
            if file is not None:
                copy = file.with_name(f"{file.name}.{before}.{clock():%Y%m%dT%H%M%SZ}")
                copy_file(file, copy)
            with engine.connect().execution_options(writing=True) as connection:
                after = _upgrade(connection, place)
        finally:
            engine.dispose()
    return Upgraded(place, before, after, copy)


def _upgrade(connection: Connection, place: str) -> str:
    from auditor.store.migrating import migrate

    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:  # a table that is copied to be altered would take along the rows that refer to it
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    with connection.begin():
        wait_for_others(connection)
        if revision_of(connection)[0] is State.OLDER:
            migrate(connection)
            for table in MADE_FROM_EVENTS:
                connection.execute(delete(table))
            rebuild(Reading(connection), connection, *events_for_rebuild(connection))
        if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise StoreError("the upgrade would break references", where=place, hint="auditor db check")
        return revision_of(connection)[1]
