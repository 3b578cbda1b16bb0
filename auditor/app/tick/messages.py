"""A notification as a message: for whom, at which addresses, in which words. And whether it is still true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from auditor.app.accounts import loading
from auditor.app.engagements.reminding import still_due
from auditor.app.incidents.loading import load_clock, load_incident
from auditor.app.incidents.notices import about
from auditor.app.tick.mail import address
from auditor.app.tick.settlements import still_fixed
from auditor.app.tick.wording import Reader, words
from auditor.errors import ContentError

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.app.incidents.staff import Office
    from auditor.store.store import Reading

Notification = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """Addresses as they are now, whom no address is known of (ids), and the words."""

    to: tuple[Address, ...]
    without_address: tuple[str, ...]
    subject: str
    body: str
    language: str


def message_of(reading: Reading, office: Office, one: Notification) -> Message:
    """The message; personal data are looked up only now, so that what was erased is not used.

    ContentError for a notification that cannot be put into words: a phrase or a parameter of it is missing.
    """
    reader = _reader(reading, office, one)
    try:
        subject, body = words({**one, "parameters": _as_it_is_now(reading, one)}, reader)
    except KeyError as error:
        raise ContentError(f"{one['id']} cannot be put into words: {error} is missing") from error
    found = {recipient: address_of(reading, recipient) for recipient in one["to"]}
    return Message(
        to=tuple(one for one in found.values() if one is not None),
        without_address=tuple(recipient for recipient, known in found.items() if known is None),
        subject=subject,
        body=body,
        language=reader.language,
    )


def still_true(reading: Reading, one: Notification) -> bool:
    """Whether it is still so: an answer, an end, data that came make it untrue."""
    if one["phrase"].startswith("health_check_"):
        return still_due(reading, one)
    if one["phrase"] == "findings_fixed":
        return still_fixed(reading, one)
    if one["incident"] is None:
        return True
    incident = load_incident(reading, one["incident"])
    if one["phrase"] == "waiting":
        return bool(incident.wanted)
    if one["phrase"].startswith("avdb_"):
        return incident.state != "cancelled"
    return incident.open if one["phrase"] == "escalated" else incident.waiting


def _as_it_is_now(reading: Reading, one: Notification) -> dict[str, Any]:
    """What is said of an incident's deadline and severity is what holds when it is told."""
    parameters = dict(one["parameters"])
    if one["incident"] is not None and "deadline_at" in parameters:
        parameters.update(about(load_clock(reading, load_incident(reading, one["incident"]))))
    return parameters


def _reader(reading: Reading, office: Office, one: Notification) -> Reader:
    """A message has one language: the one that all its recipients read, else the first one of the account."""
    if not one["account"]:
        return Reader("en", ZoneInfo("UTC"), "-")
    account = office.account(one["account"])
    read = {_language(reading, account, recipient) for recipient in one["to"]}
    language = read.pop() if len(read) == 1 else account.languages[0]
    return Reader(language, account.zone, account.name)


def _language(reading: Reading, account: Account, recipient: str) -> str:
    stream, _, ident = recipient.partition(":")
    if stream == "person" and reading.document(stream, ident) is not None:
        return loading.load_person(reading, ident).reads.language
    if stream == "contact" and reading.document(stream, ident) is not None:
        return loading.load_contact(reading, ident).reads(account).language
    return account.languages[0]


def address_of(reading: Reading, recipient: str) -> Address | None:
    """The address of person:ID or contact:ID as it is now; None when there is none, or when it was erased."""
    stream, _, ident = recipient.partition(":")
    personal = loading.personal_of(reading, stream, ident) if stream in {"person", "contact"} else None
    return None if personal is None else address(personal.name, personal.email)
