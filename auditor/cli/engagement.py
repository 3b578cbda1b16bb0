"""auditor engagement request|propose|agree|... : one engagement from the request to its end"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.account_options import reads, reads_terms, writes, writes_terms
from auditor.cli.options import together

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

_REASON = click.option("--reason", required=True, help="Why; it is printed with the engagement.")
_OUT = click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where invitations are written; without it here.",
)
_calls_off = together(click.argument("ident", metavar="ID"), _REASON, _OUT, writes)


@click.group()
def engagement() -> None:
    """The yearly Health Check: agreed two weeks ahead, held on one business day, delivered."""


@engagement.command()
@click.argument("account", metavar="ACCOUNT")
@click.option("--zone", default="", help="Zone of its dates; without it the account's.")
@click.option("--tam", default="", metavar="PERSON", help="Who holds it; without it the account's TAM.")
@click.option("--by", default="", help="Who asked: contact:ID or person:ID.")
@click.option("--language", default="", help="Language of the report; without it the account's first.")
@click.option("--preferred-from", default="", metavar="DATE", help="First preferred day.")
@click.option("--preferred-to", default="", metavar="DATE", help="Last preferred day.")
@writes_terms
def request(session: Session, account: str, **values: Any) -> None:
    """Ask for a Health Check."""
    from auditor.app.engagements import views

    views.request(session, account, values, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@click.option("--count", default=3, show_default=True, type=click.IntRange(1, 50), help="How many days.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@writes_terms
def propose(session: Session, ident: str, count: int) -> None:
    """The first feasible days in both calendars, with the reason each nearer day is out."""
    from auditor.app.engagements import views

    views.propose(session, ident, count, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@click.option("--side", type=click.Choice(["customer", "kaspersky"]), help="Which side agrees.")
@click.option("--by", default="", help="Who agrees for it: contact:ID, person:ID or a name.")
@click.option("--day", default="", metavar="DATE", help="The day that is agreed.")
@click.option("--at", default="", metavar="TIME", help="When it was agreed; without it now.")
@click.option("--products", multiple=True, metavar="P", help="A product in scope. Repeatable.")
@click.option("--sources", multiple=True, metavar="S", help="An export that will be sent. Repeatable.")
@click.option("--access", default="", help="How the exports arrive.")
@click.option("--participants", multiple=True, metavar="WHO", help="Who takes part: the id or address of a contact "
              "or person, or 'Name <name@example.com>;pt-BR'. Repeatable.")  # fmt: skip
@click.option("--language", default="", help="Language of the report.")
@_OUT
@writes_terms
def agree(session: Session, ident: str, **values: Any) -> None:
    """Set circumstances, and record that a side agrees to a day. When both have, the invitation is written."""
    from auditor.app.engagements import views

    if bool(values["side"]) != bool(values["day"]):
        raise click.UsageError("--side and --day belong together: who agrees, and to which day")
    views.agree(session, ident, values, sys.stdout)


@engagement.command()
@_calls_off
def reschedule(session: Session, ident: str, reason: str, out: Path | None) -> None:
    """Take the agreed day back: both sides agree anew, and the two weeks start again."""
    from auditor.app.engagements import views

    views.reschedule(session, ident, reason, out, sys.stdout)


@engagement.command()
@_calls_off
def cancel(session: Session, ident: str, reason: str, out: Path | None) -> None:
    """End it before it began; nothing of the entitlement is used up."""
    from auditor.app.engagements import views

    views.cancel(session, ident, reason, out, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@click.option("--rule", required=True, help="The rule as the refusal named it, such as notice or half_day.")
@click.option("--by", required=True, help="The person who takes it on.")
@_REASON
@writes
def override(session: Session, ident: str, rule: str, by: str, reason: str) -> None:
    """Set a rule aside in somebody's name; the report says so."""
    from auditor.app.engagements import views
    from auditor.app.engagements.negotiating import TakenOn

    views.override(session, ident, TakenOn(rule, by, reason), sys.stdout)


@engagement.command("tam")
@click.argument("ident", metavar="ID")
@click.argument("person", metavar="PERSON")
@_REASON
@_OUT
@writes_terms
def change_tam(session: Session, ident: str, person: str, reason: str, out: Path | None) -> None:
    """Let another person hold it; an agreed day must be one of theirs, too."""
    from auditor.app.engagements import views
    from auditor.app.engagements.negotiating import Change

    views.change_tam(session, ident, Change(person, reason), out, sys.stdout)


