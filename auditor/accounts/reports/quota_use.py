"""How much of its premium quota a contract used, at the end of a report's period and within it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from auditor.accounts.incidents.facts import Booking
from auditor.accounts.incidents.quota import QuotaPeriod, ledger_of, period_of
from auditor.accounts.reports.material import Terms

_INSTANT = timedelta(microseconds=1)


def quota_use(
    held: Iterable[Terms], bookings: Sequence[Booking], zone: ZoneInfo, within: tuple[datetime, datetime]
) -> list[dict[str, Any]]:
    """For each contract and each of its quota periods that meet the report's period: what was used and what is left.

    `limit` None means unlimited; units are counted all the same. `uncertain`: nobody states what the period is.
    """
    start, end = within
    happened = [booking for booking in bookings if booking.at < end]
    return [_use(terms, period, happened, start) for terms in held for period in _periods(terms, zone, start, end)]


def _use(terms: Terms, period: QuotaPeriod, happened: Iterable[Booking], start: datetime) -> dict[str, Any]:
    ledger = ledger_of(terms.policy, period, happened)
    recent = [booking for booking in ledger.bookings if booking.at >= start]
    return {
        "contract": terms.contract.id,
        "programme": terms.policy.programme_name,
        "first": period.first.isoformat(),
        "last": (period.until - timedelta(days=1)).isoformat(),
        "counted_per": terms.policy.quota_period,
        "uncertain": terms.policy.quota_period_uncertain,
        "limit": ledger.limit,
        "used": ledger.used,
        "left": ledger.left,
        "beyond": ledger.overrides,
        "taken": sum(booking.delta > 0 for booking in recent),
        "returned": sum(booking.delta < 0 for booking in recent),
    }


def _periods(terms: Terms, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[QuotaPeriod]:
    """The quota periods that meet the part of the report's period in which the contract held."""
    first = max(start, terms.contract.begins_at(zone))
    last = min(end, terms.contract.ends_at(zone)) - _INSTANT
    period = period_of(first, terms.policy)
    yield period
    while period.until <= last.astimezone(zone).date():
        period = period_of(_noon(period, zone), terms.policy)
        yield period


def _noon(period: QuotaPeriod, zone: ZoneInfo) -> datetime:
    """An instant well within the first day of the next period."""
    return datetime(period.until.year, period.until.month, period.until.day, 12, tzinfo=zone)
