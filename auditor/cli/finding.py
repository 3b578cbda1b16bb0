"""auditor finding list|show|note|rate|waive|unwaive|attest|waivers|promote"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.actor_option import actor_option
from auditor.cli.incident_options import LANGUAGES, language_option, programmes_option, style_option, with_session
from auditor.cli.store_option import db_option

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

Command = Callable[..., Any]

_SEVERITIES = ("critical", "high", "medium", "low", "info")
_ANSWERS = ("pass", "fail", "not_applicable")
_RESULT = click.option(
    "--result", metavar="DIR", type=click.Path(exists=True, path_type=Path),
    help="The engagement's result, where it is not in its usual place.",
)  # fmt: skip
_REASON = click.option("--reason", required=True, metavar="WHY", help="Why; it is printed in the report.")


def _named(command: Command) -> Command:
    """The argument FINDING, or --engagement with --check and --subject, as the argument `named`."""

    @functools.wraps(command)
    def with_name(
        fingerprint: str, engagement: str, check: str, subject: str, result: Path | None, **given: Any
    ) -> Any:
        from auditor.app.findings.current import Named

        return command(named=Named(fingerprint, engagement, check, subject, result), **given)

    decorate: tuple[Callable[[Command], Command], ...] = (
        _RESULT,
        click.option("--subject", default="", metavar="KEY", help="The thing's key or name, as the result shows it."),
        click.option("--check", default="", metavar="ID", help="The check, where no fingerprint is given."),
        click.option("--engagement", default="", metavar="ID", help="The engagement whose result and report it is."),
        click.argument("fingerprint", metavar="[FINDING]", default=""),
    )
    decorated: Command = with_name
    for option in decorate:
        decorated = option(decorated)
    return decorated


def _says(command: Command) -> Command:
    """A person says something about a finding: the command gives the step."""

    @functools.wraps(command)
    def with_step(session: Session, named: Any, **given: Any) -> None:
        from auditor.app.findings import views

        views.say(session, named, command(**given), sys.stdout)

    return _named(actor_option(style_option("text", "json")(db_option(with_session(with_step)))))


@click.group()
def finding() -> None:
    """Findings over the years: list, comment, rate, accept, answer, make requests from them."""


@finding.command("list")
@click.argument("account", default="", metavar="[ACCOUNT]")
@click.option("--engagement", default="", metavar="ID", help="What its current result says; nothing is recorded.")
@_RESULT
@click.option("--state", type=click.Choice(["open", "closed", "all"]), default="open", show_default=True)
@click.option("--severity", type=click.Choice(_SEVERITIES), default=None, help="Only these.")
@click.option("--check", default="", metavar="ID", help="Only those of this check.")
@click.option("--limit", type=click.IntRange(0), default=200, show_default=True, help="At most so many; 0 is all.")
@language_option
@style_option("text", "json")
@db_option
@with_session
def list_findings(session: Session, account: str, engagement: str, result: Path | None, **given: Any) -> None:
    """Findings of an account as they were delivered, or of an engagement that is still in work."""
    from auditor.app.findings import views
    from auditor.app.findings.listing import Wanted

    language = given.pop("language")
    wanted = Wanted(**{**given, "severity": given["severity"] or ""})
    views.listed(session, views.Scope(account, engagement, result), wanted, language, sys.stdout)


@finding.command()
@_named
@language_option
@style_option("text", "json")
@db_option
@with_session
def show(session: Session, named: Any, language: str) -> None:
    """Everything about one finding: every run, and what people said."""
    from auditor.app.findings import views

    views.show(session, named, language, sys.stdout)


@finding.command()
@click.option("--text", required=True, help="What the report is to say.")
@_says
def note(text: str) -> Any:
    """Comment on a finding; the report of the engagement prints it."""
    from auditor.app.findings import judging

    return lambda writing, meant, act: judging.note(writing, meant, text, act)


@finding.command()
@click.option("--severity", required=True, type=click.Choice([*_SEVERITIES, "machine"]), help="machine takes it back.")
@_REASON
@_says
def rate(severity: str, reason: str) -> Any:
    """Give a finding another severity; the machine's stays visible."""
    from auditor.app.findings import judging

    return lambda writing, meant, act: judging.rate(writing, meant, severity, reason, act)


