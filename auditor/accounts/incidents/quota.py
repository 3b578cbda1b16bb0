"""Premium units: which period an instant belongs to, what is booked, what is left.

Bookings are parts of events; a ledger is the list of them for one contract and period. Whether two people took the last
unit at once is decided where events are appended: ledger and booking belong into one transaction (RULE-QUO-5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from auditor.accounts.incidents.facts import Booking
from auditor.calendars.zones import load_zone
from auditor.errors import RuleBroken

if TYPE_CHECKING:
    from auditor.accounts.incidents.state import Incident
    from auditor.accounts.policy import Policy

Choice: TypeAlias = Literal["standard", "override"]

WARN_AT = (0.8, 1.0)
"""Shares of a quota that are worth a warning (RULE-QUO-4)."""

_NO_PREMIUM = "standard support has no premium requests"
_NO_PREMIUM_HINT = "send it as a standard request, or enter the contract first"


class QuotaExhausted(RuleBroken):
    """No premium unit is left. `choices` are the two ways on; the tool takes neither by itself (RULE-QUO-3)."""

    choices: tuple[Choice, ...] = ("standard", "override")

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(
            f"all {ledger.limit} premium requests of the period from {ledger.period.first} are used",
            hint="send it as a standard request, without guaranteed time, or name who allows one more and why",
        )
        self.ledger = ledger


@dataclass(frozen=True, slots=True)
class QuotaPeriod:
    """From `first` up to, not including, `until`: local dates in the zone of the contract."""

    first: date
    until: date


@dataclass(frozen=True, slots=True)
class Override:
    """A unit beyond the quota: the id of the person who allows it (person:ID, contact:ID or user:NAME), and why."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Bookings of one contract in one period. `limit` None: unlimited, yet counted."""

    contract: str
    period: QuotaPeriod
    limit: int | None
    bookings: tuple[Booking, ...] = field(default=())

    @property
    def used(self) -> int:
        """Units in use: taken and not given back."""
        return sum(booking.delta for booking in self.bookings)

    @property
    def left(self) -> int | None:
        """Units left, never below 0; None when unlimited."""
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def overrides(self) -> int:
        """Units in use that somebody allowed beyond the quota."""
        held: dict[str, list[Booking]] = {}
        for booking in sorted(self.bookings, key=lambda one: (one.at, one.seq)):
            units = held.setdefault(booking.incident, [])
            if booking.delta > 0:
                units.append(booking)
            elif units:
                units.pop()
        return sum(1 for units in held.values() for unit in units if unit.override)

    @property
    def warnings(self) -> tuple[float, ...]:
        """The shares of WARN_AT that are reached."""
        return self._reached(self.used)

    def warnings_after(self, units: int = 1) -> tuple[float, ...]:
        """The shares that are reached by using so many units more, and are not reached now."""
        return tuple(share for share in self._reached(self.used + units) if share not in self.warnings)

    def take(self, reason: str, override: Override | None = None) -> dict[str, Any]:
        """The `quota` of an event that takes a unit; QuotaExhausted when none is left and nobody allows one more.

        An override is recorded only where it is needed.
        """
        if self.left != 0:
            return self._payload(1, reason, "")
        if override is None:
            raise QuotaExhausted(self)
        if not override.reason.strip() or override.person.partition(":")[0] not in {"person", "contact", "user"}:
            raise RuleBroken("an override needs a person and a reason", hint="name who allows it (person:ID), and why")
        return self._payload(1, f"{reason}: {override.reason.strip()}", override.person)

    def _payload(self, delta: int, reason: str, override: str) -> dict[str, Any]:
        return _quota(self.contract, self.period.first.isoformat(), delta, (reason, override))

    def _reached(self, used: int) -> tuple[float, ...]:
        if self.limit is None:
            return ()
        return tuple(share for share in WARN_AT if used >= share * self.limit)


def period_of(instant: datetime, policy: Policy) -> QuotaPeriod:
    """The period that the instant belongs to, by its local date in the contract's zone (RULE-QUO-2).

    RuleBroken without contract.
    """
    if not policy.contract:
        raise RuleBroken(_NO_PREMIUM, hint=_NO_PREMIUM_HINT)
    day = instant.astimezone(load_zone(policy.zone)).date()
    if policy.quota_period == "calendar_year":
        return QuotaPeriod(date(day.year, 1, 1), date(day.year + 1, 1, 1))
    begun = date.fromisoformat(policy.valid_from)
    year = day.year if anniversary(begun, day.year) <= day else day.year - 1
    return QuotaPeriod(anniversary(begun, year), anniversary(begun, year + 1))


def anniversary(begun: date, year: int) -> date:
    """The day of a year on which a contract year begins; 29 February is 1 March in common years."""
    try:
        return begun.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def ledger_of(policy: Policy, period: QuotaPeriod, bookings: Iterable[Booking]) -> Ledger:
    """The ledger of a contract and period; bookings of others are left out."""
    first = period.first.isoformat()
    own = tuple(one for one in bookings if one.contract == policy.contract and one.period == first)
    return Ledger(policy.contract, period, policy.premium_quota, own)


@dataclass(frozen=True, slots=True)
class Units:
    """What taking a premium unit needs: the terms of the request, the ledger of its period, a permission if any."""

    policy: Policy
    ledger: Ledger | None = None
    override: Override | None = None


def take_unit(units: Units, reason: str) -> dict[str, Any]:
    """The `quota` of an event that takes a unit of the policy's contract.

    RuleBroken where there are no premium requests and for the ledger of another contract; QuotaExhausted.
    """
    policy, ledger = units.policy, units.ledger
    if not (policy.contract and policy.paid):
        raise RuleBroken(
            "standard support has no premium requests",
            hint="send it as a standard request, or enter the contract first",
        )
    if ledger is None or ledger.contract != policy.contract:
        raise RuleBroken(
            f"the bookings of the contract {policy.contract} are needed to take a premium unit",
            hint="send it as a standard request",
        )
    return ledger.take(reason, units.override)


def give_back(incident: Incident, reason: str) -> dict[str, Any] | None:
    """The `quota` of an event that gives back the unit of the incident, in the period in which it was taken.

    None when it holds none.
    """
    unit = incident.unit
    return _quota(unit.contract, unit.period, -1, (reason, "")) if unit else None


def _quota(contract: str, period: str, delta: int, why: tuple[str, str]) -> dict[str, Any]:
    reason, override = why
    return {"contract": contract, "period": period, "delta": delta, "reason": reason, "override": override or False}
