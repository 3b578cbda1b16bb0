"""Invitations of an engagement: written when both sides agreed, called off when the day goes.

There is one message for each language that is read by those who take part, which includes whoever holds the
engagement. All messages list all attendees under the same UID and SEQUENCE; only the words differ, and the readers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from auditor.app.accounts import loading
from auditor.app.accounts.calendars import calendar_for
from auditor.app.engagements.circles import STREAM, load_engagement
from auditor.app.engagements.participants import Participant, find
from auditor.calendars.calendar import BusinessCalendar
from auditor.engagement.invitations import Attendee, Invitation, Method, message, uid_of
from auditor.engagement.window import Window, window_of
from auditor.errors import RuleBroken
from auditor.model.events import NewEvent
from auditor.reporting.text import one_line

if TYPE_CHECKING:
    from datetime import date

    from auditor.app.accounts.saving import Act
    from auditor.engagement.state import Engagement
    from auditor.store.store import Reading, Writing

NOBODY = Attendee("Health Check", "no-reply@health-check.invalid")
"""Who invites where the account manager has no address; the name .invalid never exists (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in one language, and to whom it is to be sent."""

    language: str
    content: bytes
    readers: tuple[Attendee, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be handed to a mail or calendar system. `silent` are participants without address."""

    engagement: str
    sequence: int
    method: Method
    letters: tuple[Letter, ...]
    silent: tuple[str, ...]


def window_for(reading: Reading, found: Engagement, day: date) -> Window:
    """The open time of the day in the TAM's calendar; RuleBroken when that is closed."""
    person = loading.load_person(reading, found.tam)
    calendar = BusinessCalendar(calendar_for(reading, person.calendar, day.year))
    window = window_of(day, calendar)
    if window is None:
        raise RuleBroken(f"{day.isoformat()} is no business day of {found.tam}", hint="agree on another day")
    return window


def invite(writing: Writing, ident: str, act: Act) -> Message:
    """The invitation to the agreed day, and an event that says it was made."""
    return _write(writing, ident, act, "REQUEST")


def call_off(writing: Writing, ident: str, act: Act) -> Message | None:
    """The cancellation of the invitation that stands, for those who got it; None when none was written."""
    sent = [event for event in writing.events(STREAM, ident) if event.type == "invited"]
    if not sent or sent[-1].payload["method"] == "CANCEL":
        return None
    return _write(writing, ident, act, "CANCEL")


def write(made: Message | None, out: Path | None, stream: TextIO) -> None:
    """Write the message (None: nothing) as files of its languages; say for whom each is, and who has no address."""
    if made is None:
        return
    folder = out or Path()
    folder.mkdir(parents=True, exist_ok=True)
    what = "Cancellation" if made.method == "CANCEL" else "Invitation"
    for letter in made.letters:
        path = folder / f"{made.engagement}-{made.sequence}.{letter.language}.ics"
        path.write_bytes(letter.content)
        stream.write(f"{what}: {path}\n")
        stream.write(f"  for {', '.join(f'{one_line(who.name)} <{who.email}>' for who in letter.readers)}\n")
    for who in made.silent:
        stream.write(f"{who} has no e-mail address and is not invited\n")


def _write(writing: Writing, ident: str, act: Act, method: Method) -> Message:
    found = load_engagement(writing, ident)
    if found.start_day is None:
        raise RuleBroken(f"{ident} has no day", hint=f"auditor engagement agree {ident}")
    sent = [event for event in writing.events(STREAM, ident) if event.type == "invited"]
    account = loading.load_account(writing, found.account)
    named = sent[-1].payload["to"] if method == "CANCEL" else found.circumstances.get("participants", ())
    invited = [find(writing, account, who) for who in named]
    holder = find(writing, account, f"person:{found.tam}")
    invitation = Invitation(
        engagement=ident,
        account=found.account,
        account_name=account.name,
        products=found.circumstances.get("products", ()),
        window=window_for(writing, found, found.start_day),
        organiser=holder.attendee or NOBODY,
        attendees=list(dict.fromkeys(one.attendee for one in invited if one.attendee is not None)),
        stamp=act.at,
        sequence=len(sent),
        method=method,
    )
    readers = _readers([*invited, holder])
    letters = tuple(
        Letter(language, message(invitation, language), tuple(one.attendee for one in own if one.attendee is not None))
        for language, own in readers.items()
    )
    payload = {
        "uid": uid_of(found.account, ident),
        "sequence": invitation.sequence,
        "method": method,
        "sha256": {letter.language: hashlib.sha256(letter.content).hexdigest() for letter in letters},
        "to": list(named),
        "readers": {language: [one.who for one in own] for language, own in readers.items()},
    }
    writing.append(NewEvent(STREAM, ident, "invited", act.at, act.actor, payload, found.account))
    silent = tuple(one.who for one in invited if one.attendee is None)
    return Message(ident, invitation.sequence, method, letters, silent)


def _readers(people: Sequence[Participant]) -> dict[str, list[Participant]]:
    """Who reads which language, each address once; languages in the order in which they are first read."""
    readers: dict[str, list[Participant]] = {}
    told: set[str] = set()
    for one in people:
        if one.attendee is not None and one.attendee.email.casefold() not in told:
            told.add(one.attendee.email.casefold())
            readers.setdefault(one.language, []).append(one)
    return readers
