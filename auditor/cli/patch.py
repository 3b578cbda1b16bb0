"""auditor patch request|triage|accept|decline|built|accept-terms|deliver|confirm|show|list|add-public"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.incident_options import happens, language_option, reads, reason_option
from auditor.cli.request_options import asks, changes, file_options, note_option

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

When = tuple[str, bool]
_PHASES = ("full", "limited", "unsupported", "unknown")


@click.group()
def patch() -> None:
    """Private patches, made with commercially reasonable efforts, and the list of an account's patches.

    Answers, severity and the end of the incident itself are recorded with auditor incident.
    """


@patch.command()
@click.argument("account", metavar="ACCOUNT")
@click.option("--title", required=True, help="The matter in a few words.")
@click.option(
    "--phase",
    type=click.Choice(_PHASES),
    default="unknown",
    show_default=True,
    help="The phase of the product's support, as Kaspersky's support lifecycle states it.",
)
@click.option("--phase-source", default="", metavar="TEXT", help="Where the phase was read.")
@asks
def request(session: Session, account: str, when: When, language: str, **given: Any) -> None:
    """Ask for a private patch. In limited support it is at Kaspersky's discretion; unsupported versions get none."""
    from auditor.app import private_patches, request_console
    from auditor.app.incidents.asking import Asked

    asked = Asked(account, given["title"], **given["asked"])
    wish = private_patches.Wish(given["phase"], given["phase_source"], given["confirmed"], language)
    request_console.ask_for_patch(session, asked, wish, when, sys.stdout)


@patch.command()
@click.option("--phase", type=click.Choice(_PHASES[:3]), help="The phase of the product's support, stated anew.")
@note_option
@changes
def triage(session: Session, phase: Any, note: str, **given: Any) -> None:
    """Engineers look at the request."""
    from auditor.app import private_patches

    _change(session, private_patches.triage(phase, note), **given)


@patch.command()
@note_option
@changes
def accept(session: Session, note: str, **given: Any) -> None:
    """The patch will be attempted."""
    from auditor.app import private_patches

    _change(session, private_patches.accept(note), **given)


@patch.command()
@reason_option
@changes
def decline(session: Session, reason: str, **given: Any) -> None:
    """The patch will not be made."""
    from auditor.app import private_patches

    _change(session, private_patches.decline(reason), **given)


@patch.command()
@note_option
@changes
def built(session: Session, note: str, **given: Any) -> None:
    """The patch exists."""
    from auditor.app import private_patches

    _change(session, private_patches.built(note), **given)


@patch.command("accept-terms")
@click.option("--by", "accepted_by", default="", metavar="CONTACT", help="Who accepts. Default: the contact who acts.")
@changes
def accept_terms(session: Session, incident: str, when: When, language: str, accepted_by: str) -> None:
    """A contact of the customer accepts the terms of the licence; nothing is delivered before."""
    from auditor.app import private_patches, request_console

    request_console.change_patch(
        session,
        when,
        lambda writing, by: private_patches.accept_terms(writing, incident, by, accepted_by),
        (language, sys.stdout),
    )


@patch.command()
@file_options("--name", "The patch")
@changes
def deliver(session: Session, incident: str, when: When, language: str, **given: Any) -> None:
    """Hand the patch over. It comes into the list of the account's patches, with its SHA-256."""
    from auditor.app import private_patches, request_console

    file = private_patches.patch_file(given["file_name"], given["sha256"], given["path"])
    request_console.change_patch(
        session,
        when,
        lambda writing, by: private_patches.deliver(writing, incident, by, file),
        (language, sys.stdout),
    )


@patch.command()
@note_option
@changes
def confirm(session: Session, note: str, **given: Any) -> None:
    """The patch does what it should."""
    from auditor.app import private_patches

    _change(session, private_patches.confirm(note), **given)


@patch.command()
@click.argument("incident", metavar="INCIDENT")
@reads("text", "json")
def show(session: Session, incident: str, language: str) -> None:
    """How a request for a private patch stands, and what comes next."""
    from auditor.app import request_console

    request_console.show(session, incident, "patch", (language, sys.stdout))


@patch.command()
@click.argument("account", metavar="[ACCOUNT]", default="")
@click.option("--all", "ended", is_flag=True, help="Also those whose incident has ended.")
@reads("text", "json")
def requests(session: Session, account: str, ended: bool, language: str) -> None:
    """Requests for private patches of an account, or of all, the latest first."""
    from auditor.app import request_console

    request_console.listing(session, account, "patch", ended, (language, sys.stdout))


@patch.command("list")
@click.argument("account", metavar="ACCOUNT")
@reads("text", "json", "csv")
def list_(session: Session, account: str, language: str) -> None:
    """Every patch that an account received, public and private, with its SHA-256."""
    from auditor.app import request_console

    request_console.patches(session, account, (language, sys.stdout))


@patch.command("add-public")
@click.argument("account", metavar="ACCOUNT")
@click.option("--product", required=True, help="The product it is for.")
@click.option("--product-version", required=True, help="The version it is for.")
@file_options("--name", "The patch")
@language_option
@happens
def add_public(session: Session, account: str, when: When, language: str, **given: Any) -> None:
    """Note a public patch that an account received."""
    from auditor.app import private_patches, request_console

    file = private_patches.patch_file(given["file_name"], given["sha256"], given["path"])
    patch = (given["product"], given["product_version"], file)
    request_console.add_public(session, account, patch, when, (language, sys.stdout))


def _change(session: Session, make: Any, incident: str, when: When, language: str) -> None:
    from auditor.app import private_patches, request_console

    request_console.change_patch(
        session,
        when,
        lambda writing, by: private_patches.change(writing, incident, by, make),
        (language, sys.stdout),
    )