@engagement.command("list")
@click.option("--account", default="", metavar="ID", help="Only this account.")
@click.option("--state", default="", help="Only engagements in this state.")
@reads
def list_engagements(session: Session, account: str, state: str) -> None:
    """Engagements with state, day and account manager."""
    from auditor.app.engagements import views

    views.listing(session, account, state, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@reads
def show(session: Session, ident: str) -> None:
    """Everything about one engagement."""
    from auditor.app.engagements import views

    views.show(session, ident, sys.stdout)


@engagement.command()
@click.option("--from", "first", required=True, metavar="DATE", help="First day of the plan.")
@click.option("--to", "last", required=True, metavar="DATE", help="Last day of the plan.")
@click.option("--wishes", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="YAML: account -> list of {from, to}.")  # fmt: skip
@click.option("--previous", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A plan written with --format json: it is changed as little as possible.")  # fmt: skip
@click.option("--per-day", default=1, show_default=True, type=click.IntRange(1), help="Engagements of a TAM a day.")
@click.option("--per-week", default=2, show_default=True, type=click.IntRange(1), help="And a week.")
@reads_terms
def plan(session: Session, **values: Any) -> None:
    """Dates for all entitled accounts at once; says what could not be placed, and why. Nothing is agreed by it."""
    from auditor.app.engagements import plan_views

    plan_views.plan(session, values, sys.stdout)


@engagement.command()
@click.option("--from", "first", default="", metavar="DATE", help="First week; without it this one.")
@click.option("--weeks", default=8, show_default=True, type=click.IntRange(1, 60), help="How many weeks.")
@click.option(
    "--html", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it as a page, too."
)
@reads
def calendar(session: Session, first: str, weeks: int, html: Path | None) -> None:
    """A board of weeks, account managers and accounts."""
    from auditor.app.engagements.board import board

    board(session, first, weeks, html, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--source", default="customer", show_default=True, help="Who sent it, or how it came.")
@writes
def receive(session: Session, ident: str, path: Path, source: str) -> None:
    """Take exports in: PATH is a folder, a file, an archive, or the result of a self-audit.

    Every file is recorded by its hash, and it is said what the audit will not be able to tell.
    """
    from auditor.app.engagements import day_views

    day_views.receive(session, ident, path, source, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@click.option("--waivers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Accepted findings.")
@writes
def start(session: Session, ident: str, waivers: Path | None) -> None:
    """Open the window of the agreed day and audit what was received. After an interruption it goes on."""
    from auditor.app.engagements import day_views

    day_views.start(session, ident, waivers, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@reads
def status(session: Session, ident: str) -> None:
    """Time used and left, what is decided, what still needs a person."""
    from auditor.app.engagements import day_views

    day_views.status(session, ident, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@click.option("--unfinished", multiple=True, help="What was not done. Repeatable.")
@_REASON
@writes
def stop(session: Session, ident: str, unfinished: tuple[str, ...], reason: str) -> None:
    """End the day's work; what is unfinished is printed in the report."""
    from auditor.app.engagements import day_views

    day_views.stop(session, ident, unfinished, reason, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@click.option("--key", "name", default="default", show_default=True, help="The key that signs: auditor key list.")
@click.option("--correct", is_flag=True, help="Deliver a new version in place of the last one.")
@click.option("--reason", default="", help="Why it is corrected; it is printed in the report.")
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="An empty folder for a copy of what was delivered.")  # fmt: skip
@writes_terms
def deliver(session: Session, ident: str, name: str, out: Path | None, **values: Any) -> None:
    """Freeze the result, sign it, and record it as delivered: it uses up the entitlement of its period.

    Each version is delivered once. A correction is a new version that names the one before.
    """
    from auditor.app.engagements import delivery_views
    from auditor.app.engagements.delivering import Asked

    signing = delivery_views.Signing(name, _passphrase if sys.stdin.isatty() else None)
    delivery_views.deliver(session, Asked(ident, **values), signing, out, sys.stdout)


def _passphrase() -> str:
    return str(click.prompt("Passphrase", hide_input=True))


@engagement.command()
@click.argument("ident", metavar="ID")
@click.option("--reason", default="", help="A remark.")
@writes
def close(session: Session, ident: str, reason: str) -> None:
    """End a delivered engagement."""
    from auditor.app.engagements import delivery_views

    delivery_views.close(session, ident, reason, sys.stdout)


@engagement.command()
@click.argument("ident", metavar="ID")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="The file to write; without it the guide is printed.")  # fmt: skip
@reads
def guide(session: Session, ident: str, out: Path | None) -> None:
    """What the customer exports: exactly the products in scope, in the language of the engagement."""
    from auditor.app.engagements import delivery_views

    delivery_views.guide(session, ident, out, sys.stdout)
