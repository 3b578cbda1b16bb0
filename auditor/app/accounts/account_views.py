"""Answers of `auditor account`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from auditor.accounts.contracts import contracts_at
from auditor.accounts.people import duty_managers_at, tam_at
from auditor.app.accounts import accounts, loading
from auditor.app.accounts.contract_views import contract_rows, state_of
from auditor.app.accounts.session import Session
from auditor.app.accounts.showing import Sheet, write_json, write_yaml

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.store.store import Reading


def create(session: Session, values: Mapping[str, Any], stream: TextIO) -> None:
    """Save a new account."""
    with session.writing() as (writing, act):
        account = accounts.create_account(writing, values, act)
    stream.write(f"account {account.id} saved\n")


def change(session: Session, ident: str, values: Mapping[str, Any], stream: TextIO) -> None:
    """Change what is named."""
    with session.writing() as (writing, act):
        changed = accounts.change_account(writing, ident, values, act)
    stream.write(f"account {ident} {'saved' if changed else 'unchanged'}\n")


def export(session: Session, ident: str, stream: TextIO) -> None:
    """The account as YAML (or JSON) that --from takes."""
    with session.reading() as (reading, _):
        document = {"id": ident, **loading.load_account(reading, ident).to_document()}
    (write_json if session.style == "json" else write_yaml)(document, stream)


def listing(session: Session, stream: TextIO) -> None:
    """Every account with the contracts in force."""
    with session.reading() as (reading, now):
        found = [(account, _in_force(reading, account, now)) for account in loading.accounts_of(reading)]
    if session.style == "json":
        rows = [{"id": one.id, **one.to_document(), "contracts_in_force": names} for one, names in found]
        write_json({"accounts": rows}, stream)
        return
    sheet = Sheet(stream)
    table = [(one.id, one.name, one.country, one.time_zone, ", ".join(names) or "standard") for one, names in found]
    sheet.grid(
        ("Id", "Name", "Country", "Zone", "In force now"), table, "no account yet: auditor account create ID ..."
    )
    sheet.write()


def show(session: Session, ident: str, stream: TextIO) -> None:
    """One account: where it is, its contracts, contacts and who looks after it."""
    with session.reading() as (reading, now):
        account = loading.load_account(reading, ident)
        document = _document(reading, account, now)
        names = {person: loading.name_of(reading, "person", person) for person in _people(document)}
        contracts = loading.contracts_of(reading, ident)
    if session.style == "json":
        write_json(document, stream)
        return
    sheet = Sheet(stream)
    sheet.title(f"{account.name} ({account.id})")
    region = f"{account.country}-{account.subdivision}" if account.subdivision else account.country
    contacts = document["contacts"]
    sheet.facts(
        (
            ("Zone", f"{account.time_zone}, {region}"),
            ("Languages", ", ".join(account.languages)),
            ("Customer's calendar", account.customer_calendar),
            ("Daily reports at", f"{account.daily_cutoff} local time"),
            ("Contacts", f"{contacts['authorised']} authorised now, {contacts['known']} known"),
            ("Account manager", names.get(document["tam"], "none")),
            ("Duty managers", ", ".join(names[one] for one in document["duty_managers"]) or "none"),
        )
    )
    sheet.section("Contracts")
    header, rows = contract_rows(contracts, {account.id: account}, now)
    sheet.grid(header, rows, "none: standard support holds, without guaranteed times")
    sheet.write()


def _document(reading: Reading, account: Account, now: datetime) -> dict[str, Any]:
    assignments = loading.assignments_of(reading, account.id)
    contacts = loading.contacts_of(reading, account.id)
    return {
        "id": account.id,
        **account.to_document(),
        "contracts": [
            {"id": one.id, "programme": one.programme, "state": state_of(one, account.zone, now)}
            for one in loading.contracts_of(reading, account.id)
        ],
        "contacts": {"known": len(contacts), "authorised": sum(one.authorised_at(now) for one in contacts)},
        "tam": tam_at(assignments, account.id, now),
        "duty_managers": list(duty_managers_at(assignments, account.id, now)),
    }


def _people(document: Mapping[str, Any]) -> list[str]:
    return [*([document["tam"]] if document["tam"] else []), *document["duty_managers"]]


def _in_force(reading: Reading, account: Account, now: datetime) -> list[str]:
    return [one.id for one in contracts_at(loading.contracts_of(reading, account.id), account.zone, now)]
