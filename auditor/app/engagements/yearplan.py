"""Dates for all entitled accounts at once, from the store; and a plan made again that moves as little as possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditor.accounts.people import tam_at
from auditor.app.accounts import loading
from auditor.app.accounts.calendars import calendar_for
from auditor.app.engagements.circles import STREAM, USES_PERIOD, Entitled, entitling_contracts
from auditor.calendars.calendar import BusinessCalendar
from auditor.engagement.planning import Candidate, Capacity, Plan, plan
from auditor.engagement.rules import Circle, contract_year, feasible, local_day
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.accounts.programmes import Programmes
    from auditor.store.store import Reading

Spans = Sequence[tuple[date, date]]
"""Preferred days, both ends included."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be planned: from one day to another (both included); `wishes` and `earlier` dates by account."""

    first: date
    last: date
    capacity: Capacity = field(default_factory=Capacity)
    wishes: Mapping[str, Spans] = field(default_factory=dict)
    earlier: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class YearPlan:
    """The plan, with what it left alone: accounts that are agreed already, and those nobody can plan for."""

    plan: Plan
    tams: Mapping[str, str]
    periods: Mapping[str, str]
    agreed: Mapping[str, date]
    left_out: Mapping[str, str]


def plan_year(reading: Reading, task: Task, programmes: Programmes, at: datetime) -> YearPlan:
    """A plan for every account that is entitled in the time; nothing is written."""
    if task.last < task.first:
        raise UsageProblem("the plan ends before it begins", hint="--from is the first day, --to the last")
    desk = _Desk(reading, programmes, at)
    candidates: list[Candidate] = []
    tams: dict[str, str] = {}
    periods: dict[str, str] = {}
    agreed: dict[str, date] = {}
    left_out: dict[str, str] = {}
    for account in loading.accounts_of(reading):
        terms = entitling_contracts(reading, account, programmes)
        if not any(term.valid_from <= task.last and task.first < term.valid_to for term in terms):
            continue
        for one in desk.held(account.id):
            agreed[account.id] = date.fromisoformat(one["start_day"])
        tam = tam_at(desk.assignments, account.id, at)
        if tam is None:
            left_out[account.id] = "no technical account manager"
            continue
        circle = desk.circle(account, tuple(terms), tam)
        for key, days in _periods(task, circle, desk.today(account)):
            wishes = task.wishes.get(account.id) or desk.wished(account.id)
            wished = {day: not wishes or any(first <= day <= last for first, last in wishes) for day in days}
            name = f"{account.id}/{key}"
            candidates.append(Candidate(name, tam, wished, task.earlier.get(name)))
            tams[name], periods[name] = tam, key
    return YearPlan(plan(candidates, task.capacity), tams, periods, agreed, left_out)


def _periods(task: Task, circle: Circle, today: date) -> Iterator[tuple[str, list[date]]]:
    """Each unused entitlement period that the time meets, with its feasible days."""
    found: dict[str, list[date]] = {}
    day = max(task.first, today)
    last = min(task.last, circle.last_day)
    while day <= last:
        period = circle.period_of(day)
        if period is not None and period.key not in circle.used:
            days = found.setdefault(period.key, [])
            if feasible(day, today, circle):
                days.append(day)
        day += timedelta(days=1)
    yield from found.items()


class _Desk:
    """What is read once for all accounts."""

    def __init__(self, reading: Reading, programmes: Programmes, at: datetime) -> None:
        self._reading = reading
        self._programmes = programmes
        self._at = at
        self.assignments = loading.assignments_of(reading)
        known = reading.documents(STREAM).values()
        self._engagements = [one for one in known if one["start_day"]]
        self._wished = {
            one["account"]: one["preferred"]
            for one in known
            if one["state"] in {"requested", "negotiating"} and one["preferred"]
        }
        self._absences = loading.absences_of(reading)
        self._calendars: dict[str, BusinessCalendar] = {}

    def today(self, account: Account) -> date:
        """The account's date now."""
        return local_day(self._at, account.zone)

    def held(self, account: str) -> list[dict[str, Any]]:
        """Engagements of an account that have a day for good."""
        return [one for one in self._engagements if one["account"] == account and one["state"] in USES_PERIOD]

    def wished(self, account: str) -> Spans:
        """The time that an open request of the account asks for."""
        span = self._wished.get(account)
        if not span:
            return ()
        first, last = span.get("from") or date.min.isoformat(), span.get("to") or date.max.isoformat()
        return ((date.fromisoformat(first), date.fromisoformat(last)),)

    def circle(self, account: Account, terms: tuple[Entitled, ...], tam: str) -> Circle:
        """What decides about the account's days."""
        person = loading.load_person(self._reading, tam)
        held = [one for one in self._engagements if one["state"] in USES_PERIOD]
        circle = Circle(
            zone=account.zone,
            customer=self._calendar(account.customer_calendar),
            tam=self._calendar(person.calendar),
            terms=terms,
            absences=tuple((one.start, one.end) for one in self._absences if one.person == tam),
            booked={date.fromisoformat(one["start_day"]) for one in held if one["tam"] == tam},
        )
        days = [date.fromisoformat(one["start_day"]) for one in self.held(account.id)]
        used = {
            contract_year(term, day).key for day in days for term in terms if term.valid_from <= day < term.valid_to
        }
        return replace(circle, used=used)

    def _calendar(self, ident: str) -> BusinessCalendar:
        if ident not in self._calendars:
            snapshot = calendar_for(self._reading, ident, self._at.year)
            self._calendars[ident] = BusinessCalendar(snapshot)
        return self._calendars[ident]
