"""Messages in the outbox: well-formed, never forged, each once whatever happens on the way."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.tick.mail import Mail, address, compose, key_in, sender
from auditor.app.tick.outbox import Outbox, OutboxFailure, file_name
from auditor.app.tick.post import Post
from auditor.errors import UsageProblem
from auditor.store.store import Writing

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FROM = sender("support@example.com")
FIRST = address("First", "first@example.com")


def mail(key="k", subject="s", body="b", to=()):
    return Mail(key, MONDAY, FROM, to or (FIRST,), subject, body, "en", urgent=True)


@given(st.text(min_size=1), st.text(), st.text(), st.text())
def test_nothing_that_people_write_becomes_a_header(key, subject, body, name):
    content = compose(mail(key, subject, body, (address(name, "first@example.com"),)))
    content.decode("ascii")  # every mail system takes it
    read = message_from_bytes(content, policy=SMTP)
    assert sorted(read.keys()) == [
        "Auto-Submitted",
        "Content-Language",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "Importance",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
        "X-Auditor-Notification",
    ]
    assert [one.addr_spec for one in read["To"].addresses] == ["first@example.com"]
    assert not read.defects
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert key_in(content) == key
    assert compose(mail(key, subject, body, (address(name, "first@example.com"),))) == content


def test_a_line_break_in_a_title_forges_no_recipient():
    content = compose(mail(subject="late\r\nBcc: other@example.com", body="one\r\n.\r\ntwo"))
    read = message_from_bytes(content, policy=SMTP)
    assert read["Bcc"] is None
    assert read["Subject"] == "late Bcc: other@example.com"


@pytest.mark.parametrize(
    "mailbox",
    [
        "",
        "first",
        "@example.com",
        "a b@example.com",
        "a@b..c",
        "a@b\r\nBcc: c@d",
        "ä@example.com",
        "<a@b>",
        "a@-b",
        "a,b@c",
    ],
)
def test_what_is_no_address_is_none(mailbox):
    assert address("First", mailbox) is None
    with pytest.raises(UsageProblem):
        sender(mailbox)


def test_names_of_files_are_safe_and_their_own():
    names = {file_name(key) for key in ("a:b", "a/b", "a-b", "../a", "A-b", "a" * 300, "a" * 301)}
    assert len(names) == 7
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") for name in names)
    assert max(map(len, names)) < 120


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutboxFailure, match="outbox"):
        Outbox(tmp_path / "file")


def test_an_outbox_that_fails_later_is_tried_again(desk, tmp_path):
    outbox = tmp_path / "out"
    post = Post(Outbox(outbox), FROM)
    desk.open(MONDAY, level=2)
    shutil.rmtree(outbox)
    outbox.write_text("in the way")
    (problem,) = desk.tick(MONDAY, post)
    assert (problem.what, "the outbox cannot be written" in problem.text) == ("problem", True)
    with pytest.raises(OutboxFailure):
        Outbox(outbox)
    outbox.unlink()
    (outbox / ".staged").mkdir(parents=True)
    desk.tick(MONDAY, post)
    assert len(files(tmp_path)) == 1


class Killed(BaseException):
    """As if the process ended here."""


@pytest.fixture
def post(tmp_path):
    return Post(Outbox(tmp_path / "out"), FROM)


def files(tmp_path):
    return sorted(path.name for path in (tmp_path / "out").glob("*.eml"))


def test_killed_before_it_is_booked_nothing_is_there_and_the_next_tick_writes_it(desk, post, tmp_path, monkeypatch):
    desk.open(MONDAY, level=2)
    real = Writing.append

    def append(writing, *events):
        if any(event.type == "delivered" for event in events):
            raise Killed
        return real(writing, *events)

    monkeypatch.setattr(Writing, "append", append)
    with pytest.raises(Killed):
        desk.tick(MONDAY, post)
    assert files(tmp_path) == []
    assert len(list((tmp_path / "out" / ".staged").iterdir())) == 1
    monkeypatch.undo()
    desk.tick(MONDAY, post)
    assert len(files(tmp_path)) == 1


def test_killed_after_it_is_booked_the_next_tick_moves_it_and_no_other(desk, post, tmp_path, monkeypatch):
    desk.open(MONDAY, level=2)

    def release(_self, _name):
        raise Killed

    monkeypatch.setattr(Outbox, "release", release)
    with pytest.raises(Killed):
        desk.tick(MONDAY, post)
    assert files(tmp_path) == []
    monkeypatch.undo()
    stray = tmp_path / "out" / ".staged" / "stray.eml"
    stray.write_bytes(compose(mail("never-booked")))
    done = desk.tick(MONDAY, post)
    assert len(files(tmp_path)) == 1
    assert [one for one in done if one.what == "told"] == []
    (tmp_path / "out" / files(tmp_path)[0]).unlink()  # the mail system took it
    desk.tick(MONDAY, post)
    assert files(tmp_path) == []
    assert stray.exists()
