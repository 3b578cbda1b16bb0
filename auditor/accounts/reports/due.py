"""Which reports are owed at an instant, and until when each is in time. Pure: what is known is given.

A report is owed for every period that ended after the account became known here; history that was imported from before
asks for nothing. What is due when: a daily report until the end of its day, a quarterly one until the end of the tenth
business day after the quarter, a periodic one until the end of the day after its period. The last two are our defaults:
no programme states a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from auditor.accounts.accounts import Account, local_midnight
from auditor.accounts.reports.critical import Span, report_days
from auditor.accounts.reports.daily import day_period
from auditor.accounts.reports.definitions import Definition
from auditor.accounts.reports.heading import Kind
from auditor.accounts.reports.material import Terms
from auditor.accounts.reports.periods import Period, contract_quarter, following, holding, quarter
from auditor.calendars.calendar import BusinessCalendar

BUSINESS_DAYS = 10
"""After the end of a quarter; our default."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is owed: about what, since when it can be drawn up, until when it is in time (both UTC).

    `due_at` is None where nobody can say.
    `definition` is the id of a saved definition, "" without one; `contract` the id of the contract that promises it,
    "" where the terms of requests do.
    """

    account: str
    kind: Kind
    period: Period
    ready_at: datetime
    due_at: datetime | None
    definition: str = ""
    contract: str = ""

    @property
    def key(self) -> str:
        """What it is about, as in `Heading.key`."""
        return f"{self.definition}:{self.period.key}" if self.definition else self.period.key

    def late(self, now: datetime) -> bool:
        """Whether it is too late to be in time."""
        return self.due_at is not None and now > self.due_at


def daily_due(account: Account, spans: Iterable[Span], since: datetime, now: datetime) -> Iterator[Due]:
    """A report for each day that asks for one and whose cut-off lies after `since` (the account became known)."""
    zone = account.zone
    for day, ready_at in report_days(spans, account.daily_cutoff, zone, now):
        if ready_at >= since:
            until = local_midnight(day + _ONE_DAY, zone)
            yield Due(account.id, "daily", day_period(day, account.time_zone), ready_at, until)


def quarters(account: Account, terms: Terms, since: datetime, now: datetime, *, by_contract: bool) -> list[Period]:
    """The quarters in which a contract held and that ended after `since` and not after `now`.

    Calendar quarters, or quarters of the contract's own year.
    """
    contract, zone = terms.contract, account.time_zone
    begins, ends = contract.begins_at(account.zone), min(contract.ends_at(account.zone), now)
    found: list[Period] = []
    day = contract.valid_from
    while local_midnight(day, account.zone) < ends:
        period = contract_quarter(contract.valid_from, day, zone) if by_contract else quarter(day, zone)
        if since < period.end <= now and begins < period.end:
            found.append(period)
        day = period.last + _ONE_DAY
    return found


def periods(account: Account, definition: Definition, since: datetime, now: datetime) -> Iterator[Period]:
    """The periods of a definition that ended after `since` (when it was saved) and not after `now`."""
    period = holding(definition.cadence, since.astimezone(account.zone).date(), account.time_zone)
    while period.end <= now:
        yield period
        period = following(period, definition.cadence)


def in_business_days(
    period: Period, calendar: BusinessCalendar, account: Account, count: int = BUSINESS_DAYS
) -> datetime:
    """The end of the so-many-th business day after a period, as instant: midnight in the account's zone.

    OutsideCalendar when the calendar was not made for that time.
    """
    day: date = period.last
    while count:
        day += _ONE_DAY
        count -= calendar.is_business_day(day)
    return local_midnight(day + _ONE_DAY, account.zone)


def next_day(period: Period, account: Account) -> datetime:
    """The end of the local day after a period, as instant."""
    return local_midnight(period.last + 2 * _ONE_DAY, account.zone)
