"""Killed at any instant: what was said to be stored is there, nothing is half there, and the next one goes on."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from auditor.store import tables
from auditor.store.checking import check
from auditor.store.opening import open_store
from auditor.store.rows import event_of
from tests.postgresql import new_server
from tests.stores import fresh_database

ROOT = Path(__file__).resolve().parents[2]
FOUNDED = 6
"""Events of the first transaction."""


@dataclass
class Nursery:
    """Writers that are killed. `said` is the highest number that any of them has said to have stored."""

    process: subprocess.Popen[str]
    said: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(2026))  # noqa: S311

    def writer(self, location: str) -> int:
        """A new writer's process id."""
        self.process.stdin.write(f"{location}\n")
        return int(self.heard().removeprefix("pid "))

    def heard(self) -> str:
        return self.process.stdout.readline().strip()

    def until_gone(self) -> None:
        """What the writer has said until it was gone."""
        while (said := self.heard()) != "gone":
            if said.isdigit():
                self.said = max(self.said, int(said))

    def kill_after(self, location: str, milliseconds: float) -> None:
        """Let a writer begin and kill it so much later; every second time it has stored something before."""
        writer = self.writer(location)
        assert self.heard() == "open"
        if self.chance.random() < 0.5:
            self.said = max(self.said, int(self.heard()))
        time.sleep(milliseconds / 1000)
        os.kill(writer, signal.SIGKILL)
        self.until_gone()


@pytest.fixture
def nursery():
    command = [sys.executable, "-m", "tests.store.nursery"]
    with subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True, bufsize=1) as process:
        yield Nursery(process)
        process.stdin.close()


def inspect(location: str, said: int) -> int:
    """The store opens, is in order, holds what was said, and no half transaction; the number of its events."""
    with open_store(location, create=False) as store:
        found = check(store)
        assert found.problems == ()
        assert found.events >= said
        with store.reading() as reading:
            events = [event_of(row) for row in reading.connection.execute(tables.event.select().order_by("seq"))]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert len(events) == 0 or len(events) >= FOUNDED
    for first, together in itertools.groupby(events[FOUNDED:], key=lambda event: event.payload["first"]):
        whole = list(together)
        assert (whole[0].seq, len(whole)) == (first, whole[0].payload["of"])
    return len(events)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_writer_that_is_killed(nursery, tmp_path, seed):
    """SQLite: ten stores in all, each killed twenty times and looked at after every kill."""
    nursery.chance.seed(seed)
    stored = 0
    for number in range(5):
        nursery.said = 0
        location = str(tmp_path / f"{number}.db")
        for _ in range(20):
            nursery.kill_after(location, nursery.chance.uniform(0.5, 30))
            stored = max(stored, inspect(location, nursery.said))
    assert stored > FOUNDED  # or nobody was killed at work


def test_whoever_is_killed_while_a_store_is_created(nursery, tmp_path):
    """Afterwards there is a store or none, and both can be opened."""
    finished = 0
    for number in range(30):
        location = str(tmp_path / f"{number}.db")
        writer = nursery.writer(location)
        time.sleep(nursery.chance.uniform(0, 0.06))
        os.kill(writer, signal.SIGKILL)
        nursery.said = 0
        nursery.until_gone()
        finished += nursery.said > 0
        with open_store(location):
            pass
        inspect(location, nursery.said)
    assert finished < 30  # or nobody was killed while creating


def test_a_client_that_is_killed(nursery, postgresql):
    """PostgreSQL: the server goes on without the client that was killed."""
    with contextlib.contextmanager(fresh_database)(postgresql, "TEMPLATE template") as location:
        for _ in range(30):
            nursery.kill_after(location, nursery.chance.uniform(1, 25))
            stored = inspect(location, nursery.said)
    assert stored > FOUNDED


def test_a_server_that_is_stopped_at_once(nursery):
    """PostgreSQL as if the power had failed: the server writes through to the disk, and recovers."""
    server = new_server()
    server.start("fsync=on")
    try:
        location = server.url("postgres")
        open_store(location).close()
        for _ in range(4):
            nursery.writer(location)
            assert nursery.heard() == "open"
            time.sleep(nursery.chance.uniform(0.02, 0.2))
            server.stop("immediate")
            nursery.until_gone()
            server.start("fsync=on")
            stored = inspect(location, nursery.said)
    finally:
        server.stop("immediate")
    assert stored > FOUNDED
