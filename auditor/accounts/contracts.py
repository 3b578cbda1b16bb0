"""Contracts: which programme holds for an account from when to when, and which contract holds at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from auditor.accounts.accounts import local_midnight
from auditor.accounts.overrides import Overrides
from auditor.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Contract:
    """A programme that was agreed for an account.

    In force from local midnight of `valid_from`, in the account's zone, up to, not including, local midnight of
    `valid_to`, or of `ended` when it ended before its time. `programme_hash` names the exact programme data it was
    saved with. `support_calendar` is the id of the calendar in which business hours of response times are counted.
    `overrides`: see auditor.accounts.overrides.
    """

    id: str
    account: str
    programme: str
    edition: str
    valid_from: date
    valid_to: date
    support_calendar: str
    programme_hash: str = ""
    certificate_no: str = ""
    overrides: Overrides = field(default_factory=dict)
    licences: tuple[str, ...] = ()
    plus_licence: bool = False
    ended: date | None = None
    end_reason: str = ""

    @property
    def end(self) -> date:
        """The first day that is no longer covered."""
        return self.valid_to if self.ended is None else min(self.ended, self.valid_to)

    def begins_at(self, zone: ZoneInfo) -> datetime:
        """The first instant (UTC) of the contract in the account's zone."""
        return local_midnight(self.valid_from, zone)

    def ends_at(self, zone: ZoneInfo) -> datetime:
        """The first instant (UTC) after the contract in the account's zone."""
        return local_midnight(self.end, zone)

    def in_force(self, zone: ZoneInfo, instant: datetime) -> bool:
        """Whether the contract holds at an instant."""
        return self.begins_at(zone) <= instant < self.ends_at(zone)

    def to_document(self) -> dict[str, Any]:
        """What a `saved` event holds: everything but the id."""
        document = {name: getattr(self, name) for name in self.__slots__ if name != "id"}
        document["valid_from"] = self.valid_from.isoformat()
        document["valid_to"] = self.valid_to.isoformat()
        document["ended"] = self.ended.isoformat() if self.ended else None
        document["licences"] = list(self.licences)
        document["overrides"] = dict(self.overrides)
        return document

    @classmethod
    def from_document(cls, ident: str, document: Mapping[str, Any]) -> Contract:
        """The contract that `to_document` wrote."""
        values = dict(document)
        values["valid_from"] = date.fromisoformat(document["valid_from"])
        values["valid_to"] = date.fromisoformat(document["valid_to"])
        values["ended"] = date.fromisoformat(document["ended"]) if document["ended"] else None
        values["licences"] = tuple(document["licences"])
        return cls(ident, **values)


def contracts_at(contracts: Iterable[Contract], zone: ZoneInfo, instant: datetime) -> list[Contract]:
    """The contracts of one account that hold at an instant, by their ids."""
    return sorted((one for one in contracts if one.in_force(zone, instant)), key=lambda one: one.id)


def contract_at(contracts: Iterable[Contract], zone: ZoneInfo, instant: datetime, named: str = "") -> Contract | None:
    """The contract of an account that holds at an instant; None where standard support holds.

    Where several hold, nothing is chosen silently: RuleBroken lists them until the caller names one. RuleBroken, too,
    for a named contract that does not hold at the instant.
    """
    holding = contracts_at(contracts, zone, instant)
    if named:
        for contract in holding:
            if contract.id == named:
                return contract
        local = instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        others = ", ".join(one.id for one in holding)
        hint = f"in force then: {others}" if others else "no contract is in force then: standard support holds"
        raise RuleBroken(f"the contract {named} is not in force on {local} ({zone.key})", hint=hint)
    if len(holding) > 1:
        listed = ", ".join(f"{one.id} ({one.programme})" for one in holding)
        raise RuleBroken(f"several contracts are in force at this time: {listed}", hint="name the one that is meant")
    return holding[0] if holding else None
