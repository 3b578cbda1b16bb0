"""auditor service-report as people use it, on both databases."""

from __future__ import annotations

import re
from functools import partial

import pytest

from auditor.errors import ContentError, UsageProblem
from auditor.store.opening import open_store
from tests.accounts.cli.scene import Commands
from tests.accounts.reports.goldens import text_of
from tests.accounts.reports.scenes import Scene, busy_quarter, contract, utc
from tests.accounts.reports.stored import pour
from tests.stores import FrozenClock


@pytest.fixture(autouse=True)
def present(monkeypatch, tmp_path):
    """Commands run on 21 November 2026, whenever that is."""
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    late = partial(open_store, clock=FrozenClock(utc("2026-11-21T10:00")))
    monkeypatch.setattr("auditor.app.service_reports.views.open_store", late)


@pytest.fixture
def commands(store, location):
    """Commands on the store with the busy quarter."""
    pour(busy_quarter(), store)
    return Commands(location)


def test_a_report_is_made_written_listed_shown_and_exported(commands, tmp_path):
    out = tmp_path / "out"
    said = commands.said(
        *("service-report", "quarterly", "--account", "acme", "--quarter", "2026-Q3"),
        *("--language", "ru", "--language", "pt", "--format", "html", "--out", out),
    )
    assert "made: acme/quarterly/2026-Q3/1" in said
    names = ["acme-quarterly-2026-Q3-1.pt.html", "acme-quarterly-2026-Q3-1.ru.html"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert "Ответы в срок" in text_of((out / names[1]).read_bytes())
    assert "was made before: acme/quarterly/2026-Q3/1" in commands.said(
        "service-report", "quarterly", "--account", "acme", "--quarter", "2026-08-15"
    )
    assert "acme/quarterly/2026-Q3/1: made" in commands.said("service-report", "list", "--account", "acme")
    shown = commands.said("service-report", "show", "acme/quarterly/2026-Q3/1", "--again")
    assert "made again from its events: the same" in shown
    assert shown.count("as it was made") == 3
    commands.said("service-report", "export", "acme/quarterly/2026-Q3/1", "--format", "json", "--out", out)
    printed = commands.said("service-report", "show", "acme/quarterly/2026-Q3/1", "--format", "json")
    assert (out / "acme-quarterly-2026-Q3-1.json").read_text("utf-8") == printed


def test_what_the_programme_does_not_promise_is_said(store, location):
    scene = Scene("Europe/Madrid", contract("k", "msa-business"))
    scene.submit(1, "2026-07-15T08:00", 2, "k")
    pour(scene, store)
    said = Commands(location).said("service-report", "quarterly", "--account", "acme", "--quarter", "2026-Q3")
    assert "note: no source states whether the programme includes such reports" in said


def test_a_correction_needs_a_reason_and_keeps_the_old_version(commands):
    ask = ("service-report", "daily", "--account", "acme", "--day", "2026-07-10", "--format", "json")
    assert "made: acme/daily/2026-07-10/1" in commands.said(*ask)
    assert "made: acme/daily/2026-07-10/2" in commands.said(*ask, "--correct", "a call was missing")
    assert "replaces acme/daily/2026-07-10/1: a call was missing" in commands.said(
        "service-report", "show", "acme/daily/2026-07-10/2"
    )


def test_a_range_about_some_requests(commands):
    said = commands.said(
        *("service-report", "on-demand", "--account", "acme", "--from", "2026-07-01", "--to", "2026-08-31"),
        *("--level", "1", "--level", "2", "--kind", "premium", "--column", "id", "--column", "level"),
    )
    ident = re.search(r"made: (\S+)", said)[1]
    assert ident.startswith("acme/on_demand/2026-07-01..2026-08-31_")
    printed = commands.said("service-report", "show", ident, "--format", "csv", "--language", "en")
    lines = printed.lstrip("\ufeff").splitlines()
    assert lines[0] == "Request,Level,Marks"
    assert [line[:10] for line in lines[1:]] == ["INC-000004", "INC-000006", "INC-000007", "INC-000009"]


def test_a_definition_is_saved_run_and_removed(commands):
    define = (
        "service-report",
        "define",
        "open",
        "--account",
        "acme",
        "--name",
        "Open requests",
        "--cadence",
        "monthly",
    )
    assert commands.said(*define, "--language", "es", "--state", "in_progress") == "saved: open\n"
    listed = commands.said("service-report", "definitions")
    assert listed == "open: Open requests (acme, monthly, es, only states in_progress)\n"
    assert "made: acme/periodic/open:2026-08/1" in commands.said("service-report", "run", "open", "--period", "2026-08")
    refused = commands.refused("service-report", "run", "open", "--period", "2026-Q3")
    assert isinstance(refused, UsageProblem)
    assert commands.said("service-report", "undefine", "open") == "removed: open\n"
    assert commands.said("service-report", "definitions") == "no periodic report is defined\n"


def test_what_is_due_is_listed_and_made(store, location):
    pour(Scene("Europe/Madrid", contract("ent", "msa-enterprise", "2026-01-01", "2026-06-30")), store)
    commands = Commands(location)
    listed = commands.said("service-report", "due")
    assert "late: acme quarterly 2026-Q1, due by 2026-04-14 22:00 UTC" in listed
    made = commands.said("service-report", "due", "--make", "--limit", "1")
    assert made == "made: acme/quarterly/2026-Q1/1 (late)\n1 more are due: ask again, or raise --limit\n"
    assert "made: acme/quarterly/2026-Q2/1" in commands.said("service-report", "due", "--make")
    assert commands.said("service-report", "due") == "nothing is due\n"


def test_sending_and_calling_are_recorded(commands):
    commands.said("service-report", "daily", "--account", "acme", "--day", "2026-07-10", "--format", "json")
    ident = "acme/daily/2026-07-10/1"
    sent = commands.said("service-report", "sent", ident, "--as", "person:P-0001")
    assert "recorded: contact:C-0001, First Contact: first@example.com" in sent
    commands.said("service-report", "call", ident, "--to", "contact:C-0001", "--summary", "all told")
    shown = commands.said("service-report", "show", ident)
    assert "sent by e-mail" in shown
    assert re.search(r"told by phone .* to contact:C-0001 by user:\w+: all told", shown)
    assert "told by phone" in commands.said("service-report", "list", "--kind", "daily")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("quarterly", "--account", "nobody"), UsageProblem),
        (("quarterly", "--account", "acme", "--quarter", "2026-Q9"), UsageProblem),
        (("daily", "--account", "acme", "--day", "10.07.2026"), UsageProblem),
        (("daily", "--account", "acme", "--day", "2026-07-10", "--language", "de"), ContentError),
        (("on-demand", "--account", "acme", "--from", "2026-07-02", "--to", "2026-07-01"), UsageProblem),
        (("on-demand", "--account", "acme", "--from", "2026-07-01", "--to", "2026-07-01", "--kind", "x"), ContentError),
        (("run", "nothing"), UsageProblem),
        (("show", "acme/daily/2026-07-10/7"), UsageProblem),
        (("export", "acme/daily/2026-07-10/7", "--out", "x"), UsageProblem),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(commands, words, error):
    refused = commands.refused("service-report", *words)
    assert isinstance(refused, error)
    assert refused.hint
