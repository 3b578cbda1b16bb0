"""The times that reports are about: days, weeks, months, quarters and ranges of local days, as instants.

A period begins and ends at local midnights, so it has no fixed number of hours: days on which clocks change are whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from auditor.accounts.accounts import local_midnight
from auditor.calendars.zones import load_zone
from auditor.errors import UsageProblem

Cadence: TypeAlias = Literal["weekly", "monthly", "quarterly"]
CADENCES: tuple[Cadence, ...] = get_args(Cadence)

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_WEEK = re.compile(r"(\d{4})-W(\d\d)")
_RANGE = re.compile(r"(contract-)?(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """Local days `first` to `last`, both included, of an IANA `zone`. `key` names it: 2026-Q3, 2026-W30, 2026-07-14."""

    key: str
    zone: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The instant at which it begins, UTC; events at this instant belong to it."""
        return local_midnight(self.first, load_zone(self.zone))

    @property
    def end(self) -> datetime:
        """The instant at which it is over, UTC; events at this instant belong to the next one."""
        return local_midnight(self.last + timedelta(days=1), load_zone(self.zone))

    def to_document(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"key": self.key, "zone": self.zone, "first": self.first.isoformat(), "last": self.last.isoformat()}


def parse_day(text: str) -> date:
    """A date written 2026-07-14; UsageProblem for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise UsageProblem(f"{text!r} is no date", hint="write it as 2026-07-14")
    return found


def days(first: date, last: date, zone: str) -> Period:
    """Any range of local days; UsageProblem when it ends before it begins."""
    if last < first:
        message = f"the period ends ({last}) before it begins ({first})"
        raise UsageProblem(message, hint="name the earlier day first")
    return Period(f"{first}..{last}", zone, first, last)


def parse_period(text: str, zone: str) -> Period:
    """The period of a key: 2026-Q3, 2026-07, 2026-W30, 2026-07-01..2026-07-31, contract-2026-04-10..2026-07-09."""
    if match := _QUARTER.fullmatch(text):
        return quarter(date(_year(text), int(match[2]) * 3, 1), zone)
    if (match := _MONTH.fullmatch(text)) and 1 <= int(match[2]) <= 12:
        return month(date(_year(text), int(match[2]), 1), zone)
    if match := _WEEK.fullmatch(text):
        return _week_of(text, int(match[2]), zone)
    if match := _RANGE.fullmatch(text):
        return replace(days(parse_day(match[2]), parse_day(match[3]), zone), key=text)
    raise UsageProblem(f"{text!r} is no period", hint="write 2026-Q3, 2026-07, 2026-W30 or 2026-07-01..2026-07-31")


def quarter(day: date, zone: str) -> Period:
    """The calendar quarter that holds a local day."""
    number = (day.month - 1) // 3
    first = date(day.year, number * 3 + 1, 1)
    return Period(f"{day.year}-Q{number + 1}", zone, first, _months_on(first, 3) - timedelta(days=1))


def contract_quarter(begins: date, day: date, zone: str) -> Period:
    """The quarter that holds a local day, counted from the first day of a contract; UsageProblem before that day.

    A day that a month lacks is the first of the next month, as for the contract year: 30 November and three months
    later is 1 March.
    """
    if day < begins:
        raise UsageProblem(f"the contract begins on {begins}, after {day}", hint="name a later day")
    number = ((day.year - begins.year) * 12 + day.month - begins.month) // 3 + 1
    while _months_on(begins, number * 3) > day:
        number -= 1
    first, following = _months_on(begins, number * 3), _months_on(begins, (number + 1) * 3)
    last = following - timedelta(days=1)
    return Period(f"contract-{first}..{last}", zone, first, last)


def month(day: date, zone: str) -> Period:
    """The calendar month that holds a local day."""
    first = day.replace(day=1)
    return Period(f"{first:%Y-%m}", zone, first, _months_on(first, 1) - timedelta(days=1))


def week(day: date, zone: str) -> Period:
    """The week, Monday to Sunday (ISO 8601), that holds a local day."""
    first = day - timedelta(days=day.weekday())
    year, number, _ = day.isocalendar()
    return Period(f"{year}-W{number:02}", zone, first, first + timedelta(days=6))


def holding(cadence: Cadence, day: date, zone: str) -> Period:
    """The period of a cadence that holds a local day."""
    return {"weekly": week, "monthly": month, "quarterly": quarter}[cadence](day, zone)


def following(period: Period, cadence: Cadence) -> Period:
    """The period of the same cadence right after this one."""
    return holding(cadence, period.last + timedelta(days=1), period.zone)


def cutoff(day: date, at: str, zone: ZoneInfo) -> datetime | None:
    """When a day's report is drawn up: the local time `at` (HH:MM) as instant. None: there is no such day there.

    A time that the clocks skip comes as much later as they jump; of a time that comes twice it is the first.
    """
    instant = datetime.combine(day, time.fromisoformat(at), zone).astimezone(UTC)
    return instant if instant.astimezone(zone).date() == day else None


def cutoff_before(day: date, at: str, zone: ZoneInfo) -> datetime:
    """The cut-off of the last day before this one that exists there."""
    found = None
    while found is None:
        day -= timedelta(days=1)
        found = cutoff(day, at, zone)
    return found


def first_cutoff(since: datetime, at: str, zone: ZoneInfo) -> tuple[date, datetime]:
    """The first day whose cut-off is at or after an instant, and that cut-off."""
    day = since.astimezone(zone).date() - timedelta(days=1)
    while True:
        found = cutoff(day, at, zone)
        if found is not None and found >= since:
            return day, found
        day += timedelta(days=1)


def _year(text: str) -> int:
    year = int(text[:4])
    if not 1970 <= year <= 9000:
        raise UsageProblem(f"{text!r} is no period", hint="the year cannot be")
    return year


def _week_of(text: str, number: int, zone: str) -> Period:
    try:
        first = date.fromisocalendar(_year(text), number, 1)
    except ValueError:
        raise UsageProblem(f"there is no week {text}", hint="weeks are counted from W01 to W52 or W53") from None
    return week(first, zone)


def _months_on(day: date, months: int) -> date:
    """The same day of the month so many months later; a day that month lacks is the first of the one after."""
    count = day.month - 1 + months
    year, number = day.year + count // 12, count % 12 + 1
    try:
        return date(year, number, day.day)
    except ValueError:
        return date(year + number // 12, number % 12 + 1, 1)
