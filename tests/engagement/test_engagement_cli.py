"""The commands as a TAM types them."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest
from click.testing import CliRunner
from ical.calendar_stream import IcsCalendarStream

from auditor.app.accounts import people, session
from auditor.app.engagements import day_views
from auditor.cli.main import cli
from auditor.errors import AuditorError
from auditor.store.opening import open_store
from tests.engagement.conftest import act


@pytest.fixture
def auditor(scene, location, clock, tmp_path, monkeypatch):
    """Runs a command on the scene; the scene's clock is the command's."""
    monkeypatch.chdir(tmp_path)
    for module in (session, day_views):
        monkeypatch.setattr(module, "open_store", partial(open_store, clock=clock))

    def run(*words, error=None):
        done = CliRunner().invoke(cli, ["engagement", *words, "--db", location], env={"COLUMNS": "100"})
        if error is not None:
            assert isinstance(done.exception, AuditorError), done.output
            assert re.search(error, str(done.exception)), str(done.exception)
        else:
            assert done.exception is None, (done.output, done.exception)
        return done.output

    return run


AGREE = [
    *("--products", "ksc", "--products", "kesl", "--sources", "exports", "--access", "upload"),
    *("--participants", "P-0002", "--language", "es"),
]


def events_of(path):
    calendar = IcsCalendarStream.calendar_from_ics(path.read_text(encoding="utf-8"))
    return calendar.method, calendar.events[0]


def test_from_request_to_agreement_and_a_moved_date(auditor, tmp_path):
    assert "HC-0001 requested for madrid" in auditor("request", "madrid")
    offered = json.loads(auditor("propose", "HC-0001", "--count", "2", "--format", "json"))
    first, second = offered["days"]
    assert all(one["objections"] for one in offered["against"])
    said = auditor("agree", "HC-0001", *AGREE, "--side", "customer", "--day", first)
    assert "Waiting for: kaspersky" in said
    auditor("agree", "HC-0001", "--side", "kaspersky", "--day", first)
    method, invited = events_of(tmp_path / "HC-0001-0.en.ics")
    assert (method, invited.sequence, invited.start.date().isoformat()) == ("REQUEST", 0, first)
    auditor("reschedule", "HC-0001", "--reason", "the data centre moves")
    method, called_off = events_of(tmp_path / "HC-0001-1.en.ics")
    assert (method, called_off.uid, called_off.sequence) == ("CANCEL", invited.uid, 1)
    for side in ("customer", "kaspersky"):
        auditor("agree", "HC-0001", "--side", side, "--day", second)
    method, again = events_of(tmp_path / "HC-0001-2.en.ics")
    assert (method, again.uid, again.sequence, again.start.date().isoformat()) == ("REQUEST", invited.uid, 2, second)
    shown = json.loads(auditor("show", "HC-0001", "--format", "json"))
    assert (shown["state"], shown["start_day"]) == ("agreed", second)


def test_a_side_that_agrees_to_another_day_undoes_the_agreement(auditor, tmp_path):
    auditor("request", "madrid")
    first, second = json.loads(auditor("propose", "HC-0001", "--count", "2", "--format", "json"))["days"]
    for side in ("customer", "kaspersky"):
        auditor("agree", "HC-0001", *AGREE, "--side", side, "--day", first)
    assert "Waiting for: kaspersky\n" in auditor("agree", "HC-0001", "--side", "customer", "--day", second)
    method, called_off = events_of(tmp_path / "HC-0001-1.en.ics")
    assert (method, called_off.start.date().isoformat()) == ("CANCEL", first)
    shown = json.loads(auditor("show", "HC-0001", "--format", "json"))
    assert (shown["state"], shown["agreed_at"]) == ("negotiating", None)
    auditor("agree", "HC-0001", "--side", "kaspersky", "--day", second)
    method, again = events_of(tmp_path / "HC-0001-2.en.ics")
    assert (method, again.uid, again.start.date().isoformat()) == ("REQUEST", called_off.uid, second)


def test_a_refusal_names_the_rule_and_the_first_day_that_would_do(auditor):
    auditor("request", "saopaulo")
    near = json.loads(auditor("propose", "HC-0001", "--format", "json"))["against"][0]["day"]
    auditor("agree", "HC-0001", *AGREE, "--side", "customer", "--day", near, error="at least 14 are needed.*would do")


def test_day_and_side_belong_together(auditor):
    auditor("request", "madrid")
    done = CliRunner().invoke(cli, ["engagement", "agree", "HC-0001", "--side", "customer"])
    assert done.exit_code == 2


def test_a_plan_is_taken_back_as_the_previous_one(auditor, tmp_path):
    span = ("--from", "2026-12-01", "--to", "2027-01-29")
    plan = auditor("plan", *span, "--format", "json")
    assert {one["account"] for one in json.loads(plan)["placed"]} == {"madrid", "saopaulo"}
    (tmp_path / "plan.json").write_text(plan, encoding="utf-8")
    again = json.loads(auditor("plan", *span, "--previous", "plan.json", "--format", "json"))
    assert again == json.loads(plan)
    (tmp_path / "wishes.yaml").write_text("madrid:\n  - {from: 2027-01-11, to: 2027-01-15}\n", encoding="utf-8")
    wished = json.loads(auditor("plan", *span, "--wishes", "wishes.yaml", "--format", "json"))
    assert [one["day"] for one in wished["placed"] if one["account"] == "madrid"] == ["2027-01-11"]
    for wrong in (b"madrid: soon\n", b"madrid:\n", b"madrid: \xff\n"):
        (tmp_path / "wishes.yaml").write_bytes(wrong)
        auditor("plan", *span, "--wishes", "wishes.yaml", error="wishes.yaml(: wishes are|, byte 8: not UTF-8)")
    (tmp_path / "plan.json").write_text("[]", encoding="utf-8")
    auditor("plan", *span, "--previous", "plan.json", error="not a plan")


def test_the_board_shows_weeks_and_managers(auditor, tmp_path):
    auditor("request", "madrid")
    day = json.loads(auditor("propose", "HC-0001", "--count", "1", "--format", "json"))["days"][0]
    for side in ("customer", "kaspersky"):
        auditor("agree", "HC-0001", *AGREE, "--side", side, "--day", day)
    board = json.loads(auditor("calendar", "--from", "2026-11-23", "--weeks", "12", "--format", "json"))
    assert len(board) == 12
    assert [one["id"] for week in board for held in week["held"].values() for one in held] == ["HC-0001"]
    assert "madrid (agreed)" in auditor("calendar", "--from", "2026-11-23", "--weeks", "12")
    auditor("calendar", "--from", "2026-11-23", "--weeks", "12", "--html", "board.html")
    page = (tmp_path / "board.html").read_text(encoding="utf-8")
    assert "madrid (agreed)" in page
    assert "Content-Security-Policy" in page
    assert "Manager of madrid" in page


def test_who_has_no_address_is_named(auditor, scene):
    with scene.writing() as writing:
        people.change_person(writing, "P-0002", {"email": ""}, act(2026, 11, 1))
    auditor("request", "madrid")
    day = json.loads(auditor("propose", "HC-0001", "--count", "1", "--format", "json"))["days"][0]
    auditor("agree", "HC-0001", *AGREE, "--side", "customer", "--day", day)
    said = auditor("agree", "HC-0001", "--side", "kaspersky", "--day", day)
    assert "P-0002 has no e-mail address" in said
