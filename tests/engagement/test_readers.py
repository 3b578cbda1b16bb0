"""Everybody who takes part is invited in the language they read: one message for each language, the same event."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from ical.calendar_stream import IcsCalendarStream
from ical.parsing.component import parse_content

from auditor.app.accounts import session
from auditor.cli.main import cli
from auditor.errors import AuditorError, ContentError, UsageProblem
from auditor.store.opening import open_store

CIRCUMSTANCES = ("--products", "ksc", "--sources", "exports", "--access", "upload", "--language", "es")
FOR = re.compile(r"(?:Invitation|Cancellation): (?P<path>\S+)\n  for (?P<readers>.*)")


@pytest.fixture
def auditor(scene, location, clock, tmp_path, monkeypatch):
    """Runs commands in a folder of its own; `refused` gives the error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(session, "open_store", partial(open_store, clock=clock))

    def run(*words, refused=None):
        done = CliRunner().invoke(cli, [*words, "--db", location], env={"COLUMNS": "120"})
        if refused is not None:
            assert isinstance(done.exception, refused), (done.output, done.exception)
            return f"{done.exception.message} | {done.exception.hint}"
        assert done.exception is None, (done.output, done.exception)
        return done.output

    run("contact", "add", "madrid", "--name", "First Contact", "--email", "first@example.com")
    run("contact", "add", "madrid", "--name", "Second Contact", "--email", "Second@example.com", "--language", "pt_br")
    return run


@pytest.fixture
def invited(auditor):
    """Both sides have agreed; the contacts, an Italian guest and the account manager P-0002 take part."""
    return {"said": agree(auditor, request(auditor), *WHO)}


WHO = ("C-0001", "second@EXAMPLE.com", "Third Guest <third@example.com>;it", "network team", "P-0002")


def request(auditor):
    auditor("engagement", "request", "madrid")
    return json.loads(auditor("engagement", "propose", "HC-0001", "--count", "1", "--format", "json"))["days"][0]


def agree(auditor, day, *participants):
    named = [word for who in participants for word in ("--participants", who)]
    said = [auditor("engagement", "agree", "HC-0001", *CIRCUMSTANCES, *named)]
    said += [
        auditor("engagement", "agree", "HC-0001", "--side", side, "--day", day) for side in ("customer", "kaspersky")
    ]
    return "".join(said)


def messages():
    """(number, language) -> method, the event as the strict parser reads it, languages of summary and description."""
    found = {}
    for path in Path().glob("*.ics"):
        number, language = re.fullmatch(r"HC-0001-(\d+)\.(\w+)\.ics", path.name).groups()
        text = path.read_bytes().decode()
        calendar = IcsCalendarStream.calendar_from_ics(text)
        [event] = calendar.events
        found[int(number), language] = (calendar.method, event, stated_languages(text))
    return found


def stated_languages(text):
    [calendar] = parse_content(text)
    [event] = [one for one in calendar.components if one.name == "vevent"]
    spoken = [one for one in event.properties if one.name in {"summary", "description"}]
    return {one.name: [p.values for p in one.params if p.name.upper() == "LANGUAGE"] for one in spoken}


def readers(said):
    """Language -> addresses that the message in it is for."""
    return {found["path"].split(".")[-2]: set(re.findall(r"<(\S+)>", found["readers"])) for found in FOR.finditer(said)}


ADDRESSES = {"first@example.com", "Second@example.com", "third@example.com", "madrid@example.org"}


def test_one_message_for_each_language_that_lists_everybody(invited):
    made = messages()
    assert set(made) == {(0, "es"), (0, "pt"), (0, "it"), (0, "en")}
    assert {(method, event.uid, event.sequence) for method, event, _ in made.values()} == {
        ("REQUEST", "hc-0001.madrid@health-check.auditor", 0)
    }
    assert len({(event.start, event.end, event.dtstamp) for _, event, _ in made.values()}) == 1
    for _, event, _ in made.values():
        assert {str(who.uri).removeprefix("mailto:") for who in event.attendees} == ADDRESSES
    for (_, language), (_, _, stated) in made.items():
        assert stated == {"summary": [[language]], "description": [[language]]}
    assert len({event.description for _, event, _ in made.values()}) == 4


def test_each_message_is_for_those_who_read_its_language(invited):
    """es is the account's language, en the default of the support side; a territory has no words of its own."""
    assert readers(invited["said"]) == {
        "es": {"first@example.com"},
        "pt": {"Second@example.com"},
        "it": {"third@example.com"},
        "en": {"madrid@example.org"},
    }
    assert "network team has no e-mail address and is not invited" in invited["said"]