@finding.command()
@click.option("--approver", required=True, metavar="WHO", help="Who accepts it: contact:ID, person:ID or a function.")
@click.option("--expires", required=True, metavar="DATE", help="The last day on which it is accepted.")
@_REASON
@_says
def waive(approver: str, expires: str, reason: str) -> Any:
    """Accept a failure until a day; it stays visible, and comes back afterwards."""
    from auditor.app.findings import judging
    from auditor.app.moments import day_from

    accepted = judging.Accepted(approver, reason, day_from(expires))
    return lambda writing, meant, act: judging.waive(writing, meant, accepted, act)


@finding.command()
@_REASON
@_says
def unwaive(reason: str) -> Any:
    """Take an acceptance back."""
    from auditor.app.findings import judging

    return lambda writing, meant, act: judging.unwaive(writing, meant, reason, act)


@finding.command()
@click.option("--answer", required=True, type=click.Choice(_ANSWERS), help="Whether what is asked for is met.")
@click.option("--author", required=True, metavar="WHO", help="Who answers: contact:ID, person:ID or a function.")
@click.option("--date", "on", required=True, metavar="DATE", help="When it was answered.")
@click.option("--evidence", required=True, help="What was shown.")
@click.option("--valid-until", required=True, metavar="DATE", help="The last day on which the answer counts.")
@click.option("--remark", "reason", default="", help="What else there is to say.")
@_says
def attest(on: str, valid_until: str, **given: str) -> Any:
    """Answer an interview question; the next audit uses the answer until it ends."""
    from auditor.app.findings import judging
    from auditor.app.moments import day_from

    answer = judging.Given(on=day_from(on), valid_until=day_from(valid_until), **given)
    return lambda writing, meant, act: judging.attest(writing, meant, answer, act)


@finding.command()
@click.argument("account", metavar="ACCOUNT")
@click.option("--with-expired", is_flag=True, help="Those that are over, too, so that the next audit announces them.")
@style_option("yaml", "json")
@db_option
@with_session
def waivers(session: Session, account: str, with_expired: bool) -> None:
    """Write what is accepted now as the file that `auditor audit --waivers` takes."""
    from auditor.app.findings import views

    views.export_waivers(session, account, with_expired, sys.stdout)


@finding.command()
@click.argument("scope", metavar="ENGAGEMENT|ACCOUNT")
@click.option("--finding", "findings", multiple=True, metavar="FINDING", help="Only this one. Repeatable.")
@click.option("--open", "all_open", is_flag=True, help="All that are open and not accepted.")
@click.option("--kind", type=click.Choice(["standard", "premium"]), default="standard", show_default=True,
              help="premium takes units of the quota.")  # fmt: skip
@click.option("--by", "reported_by", default="", metavar="ID", help="The contact who hands them in (or person:ID).")
@click.option("--contract", default="", metavar="ID", help="Needed where several contracts are in force.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Of titles and answer; without it the account's first.")
@click.option("--yes", "confirmed", is_flag=True, help="Open them; without it they are only proposed.")
@programmes_option
@actor_option
@style_option("text", "json")
@db_option
@with_session
def promote(session: Session, language: str | None, **given: Any) -> None:
    """Make requests from delivered findings: as few as make sense, of level 3 or 4, standard unless chosen otherwise.

    Without --yes nothing is opened: the requests are shown with their response clocks and what they take of the quota.
    """
    from auditor.app.findings import promote_views

    promote_views.promote(session, promote_views.Asked(**given, language=language or ""), sys.stdout)
