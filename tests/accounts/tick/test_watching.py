"""auditor tick on the command line, once and watching."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from auditor.app.tick import watch as watching
from auditor.errors import ContentError, StoreError
from auditor.store.opening import open_store
from tests.accounts.cli.scene import Commands, furnish
from tests.stores import fresh_database


@pytest.fixture
def acme(furnished):
    return Commands(furnished("msa-business"))


def test_a_tick_says_what_it_did_and_then_that_nothing_is_due(acme, tmp_path):
    acme.open("down", level=1, at="2026-03-16T10:00")
    said = acme.said("tick", "--at", "2026-03-16T12:00+01:00")
    assert "escalated  INC-000001: 50%, 75%, 100% of the response time has passed" in said
    assert "told       INC-000001, level 1 (Critical): the response time is over" in said
    assert "to person:P-0002, person:P-0001, contact:C-0001" in said
    again = acme.said("tick", "--at", "2026-03-16T12:00+01:00")
    assert again == "2026-03-16T11:00:00Z: nothing is due\n"
    lines = [json.loads(line) for line in acme.said("tick", "--format", "json", "--outbox", tmp_path).splitlines()]
    assert [(one["done"], one["subject"]) for one in lines[:-1]] == [("told", "INC-000001:routed:1")]
    assert lines[-1]["done"] == "tick"
    assert lines[0]["file"] in {path.name for path in tmp_path.iterdir()}


def test_what_a_tick_refuses(acme, tmp_path):
    assert "future" in acme.refused("tick", "--at", "2098-01-01").message
    forged = acme.refused("tick", "--outbox", tmp_path, "--sender", "x@example.com\r\nBcc: other@example.com")
    assert "not an e-mail address" in forged.message
    assert "--at" in acme.refused("tick", "--watch", "--at", "2026-03-16").hint
    for every in ("0s", "6bh", "soon"):
        acme.refused("tick", "--watch", "--every", every)
    assert "no store here yet" in Commands(str(tmp_path / "none.db")).refused("tick").message


def test_an_unreachable_database_is_told_and_asked_again_after_longer_pauses(monkeypatch):
    pauses = []
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", lambda seconds: pauses.append(seconds) or False)
    answers = iter([StoreError("gone")] * 10 + [None, StoreError("gone"), None])
    said = []

    def once():
        answer = next(answers, "end")
        if answer == "end":
            stop.set()
        elif answer is not None:
            raise answer

    watching.watch(once, 60.0, stop, said.append)
    assert pauses[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 60]
    assert pauses[11:13] == [1, 60]
    assert said[0] == "gone; trying again in 1 s"
    assert said.count("the database answers again") == 2


def test_another_error_is_not_taken_for_a_database_that_will_come_back():
    def once():
        raise ContentError("broken")

    with pytest.raises(ContentError):
        watching.watch(once, 60.0, threading.Event(), print)


class Watcher:
    """`auditor tick --watch` as a process of its own."""

    def __init__(self, location, *words):
        command = [sys.executable, "-m", "auditor", "tick", "--watch", "--every", "1s", *words]
        env = {**os.environ, "AUDITOR_DB": location, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = []
        self._readers = [
            threading.Thread(target=self._read, args=(pipe,)) for pipe in (self.process.stdout, self.process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe):
        with pipe:
            self.said.extend(pipe)

    def wait_for(self, words):
        until = time.monotonic() + 30
        while not any(words in line for line in list(self.said)):
            assert time.monotonic() < until, self.said
            time.sleep(0.05)

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(30)
        for reader in self._readers:
            reader.join(30)
        return code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_watching_does_what_comes_up_and_stops_when_asked(acme, number):
    watcher = Watcher(acme.location)
    try:
        acme.open("down", level=1, at="2026-03-16T10:00")
        watcher.wait_for("the response time is over")
    finally:
        assert watcher.end(number) == 0
    assert watcher.said[-1] == "auditor: stopped\n"
    assert "Traceback" not in "".join(watcher.said)


def test_watching_outlives_a_server_that_is_away_for_a_while(postgresql):
    databases = fresh_database(postgresql, "TEMPLATE template")
    location = next(databases)
    with open_store(location) as store:
        furnish(store)
    name = location.partition("@/")[2].partition("?")[0]
    watcher = Watcher(location)
    try:
        watcher.wait_for("every 1s")
        with psycopg.connect(postgresql.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            watcher.wait_for("trying again in")
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        watcher.wait_for("the database answers again")
        Commands(location).open("down", level=1, at="2026-03-16T10:00")
        watcher.wait_for("the response time is over")
    finally:
        assert watcher.end(signal.SIGTERM) == 0
    assert next(databases, None) is None  # it is dropped
