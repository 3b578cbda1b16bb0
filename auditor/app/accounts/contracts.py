"""Creating, changing and ending contracts, and which programme data each goes by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from auditor.accounts.contract_rules import Problem, Surroundings, overlaps, problems, refuse
from auditor.accounts.contracts import Contract, contract_at
from auditor.accounts.programmes import STANDARD, Programme, Programmes
from auditor.app.accounts import loading
from auditor.app.accounts.forms import Values, contract_from, merged
from auditor.app.accounts.saving import Act, Subject, refuse_known, save
from auditor.errors import RuleBroken, UsageProblem

if TYPE_CHECKING:
    from datetime import date, datetime

    from auditor.accounts.policy import Policy
    from auditor.store.store import Reading, Writing


class Saved(NamedTuple):
    """A contract as it is now, whether anything was new, and what its owner must know."""

    contract: Contract
    changed: bool
    warnings: list[Problem]


def create_contract(writing: Writing, values: Values, programmes: Programmes, act: Act) -> Saved:
    """Save a new contract with the newest data of its programme; RuleBroken lists every rule it would break."""
    contract = contract_from(values)
    refuse_known(writing, "contract", contract.id)
    return save_contract(writing, _adopted(contract, programmes), programmes, act)


def change_contract(writing: Writing, ident: str, changes: Values, programmes: Programmes, act: Act) -> Saved:
    """Change what is named and nothing else. Naming programme or edition takes on their newest data.

    Requests that were sent before keep the terms they were sent under.
    """
    known = loading.document(writing, "contract", ident)
    for name, value in (("id", ident), ("account", known["account"])):
        if changes.get(name, value) != value:
            raise UsageProblem(f"the {name} of the contract {ident} cannot change", hint="create another contract")
    contract = contract_from({**merged(known, changes), "id": ident})
    if {"programme", "edition"} & changes.keys():
        if "edition" not in changes and contract.programme != known["programme"]:
            contract = replace(contract, edition="")
        contract = _adopted(contract, programmes)
    return save_contract(writing, contract, programmes, act)


def end_contract(writing: Writing, ident: str, day: date, reason: str, act: Act) -> Contract:
    """Let a contract end early: `day` (local) is the first that is no longer covered.

    RuleBroken, too, for a later day than it ended on when the same programme has begun again meanwhile.
    """
    contract = loading.load_contract(writing, ident)
    if not contract.valid_from <= day <= contract.valid_to:
        message = f"the contract {ident} cannot end early on {day}"
        raise RuleBroken(message, hint=f"it is valid from {contract.valid_from} to {contract.valid_to}")
    if not reason.strip():
        raise UsageProblem("why the contract ends is missing", hint="state --reason")
    ended = replace(contract, ended=day, end_reason=reason)
    if day > contract.end:
        refuse(overlaps(ended, loading.contracts_of(writing, contract.account)))
    save(writing, Subject("contract", ident, contract.account), ended.to_document(), act)
    return ended


def save_contract(writing: Writing, contract: Contract, programmes: Programmes, act: Act) -> Saved:
    """Save a contract that breaks no rule."""
    account = loading.load_account(writing, contract.account)
    around = Surroundings(
        account.zone,
        loading.contracts_of(writing, contract.account),
        loading.contacts_of(writing, contract.account),
        loading.assignments_of(writing, contract.account),
        list(writing.documents("calendar")),
    )
    warnings = refuse(problems(contract, programme_of(contract, programmes), around))
    subject = Subject("contract", contract.id, contract.account)
    return Saved(contract, save(writing, subject, contract.to_document(), act), warnings)


def programme_of(contract: Contract | None, programmes: Programmes) -> Programme:
    """The programme data a contract goes by: those it was saved with, else the newest of its edition.

    Standard support without contract. UsageProblem when there is no such programme.
    """
    if contract is None:
        return programmes.find(STANDARD)
    for programme in programmes.versions():
        if programme.sha256 == contract.programme_hash:
            return programme
    return programmes.find(contract.programme, contract.edition)


def terms_at(
    reading: Reading, account: str, instant: datetime, programmes: Programmes, named: str = ""
) -> tuple[Contract | None, Policy]:
    """The contract in force for an account at an instant (None: standard support) and its terms.

    RuleBroken when several are in force and none is named, or when the named one is not.
    """
    from auditor.accounts.contract_terms import policy_of

    known = loading.load_account(reading, account)
    contract = contract_at(loading.contracts_of(reading, account), known.zone, instant, named)
    return contract, policy_of(contract, programme_of(contract, programmes), known)


def _adopted(contract: Contract, programmes: Programmes) -> Contract:
    """The contract with edition and data of the newest version of its programme."""
    programme = programmes.find(contract.programme, contract.edition)
    return replace(contract, edition=programme.edition, programme_hash=programme.sha256)
