"""auditor tam add|change|assign|unassign|absence|list|show|export|erase|board"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.account_options import confirm_option, file_option, person_options, reads, writes, writes_terms
from auditor.cli.options import together

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

_fields = together(
    person_options,
    click.option("--calendar", metavar="ID", help="Saved calendar of the working days of the local office."),
    file_option,
)


@click.group()
def tam() -> None:
    """Technical account managers and duty managers: who they are, for whom, when they are away."""


@tam.command()
@click.option("--id", "ident", help="An id that does not tell who it is; without it the next free one.")
@_fields
@writes
def add(session: Session, ident: str | None, file: Path | None, **values: Any) -> None:
    """Add somebody of the support side."""
    from auditor.app.accounts import tam_views
    from auditor.app.accounts.session import given

    tam_views.add(session, given(file, id=ident, **values), sys.stdout)


@tam.command()
@click.argument("ident", metavar="PERSON")
@_fields
@writes
def change(session: Session, ident: str, file: Path | None, **values: Any) -> None:
    """Change what is named and nothing else; an empty value takes one away."""
    from auditor.app.accounts import tam_views
    from auditor.app.accounts.session import given

    tam_views.change(session, ident, given(file, **values), sys.stdout)


@tam.command()
@click.argument("person", metavar="PERSON")
@click.option("--role", type=click.Choice(["tam", "duty_manager"]), required=True, help="The task.")
@click.option("--account", default="", metavar="ID", help="For which account; duty managers without it: for all.")
@click.option("--from", "start", default="", metavar="TIME", help="Since when; without it now.")
@click.option("--to", "end", default="", metavar="TIME", help="Until before when; without it no end.")
@click.option("--replace", "replaces", is_flag=True, help="Let the account manager before end when this one begins.")
@writes
def assign(session: Session, replaces: bool, **task: Any) -> None:
    """Give a person a task. What happened before stays with those who had it then."""
    from auditor.app.accounts import tam_views

    tam_views.assign(session, task, replaces, sys.stdout)


@tam.command()
@click.argument("ident", metavar="ASSIGNMENT")
@click.option("--to", "end", default="", metavar="TIME", help="Until before when; without it now.")
@writes_terms
def unassign(session: Session, ident: str, end: str) -> None:
    """End a task."""
    from auditor.app.accounts import tam_views

    tam_views.unassign(session, ident, end, sys.stdout)


@tam.group()
def absence() -> None:
    """When somebody is away: holidays, illness, half a day."""


@absence.command("add")
@click.argument("person", metavar="PERSON")
@click.option("--from", "start", required=True, metavar="TIME", help="Since when, local to the office.")
@click.option("--to", "end", required=True, metavar="TIME", help="Until before when.")
@click.option("--reason", default="", help="A word for colleagues; it stays for good, so nothing private.")
@writes
def add_absence(session: Session, person: str, start: str, end: str, reason: str) -> None:
    """Record an absence; a date is its local midnight."""
    from auditor.app.accounts import tam_views

    tam_views.add_absence(session, person, (start, end), reason, sys.stdout)


@absence.command("remove")
@click.argument("ident", metavar="ABSENCE")
@writes
def remove_absence(session: Session, ident: str) -> None:
    """Take an absence back."""
    from auditor.app.accounts import tam_views

    tam_views.remove_absence(session, ident, sys.stdout)


@tam.command("list")
@reads
def list_people(session: Session) -> None:
    """Everybody with tasks and absences that are not over."""
    from auditor.app.accounts import tam_views

    tam_views.listing(session, sys.stdout)


@tam.command()
@click.argument("person", metavar="PERSON")
@reads
def show(session: Session, person: str) -> None:
    """One person with all tasks and absences."""
    from auditor.app.accounts import tam_views

    tam_views.show(session, person, sys.stdout)


@tam.command()
@click.argument("person", metavar="PERSON")
@reads
def export(session: Session, person: str) -> None:
    """The person as YAML that --from takes back."""
    from auditor.app.accounts import tam_views

    tam_views.export(session, person, sys.stdout)


@tam.command()
@click.argument("person", metavar="PERSON")
@confirm_option
@writes
def erase(session: Session, person: str, confirmed: bool) -> None:
    """Erase a person's name and addresses for good; events and tasks stay, under the id."""
    from auditor.app.accounts import tam_views

    tam_views.erase(session, person, confirmed, sys.stdout)


@tam.command()
@click.option("--account", default="", metavar="ID", help="Only this account.")
@click.option("--person", default="", metavar="ID", help="Only accounts this person looks after.")
@reads
def board(session: Session, account: str, person: str) -> None:
    """Who is there for each account right now, and its open requests in the order of the queue."""
    from auditor.app.accounts import board as page

    page.board(session, account, person, sys.stdout)
