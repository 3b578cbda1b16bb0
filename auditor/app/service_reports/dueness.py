"""Which reports are owed now, and making them: each in a transaction of its own, each once, late ones with an alert.

Only what a contract promises is made without being asked for: where a programme says no, or nobody says, nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.accounts import Account
from auditor.accounts.incidents.rows import policy_of
from auditor.accounts.incidents.state import fold
from auditor.accounts.reports.critical import Span, critical_spans, report_days
from auditor.accounts.reports.definitions import Definition
from auditor.accounts.reports.due import Due, daily_due, in_business_days, next_day, periods, quarters
from auditor.accounts.reports.heading import in_force_between
from auditor.accounts.reports.material import Terms
from auditor.app.accounts import loading
from auditor.app.accounts.calendars import calendar_for
from auditor.app.accounts.saving import Act
from auditor.app.actors import SYSTEM
from auditor.app.service_reports.asking import Ask, by_contract
from auditor.app.service_reports.definitions import definition_of, saved_since
from auditor.app.service_reports.gathering import present_terms
from auditor.app.service_reports.making import Made, Tools, make
from auditor.errors import AuditorError, ContentError
from auditor.store.report_queries import CriticalRow, ReportQueries

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.accounts.reports.periods import Period
    from auditor.store.store import Reading, Store


@dataclass(frozen=True, slots=True)
class Failed:
    """What could not be made, or an account of which nobody can say what is owed to it, and why."""

    account: str
    what: str
    error: AuditorError


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is owed, the oldest first, and where that cannot be said."""

    due: tuple[Due, ...]
    failed: tuple[Failed, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of what was due. `left` says how many are due that were over the limit."""

    made: tuple[Made, ...]
    failed: tuple[Failed, ...]
    left: int


def make_due(store: Store, now: datetime, limit: int, tools: Tools) -> Outcome:
    """Make at most `limit` reports that are due, the oldest first. One that cannot be made stops no other."""
    with store.reading() as reading:
        outlook = due(reading, now, tools.programmes)
    made: list[Made] = []
    failed = list(outlook.failed)
    for one in outlook.due[:limit]:
        try:
            done = make(store, _ask(store, one), Act(SYSTEM, now), tools)
        except AuditorError as error:
            failed.append(Failed(one.account, f"{one.kind} {one.key}", error))
        else:
            if done.new:
                made.append(done)
    return Outcome(tuple(made), tuple(failed), max(0, len(outlook.due) - limit))


def due(reading: Reading, now: datetime, programmes: Callable[[], Programmes]) -> Outlook:
    """Every report that is owed and was not made."""
    found: list[Due] = []
    failed: list[Failed] = []
    for account in loading.accounts_of(reading):
        try:
            found.extend(_owed_to(reading, account, now, programmes))
        except AuditorError as error:
            failed.append(Failed(account.id, "", error))
    found.sort(key=lambda one: (one.ready_at, one.account, one.kind, one.key))
    return Outlook(tuple(found), tuple(failed))


def owed(reading: Reading, ask: Ask, now: datetime, programmes: Callable[[], Programmes]) -> Ask:
    """What a person asks for, with the instant until when it is in time where it is owed anyway."""
    account, key = loading.load_account(reading, ask.account), ask.heading(now).key
    for one in _owed_to(reading, account, now, programmes):
        if (one.kind, one.key) == (ask.kind, key):
            return replace(ask, due_at=one.due_at)
    return ask


def _owed_to(reading: Reading, account: Account, now: datetime, programmes: Callable[[], Programmes]) -> Iterator[Due]:
    since = ReportQueries(reading).first_recorded("account", account.id) or now
    desk = _Desk(reading, account, since, now)
    yield from desk.daily()
    if loading.contracts_of(reading, account.id):
        terms = present_terms(reading, account, programmes(), reading.head()[0])
        yield from desk.quarterly(terms)
        yield from desk.periodic(terms)


class _Desk:
    """What is owed to one account that became known here at `since`."""

    def __init__(self, reading: Reading, account: Account, since: datetime, now: datetime) -> None:
        self._reading = reading
        self._queries = ReportQueries(reading)
        self._account = account
        self._since = since
        self._now = now

    def daily(self) -> Iterator[Due]:
        """Days on which a request under terms that promise daily reports was open at level 1."""
        rows = self._queries.critical(self._account.id)
        if not rows:
            return
        made = self._queries.made(self._account.id, "daily")
        suspects = [row for row in rows if self._promised(row) and self._missing([Span(row.since, row.until)], made)]
        if not suspects:
            return
        histories = self._queries.events("incident", (row.id for row in suspects), self._reading.head()[0])
        spans = [span for history in histories.values() for span in critical_spans(fold(history))]
        found = {one.key: one for one in daily_due(self._account, spans, self._since, self._now)}
        yield from (one for key, one in found.items() if key not in made)

    def _promised(self, row: CriticalRow) -> bool:
        policy = policy_of(row.policy, self._reading.snapshot)
        return policy.entitlements.get("daily_report") is True

    def _missing(self, spans: Iterable[Span], made: set[str]) -> bool:
        days = report_days(spans, self._account.daily_cutoff, self._account.zone, self._now)
        return any(day.isoformat() not in made for day, cutoff in days if cutoff >= self._since)

    def quarterly(self, terms: Sequence[Terms]) -> Iterator[Due]:
        """Quarters in which a contract held that promises quarterly reports."""
        made = self._queries.made(self._account.id, "quarterly") if terms else set()
        found: dict[str, Due] = {}
        for one in terms:
            if one.policy.entitlements.get("quarterly_report") is not True:
                continue
            for period in quarters(self._account, one, self._since, self._now, by_contract=by_contract(one)):
                if period.key not in made and period.key not in found:
                    due_at = quarterly_due_at(self._reading, self._account, one, period)
                    found[period.key] = Due(
                        self._account.id, "quarterly", period, period.end, due_at, contract=one.contract.id
                    )
        yield from found.values()

    def periodic(self, terms: Sequence[Terms]) -> Iterator[Due]:
        """Periods of saved definitions in which a contract held that promises periodic reports."""
        saved = self._reading.documents("definition", account=self._account.id)
        made = self._queries.made(self._account.id, "periodic") if saved else set()
        for ident, document in saved.items():
            definition = Definition.from_document(ident, document)
            since = max(self._since, saved_since(self._reading, ident))
            for period in periods(self._account, definition, since, self._now):
                held = in_force_between(terms, self._account.zone, period.start, period.end)
                promised = any(one.policy.entitlements.get("periodic_report") is True for one in held)
                until = next_day(period, self._account)
                one = Due(self._account.id, "periodic", period, period.end, until, definition=ident)
                if promised and one.key not in made:
                    yield one


def quarterly_due_at(reading: Reading, account: Account, terms: Terms, period: Period) -> datetime | None:
    """Until when a quarterly report is in time: business days are those of the contract's support calendar.

    None when nobody can say: the calendar cannot be made for that time.
    """
    from auditor.calendars.calendar import BusinessCalendar

    try:
        calendar = BusinessCalendar(calendar_for(reading, terms.contract.support_calendar, period.last.year))
        return in_business_days(period, calendar, account)
    except ContentError:
        return None


def _ask(store: Store, one: Due) -> Ask:
    """What is asked for when it is due. The definition may have been removed meanwhile: then UsageProblem."""
    if one.kind != "periodic":
        return Ask(one.account, one.kind, one.period, one.due_at)
    with store.reading() as reading:
        definition = definition_of(reading, one.definition)
    return periodic_ask(definition, one.period, one.due_at)


def periodic_ask(definition: Definition, period: Period, due_at: datetime | None) -> Ask:
    """The report of a definition about one of its periods."""
    return Ask(
        account=definition.account,
        kind="periodic",
        period=period,
        due_at=due_at,
        selection=definition.selection,
        definition=definition.id,
        definition_name=definition.name,
        languages=(definition.language,),
        recipients=definition.recipients,
    )
