"""Options that the commands of accounts, contracts, contacts and people share, gathered as one argument `session`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from auditor.cli.actor_option import actor_option
from auditor.cli.options import together
from auditor.cli.store_option import db_option

Command = Callable[..., Any]

_FORMAT = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Tables for people, or JSON for programs.",
)
_PROGRAMMES = click.option(
    "--programmes",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with further programmes. Repeatable; AUDITOR_PROGRAMMES names folders, too.",
)
file_option = click.option(
    "--from",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Values from a YAML file, as `export` writes it. Options count more.",
)


person_options = together(
    click.option("--name", help="What the person is called."),
    click.option("--email", help="E-mail address."),
    click.option("--phone", help="Phone number."),
    click.option("--language", metavar="L", help="The person's own: en, es, it, ru, pt, or as pt-BR."),
)
confirm_option = click.option(
    "--yes", "confirmed", is_flag=True, help="Erase without asking: nothing brings the data back."
)


def reads(command: Command) -> Command:
    """--db and --format."""
    return _FORMAT(db_option(_gathered(command)))


def reads_terms(command: Command) -> Command:
    """--db, --format and --programmes."""
    return _FORMAT(_PROGRAMMES(db_option(_gathered(command))))


def writes(command: Command) -> Command:
    """--db and --as."""
    return actor_option(db_option(_gathered(command)))


def writes_terms(command: Command) -> Command:
    """--db, --as and --programmes."""
    return actor_option(_PROGRAMMES(db_option(_gathered(command))))


def _gathered(command: Command) -> Command:
    @functools.wraps(command)
    def with_session(**given: Any) -> Any:
        from auditor.app.accounts.session import Session

        names = ("db", "acting", "style", "folders")
        return command(session=Session(**{name: given.pop(name) for name in names if name in given}), **given)

    return with_session
