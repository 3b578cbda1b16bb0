"""What a contract promises: the values of its programme with those that the contract settles otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from auditor.accounts.accounts import Account
from auditor.accounts.contracts import Contract
from auditor.accounts.policy import Policy
from auditor.accounts.programmes import UNLIMITED, Cell, Programme, Target


def policy_of(contract: Contract | None, programme: Programme, account: Account) -> Policy:
    """The terms for a request of the account under a contract, or without one under standard support.

    ContentError for an override that the programme does not allow, such as a unit that is no reading of its value.
    """
    overrides = {} if contract is None else contract.overrides
    agreed = programme if contract is None else agreed_programme(contract, programme)
    quota = agreed.premium_quota.value
    return Policy(
        contract="" if contract is None else contract.id,
        programme=programme.id,
        programme_name=programme.name,
        edition=programme.edition,
        programme_hash=programme.sha256,
        paid=programme.paid,
        targets=dict(agreed.targets),
        zone=account.time_zone,
        valid_from="" if contract is None else contract.valid_from.isoformat(),
        premium_quota=None if quota == UNLIMITED else quota,
        quota_period=agreed.quota_period.assumed or "contract_year",
        quota_period_uncertain=bool(agreed.quota_period.marks),
        entitlements={name: cell.value for name, cell in agreed.entitlements.items()},
        **_handling(overrides),
    )


def agreed_programme(contract: Contract, programme: Programme) -> Programme:
    """The programme as it holds for a contract: what the contract settles has its own source and a note why.

    ContentError for a unit that is no reading of its value.
    """
    targets = contract.overrides.get("targets", {})
    entitlements = contract.overrides.get("entitlements", {})

    def cell(name: str, stated: Cell) -> Cell:
        return _agreed_cell(contract, contract.overrides[name]) if name in contract.overrides else stated

    return replace(
        programme,
        targets={
            level: _agreed_target(contract, target, targets.get(str(level)))
            for level, target in sorted(programme.targets.items())
        },
        entitlements={
            name: _agreed_cell(contract, entitlements[name]) if name in entitlements else stated
            for name, stated in programme.entitlements.items()
        },
        quota_period=cell("quota_period", programme.quota_period),
        max_contacts=cell("max_contacts", programme.max_contacts),
    )


def _agreed_target(contract: Contract, target: Target, entry: Mapping[str, Any] | None) -> Target:
    """A unit alone chooses a reading; its mark gives way to a note. Anything else is a cell of the contract's own."""
    if entry is None:
        return target
    if "kind" not in entry and "value" not in entry:
        return replace(target.read_as(entry["unit"], _source(contract, entry)), note=_note(entry))
    kind = entry.get("kind", "guaranteed")
    value, unit = entry.get("value"), entry.get("unit")
    return Target(target.level, kind, value, unit, source=_source(contract, entry), note=_note(entry))


def _agreed_cell(contract: Contract, entry: Mapping[str, Any]) -> Cell:
    return Cell(value=entry["value"], source=_source(contract, entry), note=_note(entry))


def _note(entry: Mapping[str, Any]) -> str:
    return f"agreed in the contract: {entry['reason'].rstrip('.')}."


def _source(contract: Contract, entry: Mapping[str, Any]) -> str:
    return f"contract {contract.id}: {entry['reason']}"


def _handling(overrides: Mapping[str, Any]) -> dict[str, Any]:
    names = ("off_hours", "call_lead_minutes", "reopen_days", "reopen_new_cycle", "rank")
    handling = {name: overrides[name]["value"] for name in names if name in overrides}
    if "thresholds" in overrides:
        handling["thresholds"] = tuple(float(share) for share in overrides["thresholds"]["value"])
    return handling
