"""Who may send requests for an account, and who looks after it: contacts, technical account managers, duty managers.

What a person is called stands in `Personal` only, which can be erased; everything else knows people by their id.
All lookups are at an instant, so a change of people never changes what was true before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from auditor.accounts.accounts import Account, check_id, check_language
from auditor.errors import ContentError
from auditor.model.events import instant_of, text_of

ContactRole = Literal["contact", "administrator"]
StaffRole = Literal["tam", "duty_manager"]
CONTACT_ROLES: tuple[ContactRole, ...] = get_args(ContactRole)
STAFF_ROLES: tuple[StaffRole, ...] = get_args(StaffRole)


@dataclass(frozen=True, slots=True)
class Personal:
    """Personal data: kept apart from events, so that they can be erased."""

    name: str
    email: str = ""
    phone: str = ""

    def to_document(self) -> dict[str, str]:
        """For the store's table of personal data."""
        return {"name": self.name, "email": self.email, "phone": self.phone}

    @classmethod
    def from_document(cls, document: Mapping[str, str]) -> Personal:
        """The data that `to_document` wrote."""
        return cls(document["name"], document["email"], document["phone"])


STAFF_LANGUAGE = "en"
"""What somebody of the support side is written to in as long as nobody has said another language."""


class Reads(NamedTuple):
    """The language somebody is written to in; `stated` is False when it is only the default."""

    language: str
    stated: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody of the customer. May send requests from `authorised_from` up to, not including, `authorised_to`.

    `personal` is the digest of the personal data, "" once they are erased. `language` is "" where nobody stated it.
    """

    id: str
    account: str
    authorised_from: datetime
    authorised_to: datetime | None = None
    role: ContactRole = "contact"
    personal: str = ""
    erased: bool = False
    language: str = ""

    def reads(self, account: Account) -> Reads:
        """The contact's own language, else the first one of the account."""
        return Reads(self.language or account.languages[0], bool(self.language))

    def authorised_at(self, instant: datetime) -> bool:
        """Whether the person may send requests at that instant."""
        return _in_force(instant, self.authorised_from, self.authorised_to)

    def check(self) -> None:
        """ContentError for an id, a role, a language or a time that cannot be."""
        check_id("a contact", self.id)
        _check_role(self.role, CONTACT_ROLES)
        if self.language:
            check_language(self.language)
        _check_times(f"the contact {self.id}", self.authorised_from, self.authorised_to)

    def to_document(self) -> dict[str, Any]:
        """What a `saved` event holds: everything but the id."""
        return {
            "account": self.account,
            "role": self.role,
            "authorised_from": text_of(self.authorised_from),
            "authorised_to": _text(self.authorised_to),
            "personal": self.personal,
            "erased": self.erased,
            **_language(self.language),
        }

    @classmethod
    def from_document(cls, ident: str, document: Mapping[str, Any]) -> Contact:
        """The contact that `to_document` wrote."""
        return cls(
            ident,
            document["account"],
            instant_of(document["authorised_from"]),
            _instant(document["authorised_to"]),
            document["role"],
            document["personal"],
            document["erased"],
            document.get("language", ""),
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the support side. `calendar` is the id of the working days of the person's local office.

    `language` is "" where nobody stated it.
    """

    id: str
    calendar: str
    personal: str = ""
    erased: bool = False
    language: str = ""

    @property
    def reads(self) -> Reads:
        """The person's own language, else English."""
        return Reads(self.language or STAFF_LANGUAGE, bool(self.language))

    def check(self) -> None:
        """ContentError for an id or a language that cannot be."""
        check_id("a person", self.id)
        if self.language:
            check_language(self.language)

    def to_document(self) -> dict[str, Any]:
        """What a `saved` event holds: everything but the id."""
        known = {"calendar": self.calendar, "personal": self.personal, "erased": self.erased}
        return {**known, **_language(self.language)}

    @classmethod
    def from_document(cls, ident: str, document: Mapping[str, Any]) -> Person:
        """The person that `to_document` wrote."""
        language = document.get("language", "")
        return cls(ident, document["calendar"], document["personal"], document["erased"], language)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person's task from `valid_from` up to, not including, `valid_to`. `account` is "" for all accounts."""

    id: str
    person: str
    role: StaffRole
    account: str
    valid_from: datetime
    valid_to: datetime | None = None

    def in_force(self, instant: datetime) -> bool:
        """Whether the task is the person's at that instant."""
        return _in_force(instant, self.valid_from, self.valid_to)

    def concerns(self, account: str) -> bool:
        """Whether the task covers the account."""
        return self.account in {"", account}

    def check(self) -> None:
        """ContentError for a role or a time that cannot be, and for an account manager of no account."""
        check_id("an assignment", self.id)
        _check_role(self.role, STAFF_ROLES)
        _check_times(f"the assignment {self.id}", self.valid_from, self.valid_to)
        if self.role == "tam" and not self.account:
            raise ContentError("a technical account manager belongs to an account", hint="name the account")

    def to_document(self) -> dict[str, Any]:
        """What a `saved` event holds: everything but the id."""
        return {
            "account": self.account or None,
            "person": self.person,
            "role": self.role,
            "valid_from": text_of(self.valid_from),
            "valid_to": _text(self.valid_to),
        }

    @classmethod
    def from_document(cls, ident: str, document: Mapping[str, Any]) -> Assignment:
        """The assignment that `to_document` wrote."""
        return cls(
            ident,
            document["person"],
            document["role"],
            document["account"] or "",
            instant_of(document["valid_from"]),
            _instant(document["valid_to"]),
        )


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away from `start` up to, not including, `end` (instants, so half a day is as good as a week)."""

    id: str
    person: str
    start: datetime
    end: datetime
    reason: str = ""

    def check(self) -> None:
        """ContentError for a time that cannot be."""
        check_id("an absence", self.id)
        _check_times(f"the absence {self.id}", self.start, self.end)

    def to_document(self) -> dict[str, Any]:
        """What a `saved` event holds: everything but the id."""
        return {"person": self.person, "from": text_of(self.start), "to": text_of(self.end), "reason": self.reason}

    @classmethod
    def from_document(cls, ident: str, document: Mapping[str, Any]) -> Absence:
        """The absence that `to_document` wrote."""
        start, end = instant_of(document["from"]), instant_of(document["to"])
        return cls(ident, document["person"], start, end, document["reason"])


def tam_at(assignments: Iterable[Assignment], account: str, instant: datetime) -> str | None:
    """The id of the account's technical account manager at an instant, None when there is none."""
    tams = _in_office(assignments, "tam", account, instant)
    return tams[0].person if tams else None


def duty_managers_at(assignments: Iterable[Assignment], account: str, instant: datetime) -> tuple[str, ...]:
    """Ids of the duty managers at an instant: those of this account before those of all, the latest assigned first."""
    managers = _in_office(assignments, "duty_manager", account, instant)
    return tuple(dict.fromkeys(manager.person for manager in managers))


def absence_at(absences: Iterable[Absence], person: str, instant: datetime) -> Absence | None:
    """The absence that covers the instant, None when the person is not away."""
    for absence in absences:
        if absence.person == person and _in_force(instant, absence.start, absence.end):
            return absence
    return None


def most_at_once(contacts: Iterable[Contact], start: datetime, end: datetime) -> int:
    """The highest number of contacts that are authorised at one instant between two instants (the second excluded)."""
    spans = [(max(one.authorised_from, start), min(one.authorised_to or end, end)) for one in contacts]
    return max(
        (sum(begin <= instant < stop for begin, stop in spans) for instant, until in spans if instant < until),
        default=0,
    )


def _in_office(assignments: Iterable[Assignment], role: StaffRole, account: str, instant: datetime) -> list[Assignment]:
    found = [one for one in assignments if one.role == role and one.concerns(account) and one.in_force(instant)]
    return sorted(found, key=lambda one: (one.account == "", -one.valid_from.timestamp(), one.id))


def _in_force(instant: datetime, start: datetime, end: datetime | None) -> bool:
    return start <= instant and (end is None or instant < end)


def _check_role(role: str, roles: Iterable[str]) -> None:
    if role not in roles:
        raise ContentError(f"there is no role {role!r}", hint=f"there are {', '.join(roles)}")


def _check_times(what: str, start: datetime, end: datetime | None) -> None:
    if start.tzinfo is None or (end is not None and end.tzinfo is None):
        raise ContentError(f"{what} has a time without zone", hint="state instants in UTC")
    if end is not None and end < start:
        raise ContentError(f"{what} ends before it begins", hint="change one of the two times")


def _language(language: str) -> dict[str, str]:
    """Only what was stated is recorded, so that a default never turns into a fact."""
    return {"language": language} if language else {}


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else text_of(instant)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_of(text)
