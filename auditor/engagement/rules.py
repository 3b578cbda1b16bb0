"""When a Health Check may take place: entitled, once a period, two weeks' notice, one business day on both sides.

Each rule answers with an objection, or not at all. Objections are phrases with parameters, so that every refusal names
the rule in the reader's language; `first` is the first day on which this rule alone would not object, None for none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from auditor.calendars.calendar import BusinessCalendar

NOTICE_DAYS = 14
"""Calendar days between the day of agreement, which does not count, and the start."""
WARNING_DAYS = (60, 30, 14)
"""Days before the last possible day of agreement on which the account is reminded."""

RULES = ("entitlement", "once", "notice", "customer_day", "tam_day", "half_day", "tam_absent", "tam_booked", "past")


class Term(Protocol):
    """A contract as far as engagements need it: dates in its zone, `valid_to` exclusive."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def valid_from(self) -> date: ...  # noqa: D102
    @property
    def valid_to(self) -> date: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a day is out. `rule` is one of RULES and the name of the phrase."""

    rule: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    first: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """An entitlement period: `first` day inclusive, `end` exclusive; `key` names it (its first day)."""

    first: date
    end: date

    @property
    def key(self) -> str:
        """The period's name: its first day."""
        return self.first.isoformat()


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything that decides about days: both calendars, the TAM's absences and bookings, contracts and periods used.

    `terms` are the contracts that entitle to a Health Check. `used` are keys of periods with a delivered or an agreed
    engagement. `absences` are (from, to) instants, `booked` days on which the TAM already holds an engagement.
    """

    zone: ZoneInfo
    customer: BusinessCalendar
    tam: BusinessCalendar
    terms: tuple[Term, ...]
    used: Collection[str] = ()
    absences: tuple[tuple[datetime, datetime], ...] = ()
    booked: Collection[date] = ()
    half_days: bool = False

    @property
    def last_day(self) -> date:
        """The last day of which both calendars know anything."""
        return date(min(self.customer.snapshot.last_year, self.tam.snapshot.last_year), 12, 31)

    def period_of(self, day: date) -> Period | None:
        """The contract year that holds the day, None without an entitling contract."""
        for term in self.terms:
            if term.valid_from <= day < term.valid_to:
                return contract_year(term, day)
        return None


def contract_year(term: Term, day: date) -> Period:
    """The contract's year, counted from its first day, that holds `day`; it ends with the contract at the latest."""
    years = day.year - term.valid_from.year
    if anniversary(term.valid_from, years) > day:
        years -= 1
    first = anniversary(term.valid_from, years)
    return Period(first, min(anniversary(term.valid_from, years + 1), term.valid_to))


