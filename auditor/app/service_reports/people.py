"""For whom reports are, and what people are called; names and addresses are looked up when they are needed only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.people import tam_at
from auditor.app.accounts import loading
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.people import Personal
    from auditor.store.store import Reading


def usual_recipients(reading: Reading, account: str, at: datetime) -> tuple[str, ...]:
    """The account's administrators, or all its contacts where it has none, and its technical account manager."""
    contacts = [one for one in loading.contacts_of(reading, account) if one.authorised_at(at) and not one.erased]
    chosen = [one for one in contacts if one.role == "administrator"] or contacts
    tam = tam_at(loading.assignments_of(reading, account), account, at)
    return (*(f"contact:{one.id}" for one in chosen), *((f"person:{tam}",) if tam else ()))


def names_of(reading: Reading, account: str) -> dict[str, str]:
    """What everybody is called who may stand in a report of the account; "" for those whose names were erased."""
    people = [("contact", one.id) for one in loading.contacts_of(reading, account)]
    people += [("person", one.id) for one in loading.people_of(reading)]
    found = {f"{stream}:{ident}": loading.personal_of(reading, stream, ident) for stream, ident in people}
    return {who: "" if personal is None else personal.name for who, personal in found.items()}


def addresses(reading: Reading, account: str, recipients: Iterable[str]) -> list[tuple[str, Personal | None]]:
    """Recipients with their names and addresses; None for those whose data were erased.

    UsageProblem for somebody who does not exist, or who is a contact of another account.
    """
    return [(one, _personal(reading, account, one)) for one in recipients]


def _personal(reading: Reading, account: str, recipient: str) -> Personal | None:
    kind, _, ident = recipient.partition(":")
    if kind not in {"contact", "person"}:
        raise UsageProblem(f"{recipient!r} is no recipient", hint="write contact:ID or person:ID")
    known = loading.document(reading, kind, ident)
    if kind == "contact" and known["account"] != account:
        raise UsageProblem(f"{ident} is a contact of another account", hint="name a contact of this one")
    return loading.personal_of(reading, kind, ident)
