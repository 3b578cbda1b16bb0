"""auditor contact add|list|show|change|remove|export|erase"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.account_options import file_option, reads, writes, writes_terms

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

_FIELDS = (
    click.option("--name", help="What the person is called."),
    click.option("--email", help="E-mail address."),
    click.option("--phone", help="Phone number."),
    click.option("--language", metavar="L", help="The person's own: en, es, it, ru, pt, or as pt-BR."),
    click.option("--role", type=click.Choice(["contact", "administrator"]), help="What the person may do."),
    click.option("--authorised-from", metavar="TIME", help="Since when; a date is its local midnight."),
    click.option("--authorised-to", metavar="TIME", help="Until before when; empty: no end."),
    file_option,
)


def _fields(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_FIELDS):
        command = option(command)
    return command


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
@click.option("--yes", "confirmed", is_flag=True, help="Erase without asking: nothing brings the data back.")
@writes
def erase(session: Session, ident: str, confirmed: bool) -> None:
    """Erase a contact's name and addresses for good; events and totals stay, under the id."""
    from auditor.app.accounts import contact_views

    contact_views.erase(session, ident, confirmed, sys.stdout)
