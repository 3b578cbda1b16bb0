"""What a contract promises: the values of its programme with those that the contract settles otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from auditor.accounts.accounts import Account
from auditor.accounts.contracts import Contract
from auditor.accounts.overrides import value_of
from auditor.accounts.policy import Policy
from auditor.accounts.programmes import UNLIMITED, Cell, Programme, Target


def policy_of(contract: Contract | None, programme: Programme, account: Account) -> Policy:
    """The terms for a request of the account under a contract, or without one under standard support.

    ContentError for an override that the programme does not allow, such as a unit that is no reading of its value.
    """
    overrides = {} if contract is None else contract.overrides
    quota = programme.premium_quota.value
    period_settled = "quota_period" in overrides
    return Policy(
        contract="" if contract is None else contract.id,
        programme=programme.id,
        programme_name=programme.name,
        edition=programme.edition,
        programme_hash=programme.sha256,
        paid=programme.paid,
        targets=dict(targets_of(contract, programme)),
        zone=account.time_zone,
        valid_from="" if contract is None else contract.valid_from.isoformat(),
        premium_quota=None if quota == UNLIMITED else quota,
        quota_period=value_of(overrides, "quota_period", programme.quota_period.assumed or "contract_year"),
        quota_period_uncertain=not period_settled and bool(programme.quota_period.marks),
        entitlements=dict(entitlements_of(contract, programme)),
        **_handling(overrides),
    )


def targets_of(contract: Contract | None, programme: Programme) -> Iterator[tuple[int, Target]]:
    """The response time of each level, with what the contract settles and why."""
    settled = {} if contract is None else contract.overrides.get("targets", {})
    for level, target in sorted(programme.targets.items()):
        entry = settled.get(str(level))
        yield level, target if entry is None or contract is None else _settled(target, entry, contract)


def entitlements_of(contract: Contract | None, programme: Programme) -> Iterator[tuple[str, bool | None]]:
    """Whether each service belongs to the contract; None where nobody says."""
    settled = {} if contract is None else contract.overrides.get("entitlements", {})
    for name, cell in programme.entitlements.items():
        yield name, settled[name]["value"] if name in settled else cell.value


def contact_limit(contract: Contract, programme: Programme) -> Cell:
    """How many contacts the contract allows at one time; its value is None where nobody says."""
    if "max_contacts" not in contract.overrides:
        return programme.max_contacts
    entry = contract.overrides["max_contacts"]
    return Cell(value=entry["value"], source=_agreed(contract, entry))


def _settled(target: Target, entry: Mapping[str, Any], contract: Contract) -> Target:
    note = f"agreed in the contract: {entry['reason']}"
    if "kind" not in entry and "value" not in entry:
        return replace(target.read_as(entry["unit"], _agreed(contract, entry)), note=note)
    kind = entry.get("kind", "guaranteed")
    value, unit = entry.get("value"), entry.get("unit")
    return Target(target.level, kind, value, unit, source=_agreed(contract, entry), note=note)


def _agreed(contract: Contract, entry: Mapping[str, Any]) -> str:
    return f"contract {contract.id}: {entry['reason']}"


def _handling(overrides: Mapping[str, Any]) -> dict[str, Any]:
    names = ("off_hours", "call_lead_minutes", "reopen_days", "reopen_new_cycle", "rank")
    handling = {name: overrides[name]["value"] for name in names if name in overrides}
    if "thresholds" in overrides:
        handling["thresholds"] = tuple(float(share) for share in overrides["thresholds"]["value"])
    return handling
