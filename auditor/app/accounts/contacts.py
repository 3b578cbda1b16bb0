"""Contacts of a customer: adding, changing, removing them; handing out and erasing what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.accounts.contract_rules import Problem, contact_problems, refuse
from auditor.accounts.people import Contact, Personal
from auditor.app.accounts import loading
from auditor.app.accounts.contracts import programme_of
from auditor.app.accounts.forms import Values, fields_of, finish, language_of, merged, moment
from auditor.app.accounts.saving import (
    Act,
    Subject,
    check_personal,
    check_pseudonym,
    next_id,
    refuse_known,
    save,
)
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import text_of
from auditor.store.account_queries import AccountQueries

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.accounts.accounts import Account
    from auditor.accounts.programmes import Programmes
    from auditor.model.events import Event
    from auditor.store.store import Reading, Writing

STREAM = "contact"


class SavedContact(NamedTuple):
    """A contact as it is now, whether anything was new, and what the owner of the contract must know."""

    contact: Contact
    changed: bool
    warnings: list[Problem]


def add_contact(writing: Writing, values: Values, programmes: Programmes, act: Act) -> SavedContact:
    """Save a new contact; without `id` it gets the next free one, without `authorised_from` it counts from now.

    RuleBroken when a contract in force would have more contacts at one time than it allows.
    """
    given = {"authorised_from": text_of(act.at), **values}
    given.setdefault("id", next_id(writing, STREAM, "C"))
    fields_of(given, STREAM, ("account", "name"))
    account = loading.load_account(writing, str(given["account"]))
    contact, personal = _contact_from(given, account)
    refuse_known(writing, STREAM, contact.id)
    return _save(writing, contact, personal, programmes, act)


def change_contact(writing: Writing, ident: str, changes: Values, programmes: Programmes, act: Act) -> SavedContact:
    """Change what is named and nothing else. The new values take the place of the old, which are forgotten."""
    known = loading.load_contact(writing, ident)
    personal = loading.personal_of(writing, STREAM, ident)
    if known.erased or personal is None:
        raise RuleBroken(f"the data of the contact {ident} were erased", hint="add a new contact")
    for name, value in (("id", ident), ("account", known.account)):
        if changes.get(name, value) != value:
            raise UsageProblem(f"the {name} of the contact {ident} cannot change", hint="add another contact")
    values = merged({**_values(known), **personal.to_document()}, changes)
    contact, changed = _contact_from({**values, "id": ident}, loading.load_account(writing, known.account))
    return _save(writing, contact, changed, programmes, act)


def remove_contact(writing: Writing, ident: str, instant: datetime, act: Act) -> Contact:
    """End the authorisation at an instant. What the contact did before stays as it was."""
    contact = loading.load_contact(writing, ident)
    if contact.authorised_to is not None and contact.authorised_to <= instant:
        raise RuleBroken(f"the contact {ident} has not been authorised since {text_of(contact.authorised_to)}")
    if instant < contact.authorised_from:
        begins = text_of(contact.authorised_from)
        raise RuleBroken(f"the contact {ident} is authorised only from {begins}", hint="name a later time")
    ended = replace(contact, authorised_to=instant)
    save(writing, Subject(STREAM, ident, contact.account), ended.to_document(), act)
    return ended


def erase_contact(writing: Writing, ident: str, act: Act) -> Contact:
    """Forget name and addresses for good and end the authorisation. Events keep the id; no number changes."""
    contact = loading.load_contact(writing, ident)
    if contact.erased:
        raise RuleBroken(f"the data of the contact {ident} are already erased")
    last = act.at if contact.authorised_to is None else min(contact.authorised_to, act.at)
    ended = max(last, contact.authorised_from)
    erased = replace(contact, authorised_to=ended, personal="", erased=True, language="")
    writing.erase_personal(STREAM, ident)
    save(writing, Subject(STREAM, ident, contact.account), erased.to_document(), act)
    return erased


def export_contact(reading: Reading, ident: str) -> dict[str, Any]:
    """All that is held about a contact: the data, requests sent, every event that names the contact."""
    contact = loading.load_contact(reading, ident)
    personal = loading.personal_of(reading, STREAM, ident)
    events = [_event_document(event) for event in _about(reading, contact)]
    return {
        "id": ident,
        "account": contact.account,
        "personal": None if personal is None else personal.to_document(),
        "erased": contact.erased,
        "role": contact.role,
        "language": contact.language or None,
        "authorised_from": text_of(contact.authorised_from),
        "authorised_to": None if contact.authorised_to is None else text_of(contact.authorised_to),
        "incidents": [
            {"id": event["subject"], "at": event["at"], "title": event["payload"].get("title", "")}
            for event in events
            if event["type"] == "submitted" and event["payload"].get("reported_by") in {ident, f"contact:{ident}"}
        ],
        "events": events,
    }


def authorised(reading: Reading, account: str, ident: str, instant: datetime) -> bool:
    """Whether somebody may send requests for an account at an instant; False for an id that no contact has."""
    found = reading.document(STREAM, ident)
    if found is None or found["account"] != account:
        return False
    return Contact.from_document(ident, found).authorised_at(instant)


def _save(writing: Writing, contact: Contact, personal: Personal, programmes: Programmes, act: Act) -> SavedContact:
    check_personal(personal)
    check_pseudonym(contact.id, personal)
    warnings = refuse(_limits(writing, contact, programmes))
    if loading.personal_of(writing, STREAM, contact.id) != personal:
        contact = replace(contact, personal=writing.keep_personal(STREAM, contact.id, personal.to_document()))
    subject = Subject(STREAM, contact.id, contact.account)
    return SavedContact(contact, save(writing, subject, contact.to_document(), act), warnings)


def _limits(writing: Writing, contact: Contact, programmes: Programmes) -> Iterator[Problem]:
    """Whether contracts allow this contact beside the others; a contract that the contact never meets is not asked."""
    zone = loading.load_account(writing, contact.account).zone
    all_of = [contact, *(one for one in loading.contacts_of(writing, contact.account) if one.id != contact.id)]
    for contract in loading.contracts_of(writing, contact.account):
        begin, end = contract.begins_at(zone), contract.ends_at(zone)
        until = contact.authorised_to or end
        if max(contact.authorised_from, begin) < min(until, end):
            yield from contact_problems(contract, programme_of(contract, programmes), all_of, zone)


def _contact_from(values: Values, account: Account) -> tuple[Contact, Personal]:
    fields = fields_of(values, "contact", ("id", "account", "name"))
    personal = Personal(fields.text("name"), fields.text("email", default=""), fields.text("phone", default=""))
    begin = moment(fields, "authorised_from", account.zone)
    if begin is None:
        raise fields.problem("authorised_from", "is missing", "write a date or a time")
    contact = Contact(
        id=fields.text("id"),
        account=fields.text("account"),
        authorised_from=begin,
        authorised_to=moment(fields, "authorised_to", account.zone),
        role=fields.text("role", default="contact"),  # type: ignore[arg-type]  # `check` knows the roles
        personal=fields.text("personal", default=""),
        language=language_of(fields),
    )
    finish(fields)
    contact.check()
    return contact, personal


def _values(contact: Contact) -> dict[str, Any]:
    known = contact.to_document()
    return {key: value for key, value in known.items() if key != "erased" and value is not None}


def _about(reading: Reading, contact: Contact) -> Iterator[Event]:
    names = {contact.id, f"contact:{contact.id}"}
    for event in AccountQueries(reading).history(contact.account):
        own = event.stream == STREAM and event.subject == contact.id
        if own or event.actor in names or _mentions(event.payload, names):
            yield event


def _mentions(value: Any, names: set[str]) -> bool:
    if isinstance(value, str):
        return value in names
    if isinstance(value, dict):
        return any(_mentions(one, names) for one in value.values())
    return isinstance(value, list) and any(_mentions(one, names) for one in value)


def _event_document(event: Event) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "at": text_of(event.at),
        "stream": event.stream,
        "subject": event.subject,
        "type": event.type,
        "actor": event.actor,
        "payload": event.payload,
    }
