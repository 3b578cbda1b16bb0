"""Options that the commands of incidents share."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from auditor.cli.actor_option import actor_option
from auditor.cli.store_option import db_option

Command = Callable[..., Any]
Act = Callable[[Any], None]
"""Performs a step of an incident's life, see auditor.app.incidents.actions, and writes what became of it."""

LANGUAGES = ("en", "es", "it", "ru", "pt")
LEVEL = click.IntRange(1, 4)

limit_option = click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many incidents."
)
incident_argument = click.argument("named", metavar="INCIDENT")
reason_option = click.option("--reason", required=True, metavar="WHY", help="Why.")

quota_option = click.option(
    "--override-quota",
    "override",
    nargs=2,
    metavar="WHO WHY",
    help="Take a premium unit beyond the quota: who of the support side allows it (person:ID), and why.",
)

language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the answer."
)
_AT = click.option(
    "--at",
    default="",
    metavar="TIME",
    help="When it happened: 2026-12-04T13:00 in the account's zone, or with offset. Default: now.",
)
_AFTERWARDS = click.option("--afterwards", is_flag=True, help="Something that happened later is recorded already.")
programmes_option = click.option(
    "--programmes",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with further programmes. Repeatable; AUDITOR_PROGRAMMES names folders, too.",
)


def style_option(*styles: str) -> Callable[[Command], Command]:
    """--format with these styles; the first is the default."""
    return click.option(
        "--format", "style", type=click.Choice(styles), default=styles[0], show_default=True, help="How to answer."
    )


def reads(*styles: str) -> Callable[[Command], Command]:
    """--db, --format and --language, as the arguments `session` and `language`."""
    return lambda command: language_option(style_option(*styles)(db_option(with_session(command))))


def acts(command: Command) -> Command:
    """--at, --afterwards, --as, --db and --format, with INCIDENT as the argument `act`: it performs a step."""

    @functools.wraps(command)
    def with_act(session: Any, named: str, when: tuple[str, bool], **given: Any) -> Any:
        def act(step: Any) -> None:
            from auditor.app.incidents import console

            console.act(session, named, step, when, sys.stdout)

        return command(act=act, **given)

    return happens(with_act)


def hands_in(command: Command) -> Command:
    """--at, --afterwards, --as, --db, --format and --programmes, as the arguments `session` and `when`."""
    return programmes_option(happens(command))


def happens(command: Command) -> Command:
    """--at, --afterwards, --as, --db and --format, as the arguments `session` and `when`."""
    return _AT(_AFTERWARDS(actor_option(style_option("text", "json")(db_option(with_session(command))))))


def with_session(command: Command) -> Command:
    """What options say about the store, who acts and how to answer, as the argument `session`."""

    @functools.wraps(command)
    def gathered(**given: Any) -> Any:
        from auditor.app.accounts.session import Session

        names = ("db", "acting", "style", "folders")
        session = Session(**{name: given.pop(name) for name in names if name in given})
        if "at" in given:
            given["when"] = (given.pop("at"), given.pop("afterwards"))
        return command(session=session, **given)

    return gathered
