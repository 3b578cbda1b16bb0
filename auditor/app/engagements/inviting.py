"""Invitations of an engagement: written when both sides agreed, called off when the day goes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from auditor.app.accounts import loading
from auditor.app.accounts.calendars import calendar_for
from auditor.app.engagements.circles import STREAM, load_engagement
from auditor.calendars.calendar import BusinessCalendar
from auditor.engagement.invitations import Attendee, Invitation, Method, message, uid_of
from auditor.engagement.window import Window, window_of
from auditor.errors import RuleBroken
from auditor.model.events import NewEvent

if TYPE_CHECKING:
    from datetime import date

    from auditor.app.accounts.saving import Act
    from auditor.engagement.state import Engagement
    from auditor.store.store import Reading, Writing

LANGUAGES_OF_TAM = "en"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be handed to a mail or calendar system. `contents` has one text for each language."""

    engagement: str
    sequence: int
    contents: dict[str, bytes]
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
    """The cancellation of the invitation that stands; None when none was written."""
    sent = [event for event in writing.events(STREAM, ident) if event.type == "invited"]
    if not sent or sent[-1].payload["method"] == "CANCEL":
        return None
    return _write(writing, ident, act, "CANCEL")


def write(made: Message, out: Path | None, stream: TextIO) -> None:
    """Write the message as files of its languages, and say who has no address."""
    folder = out or Path()
    folder.mkdir(parents=True, exist_ok=True)
    for language, content in made.contents.items():
        path = folder / f"{made.engagement}-{made.sequence}.{language}.ics"
        path.write_bytes(content)
        stream.write(f"Invitation: {path}\n")
    for who in made.silent:
        stream.write(f"{who} has no e-mail address and is not invited\n")


def _write(writing: Writing, ident: str, act: Act, method: Method) -> Message:
    found = load_engagement(writing, ident)
    if found.start_day is None:
        raise RuleBroken(f"{ident} has no day", hint=f"auditor engagement agree {ident}")
    sent = [event for event in writing.events(STREAM, ident) if event.type == "invited"]
    account = loading.load_account(writing, found.account)
    organiser, _ = _attendee(writing, f"person:{found.tam}")
    invited = [_attendee(writing, who) for who in found.circumstances.get("participants", ())]
    invitation = Invitation(
        engagement=ident,
        account=found.account,
        account_name=account.name,
        products=found.circumstances.get("products", ()),
        window=window_for(writing, found, found.start_day),
        organiser=organiser or Attendee("Health Check", "no-reply@health-check.invalid"),
        attendees=[one for one, _ in invited if one is not None],
        stamp=act.at,
        sequence=len(sent),
        method=method,
    )
    languages = dict.fromkeys([found.language, LANGUAGES_OF_TAM])
    contents = {language: message(invitation, language) for language in languages}
    payload = {
        "uid": uid_of(found.account, ident),
        "sequence": invitation.sequence,
        "method": method,
        "sha256": {language: hashlib.sha256(content).hexdigest() for language, content in contents.items()},
        "to": list(found.circumstances.get("participants", ())),
    }
    writing.append(NewEvent(STREAM, ident, "invited", act.at, act.actor, payload, found.account))
    return Message(ident, invitation.sequence, contents, tuple(who for one, who in invited if one is None))


def _attendee(reading: Reading, who: str) -> tuple[Attendee | None, str]:
    """Somebody with an address, as contact:ID, person:ID or a bare id of either; None where none is known."""
    kind, _, ident = who.partition(":")
    streams = (kind,) if ident else ("contact", "person")
    for stream in streams:
        personal = loading.personal_of(reading, stream, ident or who)
        if personal is not None and personal.email:
            return Attendee(personal.name, personal.email), who
    return None, who
