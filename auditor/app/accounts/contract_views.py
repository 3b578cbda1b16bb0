"""Answers of `auditor contract`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TextIO
from zoneinfo import ZoneInfo

from auditor.app.accounts import contracts, loading
from auditor.app.accounts.session import Session
from auditor.app.accounts.showing import Sheet, write_json, write_yaml

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.accounts.contracts import Contract


def create(session: Session, values: Mapping[str, Any], stream: TextIO) -> None:
    """Save a new contract and say what its owner must know."""
    with session.writing() as (writing, act):
        saved = contracts.create_contract(writing, values, session.programmes, act)
    _told(saved, stream)


def change(session: Session, ident: str, values: Mapping[str, Any], stream: TextIO) -> None:
    """Change what is named and say what its owner must know."""
    with session.writing() as (writing, act):
        saved = contracts.change_contract(writing, ident, values, session.programmes, act)
    _told(saved, stream)


def end(session: Session, ident: str, day: date, reason: str, stream: TextIO) -> None:
    """Let a contract end early."""
    with session.writing() as (writing, act):
        contract = contracts.end_contract(writing, ident, day, reason, act)
    stream.write(f"contract {ident} ends early: {contract.ended} is the first day that is not covered\n")


def export(session: Session, ident: str, stream: TextIO) -> None:
    """The contract as YAML (or JSON) that --from takes."""
    with session.reading() as (reading, _):
        document = {"id": ident, **loading.load_contract(reading, ident).to_document()}
    (write_json if session.style == "json" else write_yaml)(document, stream)


def listing(session: Session, account: str, stream: TextIO) -> None:
    """Contracts of an account, or of all."""
    with session.reading() as (reading, now):
        wanted = [loading.load_account(reading, account)] if account else loading.accounts_of(reading)
        known = {one.id: one for one in wanted}
        found = [contract for one in wanted for contract in loading.contracts_of(reading, one.id)]
    if session.style == "json":
        rows = [
            {"id": one.id, **one.to_document(), "state": state_of(one, known[one.account].zone, now)} for one in found
        ]
        write_json({"contracts": rows}, stream)
        return
    sheet = Sheet(stream)
    sheet.grid(*contract_rows(found, known, now), "no contract yet: auditor contract create ID ...")
    sheet.write()


def contract_rows(
    found: Iterable[Contract], accounts: Mapping[str, Account], now: datetime
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Header and rows of a table of contracts."""
    rows = [
        (
            one.id,
            one.account,
            f"{one.programme} {one.edition}",
            one.valid_from.isoformat(),
            one.end.isoformat(),
            state_of(one, accounts[one.account].zone, now),
        )
        for one in found
    ]
    return ("Id", "Account", "Programme", "From", "Until before", "State"), rows


def state_of(contract: Contract, zone: ZoneInfo, now: datetime) -> str:
    """Whether a contract is in force, in a word or two."""
    if contract.in_force(zone, now):
        return "in force"
    if now < contract.begins_at(zone):
        return "not begun"
    return "ended early" if contract.ended is not None and contract.ended < contract.valid_to else "over"


def _told(saved: contracts.Saved, stream: TextIO) -> None:
    stream.write(f"contract {saved.contract.id} {'saved' if saved.changed else 'unchanged'}\n")
    for problem in saved.warnings:
        stream.write(f"note: {problem.message} ({problem.hint})\n")
