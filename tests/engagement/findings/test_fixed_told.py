"""A tick tells the account manager, once, that all findings of a request are fixed; it resolves nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from threading import Thread

import pytest

from auditor.app.accounts import contacts, people
from auditor.app.incidents import actions
from auditor.app.incidents.acting import By, perform
from auditor.app.tick.mail import sender
from auditor.app.tick.outbox import Outbox
from auditor.app.tick.post import Post
from auditor.app.tick.run import tick
from auditor.app.tick.settlements import propose_resolving
from auditor.store.opening import open_store
from tests.engagement.conftest import PROGRAMMES, act
from tests.engagement.findings.conftest import host

PROMOTED = ("finding", "promote", "madrid", "--open", "--by", "C-0001", "--yes")
FIXED = {"web01": host(ksn="Yes", riskware="Yes")}


@pytest.fixture
def request_of_two(years, scene, clock, auditor):
    """INC-000001 of two findings of web01, delivered by HC-0001 in 2026; the manager P-0002 is there on weekdays."""
    with scene.writing() as writing:
        values = {"account": "madrid", "name": "First Contact", "authorised_from": "2026-01-01"}
        contacts.add_contact(writing, values, PROGRAMMES, act(2026, 11, 3, 9))
    years.deliver(2026, {"web01": host()})
    clock.at = datetime(2026, 12, 11, 10, tzinfo=UTC)
    [opened] = auditor.json(*PROMOTED)["requests"]
    return opened["incident"]


@pytest.fixture
def ticked(scene, clock, tmp_path):
    """What a tick at an instant (UTC) does about fixed findings: what it did, and the messages it wrote."""

    def run(*moment):
        clock.at = datetime(*moment, tzinfo=UTC)
        outbox = tmp_path / f"outbox-{'-'.join(map(str, moment))}"
        post = Post(Outbox(outbox), sender("auditor@example.com"))
        done = [one for one in tick(scene, clock.at, post) if ":fixed:" in one.subject]
        mails = [message_from_bytes(path.read_bytes(), policy=SMTP) for path in sorted(outbox.glob("*fixed*.eml"))]
        return [(one.what, one.subject) for one in done], mails

    return run


KEY = "INC-000001:fixed:HC-0002"
MORNING = (2027, 12, 13, 10)  # a Monday


def test_nothing_is_told_while_a_finding_is_left(request_of_two, years, ticked):
    years.deliver(2027, {"web01": host(ksn="Yes")})
    assert ticked(*MORNING) == ([], [])


def test_told_once_to_the_manager_in_the_managers_language(request_of_two, years, ticked, scene):
    with scene.writing() as writing:
        people.change_person(writing, "P-0002", {"language": "it"}, act(2027, 1, 5))
    years.deliver(2027, FIXED)
    done, [mail] = ticked(*MORNING)
    assert done == [("proposed", KEY), ("told", KEY)]
    assert mail["To"] == "Manager of madrid <madrid@example.org>"
    assert (mail["Content-Language"], mail["Subject"]) == ("it", "INC-000001: tutti i rilievi sono risolti")
    assert "auditor incident resolve INC-000001" in mail.get_content()
    assert "HC-0002" in mail.get_content()
    assert ticked(2027, 12, 14, 10) == ([], [])
    with scene.reading() as reading:
        assert reading.document("incident", "INC-000001")["state"] == "submitted"


def test_without_a_stated_language_the_manager_is_told_in_english(request_of_two, years, ticked):
    years.deliver(2027, FIXED)
    _, [mail] = ticked(*MORNING)
    assert mail["Subject"] == "INC-000001: all findings are fixed"


def test_outside_the_hours_it_waits_and_what_came_back_meanwhile_is_not_told(request_of_two, years, ticked):
    years.deliver(2027, FIXED)
    saturday = (2027, 12, 11, 12)
    assert ticked(*saturday) == ([("proposed", KEY)], [])
    years.deliver(2027, {"web01": host(ksn="Yes")}, version=2)
    done, mails = ticked(2027, 12, 20, 10)
    assert (done, mails) == ([("superseded", KEY)], [])


def test_who_was_faster_is_not_told(request_of_two, years, ticked, scene):
    years.deliver(2027, FIXED)
    assert ticked(2027, 12, 11, 12)[0] == [("proposed", KEY)]
    with scene.writing() as writing:
        by = By("person:P-0002", datetime(2027, 12, 12, 10, tzinfo=UTC))
        perform(writing, "INC-000001", by, actions.answer("all is fixed"))
        perform(writing, "INC-000001", by, actions.resolve("fixed"))
    assert ticked(*MORNING)[0] == [("superseded", KEY)]
    assert ticked(2027, 12, 14, 10) == ([], [])


def test_what_came_back_and_is_fixed_again_is_told_again(request_of_two, years, ticked):
    years.deliver(2027, FIXED)
    assert ticked(*MORNING)[0] == [("proposed", KEY), ("told", KEY)]
    years.deliver(2028, {"web01": host()})
    assert ticked(2028, 12, 12, 10) == ([], [])
    years.deliver(2029, FIXED)
    again = "INC-000001:fixed:HC-0004"
    assert ticked(2029, 12, 17, 10)[0] == [("proposed", again), ("told", again)]


def test_two_ticks_at_once_propose_once(request_of_two, years, scene, clock, location):
    years.deliver(2027, FIXED)
    clock.at = datetime(*MORNING, tzinfo=UTC)
    found = []

    def one():
        with open_store(location, clock=clock) as store:
            found.extend(done.subject for done in propose_resolving(store, clock.at))

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [KEY]


def test_the_page_of_the_request_names_it(request_of_two, years, ticked, auditor):
    years.deliver(2027, FIXED)
    ticked(*MORNING)
    told = auditor.json("incident", "show", "1")["notifications"]
    assert [(one["id"], one["to"]) for one in told if one["phrase"] == "findings_fixed"] == [(KEY, ["person:P-0002"])]
    assert "todos los hallazgos corregidos" in auditor.said("incident", "show", "1", "--language", "es")
