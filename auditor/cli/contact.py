"""auditor contact add|list|show|change|remove|export|erase"""

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
    click.option("--role", type=click.Choice(["contact", "administrator"]), help="What the person may do."),
    click.option("--authorised-from", metavar="TIME", help="Since when; a date is its local midnight."),
    click.option("--authorised-to", metavar="TIME", help="Until before when; empty: no end."),
    file_option,
)


@click.group()
def contact() -> None:
    """People of a customer who may send requests.

    Names and addresses are kept apart from what happened and can be erased; events know people by their id.
    """


@contact.command()
@click.argument("account", metavar="[ACCOUNT]", required=False)
@click.option("--id", "ident", help="An id that does not tell who it is; without it the next free one.")
@_fields
@writes_terms
def add(session: Session, account: str | None, ident: str | None, file: Path | None, **values: Any) -> None:
    """Add a contact. More than the contract allows at one time are refused."""
    from auditor.app.accounts import contact_views
    from auditor.app.accounts.session import given

    contact_views.add(session, given(file, id=ident, account=account, **values), sys.stdout)


@contact.command()
@click.argument("ident", metavar="ID")
@_fields
@writes_terms
def change(session: Session, ident: str, file: Path | None, **values: Any) -> None:
    """Change what is named and nothing else; an empty value takes one away."""
    from auditor.app.accounts import contact_views
    from auditor.app.accounts.session import given

    contact_views.change(session, ident, given(file, **values), sys.stdout)


@contact.command()
@click.argument("ident", metavar="ID")
@click.option("--on", "instant", default="", metavar="TIME", help="Until before when; without it now.")
@writes
def remove(session: Session, ident: str, instant: str) -> None:
    """End a contact's authorisation. What the contact sent before stays as it was."""
    from auditor.app.accounts import contact_views

    contact_views.remove(session, ident, instant, sys.stdout)


@contact.command("list")
@click.argument("account", metavar="ACCOUNT")
@click.option("--all", "everybody", is_flag=True, help="Former contacts, too.")
@reads
def list_contacts(session: Session, account: str, everybody: bool) -> None:
    """Contacts of an account."""
    from auditor.app.accounts import contact_views

    contact_views.listing(session, account, everybody, sys.stdout)


@contact.command()
@click.argument("ident", metavar="ID")
@reads
def show(session: Session, ident: str) -> None:
    """One contact."""
    from auditor.app.accounts import contact_views

    contact_views.show(session, ident, sys.stdout)


@contact.command()
@click.argument("ident", metavar="ID")
@reads
def export(session: Session, ident: str) -> None:
    """All that is held about a contact, with the requests sent, as JSON."""
    from auditor.app.accounts import contact_views

    contact_views.export(session, ident, sys.stdout)


@contact.command()
@click.argument("ident", metavar="ID")
@confirm_option
@writes
def erase(session: Session, ident: str, confirmed: bool) -> None:
    """Erase a contact's name and addresses for good; events and totals stay, under the id."""
    from auditor.app.accounts import contact_views

    contact_views.erase(session, ident, confirmed, sys.stdout)
