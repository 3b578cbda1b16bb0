"""What every report says about itself: whose it is, what it is about, when it was made and whether it was promised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from auditor.accounts.accounts import Account
from auditor.accounts.people import duty_managers_at, tam_at
from auditor.accounts.policy import Policy
from auditor.accounts.reports.material import Material, Terms
from auditor.accounts.reports.periods import Period
from auditor.model.events import text_of

SCHEMA = "auditor-service-report/1"

Kind: TypeAlias = Literal["daily", "quarterly", "periodic", "on_demand"]

Promise: TypeAlias = Literal["promised", "not_promised", "unknown", "no_contract"]
"""Whether the programme includes such reports; `unknown` where nobody says."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A version of a report. `due_at` is None where none is due; `corrects` is the id of the version it replaces.

    `made_at` is when it was drawn up, which is later than `due_at` when it was missed. `definition` is the id of the
    saved definition that it follows, "" without one; `variant` tells reports on demand about the same time apart.
    """

    kind: Kind
    period: Period
    made_at: datetime
    due_at: datetime | None = None
    version: int = 1
    corrects: str = ""
    why: str = ""
    definition: str = ""
    definition_name: str = ""
    variant: str = ""

    @property
    def late(self) -> bool:
        """Whether it was made after it was due (RULE-REP-2)."""
        return self.due_at is not None and self.made_at > self.due_at

    def report_id(self, account: str) -> str:
        """The id of the report in the store."""
        return report_id(account, self.kind, self.key, self.version)

    @property
    def key(self) -> str:
        """What it is about, unique among the account's reports of this kind: definition and variant are parts of it."""
        before = f"{self.definition}:" if self.definition else ""
        return f"{before}{self.period.key}{f'_{self.variant}' if self.variant else ''}"


def report_id(account: str, kind: str, key: str, version: int) -> str:
    """The id of a version of a report: acme/quarterly/2026-Q3/1."""
    return f"{account}/{kind}/{key}/{version}"


def head_of(heading: Heading, material: Material, start: datetime, end: datetime) -> dict[str, Any]:
    """The part of a document that all reports share. `start` and `end` limit what is reported, as instants."""
    account, last = material.account, end - timedelta(microseconds=1)
    return {
        "schema": SCHEMA,
        "kind": heading.kind,
        "id": heading.report_id(account.id),
        "version": heading.version,
        "corrects": heading.corrects or None,
        "correction_reason": heading.why or None,
        "made_at": text_of(heading.made_at),
        "due_at": None if heading.due_at is None else text_of(heading.due_at),
        "late": heading.late,
        "account": {"id": account.id, "name": account.name, "zone": account.time_zone},
        "period": {**heading.period.to_document(), "from": text_of(start), "to": text_of(end)},
        "definition": {"id": heading.definition, "name": heading.definition_name} if heading.definition else None,
        "contracts": _contracts(in_force(material, start, end)),
        "people": _people(material, account, last),
    }


def promise(policies: Iterable[Policy], entitlement: str) -> Promise:
    """Whether any of the terms includes a service."""
    stated = [policy.entitlements.get(entitlement) for policy in policies if policy.contract]
    if True in stated:
        return "promised"
    if None in stated:
        return "unknown"
    return "not_promised" if stated else "no_contract"


def in_force(material: Material, start: datetime, end: datetime) -> list[Terms]:
    """The contracts that held at some time of a period, the earliest first."""
    return in_force_between(material.terms, material.account.zone, start, end)


def in_force_between(terms: Iterable[Terms], zone: ZoneInfo, start: datetime, end: datetime) -> list[Terms]:
    """Those of the contracts that held at some time of a period in the account's zone, the earliest first."""
    held = [one for one in terms if one.contract.begins_at(zone) < end and one.contract.ends_at(zone) > start]
    return sorted(held, key=lambda one: (one.contract.valid_from, one.contract.id))


def _contracts(held: Iterable[Terms]) -> list[dict[str, Any]]:
    return [
        {
            "id": terms.contract.id,
            "programme": terms.policy.programme,
            "name": terms.policy.programme_name,
            "edition": terms.policy.edition,
            "from": terms.contract.valid_from.isoformat(),
            "last": (terms.contract.end - timedelta(days=1)).isoformat(),
        }
        for terms in held
    ]


def _people(material: Material, account: Account, at: datetime) -> dict[str, Any]:
    """Who looked after the account at the end of the period, by id."""
    return {
        "tam": tam_at(material.assignments, account.id, at),
        "duty_managers": list(duty_managers_at(material.assignments, account.id, at)),
    }