def test_moved_and_cancelled_in_the_same_languages(auditor, invited):
    moved = auditor("engagement", "reschedule", "HC-0001", "--reason", "the data centre moves")
    day = json.loads(auditor("engagement", "propose", "HC-0001", "--count", "2", "--format", "json"))["days"][1]
    for side in ("customer", "kaspersky"):
        again = auditor("engagement", "agree", "HC-0001", "--side", side, "--day", day)
    cancelled = auditor("engagement", "cancel", "HC-0001", "--reason", "no longer wanted")
    assert readers(moved) == readers(again) == readers(cancelled) == readers(invited["said"])
    told = {number: set() for number in range(4)}
    for (number, _), (method, event, _) in messages().items():
        assert event.sequence == number
        told[number].add((method, event.status, event.uid))
    uid = "hc-0001.madrid@health-check.auditor"
    asked, called_off = ("REQUEST", "CONFIRMED", uid), ("CANCEL", "CANCELLED", uid)
    assert told == {0: {asked}, 1: {called_off}, 2: {asked}, 3: {called_off}}


def test_other_circumstances_call_the_day_off_for_those_who_were_invited(auditor, invited):
    said = auditor("engagement", "agree", "HC-0001", "--participants", "C-0001")
    assert readers(said) == readers(invited["said"])
    assert {method for (number, _), (method, *_) in messages().items() if number == 1} == {"CANCEL"}
    again = auditor("engagement", "agree", "HC-0001", "--participants", "C-0001", "--access", "mail")
    assert readers(again) == {}, "what was called off is not called off again"


def test_another_language_counts_from_the_next_message_on(auditor, invited):
    auditor("contact", "change", "C-0001", "--language", "ru")
    auditor("tam", "change", "P-0002", "--language", "pt")
    auditor("contact", "erase", "C-0003", "--yes")
    said = auditor("engagement", "cancel", "HC-0001", "--reason", "no longer wanted")
    assert readers(said) == {"ru": {"first@example.com"}, "pt": {"Second@example.com", "madrid@example.org"}}
    [method, event, _] = messages()[1, "ru"]
    assert (method, len(event.attendees)) == ("CANCEL", 3)


def test_who_holds_it_gets_a_message_without_being_a_participant(auditor):
    said = agree(auditor, request(auditor), "C-0001")
    assert readers(said) == {"es": {"first@example.com"}, "en": {"madrid@example.org"}}
    assert [str(who.uri) for who in messages()[0, "en"][1].attendees] == ["mailto:first@example.com"]


def test_a_guest_is_a_contact_without_authority_and_stands_in_no_event(auditor, invited, scene):
    shown = json.loads(auditor("contact", "show", "C-0003", "--format", "json"))
    assert shown["personal"] == {"name": "Third Guest", "email": "third@example.com", "phone": ""}
    assert (shown["language"], shown["authorised_from"]) == ("it", shown["authorised_to"])
    assert json.loads(auditor("contact", "list", "madrid", "--format", "json"))["contacts"][-1]["id"] == "C-0002"
    with scene.reading() as reading:
        events = [*reading.events("engagement", "HC-0001"), *reading.events("contact", "C-0003")]
        named = reading.document("engagement", "HC-0001")["circumstances"]["participants"]
    assert named == ["C-0001", "contact:C-0002", "contact:C-0003", "network team", "P-0002"]
    assert "example.com" not in json.dumps([event.payload for event in events])
    written = [event.payload["readers"] for event in events if event.type == "invited"]
    assert written == [{"es": ["C-0001"], "pt": ["contact:C-0002"], "it": ["contact:C-0003"], "en": ["P-0002"]}]
    again = auditor("engagement", "agree", "HC-0001", "--participants", "Third Guest <third@example.com>")
    assert "saved" not in again


@pytest.mark.parametrize(
    ("who", "error", "says"),
    [
        ("nobody@example.com", UsageProblem, "nobody with the address"),
        ("a <b@example.com> c", UsageProblem, "names no participant"),
        ("Fourth <fourth@example.com>;de", ContentError, "no language 'de'"),
        ("first@example.com;pt", UsageProblem, "reads es | auditor contact change C-0001 --language pt"),
        ("madrid@example.org;es-419", UsageProblem, "reads en | auditor tam change P-0002 --language es-419"),
    ],
)
def test_participants_that_cannot_be(auditor, who, error, says):
    request(auditor)
    assert issubclass(error, AuditorError)
    assert says in auditor("engagement", "agree", "HC-0001", "--participants", who, refused=error)


def test_an_engagement_has_a_language_that_is_spoken(auditor):
    assert "no language" in auditor("engagement", "request", "madrid", "--language", "xx", refused=ContentError)
    auditor("engagement", "request", "madrid")
    said = auditor("engagement", "agree", "HC-0001", "--language", "es-/../x", refused=ContentError)
    assert "no language" in said
