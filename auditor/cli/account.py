"""auditor account create|show|list|change|export"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.account_options import file_option, reads, writes
from auditor.cli.options import together

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

_fields = together(
    click.option("--name", help="What the customer is called."),
    click.option("--zone", "time_zone", metavar="ZONE", help="IANA name of the time zone, such as Europe/Madrid."),
    click.option("--country", metavar="C", help="Two letters, such as ES."),
    click.option("--subdivision", metavar="S", help="Region of the country, such as MD."),
    click.option("--language", "languages", multiple=True, metavar="L", help="Language of reports. Repeatable."),
    click.option(
        "--calendar", "customer_calendar", metavar="ID", help="Saved calendar of the customer's working days."
    ),
    click.option("--cutoff", "daily_cutoff", metavar="HH:MM", help="Local time at which daily reports are due."),
    file_option,
)


@click.group()
def account() -> None:
    """Customers: where they are, which languages they read, who looks after them."""


@account.command()
@click.argument("ident", metavar="[ID]", required=False)
@_fields
@writes
def create(session: Session, ident: str | None, file: Path | None, **values: Any) -> None:
    """Save a new account. Its calendar is saved before:  auditor calendar save"""
    from auditor.app.accounts import account_views
    from auditor.app.accounts.session import given

    account_views.create(session, given(file, id=ident, **values), sys.stdout)


@account.command()
@click.argument("ident", metavar="ID")
@_fields
@writes
def change(session: Session, ident: str, file: Path | None, **values: Any) -> None:
    """Change what is named and nothing else; an empty value takes one away."""
    from auditor.app.accounts import account_views
    from auditor.app.accounts.session import given

    account_views.change(session, ident, given(file, **values), sys.stdout)


@account.command("list")
@reads
def list_accounts(session: Session) -> None:
    """Every account with the contracts in force."""
    from auditor.app.accounts import account_views

    account_views.listing(session, sys.stdout)


@account.command()
@click.argument("ident", metavar="ID")
@reads
def show(session: Session, ident: str) -> None:
    """One account with its contracts, contacts and the people who look after it."""
    from auditor.app.accounts import account_views

    account_views.show(session, ident, sys.stdout)


@account.command()
@click.argument("ident", metavar="ID")
@reads
def export(session: Session, ident: str) -> None:
    """The account as YAML that --from takes back."""
    from auditor.app.accounts import account_views

    account_views.export(session, ident, sys.stdout)
