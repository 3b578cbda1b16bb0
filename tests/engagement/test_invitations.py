"""Invitations as a strict parser of another library reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from auditor.engagement.invitations import Attendee, Invitation, message, uid_of
from auditor.engagement.window import Window
from auditor.errors import RuleBroken
from auditor.phrases import LANGUAGES

WINDOW = Window(
    date(2026, 12, 4),
    (
        (datetime(2026, 12, 4, 8, tzinfo=UTC), datetime(2026, 12, 4, 12, tzinfo=UTC)),
        (datetime(2026, 12, 4, 13, tzinfo=UTC), datetime(2026, 12, 4, 17, tzinfo=UTC)),
    ),
)
INVITATION = Invitation(
    engagement="HC-0001",
    account="acme",
    account_name="Acme",
    products=("Kaspersky Security Center", "KESL"),
    window=WINDOW,
    organiser=Attendee("First TAM", "tam@example.org"),
    attendees=(Attendee("First Contact", "first@example.com"), Attendee("Contact, Second", "second@example.com")),
    stamp=datetime(2026, 11, 20, 10, 30, 15, 123, tzinfo=UTC),
    sequence=0,
)


def parsed(content):
    calendar = IcsCalendarStream.calendar_from_ics(content.decode())
    [event] = calendar.events
    return calendar, event


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_in_every_language(language):
    calendar, event = parsed(message(INVITATION, language))
    assert calendar.method == "REQUEST"
    assert event.uid == "hc-0001.acme@health-check.auditor" == uid_of("acme", "HC-0001")
    assert (event.start, event.end) == (WINDOW.opens, WINDOW.closes)
    assert event.dtstamp == datetime(2026, 11, 20, 10, 30, 15, tzinfo=UTC)
    assert event.sequence == 0
    assert event.status == "CONFIRMED"
    assert "Acme" in event.summary
    assert "Kaspersky Security Center, KESL" in event.description
    assert [(str(who.uri), who.common_name) for who in event.attendees] == [
        ("mailto:first@example.com", "First Contact"),
        ("mailto:second@example.com", "Contact, Second"),
    ]
    assert str(event.organizer.uri) == "mailto:tam@example.org"


def test_a_moved_date_is_the_same_event_with_a_higher_sequence():
    _, first = parsed(message(INVITATION, "en"))
    _, second = parsed(message(replace(INVITATION, sequence=1), "en"))
    assert (second.uid, second.sequence) == (first.uid, first.sequence + 1)


def test_a_cancellation():
    calendar, event = parsed(message(replace(INVITATION, method="CANCEL", sequence=2), "es"))
    assert (calendar.method, event.status, event.sequence) == ("CANCEL", "CANCELLED", 2)


def test_the_same_facts_give_the_same_bytes_and_crlf():
    content = message(INVITATION, "ru")
    assert content == message(INVITATION, "ru")
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nATTENDEE:mailto:c@d", "a b@c", "<a@b>"])
def test_no_address_can_write_lines_of_its_own(address):
    with pytest.raises(RuleBroken):
        message(replace(INVITATION, attendees=(Attendee("x", address),)), "en")


@given(st.text(max_size=60), st.text(max_size=60))
def test_hostile_names_change_nothing_else(name, account):
    content = message(replace(INVITATION, attendees=(Attendee(name, "x@example.com"),), account_name=account), "en")
    _, event = parsed(content)
    assert [str(who.uri) for who in event.attendees] == ["mailto:x@example.com"]
    assert event.uid == uid_of("acme", "HC-0001")
