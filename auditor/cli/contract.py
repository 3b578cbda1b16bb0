"""auditor contract create|show|list|change|end|export"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.account_options import file_option, reads, reads_terms, writes, writes_terms
from auditor.cli.options import together

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

LANGUAGES = ("en", "es", "it", "ru", "pt")

_fields = together(
    click.option("--programme", metavar="P", help="Support programme: auditor programme list."),
    click.option("--edition", help="Edition of the programme; without it the newest."),
    click.option("--valid-from", metavar="DATE", help="First day, local to the account."),
    click.option("--valid-to", metavar="DATE", help="First day that is no longer covered."),
    click.option("--support-calendar", metavar="ID", help="Saved calendar of the business hours of response times."),
    click.option("--certificate", "certificate_no", metavar="NO", help="Number of the support certificate."),
    click.option("--licence", "licences", multiple=True, metavar="L", help="A licence it belongs to. Repeatable."),
    click.option("--plus-licence/--no-plus-licence", default=None, help="Whether the customer owns a Plus licence."),
    click.option(
        "--override",
        "overrides",
        multiple=True,
        metavar="NAME=VALUE",
        help="What the contract settles: targets.2.unit=business_hour, max_contacts=4, off_hours=submission, "
        "quota_period=calendar_year, entitlements.health_check=true, thresholds=0.5,0.8,1. Repeatable.",
    ),
    click.option("--reason", default="", help="Where the overrides were agreed."),
    click.option("--no-override", "dropped", multiple=True, metavar="NAME", help="Take an override away. Repeatable."),
    file_option,
)


@click.group()
def contract() -> None:
    """Contracts: which programme holds for an account, from when to when, and what was agreed otherwise."""


@contract.command()
@click.argument("ident", metavar="[ID]", required=False)
@click.option("--account", metavar="ID", help="The account it is for.")
@_fields
@writes_terms
def create(session: Session, ident: str | None, file: Path | None, **values: Any) -> None:
    """Save a new contract. Nothing is saved that breaks a rule; every one is named."""
    from auditor.app.accounts import contract_views
    from auditor.app.accounts.session import given_contract

    contract_views.create(session, given_contract(file, {"id": ident, **values}), sys.stdout)


@contract.command()
@click.argument("ident", metavar="ID")
@_fields
@writes_terms
def change(session: Session, ident: str, file: Path | None, **values: Any) -> None:
    """Change what is named and nothing else; an empty value takes one away.

    Requests that were sent before keep the terms they were sent under.
    """
    from auditor.app.accounts import contract_views
    from auditor.app.accounts.session import given_contract

    contract_views.change(session, ident, given_contract(file, values), sys.stdout)


@contract.command()
@click.argument("ident", metavar="ID")
@click.option("--on", "day", required=True, metavar="DATE", help="First day that is no longer covered.")
@click.option("--reason", required=True, help="Why it ends early.")
@writes
def end(session: Session, ident: str, day: str, reason: str) -> None:
    """Let a contract end early."""
    from auditor.app.accounts import contract_views
    from auditor.app.moments import day_from

    contract_views.end(session, ident, day_from(day), reason, sys.stdout)


@contract.command("list")
@click.argument("account", metavar="[ACCOUNT]", default="")
@reads
def list_contracts(session: Session, account: str) -> None:
    """Contracts of an account, or of all."""
    from auditor.app.accounts import contract_views

    contract_views.listing(session, account, sys.stdout)


@contract.command()
@click.argument("ident", metavar="ID")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the page.")
@reads_terms
def show(session: Session, ident: str, language: str) -> None:
    """All that a contract promises, with marks and footnotes, and how much of it is used."""
    from auditor.app.accounts import contract_page

    contract_page.show(session, ident, language, sys.stdout)


@contract.command()
@click.argument("ident", metavar="ID")
@reads
def export(session: Session, ident: str) -> None:
    """The contract as YAML that --from takes back."""
    from auditor.app.accounts import contract_views

    contract_views.export(session, ident, sys.stdout)
