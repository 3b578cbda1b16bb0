"""Everything that a report is made of, as it was recorded up to one event of the chain, read in few questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.accounts.accounts import Account
from auditor.accounts.contract_terms import policy_of as terms_of
from auditor.accounts.contracts import Contract
from auditor.accounts.incidents.rows import calendar_of, policy_of
from auditor.accounts.people import Assignment
from auditor.accounts.policy import Policy
from auditor.accounts.reports.material import Material, Patch, Terms
from auditor.app.accounts.contracts import programme_of
from auditor.app.service_reports.checkups import health_checks, open_findings
from auditor.errors import UsageProblem
from auditor.model.events import Event, instant_of
from auditor.store.report_queries import ReportQueries

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.calendars.calendar import BusinessCalendar
    from auditor.store.store import Reading


@dataclass(frozen=True, slots=True)
class Span:
    """What is read: incidents open at some time from `start` up to `end`; `critical` only those at level 1."""

    start: datetime
    end: datetime
    critical: bool = False


def gather(reading: Reading, account: Account, terms: Iterable[Terms], span: Span, basis: int) -> Material:
    """What a report about a span of time needs; `basis` is the number of the last event that counts."""
    queries = ReportQueries(reading)
    held = list(terms)
    histories = queries.events("incident", _incidents(queries, account.id, span, basis), basis)
    policies, calendars = _snapshots(queries, histories.values())
    checks = [] if span.critical else health_checks(queries, account.id, span.end, basis)
    return Material(
        account=account,
        histories=list(histories.values()),
        policies=policies,
        calendars=calendars,
        terms=held,
        assignments=_assignments(queries, account.id, basis),
        patches=_patches(queries, account.id, basis),
        bookings=queries.bookings((one.contract.id for one in held), basis),
        health_checks=checks,
        open_findings=open_findings(queries, account.id, checks, span.end, basis),
    )


def account_at(reading: Reading, ident: str, basis: int) -> Account:
    """The account as it was saved last up to an event; UsageProblem when there is none."""
    saved = _last(ReportQueries(reading).events("account", [ident], basis))
    if ident not in saved:
        raise UsageProblem(f"there is no account {ident!r}", hint="auditor account list shows those that there are")
    return Account.from_document(ident, saved[ident])


def present_terms(reading: Reading, account: Account, programmes: Programmes, basis: int) -> list[Terms]:
    """The account's contracts with what they promise, from the programmes' data."""
    contracts = _contracts(ReportQueries(reading), account.id, basis)
    return [Terms(one, terms_of(one, programme_of(one, programmes), account)) for one in contracts]


def kept_terms(reading: Reading, account: Account, kept: Mapping[str, str], basis: int) -> list[Terms]:
    """The account's contracts with what they promised when a report was made: its event names the snapshots."""
    queries = ReportQueries(reading)
    snapshots = queries.snapshots(kept.values())
    contracts = _contracts(queries, account.id, basis)
    return [Terms(one, Policy.from_document(snapshots[kept[one.id]])) for one in contracts if one.id in kept]


def _incidents(queries: ReportQueries, account: str, span: Span, basis: int) -> list[str]:
    if span.critical:
        return queries.critical_between(account, span.start, span.end, basis)
    return queries.incidents_between(account, span.start, span.end, basis)


def _snapshots(
    queries: ReportQueries, histories: Iterable[list[Event]]
) -> tuple[dict[str, Policy], dict[str, BusinessCalendar]]:
    """Terms and calendars that the incidents carry, those of recalculated deadlines too."""
    policies: set[str] = set()
    calendars: set[str] = set()
    for history in histories:
        for event in history:
            if event.type == "submitted":
                policies.add(event.payload["policy"])
            calendars.add(event.payload.get("calendar") or "")
    calendars.discard("")
    kept = queries.snapshots(policies | calendars)
    reckoned = {ident: calendar_of(ident, kept.__getitem__) for ident in sorted(calendars)}
    return (
        {ident: policy_of(ident, kept.__getitem__) for ident in sorted(policies)},
        {ident: calendar for ident, calendar in reckoned.items() if calendar is not None},
    )


def _contracts(queries: ReportQueries, account: str, basis: int) -> list[Contract]:
    saved = _last(queries.saved("contract", basis, account=account))
    return [Contract.from_document(ident, document) for ident, document in saved.items()]


def _assignments(queries: ReportQueries, account: str, basis: int) -> list[Assignment]:
    saved = _last(queries.saved("assignment", basis, account=(account, None)))
    return [Assignment.from_document(ident, document) for ident, document in saved.items()]


def _patches(queries: ReportQueries, account: str, basis: int) -> list[Patch]:
    saved = _last(queries.saved("patch", basis, account=account))
    return [
        Patch(ident, instant_of(document["delivered_at"]), document)
        for ident, document in saved.items()
        if document.get("delivered_at")
    ]


def _last(histories: Mapping[str, list[Event]]) -> dict[str, dict[str, Any]]:
    """What was said last of each thing."""
    return {ident: dict(history[-1].payload) for ident, history in histories.items()}
