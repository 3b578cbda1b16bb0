"""The terms of an incident: those of the instant at which it is submitted, kept as snapshots with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.incidents import quota
from auditor.accounts.incidents.commands import Terms
from auditor.accounts.incidents.facts import Booking
from auditor.accounts.incidents.quota import Ledger
from auditor.accounts.incidents.rows import calendar_of, policy_of
from auditor.app.accounts import loading
from auditor.app.accounts.calendars import frozen_calendar
from auditor.app.accounts.contracts import terms_at
from auditor.errors import RuleBroken
from auditor.store.incident_queries import IncidentQueries

if TYPE_CHECKING:
    from auditor.accounts.incidents.state import Incident
    from auditor.accounts.policy import Policy
    from auditor.accounts.programmes import Programmes
    from auditor.store.store import Reading, Writing


def new_terms(writing: Writing, account: str, at: datetime, programmes: Programmes, contract: str = "") -> Terms:
    """The terms in force for the account at an instant; policy and calendar are kept.

    RuleBroken where several contracts are in force and none is named.
    """
    found, policy = terms_at(writing, account, at, programmes, contract)
    policy_hash = writing.keep_snapshot("policy", policy.to_document())
    calendar_hash = "" if found is None else _calendar_at(writing, account, found.support_calendar, at)
    return _terms(writing, policy_hash, calendar_hash)


def kept_terms(writing: Writing, incident: Incident) -> tuple[Terms, Terms]:
    """The terms that the incident carries, and the same with the contract's calendar as it is now.

    RuleBroken for an incident without contract: nothing was reckoned there.
    """
    if not incident.contract:
        raise RuleBroken(f"{incident.id} has no contract, so no deadline was reckoned", hint="there is nothing to do")
    contract = loading.load_contract(writing, incident.contract)
    calendar_hash = _calendar_at(writing, incident.account, contract.support_calendar, incident.submitted_at)
    old = _terms(writing, incident.policy, incident.calendar)
    return old, _terms(writing, incident.policy, calendar_hash)


def ledger_at(reading: Reading, policy: Policy, at: datetime) -> Ledger:
    """The ledger of the contract's period that the instant belongs to, with what is booked summed up."""
    period = quota.period_of(at, policy)
    first = period.first.isoformat()
    used = IncidentQueries(reading).used(policy.contract, first)
    booked = Booking(at, 0, "", policy.contract, first, used, "sum of what is booked")
    return Ledger(policy.contract, period, policy.premium_quota, (booked,))


def _calendar_at(writing: Writing, account: str, calendar: str, at: datetime) -> str:
    year = at.astimezone(loading.load_account(writing, account).zone).year
    return frozen_calendar(writing, calendar, year)


def _terms(writing: Writing, policy_hash: str, calendar_hash: str) -> Terms:
    policy = policy_of(policy_hash, writing.snapshot)
    return Terms(policy, policy_hash, calendar_of(calendar_hash, writing.snapshot), calendar_hash)
