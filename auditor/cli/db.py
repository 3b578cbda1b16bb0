"""auditor db where|info|check|backup|restore|upgrade"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from auditor.cli import exits
from auditor.cli.store_option import db_option

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def db() -> None:
    """Check, back up, restore and upgrade the store of accounts and incidents."""


@db.command()
@db_option
def where(db: str | None) -> None:
    """Say where the store is, or would be."""
    from auditor.app import database

    _print([database.where(db)])


@db.command()
@db_option
def info(db: str | None) -> None:
    """Say where the store is, how large, of which schema, and what its last event is."""
    from auditor.app import database

    _print(database.info(db))


@db.command()
@click.option("--head", metavar="HASH", default="", help="A head printed earlier: it must still be in the chain.")
@click.option("--repair", is_flag=True, help="Make the tables anew from the events first; events are never touched.")
@db_option
def check(db: str | None, head: str, *, repair: bool) -> int:
    """Prove that no event was changed, removed, moved or inserted, and that all else is what the events say.

    Note the head that is printed and give it to the next check: only so the end of the chain cannot be cut off unseen.

    Exit codes: 0 all is in order; 3 something is not, each place named; 2 wrong usage; 1 internal error.
    """
    from auditor.app import database

    lines, in_order = database.check(db, head, repair=repair)
    _print(lines)
    return exits.OK if in_order else exits.BAD_INPUT


@db.command()
@click.argument("file", type=_FILE)
@db_option
def backup(db: str | None, file: Path) -> None:
    """Write everything into a new FILE, while others go on working. It holds personal data: keep it safe.

    A backup of either kind of database can be restored into either.
    """
    from auditor.app import database

    _print(database.backup(db, file))


@db.command()
@click.argument("file", type=_FILE)
@db_option
def restore(db: str | None, file: Path) -> int:
    """Fill an empty or new store from a backup. A store that holds anything is refused.

    The backup is read to its end before anything is written.

    Exit codes: 0 restored; 3 the backup is damaged, or something in it was not in order when it was made.
    """
    from auditor.app import database

    lines, in_order = database.restore(db, file)
    _print(lines)
    return exits.OK if in_order else exits.BAD_INPUT


@db.command()
@db_option
def upgrade(db: str | None) -> None:
    """Bring a store of an earlier version to the schema of this one.

    The file of an SQLite store is copied first, and the copy kept. For a server, make a backup before.
    """
    from auditor.app import database

    _print(database.upgrade(db))


def _print(lines: Iterable[str]) -> None:
    from auditor.reporting.text import visible

    for line in lines:
        click.echo(visible(line))