def anniversary(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The date that is written there at that instant."""
    return instant.astimezone(zone).date()


def earliest_by_notice(agreed: date) -> date:
    """The first day that keeps the notice when both sides have agreed on `agreed`."""
    return agreed + timedelta(days=NOTICE_DAYS)


def last_agreement_day(period: Period) -> date:
    """The last day on which agreeing still leaves two weeks before the period ends."""
    return period.end - timedelta(days=1 + NOTICE_DAYS)


def objections(day: date, agreed: date, circle: Circle) -> list[Objection]:
    """All that speaks against a start on `day` when it is agreed on `agreed` (both dates in the engagement's zone)."""
    found = [test(day, agreed, circle) for test in _TESTS]
    return [objection for objection in found if objection is not None]


def feasible(day: date, agreed: date, circle: Circle) -> bool:
    """Whether no rule objects."""
    return all(test(day, agreed, circle) is None for test in _TESTS)


def first_feasible(agreed: date, circle: Circle, after: date | None = None) -> date | None:
    """The first day, from `after` on, that no rule objects to."""
    return _first(lambda day: feasible(day, agreed, circle), after or agreed, circle)


def proposals(agreed: date, circle: Circle, count: int) -> tuple[list[date], list[tuple[date, list[Objection]]]]:
    """The first `count` feasible days, and every nearer day from tomorrow on with what speaks against it."""
    good: list[date] = []
    out: list[tuple[date, list[Objection]]] = []
    for day in _days(agreed + timedelta(days=1), circle):
        if len(good) == count or not _anything_left(day, circle):
            break
        against = objections(day, agreed, circle)
        if against:
            out.append((day, against))
        else:
            good.append(day)
    return good, out


def _anything_left(day: date, circle: Circle) -> bool:
    """Whether an entitling contract is still to come."""
    return any(day < term.valid_to for term in circle.terms)


def _first(good: Callable[[date], bool], start: date, circle: Circle) -> date | None:
    return next((day for day in _days(start, circle) if good(day)), None)


def _days(start: date, circle: Circle) -> Iterable[date]:
    return (start + timedelta(days=number) for number in range((circle.last_day - start).days + 1))


def _past(day: date, agreed: date, _circle: Circle) -> Objection | None:
    return Objection("past", {"agreed": agreed}, agreed) if day < agreed else None


def _entitlement(day: date, _agreed: date, circle: Circle) -> Objection | None:
    if circle.period_of(day) is not None:
        return None
    later = [term.valid_from for term in circle.terms if term.valid_from > day]
    ends = max((term.valid_to for term in circle.terms if term.valid_to <= day), default=None)
    return Objection("entitlement", {"ended": ends}, min(later, default=None))


def _once(day: date, _agreed: date, circle: Circle) -> Objection | None:
    period = circle.period_of(day)
    if period is None or period.key not in circle.used:
        return None
    following = period.end
    while (later := circle.period_of(following)) is not None and later.key in circle.used:
        following = later.end
    return Objection(
        "once", {"first": period.first, "last": period.end - timedelta(days=1)},
        following if circle.period_of(following) is not None else None,
    )  # fmt: skip


def _notice(day: date, agreed: date, _circle: Circle) -> Objection | None:
    earliest = earliest_by_notice(agreed)
    if day >= earliest:
        return None
    return Objection("notice", {"count": (day - agreed).days, "needed": NOTICE_DAYS, "agreed": agreed}, earliest)


def _customer_day(day: date, _agreed: date, circle: Circle) -> Objection | None:
    return _closed("customer_day", day, circle.customer, circle)


def _tam_day(day: date, _agreed: date, circle: Circle) -> Objection | None:
    return _closed("tam_day", day, circle.tam, circle)


def _closed(rule: str, day: date, calendar: BusinessCalendar, circle: Circle) -> Objection | None:
    if calendar.is_business_day(day):
        return None
    return Objection(rule, {"why": calendar.why(day)}, _first(calendar.is_business_day, day, circle))


def _half_day(day: date, _agreed: date, circle: Circle) -> Objection | None:
    if circle.half_days or not is_half_day(day, circle.tam):
        return None
    return Objection("half_day", {"open": open_seconds(day, circle.tam) / 3600})


def _tam_absent(day: date, _agreed: date, circle: Circle) -> Objection | None:
    if not _away(day, circle):
        return None
    return Objection("tam_absent", {}, _first(lambda later: not _away(later, circle), day, circle))


def _tam_booked(day: date, _agreed: date, circle: Circle) -> Objection | None:
    if day not in circle.booked:
        return None
    return Objection("tam_booked", {}, _first(lambda later: later not in circle.booked, day, circle))


def _away(day: date, circle: Circle) -> bool:
    """Whether any absence takes a part of that day's open time."""
    return any(
        start < interval.end and interval.start < end
        for interval in circle.tam.day_intervals(day)
        for start, end in circle.absences
    )


def open_seconds(day: date, calendar: BusinessCalendar) -> float:
    """How long the calendar is open on that day, in seconds."""
    return sum((interval.end - interval.start).total_seconds() for interval in calendar.day_intervals(day))


def is_half_day(day: date, calendar: BusinessCalendar) -> bool:
    """Whether the day is open for less than the same weekday usually is (the longest of the eight weeks around it)."""
    if not calendar.is_business_day(day):
        return False
    near = (day + timedelta(weeks=weeks) for weeks in range(-4, 5))
    first, last = calendar.snapshot.first_year, calendar.snapshot.last_year
    usual = max(open_seconds(other, calendar) for other in near if first <= other.year <= last)
    return open_seconds(day, calendar) < usual


_TESTS = (_past, _entitlement, _once, _notice, _customer_day, _tam_day, _half_day, _tam_absent, _tam_booked)
