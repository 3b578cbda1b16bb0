"""auditor incident answer|note|call|... : one step of an incident's life each."""

from __future__ import annotations

from typing import Any

import click

from auditor.cli.incident_options import LEVEL, Act, acts, incident_argument, quota_option, reason_option

_wanted = click.option(
    "--wanted", multiple=True, metavar="DATA", help="Data that the customer is asked for. Repeatable."
)


@click.command()
@incident_argument
@click.option("--analysis", required=True, help="What the analysis has shown so far.")
@click.option("--author", default="", metavar="WHO", help="The specialist: person:ID. Default: whoever acts.")
@_wanted
@acts
def answer(act: Act, analysis: str, author: str, wanted: tuple[str, ...]) -> None:
    """A qualified answer: it stops the response clock. With --wanted the customer is then waited for."""
    from auditor.app.incidents import actions

    act(actions.answer(analysis, author, wanted))


@click.command()
@incident_argument
@click.option("--auto", is_flag=True, help="An automatic acknowledgement. It stops no clock.")
@click.option("--text", default="", help="The note.")
@click.option("--public", is_flag=True, help="For the customer, too. It still stops no clock.")
@click.option("--corrects", type=int, metavar="NO", help="The number of the event that the text corrects.")
@acts
def note(act: Act, **said: Any) -> None:
    """A note, a correction of an earlier event, or the automatic acknowledgement."""
    from auditor.app.incidents import actions

    act(actions.noted(**said))


@click.command()
@incident_argument
@click.option("--by", default="", metavar="ID", help="Who called. Default: whoever handed the request in.")
@click.option("--line", default="priority", show_default=True, help="The line that was called.")
@acts
def call(act: Act, by: str, line: str) -> None:
    """A phone call of the customer. Outside business hours it may start the clock."""
    from auditor.app.incidents import actions

    act(actions.call(by, line))


@click.command()
@incident_argument
@click.option(
    "--to", multiple=True, metavar="WHO", help="tam, duty_manager, contact, assignee or person:ID. Repeatable."
)
@reason_option
@acts
def escalate(act: Act, to: tuple[str, ...], reason: str) -> None:
    """Escalate by hand. Default: to the account manager and the duty manager."""
    from auditor.app.incidents import actions

    act(actions.escalate(reason, to))


@click.command()
@incident_argument
@click.argument("level", type=LEVEL)
@reason_option
@acts
def severity(act: Act, level: int, reason: str) -> None:
    """Another severity, 1 critical to 4 low."""
    from auditor.app.incidents import actions

    act(actions.severity(level, reason))


@click.command()
@incident_argument
@click.argument("kind_", metavar="premium|standard", type=click.Choice(["premium", "standard"]))
@quota_option
@reason_option
@acts
def kind(act: Act, kind_: Any, override: tuple[str, str] | None, reason: str) -> None:
    """From premium to standard, which gives the unit back, or the other way, which takes one."""
    from auditor.app.incidents import actions

    act(actions.kind(kind_, reason, override))


@click.command()
@incident_argument
@_wanted
@click.option("--received", default="", metavar="TEXT", help="What the customer has sent.")
@acts
def info(act: Act, wanted: tuple[str, ...], received: str) -> None:
    """Ask the customer for more data with --wanted, or record with --received that they came."""
    from auditor.app.incidents import actions

    act(actions.info(wanted, received))


@click.command()
@incident_argument
@click.option("--summary", required=True, help="What solved it.")
@acts
def resolve(act: Act, summary: str) -> None:
    """It is solved."""
    from auditor.app.incidents import actions

    act(actions.resolve(summary))


@click.command()
@incident_argument
@reason_option
@acts
def reopen(act: Act, reason: str) -> None:
    """It is not solved after all."""
    from auditor.app.incidents import actions

    act(actions.reopen(reason))


@click.command()
@incident_argument
@acts
def close(act: Act) -> None:
    """Close a resolved request."""
    from auditor.app.incidents import actions

    act(actions.close())


@click.command()
@incident_argument
@reason_option
@acts
def cancel(act: Act, reason: str) -> None:
    """Withdraw a request that nobody has answered; a premium unit is given back."""
    from auditor.app.incidents import actions

    act(actions.cancel(reason))


@click.command()
@incident_argument
@click.argument("original", metavar="ORIGINAL")
@acts
def merge(act: Act, original: str) -> None:
    """INCIDENT tells the same as ORIGINAL, which goes on; a premium unit is given back."""
    from auditor.app.incidents import actions

    act(actions.merge(original))


@click.command()
@incident_argument
@click.argument("relation", metavar="finding|external", type=click.Choice(["finding", "external"]))
@click.argument("other", metavar="NAME")
@acts
def link(act: Act, relation: str, other: str) -> None:
    """Note a finding, or the number of the request in another system."""
    from auditor.app.incidents import actions

    act(actions.link(relation, other))


@click.command()
@incident_argument
@reason_option
@acts
def recalculate(act: Act, reason: str) -> None:
    """Reckon the deadline anew with the contract's calendar as it is now; old and new deadline are recorded."""
    from auditor.app.incidents import actions

    act(actions.recalculate(reason))


STEPS = (
    answer,
    note,
    call,
    escalate,
    severity,
    kind,
    info,
    resolve,
    reopen,
    close,
    cancel,
    merge,
    link,
    recalculate,
)
