"""The steps of an incident's life by name: each gives what `acting.perform` lets decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.accounts.incidents import commands
from auditor.accounts.incidents.changing import ESCALATION_ROLES
from auditor.accounts.incidents.quota import Units
from auditor.app.incidents.acting import Case, Decide
from auditor.app.incidents.loading import load_incident
from auditor.app.incidents.opening import allowed, reporter_of
from auditor.app.incidents.terms import kept_terms, ledger_at
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.incidents.facts import Kind
    from auditor.model.events import NewEvent


def answer(analysis: str, author: str = "", wanted: Sequence[str] = ()) -> Decide:
    """A qualified answer; with `wanted` the customer is waited for."""
    return lambda case: commands.answer(case.incident, case.act, analysis=analysis, author=author, wanted=wanted)


def acknowledge() -> Decide:
    """An automatic reply; it stops no clock."""
    return lambda case: commands.acknowledge(case.incident, case.act)


def request_info(wanted: Sequence[str]) -> Decide:
    """Ask the customer for more data, after the first qualified answer."""
    return lambda case: commands.request_info(case.incident, case.act, wanted)


def receive_info(text: str) -> Decide:
    """The customer has sent data."""
    return lambda case: commands.receive_info(case.incident, case.act, text)


def call(caller: str, line: str) -> Decide:
    """A phone call of the customer; `caller` is an id, "" whoever handed the request in."""

    def decide(case: Case) -> list[NewEvent]:
        who = reporter_of(caller) if caller else case.incident.reported_by
        return commands.call(case.incident, case.act, case.clock.policy, by=who, line=line)

    return decide


def note(text: str, *, internal: bool = True) -> Decide:
    """A note, for the customer too when it is not `internal`."""
    return lambda case: commands.note(case.incident, case.act, text, internal=internal)


def correct(of: int, text: str) -> Decide:
    """What is wrong about an earlier event, named by its number."""
    return lambda case: commands.correct(case.incident, case.act, of, text)


def escalate(reason: str, to: Sequence[str] = ()) -> Decide:
    """An escalation by a person. `to` are roles or ids; without any it is the account manager and the duty manager."""
    return lambda case: commands.escalate(case.incident, case.act, reason, to or ESCALATION_ROLES)


def severity(level: int, reason: str) -> Decide:
    """Another severity."""
    return lambda case: commands.change_severity(case.incident, case.act, level, reason)


def kind(wanted: Kind, reason: str, override: tuple[str, str] | None = None) -> Decide:
    """From premium to standard or back; a unit is taken in the period of the submission.

    `override` is who allows one when none is left ("" is whoever acts), and why.
    """

    def decide(case: Case) -> list[NewEvent]:
        policy = case.clock.policy
        beyond = allowed(case.writing, case.act.actor, override)
        ledger = ledger_at(case.writing, policy, case.incident.submitted_at) if policy.contract else None
        return commands.change_kind(case.incident, case.act, wanted, reason, Units(policy, ledger, beyond))

    return decide


def noted(text: str, public: bool, corrects: int | None, auto: bool) -> Decide:
    """A note, with `corrects` the correction of that event, with `auto` the automatic acknowledgement without text."""
    if auto:
        if text or public or corrects is not None:
            raise UsageProblem("an automatic acknowledgement has no text", hint="note the text by another call")
        return acknowledge()
    return note(text, internal=not public) if corrects is None else correct(corrects, text)


def info(wanted: Sequence[str], received: str) -> Decide:
    """Either the request for data or that they came; UsageProblem for both and for neither."""
    if bool(wanted) == bool(received.strip()):
        raise UsageProblem("state either what is wanted or what was received", hint="--wanted DATA or --received TEXT")
    return receive_info(received) if received else request_info(wanted)


def resolve(summary: str) -> Decide:
    """It is solved."""
    return lambda case: commands.resolve(case.incident, case.act, summary)


def reopen(reason: str) -> Decide:
    """It is not solved after all."""
    return lambda case: commands.reopen(case.incident, case.act, case.clock.policy, reason)


def close() -> Decide:
    """A resolved request is closed."""
    return lambda case: commands.close(case.incident, case.act)


def cancel(reason: str) -> Decide:
    """It is withdrawn; a premium unit is given back."""
    return lambda case: commands.cancel(case.incident, case.act, reason)


def merge(original: str) -> Decide:
    """It tells the same as another one, which goes on; a premium unit is given back."""
    return lambda case: commands.merge(case.incident, case.act, load_incident(case.writing, original))


def link(relation: str, other: str) -> Decide:
    """A relation to a finding or to a number in another system."""
    return lambda case: commands.link(case.incident, case.act, relation, other)


def recalculate(reason: str) -> Decide:
    """Reckon the deadline anew with the contract's calendar and the holiday data as they are now (RULE-SLA-12)."""

    def decide(case: Case) -> list[NewEvent]:
        old, new = kept_terms(case.writing, case.incident)
        return commands.recalculate(case.incident, case.act, old, new, reason)

    return decide
