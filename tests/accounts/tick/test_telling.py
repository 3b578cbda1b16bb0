"""To whom, when and in which words things are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from auditor.accounts.incidents.commands import CallMade
from auditor.app.accounts import accounts, contacts, people
from auditor.app.incidents import actions
from auditor.app.incidents.notices import Notice
from auditor.app.incidents.staff import Office
from auditor.app.tick.mail import sender
from auditor.app.tick.outbox import Outbox
from auditor.app.tick.post import Post
from tests.accounts.cli.scene import PROGRAMMES, SETUP

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Madrid, 12:00 in Moscow
SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OPENING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # of the account manager in Moscow
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def post(tmp_path):
    return Post(Outbox(tmp_path / "out"), sender("support@example.com"))


def mails(tmp_path):
    found = sorted((tmp_path / "out").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=default) for path in found]


def subjects(done):
    return [one.details["subject_line"] for one in done if one.what == "told"]


def test_whoever_gets_a_request_is_told_with_the_next_tick_and_once(desk, post, tmp_path):
    ident = desk.open(MONDAY, level=2, title="mail stops")
    done = desk.tick(MONDAY + MINUTE, post)
    assert subjects(done) == [f"{ident}, level 2 (High): new request for you"]
    for later in (1, 2, 3):
        assert subjects(desk.tick(MONDAY + MINUTE + later * timedelta(seconds=1), post)) == []
    (mail,) = mails(tmp_path)
    assert (mail["To"], mail["From"]) == ("Tam One <tam@example.com>", "support@example.com")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Importance"] is None
    text = mail.get_content()
    assert "mail stops" in text
    assert "23 Nov 2026, 12:00 +01:00" in text  # due: 10:00 Madrid + 2 h
    assert "Times are those of Europe/Madrid" in text


def test_a_breach_is_told_to_manager_duty_manager_and_customer(desk, post, tmp_path):
    desk.open(MONDAY, level=1)
    desk.tick(MONDAY + HOUR, post)
    breach = next(mail for mail in mails(tmp_path) if "response time is over" in mail["Subject"])
    assert [address.addr_spec for address in breach["To"].addresses] == [
        "tam@example.com",
        "duty@example.com",
        "first@example.com",
    ]
    assert breach["Importance"] == "high"


def test_level_1_knows_no_quiet_hours_and_level_3_does(desk, post, tmp_path):
    critical = desk.open(SATURDAY, level=1, title="down")
    medium = desk.open(SATURDAY, level=3, title="odd")
    done = desk.tick(SATURDAY + MINUTE, post)
    assert subjects(done) == [f"{critical}, level 1 (Critical): new request for you"]
    done = desk.tick(OPENING - MINUTE, post)
    assert not [line for line in subjects(done) if medium in line or "outside your hours" in line]
    done = desk.tick(OPENING, post)
    assert "Requests that came in outside your hours: 1" in subjects(done)
    waiting = next(mail for mail in mails(tmp_path) if "outside your hours" in mail["Subject"])
    assert f"- {medium}, level 3 (Medium), odd; due: 23 Nov 2026, 15:00 +01:00" in waiting.get_content()
    assert critical not in waiting.get_content()


def test_the_account_manager_is_told_of_level_1_on_a_saturday(desk):
    ident = desk.open(SATURDAY, level=1, calls=(CallMade(SATURDAY, "contact:C-0001", "priority"),))
    desk.tick(SATURDAY)
    (told,) = [one for one in desk.tick(SATURDAY + 23 * MINUTE) if one.what == "told"]  # 75 % of 30 min is 22.5
    assert (told.subject, told.details["to"]) == (f"{ident}:response:1:0.75", ["person:P-0002"])


def test_a_message_says_what_holds_when_it_is_told(desk):
    ident = desk.open(SATURDAY, level=1)  # due at the opening on Monday, 09:30
    desk.act(ident, actions.call("", "priority"), SATURDAY + 10 * MINUTE, actor="user:tester")
    (told,) = [one for one in desk.tick(SATURDAY + 11 * MINUTE) if one.what == "told"]
    assert "21 Nov 2026, 10:40 +01:00" in told.details["body"]  # called at 10:10 in Madrid, 30 min


def test_what_waits_is_listed_once_at_the_opening_most_urgent_first(desk):
    low = desk.open(SATURDAY, level=4)
    high = desk.open(SATURDAY + HOUR, level=2)
    gone = desk.open(SATURDAY + HOUR, level=3)
    desk.act(gone, actions.cancel("sent twice"), SATURDAY + 2 * HOUR, actor="contact:C-0001")
    for _ in range(2):
        desk.tick(OPENING + MINUTE)
    with desk.store.reading() as reading:
        lists = {key: one for key, one in reading.documents("notification").items() if key.startswith("queue:")}
    assert list(lists) == ["queue:acme:P-0002@2026-11-23T07:00:00.000000Z"]
    assert lists.popitem()[1]["covers"] == [high, low]
    late = desk.open(MONDAY + 12 * HOUR, level=4)
    desk.tick(OPENING + timedelta(days=3))  # two openings later: one list
    with desk.store.reading() as reading:
        last = reading.documents("notification")["queue:acme:P-0002@2026-11-24T07:00:00.000000Z"]
    assert last["covers"] == [late]


def test_what_was_answered_while_it_waited_for_the_opening_is_not_told(desk, post, tmp_path):
    ident = desk.open(MONDAY + 7 * HOUR + 50 * MINUTE, level=3)  # 17:50 in Madrid, in Moscow they went at 17:00
    desk.act(ident, actions.answer("found"), MONDAY + 9 * HOUR)
    assert subjects(desk.tick(OPENING + timedelta(days=1, hours=1), post)) == []
    assert mails(tmp_path) == []


def test_a_higher_threshold_takes_the_place_of_one_that_waits(desk):
    """Level 2 of Enterprise is calendar time: at night only the duty manager is at work, for the last threshold."""
    ident = desk.open(MONDAY + 6 * HOUR + 50 * MINUTE, level=2)  # 16:50 in Madrid: 75 % at 18:20, due 18:50
    desk.tick(MONDAY + 6 * HOUR + 50 * MINUTE)
    assert subjects(desk.tick(MONDAY + 8 * HOUR + 25 * MINUTE)) == []  # for the account manager, who has gone
    assert desk.told(f"{ident}:response") == {f"{ident}:response:1:0.75": False}
    assert len(subjects(desk.tick(MONDAY + 9 * HOUR))) == 1
    assert desk.told(f"{ident}:response") == {f"{ident}:response:1:0.75": True, f"{ident}:response:1:1": False}


def test_printing_takes_nothing_from_the_outbox(desk, post, tmp_path):
    desk.open(MONDAY, level=2)
    assert len(subjects(desk.tick(MONDAY + MINUTE))) == 1
    assert subjects(desk.tick(MONDAY + 2 * MINUTE)) == []
    desk.tick(MONDAY + 3 * MINUTE, post)
    assert len(mails(tmp_path)) == 1


def test_a_new_outbox_does_not_send_what_is_long_past(desk, post, tmp_path):
    ident = desk.open(MONDAY, level=2)
    desk.tick(MONDAY + MINUTE)
    done = desk.tick(MONDAY + timedelta(days=8), post)
    assert not [mail for mail in mails(tmp_path) if "new request" in mail["Subject"]]
    assert [one.subject for one in done if one.what == "told"] == [f"{ident}:response:1:1"]


def test_without_address_it_is_printed_and_said(desk, post, tmp_path):
    with desk.store.writing() as writing:
        contacts.erase_contact(writing, "C-0001", SETUP)
        contacts.add_contact(writing, {"account": "acme", "name": "Ada"}, PROGRAMMES, SETUP)
    desk.open(MONDAY, level=2)
    done = desk.tick(MONDAY + 3 * HOUR, post)
    breach = next(one for one in done if one.what == "told" and ":response:" in one.subject)
    assert breach.details["to"] == ["person:P-0002", "person:P-0001", "contact:C-0002"]
    assert breach.details["without_address"] == ["contact:C-0002"]
    assert "first@example.com" not in str([mail.as_string() for mail in mails(tmp_path)])


def test_what_cannot_be_put_into_words_keeps_nothing_else_back(desk):
    with desk.store.writing() as writing:
        notice = Notice("aaa", "acme", "no_such_phrase", ("person:P-0002",), {})
        writing.append(notice.event(Office(writing), MONDAY))
    ident = desk.open(MONDAY, level=2)
    done = {one.subject: one.what for one in desk.tick(MONDAY)}
    assert done == {"aaa": "problem", f"{ident}:routed:1": "told"}


def test_messages_speak_the_language_of_their_reader(desk, post, tmp_path):
    words = {"es": "nueva solicitud", "it": "nuova richiesta", "ru": "новый запрос", "pt-BR": "nova solicitação"}
    for number, (language, word) in enumerate(words.items()):
        with desk.store.writing() as writing:
            people.change_person(writing, "P-0002", {"language": language}, SETUP)
        now = MONDAY + number * MINUTE
        ident = desk.open(now, level=2)
        desk.tick(now, post)
        mail = next(mail for mail in mails(tmp_path) if ident in mail["Subject"])
        assert word in mail["Subject"]
        assert mail["Content-Language"] == language


def test_several_readers_share_their_language_else_that_of_the_account(desk, post):
    """A breach goes to the manager, the duty manager (both English by default) and the contact (the account's)."""
    with desk.store.writing() as writing:
        accounts.change_account(writing, "acme", {"languages": ["it", "en"]}, SETUP)
    first = desk.open(MONDAY, level=1)
    assert f"{first}, livello 1 (Critico): il tempo di risposta è scaduto" in subjects(desk.tick(MONDAY + HOUR, post))
    with desk.store.writing() as writing:
        for ident in ("P-0001", "P-0002"):
            people.change_person(writing, ident, {"language": "es"}, SETUP)
        contacts.change_contact(writing, "C-0001", {"language": "es"}, PROGRAMMES, SETUP)
    second = desk.open(MONDAY + HOUR, level=1)
    said = subjects(desk.tick(MONDAY + 2 * HOUR, post))
    assert f"{second}, nivel 1 (Crítica): el tiempo de respuesta ha terminado" in said


def test_a_reminder_after_three_days_of_waiting_once_for_each_time(desk, post):
    ident = desk.open(MONDAY, level=3)
    desk.act(ident, actions.answer("found", wanted=["logs", "size of the disk"]), MONDAY + HOUR)
    assert f"{ident}:waiting:1" not in desk.told()
    desk.tick(MONDAY + timedelta(days=3, minutes=59))
    assert f"{ident}:waiting:1" not in desk.told()
    done = desk.tick(MONDAY + timedelta(days=3, hours=1), post)
    (reminder,) = [one for one in done if one.what == "told"]
    assert reminder.details["to"] == ["contact:C-0001"]
    assert "- size of the disk" in reminder.details["body"]
    desk.act(ident, actions.receive_info("both"), MONDAY + timedelta(days=3, hours=2))
    desk.act(ident, actions.request_info(["a dump"]), MONDAY + timedelta(days=3, hours=3))
    desk.tick(MONDAY + timedelta(days=7))
    assert list(desk.told(f"{ident}:waiting")) == [f"{ident}:waiting:1", f"{ident}:waiting:2"]


def test_an_escalation_by_hand_is_told_and_says_why(desk):
    ident = desk.open(MONDAY, level=3)
    desk.tick(MONDAY)
    desk.act(ident, actions.escalate("board meeting"), MONDAY + MINUTE, actor="contact:C-0001")
    (told,) = [one for one in desk.tick(MONDAY + 2 * MINUTE) if one.what == "told"]
    assert told.details["to"] == ["person:P-0002", "person:P-0001"]
    assert "Reason: board meeting" in told.details["body"]
