"""auditor incident: show, list, queue and import; the rest stands in incident_open and incident_steps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli import exits
from auditor.cli.actor_option import actor_option
from auditor.cli.incident_open import open_
from auditor.cli.incident_options import (
    LEVEL,
    incident_argument,
    limit_option,
    programmes_option,
    reads,
    style_option,
    with_session,
)
from auditor.cli.incident_steps import STEPS
from auditor.cli.store_option import db_option

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

STATES = ("submitted", "in_progress", "waiting_customer", "resolved", "closed", "cancelled")
TYPES = ("incident", "service_request", "avdb_release", "private_patch", "question")


@click.group()
def incident() -> None:
    """Requests of customers: until when an answer is due, and everything that happens to them."""


incident.add_command(open_)
for step in STEPS:
    incident.add_command(step)


@incident.command()
@incident_argument
@reads("text", "json")
def show(session: Session, named: str, language: str) -> None:
    """What an incident is, why its deadline is what it is, what happened and who was told."""
    from auditor.app.incidents import console

    console.show(session, named, language, sys.stdout)


@incident.command("list")
@click.option("--account", default="", metavar="ID", help="Only this account.")
@click.option("--contract", default="", metavar="ID", help="Only under this contract.")
@click.option("--state", "states", multiple=True, type=click.Choice([*STATES, "open"]), help="Repeatable.")
@click.option("--level", "levels", multiple=True, type=LEVEL, help="Repeatable.")
@click.option("--type", "types", multiple=True, type=click.Choice(TYPES), help="Repeatable.")
@click.option("--kind", type=click.Choice(["premium", "standard"]), help="Only this kind.")
@click.option("--since", default="", metavar="TIME", help="Submitted then or later (UTC unless an offset is given).")
@click.option("--until", default="", metavar="TIME", help="Submitted before then.")
@limit_option
@reads("text", "json", "csv")
def list_(session: Session, limit: int, language: str, **asked: object) -> None:
    """Incidents, the latest first."""
    from auditor.app.incidents import console

    console.listing(session, asked, limit, language, sys.stdout)


@incident.command()
@click.option("--account", default="", metavar="ID", help="Only this account.")
@limit_option
@reads("text", "json", "csv")
def queue(session: Session, account: str, limit: int, language: str) -> None:
    """What waits for a first qualified answer, the most urgent first, with the time that is left."""
    from auditor.app.incidents import console

    console.queue(session, account, limit, language, sys.stdout)


@incident.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--account", default="", metavar="ID", help="The account of all incidents that name none.")
@programmes_option
@actor_option
@style_option("text", "json")
@db_option
@with_session
def import_(session: Session, file: Path, account: str) -> int:
    """Past incidents from a CSV or NDJSON file (docs/incident-import.md), in any order, repeated without harm.

    Each incident is recorded whole or not at all. Exit code 3 when one was refused; every mistake names its line.
    """
    from auditor.app.incidents import import_console

    complete = import_console.run(session, file, account, sys.stdout)
    return exits.OK if complete else exits.BAD_INPUT
