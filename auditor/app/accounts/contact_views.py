"""Answers of `auditor contact`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from auditor.app.accounts import contacts, loading
from auditor.app.accounts.session import Session
from auditor.app.accounts.showing import Sheet, when, write_json
from auditor.app.moments import instant_from
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from auditor.accounts.accounts import Account
    from auditor.accounts.people import Contact, Personal, Reads

ERASED = "(erased)"


def add(session: Session, values: Mapping[str, Any], stream: TextIO) -> None:
    """Save a new contact and say its id."""
    with session.writing() as (writing, act):
        saved = contacts.add_contact(writing, values, session.programmes, act)
    _told(saved, stream)


def change(session: Session, ident: str, values: Mapping[str, Any], stream: TextIO) -> None:
    """Change what is named."""
    with session.writing() as (writing, act):
        saved = contacts.change_contact(writing, ident, values, session.programmes, act)
    _told(saved, stream)


def remove(session: Session, ident: str, on: str, stream: TextIO) -> None:
    """End the authorisation, now or at a time in the account's zone."""
    with session.writing() as (writing, act):
        zone = loading.load_account(writing, loading.load_contact(writing, ident).account).zone
        instant = instant_from(on, zone) if on else act.at
        contacts.remove_contact(writing, ident, instant, act)
    stream.write(f"contact {ident} is authorised until {when(instant, zone)}\n")


def erase(session: Session, ident: str, confirmed: bool, stream: TextIO) -> None:
    """Forget a contact's personal data; UsageProblem unless it was confirmed, because nothing brings them back."""
    if not confirmed:
        raise UsageProblem("erasing cannot be undone", hint=f"auditor contact erase {ident} --yes")
    with session.writing() as (writing, act):
        contacts.erase_contact(writing, ident, act)
    stream.write(f"name and addresses of contact {ident} are erased; events keep the id\n")
    stream.write("note: backups and messages that were written before may still hold them\n")


def export(session: Session, ident: str, stream: TextIO) -> None:
    """All that is held about a contact, as JSON."""
    with session.reading() as (reading, _):
        document = contacts.export_contact(reading, ident)
    write_json(document, stream)


def listing(session: Session, account: str, everybody: bool, stream: TextIO) -> None:
    """Contacts of an account, those authorised now or all that ever were."""
    with session.reading() as (reading, now):
        customer = loading.load_account(reading, account)
        found = [
            (one, loading.personal_of(reading, contacts.STREAM, one.id))
            for one in loading.contacts_of(reading, account)
            if everybody or one.authorised_at(now) or one.authorised_from > now
        ]
    if session.style == "json":
        write_json({"contacts": [_document(one, personal, customer, now) for one, personal in found]}, stream)
        return
    sheet = Sheet(stream)
    header = ("Id", "Name", "Role", "E-mail", "Phone", "Language", "Authorised")
    rows = [
        (
            one.id,
            *_named(personal),
            one.role,
            *_addresses(personal),
            language_words(one.reads(customer)),
            _authorised(one, customer.zone, now),
        )
        for one, personal in found
    ]
    sheet.grid(header, rows, f"no contact: auditor contact add {account} --name NAME ...")
    sheet.write()


def show(session: Session, ident: str, stream: TextIO) -> None:
    """One contact."""
    with session.reading() as (reading, now):
        contact = loading.load_contact(reading, ident)
        personal = loading.personal_of(reading, contacts.STREAM, ident)
        customer = loading.load_account(reading, contact.account)
    if session.style == "json":
        write_json(_document(contact, personal, customer, now), stream)
        return
    zone = customer.zone
    sheet = Sheet(stream)
    sheet.title(f"Contact {contact.id}: {_named(personal)[0]}")
    email, phone = _addresses(personal)
    sheet.facts(
        (
            ("Account", contact.account),
            ("Role", contact.role),
            ("E-mail", email),
            ("Phone", phone),
            ("Language", language_words(contact.reads(customer))),
            ("Authorised from", when(contact.authorised_from, zone)),
            ("Authorised until", when(contact.authorised_to, zone, "no end")),
            ("Now", _authorised(contact, zone, now)),
        )
    )
    sheet.write()


def language_words(reads: Reads) -> str:
    """The language somebody reads; a default is told as one."""
    return reads.language if reads.stated else f"{reads.language} (default)"


def _told(saved: contacts.SavedContact, stream: TextIO) -> None:
    stream.write(f"contact {saved.contact.id} {'saved' if saved.changed else 'unchanged'}\n")
    for problem in saved.warnings:
        stream.write(f"note: {problem.message} ({problem.hint})\n")


def _document(contact: Contact, personal: Personal | None, account: Account, now: datetime) -> dict[str, Any]:
    known = {key: value for key, value in contact.to_document().items() if key != "personal"}
    return {
        "id": contact.id,
        **known,
        **language_document(contact.reads(account)),
        "personal": None if personal is None else personal.to_document(),
        "authorised_now": contact.authorised_at(now),
    }


def language_document(reads: Reads) -> dict[str, str | None]:
    """The stated language, null when nobody stated one, and the one that is used."""
    return {"language": reads.language if reads.stated else None, "reads": reads.language}


def _named(personal: Personal | None) -> tuple[str]:
    return (ERASED,) if personal is None else (personal.name,)


def _addresses(personal: Personal | None) -> tuple[str, str]:
    return ("", "") if personal is None else (personal.email, personal.phone)


def _authorised(contact: Contact, zone: ZoneInfo, now: datetime) -> str:
    if contact.authorised_at(now):
        return "yes" if contact.authorised_to is None else f"until {when(contact.authorised_to, zone)}"
    if now < contact.authorised_from:
        return f"from {when(contact.authorised_from, zone)}"
    return "no longer"
