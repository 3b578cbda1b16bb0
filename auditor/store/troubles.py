"""Errors of the database told as errors of the store: what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from auditor.errors import StoreError

# part of the driver's message -> what is said, what to do; the first that fits counts
_KNOWN: tuple[tuple[str, str, str], ...] = (
    ("database is locked", "another process has been writing all the time", "repeat when it is done"),
    ("lock timeout", "another process has been writing all the time", "repeat when it is done"),
    ("readonly database", "the file may only be read", "give yourself the right to write to the file and its folder"),
    ("read-only transaction", "the server may only be read", "name the primary server"),
    ("unable to open database file", "the file cannot be opened", "does the folder exist, and may you write to it?"),
    ("disk is full", "the disk is full", "make room and repeat: nothing was stored"),
    ("not a database", "the file is not an SQLite database", "name another file with --db"),
    ("malformed", "the file is damaged", "auditor db check; auditor db restore brings back a backup"),
    ("no such table", "a table is missing", "auditor db check"),
    ("password authentication failed", "the server refuses user or password", "correct them in the URL"),
    ("permission denied", "the server refuses this user", "GRANT the user the rights, best make it the owner"),
    ("does not exist", "the server does not know it", "create database and user, then repeat"),
)


@contextmanager
def told(place: str) -> Iterator[None]:
    """Raise `StoreError` in place of the driver's errors; `place` names the database without password."""
    try:
        yield
    except DBAPIError as error:
        raise _translated(error, place) from error
    except PoolTimeout as error:
        raise StoreError("too many connections are open", where=place, hint="repeat when others are done") from error


def _translated(error: DBAPIError, place: str) -> StoreError:
    said = _first_line(error)
    if isinstance(error, IntegrityError):
        return StoreError(f"this contradicts what is stored: {said}", where=place, hint="nothing was stored")
    if isinstance(error, DataError):
        return StoreError(f"the database cannot hold this: {said}", where=place, hint="nothing was stored")
    for part, message, hint in _KNOWN:
        if part in said:
            return StoreError(f"{message}: {said}", where=place, hint=hint)
    if isinstance(error, OperationalError | InterfaceError):
        hint = "is the server running, and are host, port, user and password right?" if "://" in place else ""
        return StoreError(f"the database cannot be reached: {said}", where=place, hint=hint)
    return StoreError(f"the database refuses: {said}", where=place, hint="auditor db check")


def _first_line(error: DBAPIError) -> str:
    """What the driver says, without the row that PostgreSQL likes to add: it may hold personal data."""
    lines = [line.strip() for line in str(error.orig).splitlines()]
    told = [line for line in lines if line and "Failing row contains" not in line]
    return "; ".join(told[:2]) or type(error.orig).__name__
