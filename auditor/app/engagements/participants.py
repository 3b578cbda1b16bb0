"""Who takes part in an engagement: naming them without writing addresses into events, finding how to reach them.

Events hold ids. A guest who is no contact yet becomes one that may send no requests, so that name and address stand
where they can be handed out and erased.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from auditor.accounts.accounts import language_tag
from auditor.app.accounts import contacts, loading
from auditor.engagement.invitations import Attendee
from auditor.errors import UsageProblem
from auditor.model.events import text_of
from auditor.phrases import Phrases

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.accounts.people import Personal
    from auditor.accounts.programmes import Programmes
    from auditor.app.accounts.saving import Act
    from auditor.store.store import Reading, Writing

_ADDRESSED = re.compile(r"(?:(?P<name>[^<>;]*)<(?P<inner>[^<>;\s]+)>|(?P<bare>[^<>;\s]+))\s*(?:;\s*(?P<language>\S+))?")
_FORM = "write an id, a known address, or 'Name <name@example.com>;pt-BR'"


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody as the circumstances name them. `attendee` is None, and `language` "", where no address is known.

    `language` is one of the product's (pt, not pt-BR): the words of invitations know no territories.
    """

    who: str
    attendee: Attendee | None
    language: str


@dataclass(frozen=True, slots=True)
class Register:
    """Turns what somebody wrote into participants of an account's engagement.

    `guests` collects the ids of those who became contacts by it.
    """

    writing: Writing
    account: str
    programmes: Programmes
    act: Act
    guests: list[str] = field(default_factory=list)

    def named(self, texts: Iterable[str]) -> list[str]:
        """Ids stay, addresses become ids, guests become contacts; once each.

        Text without address (a department, say) stays as it is and is not invited.
        """
        stripped = (text.strip() for text in texts)
        return list(dict.fromkeys(self._by_address(text) if "@" in text else text for text in stripped))

    def _by_address(self, text: str) -> str:
        found = _ADDRESSED.fullmatch(text)
        if found is None:
            raise UsageProblem(f"{text!r} names no participant", hint=_FORM)
        name, address = (found["name"] or "").strip(), found["inner"] or found["bare"]
        language = language_tag(found["language"]) if found["language"] else ""
        for who, personal, reads in _known(self.writing, self.account):
            if personal.email.casefold() == address.casefold():
                _refuse_other(who, reads, language)
                return who
        if not name:
            raise UsageProblem(f"nobody with the address {address!r} is known", hint=_FORM)
        return self._guest({"name": name, "email": address, "language": language or None})

    def _guest(self, values: dict[str, str | None]) -> str:
        """A contact whose authority ends when it begins: it may send no requests, and counts in no contract."""
        now = text_of(self.act.at)
        span = {"authorised_from": now, "authorised_to": now}
        given = {"account": self.account, **values, **span}
        contact = contacts.add_contact(self.writing, given, self.programmes, self.act).contact
        self.guests.append(contact.id)
        return f"contact:{contact.id}"


def find(reading: Reading, account: Account, who: str) -> Participant:
    """A participant as contact:ID, person:ID, a bare id of either, or any text."""
    kind, _, ident = who.partition(":")
    for stream in (kind,) if ident else ("contact", "person"):
        personal = loading.personal_of(reading, stream, ident or who)
        if personal is not None and personal.email:
            language = _language(reading, account, stream, ident or who)
            return Participant(who, Attendee(personal.name, personal.email), language)
    return Participant(who, None, "")


def _language(reading: Reading, account: Account, stream: str, ident: str) -> str:
    if stream == "contact":
        reads = loading.load_contact(reading, ident).reads(account)
    else:
        reads = loading.load_person(reading, ident).reads
    return Phrases(reads.language, "engagements").language


def _known(reading: Reading, account: str) -> Iterator[tuple[str, Personal, str]]:
    """Contacts of the account and people of the support side, with the language they read."""
    customer = loading.load_account(reading, account)
    for contact in loading.contacts_of(reading, account):
        personal = loading.personal_of(reading, "contact", contact.id)
        if personal is not None:
            yield f"contact:{contact.id}", personal, contact.reads(customer).language
    for person in loading.people_of(reading):
        personal = loading.personal_of(reading, "person", person.id)
        if personal is not None:
            yield f"person:{person.id}", personal, person.reads.language


def _refuse_other(who: str, reads: str, language: str) -> None:
    """UsageProblem when a language is named that is not the one recorded: naming a participant changes nobody."""
    if language and language_tag(reads) != language:
        stream, _, ident = who.partition(":")
        command = "tam" if stream == "person" else stream
        hint = f"auditor {command} change {ident} --language {language}"
        raise UsageProblem(f"{who} is known and reads {reads}", hint=hint)
