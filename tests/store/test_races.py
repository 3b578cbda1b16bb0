"""Real processes that want the same at the same moment (RULE-QUO-5): one gets it, and everything stays whole."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from auditor.accounts.incidents.commands import Act
from auditor.accounts.incidents.quota import QuotaExhausted
from auditor.accounts.programmes import load_programmes
from auditor.app.accounts import accounts, calendars, contracts
from auditor.app.accounts.saving import Act as Saving
from auditor.app.incidents.opening import open_incident
from auditor.calendars.options import CalendarOptions, spec_from_options
from auditor.errors import StoreError
from auditor.store import tables
from auditor.store.opening import open_store
from tests.store.premium_racer import REQUEST
from tests.store.world import found, problems, saved

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 30


@contextlib.contextmanager
def racers(count, script, *arguments):
    """Processes that are ready: they have opened the store and wait for a line."""
    command = [sys.executable, "-m", f"tests.store.{script}", *arguments]
    running = [
        subprocess.Popen([*command, f"racer {n}"], cwd=ROOT, stdin=-1, stdout=-1, text=True, bufsize=1)
        for n in range(count)
    ]
    try:
        assert [process.stdout.readline() for process in running] == ["ready\n"] * count
        yield running
    finally:
        for process in running:
            process.stdin.close()
            process.stdout.close()
            process.wait(timeout=60)


def go(running, line):
    """Tell all at once, then hear what each says."""
    for process in running:
        process.stdin.write(f"{line}\n")
    return [process.stdout.readline().strip() for process in running]


def test_the_last_unit_is_booked_once(store, location):
    with store.writing() as writing:
        found(writing)
    with racers(3, "racer", location) as running:
        for number in range(ROUNDS):
            period = (date(2026, 1, 1) + timedelta(days=number)).isoformat()
            assert sorted(go(running, period)) == ["lost", "lost", "won"]
    with store.reading() as reading:
        rows = reading.connection.execute(select(tables.incident.c.number).order_by(tables.incident.c.number))
        assert rows.scalars().all() == list(range(1, ROUNDS + 1))
        winners = set(reading.connection.execute(select(tables.quota.c.reason)).scalars())
        assert len(winners) > 1  # or it was no race
    assert problems(store) == []


@pytest.fixture
def business(store, clock):
    """acme under MSA Business; the number of premium requests that it includes."""
    programmes, act = load_programmes(), Saving("user:tester", clock())
    calendar = spec_from_options(CalendarOptions("Europe/Madrid", ("09:00-18:00",), country="ES"), id="office")
    account = {
        "id": "acme",
        "name": "Acme",
        "time_zone": "Europe/Madrid",
        "country": "ES",
        "customer_calendar": "office",
    }
    contract = {
        "id": "K-1",
        "account": "acme",
        "programme": "msa-business",
        "valid_from": "2026-03-01",
        "valid_to": "2027-03-01",
        "support_calendar": "office",
    }
    with store.writing() as writing:
        calendars.save_calendar(writing, calendar, act)
        accounts.create_account(writing, account, act)
        contracts.create_contract(writing, contract, programmes, act)
    return programmes["msa-business"].premium_quota.value


def test_premium_requests_are_handed_in_exactly_as_often_as_the_contract_says(store, location, business, clock):
    with racers(2, "premium_racer", location) as running:
        handed_in = [int(said) for said in go(running, "go")]
    assert sum(handed_in) == business
    with store.reading() as reading:
        booked = reading.connection.execute(select(tables.quota.c.delta)).scalars().all()
        assert booked == [1] * business
    assert problems(store) == []
    with pytest.raises(QuotaExhausted), store.writing() as writing:
        open_incident(writing, REQUEST, Act("user:tester", clock(), clock()), load_programmes())


def test_what_a_writer_reads_includes_what_the_writer_before_it_stored(store, location):
    """The second writer waits from its very first statement, and then sees everything, whatever it asks."""
    with store.writing() as writing:
        found(writing)
    seen = []

    def second():
        with open_store(location) as other, other.writing() as writing:
            seen.append((writing.head()[0], writing.document("calendar", "late"), writing.personal("contact", "C-9")))
            writing.append(saved("calendar", "later"))

    thread = threading.Thread(target=second)
    with store.writing() as writing:
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
        writing.append(saved("calendar", "late", version=1))
        writing.keep_personal("contact", "C-9", {"name": "x"})
    thread.join(30)
    assert seen == [(7, {"version": 1}, {"name": "x"})]
    with store.reading() as reading:
        assert reading.head()[0] == 8


def test_who_waits_too_long_is_told(location, monkeypatch):
    monkeypatch.setattr("auditor.store.database.WAIT_SECONDS", 1)
    with open_store(location) as first, open_store(location) as second, first.writing():
        with pytest.raises(StoreError, match="another process has been writing all the time"), second.writing():
            pass
        with second.reading() as reading:  # reading never waits
            assert reading.head()[0] == 0


def test_readers_do_not_disturb_writers(store, location):
    with open_store(location) as other, other.reading() as reading:
        assert reading.head()[0] == 0
        for number in range(5):
            with store.writing() as writing:
                writing.append(saved("calendar", f"c{number}"))
        assert reading.head()[0] == 0


def test_a_connection_that_the_server_closed_is_replaced(store):
    if store.engine.dialect.name == "postgresql":
        with store.reading() as reading:
            pid = reading.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with open_store(store.engine.url.render_as_string()) as other, other.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with store.writing() as writing:
        writing.append(saved("calendar", "office"))
    assert problems(store) == []
