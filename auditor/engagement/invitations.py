"""Invitations to a Health Check as iCalendar messages (RFC 5545, RFC 5546): requests, updates, cancellations.

The UID stays the same for the life of an engagement; SEQUENCE grows with every message, so that calendars replace what
they hold. The same facts give the same bytes: DTSTAMP is the instant of the event behind it, not of the writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from auditor.engagement.window import Window
from auditor.errors import RuleBroken
from auditor.phrases import Phrases

Method = Literal["REQUEST", "CANCEL"]
PRODUCT = "-//auditor//Health Check//EN"


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who is invited: name and e-mail address, as they stand when the message is written."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a message says. `stamp` is the instant of its cause (UTC), `sequence` counts messages from 0."""

    engagement: str
    account: str
    account_name: str
    products: Sequence[str]
    window: Window
    organiser: Attendee
    attendees: Sequence[Attendee]
    stamp: datetime
    sequence: int
    method: Method = "REQUEST"


def uid_of(account: str, engagement: str) -> str:
    """The UID of an engagement's event."""
    return f"{engagement.lower()}.{account.lower()}@health-check.auditor"


def message(invitation: Invitation, language: str) -> bytes:
    """The message in a language, as text/calendar with CRLF line ends. Every language lists all attendees."""
    from icalendar import Calendar, Event, vCalAddress, vText

    phrases = Phrases(language, "engagements")
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", invitation.method)
    event = Event()
    event.add("uid", uid_of(invitation.account, invitation.engagement))
    event.add("dtstamp", invitation.stamp.replace(microsecond=0))
    event.add("sequence", invitation.sequence)
    event.add("dtstart", invitation.window.opens)
    event.add("dtend", invitation.window.closes)
    spoken = {"LANGUAGE": phrases.language}
    summary = phrases.say("invitation_summary", account=_plain(invitation.account_name))
    event.add("summary", summary, parameters=spoken)
    event.add("description", _description(invitation, phrases), parameters=spoken)
    event.add("status", "CANCELLED" if invitation.method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    event["organizer"] = _address(vCalAddress, vText, invitation.organiser, attendee=False)
    for attendee in invitation.attendees:
        event.add("attendee", _address(vCalAddress, vText, attendee, attendee=True), encode=False)
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _description(invitation: Invitation, phrases: Phrases) -> str:
    name = "invitation_cancelled" if invitation.method == "CANCEL" else "invitation_text"
    return phrases.say(name, engagement=invitation.engagement, products=_plain(", ".join(invitation.products)))


def _address(address: type, text: type, who: Attendee, *, attendee: bool) -> object:
    if any(char in who.email for char in "\r\n\x00 <>") or "@" not in who.email:
        raise RuleBroken(f"{who.email!r} is no e-mail address", hint="change the contact's or person's e-mail")
    found = address(f"mailto:{who.email}")
    # A quote would end a parameter's value (RFC 5545, 3.2).
    found.params["cn"] = text(_plain(who.name).replace('"', "'"))
    if attendee:
        found.params["role"] = text("REQ-PARTICIPANT")
        found.params["partstat"] = text("NEEDS-ACTION")
        found.params["rsvp"] = text("TRUE")
    return found


def _plain(text: str) -> str:
    """One line of visible characters: iCalendar texts must not hold control characters."""
    return "".join(char if char.isprintable() else " " for char in text)
