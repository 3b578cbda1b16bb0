"""Reading from the store: accounts, contracts and people as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.accounts.accounts import Account
from auditor.accounts.contracts import Contract
from auditor.accounts.people import Absence, Assignment, Contact, Person, Personal
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from typing import Any

    from auditor.store.store import Reading

_LISTING = {
    "account": "auditor account list",
    "contract": "auditor contract list",
    "contact": "auditor contact list",
    "person": "auditor tam list",
    "assignment": "auditor tam list",
    "absence": "auditor tam list",
    "calendar": "auditor calendar list",
}


def document(reading: Reading, kind: str, ident: str) -> dict[str, Any]:
    """What was saved last under an id; UsageProblem when nothing was."""
    found = reading.document(kind, ident)
    if found is None:
        article = "an" if kind[0] in "aeiou" else "a"
        raise UsageProblem(
            f"there is no {kind} {ident!r}", hint=f"{_LISTING[kind]} shows whether {article} {kind} exists"
        )
    return found


def load_account(reading: Reading, ident: str) -> Account:
    """The account; UsageProblem when there is none."""
    return Account.from_document(ident, document(reading, "account", ident))


def load_contract(reading: Reading, ident: str) -> Contract:
    """The contract; UsageProblem when there is none."""
    return Contract.from_document(ident, document(reading, "contract", ident))


def load_contact(reading: Reading, ident: str) -> Contact:
    """The contact; UsageProblem when there is none."""
    return Contact.from_document(ident, document(reading, "contact", ident))


def load_person(reading: Reading, ident: str) -> Person:
    """The person; UsageProblem when there is none."""
    return Person.from_document(ident, document(reading, "person", ident))


def accounts_of(reading: Reading) -> list[Account]:
    """Every account, by id."""
    return [Account.from_document(ident, found) for ident, found in reading.documents("account").items()]


def contracts_of(reading: Reading, account: str) -> list[Contract]:
    """The account's contracts, past and future ones too, by id."""
    return [Contract.from_document(ident, one) for ident, one in reading.documents("contract", account=account).items()]


def contacts_of(reading: Reading, account: str) -> list[Contact]:
    """The account's contacts, former ones too, by id."""
    return [Contact.from_document(ident, one) for ident, one in reading.documents("contact", account=account).items()]


def people_of(reading: Reading) -> list[Person]:
    """Everybody of the support side, by id."""
    return [Person.from_document(ident, one) for ident, one in reading.documents("person").items()]


def assignments_of(reading: Reading, account: str | None = None) -> list[Assignment]:
    """Assignments by id; with `account` those that concern it, which includes those for all accounts."""
    found = [Assignment.from_document(ident, one) for ident, one in reading.documents("assignment").items()]
    return found if account is None else [one for one in found if one.concerns(account)]


def absences_of(reading: Reading, person: str | None = None) -> list[Absence]:
    """Absences by id; with `person` only those of one."""
    columns = {} if person is None else {"person": person}
    return [Absence.from_document(ident, one) for ident, one in reading.documents("absence", **columns).items()]


def personal_of(reading: Reading, stream: str, ident: str) -> Personal | None:
    """Name and addresses of a contact or person; None once they were erased."""
    found = reading.personal(stream, ident)
    return None if found is None else Personal.from_document(found)


def name_of(reading: Reading, stream: str, ident: str) -> str:
    """What a contact or person is called; the id once the name was erased."""
    found = personal_of(reading, stream, ident)
    return ident if found is None else found.name
