"""What decides about the days of an engagement, gathered from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from auditor.accounts.contract_terms import agreed_programme
from auditor.accounts.people import tam_at
from auditor.app.accounts import loading
from auditor.app.accounts.calendars import calendar_for
from auditor.app.accounts.contracts import programme_of
from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.zones import load_zone
from auditor.engagement.rules import Circle, contract_year, local_day
from auditor.engagement.state import Engagement, fold
from auditor.errors import RuleBroken, UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.accounts.programmes import Programmes
    from auditor.store.store import Reading

STREAM = "engagement"
USES_PERIOD = ("agreed", "in_progress", "delivered", "closed")
"""States in which an engagement takes its period: what is agreed counts, so that two are never agreed for one."""


@dataclass(frozen=True, slots=True)
class Entitled:
    """A contract that includes the Health Check, with its dates; `valid_to` is exclusive."""

    id: str
    valid_from: date
    valid_to: date


def load_engagement(reading: Reading, ident: str) -> Engagement:
    """The engagement; UsageProblem when there is none."""
    events = reading.events(STREAM, ident)
    if not events:
        raise UsageProblem(f"there is no engagement {ident!r}", hint="auditor engagement list")
    return fold(events)


def entitling_contracts(reading: Reading, account: Account, programmes: Programmes) -> list[Entitled]:
    """The account's contracts that include the Health Check; unknown is not entitled."""
    found = []
    for contract in loading.contracts_of(reading, account.id):
        agreed = agreed_programme(contract, programme_of(contract, programmes))
        if agreed.entitlements["health_check"].value is True:
            found.append(Entitled(contract.id, contract.valid_from, contract.end))
    return sorted(found, key=lambda one: one.valid_from)


def tam_of(reading: Reading, account: str, instant: datetime) -> str:
    """The account's technical account manager at an instant; RuleBroken when there is none."""
    found = tam_at(loading.assignments_of(reading, account), account, instant)
    if found is None:
        raise RuleBroken(
            f"the account {account} has no technical account manager",
            hint=f"auditor tam assign PERSON --role tam --account {account}",
        )
    return found


def circle_of(reading: Reading, found: Engagement, programmes: Programmes, at: datetime) -> Circle:
    """Everything that decides about the engagement's days, as it is now. The engagement itself takes nothing."""
    account = loading.load_account(reading, found.account)
    person = loading.load_person(reading, found.tam)
    zone = load_zone(found.zone)
    year = local_day(at, zone).year
    others = [one for ident, one in reading.documents(STREAM).items() if ident != found.id]
    terms = tuple(entitling_contracts(reading, account, programmes))
    return Circle(
        zone=zone,
        customer=BusinessCalendar(calendar_for(reading, account.customer_calendar, year)),
        tam=BusinessCalendar(calendar_for(reading, person.calendar, year)),
        terms=terms,
        used=_used(others, found.account, terms),
        absences=tuple((one.start, one.end) for one in loading.absences_of(reading, found.tam)),
        booked={
            date.fromisoformat(one["start_day"])
            for one in others
            if one["tam"] == found.tam and one["start_day"] and one["state"] in USES_PERIOD
        },
        half_days=found.overridden("half_day") is not None,
    )


def _used(others: list[dict[str, object]], account: str, terms: tuple[Entitled, ...]) -> set[str]:
    used = set()
    for one in others:
        if one["account"] == account and one["state"] in USES_PERIOD and one["start_day"]:
            day = date.fromisoformat(str(one["start_day"]))
            used |= {contract_year(term, day).key for term in terms if term.valid_from <= day < term.valid_to}
    return used
