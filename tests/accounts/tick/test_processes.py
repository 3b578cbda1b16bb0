"""Two ticks at once, and ticks that are killed: nothing is lost and nothing comes twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from auditor.store.checking import check
from auditor.store.opening import open_store
from tests.accounts.tick.child import run
from tests.accounts.tick.desk import Desk
from tests.stores import FrozenClock

MONDAY = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
LATE = "2026-03-18T12:00Z"
COUNT = 24
"""Fewer than make the quota of 36 worth a warning."""


@pytest.fixture(scope="module")
def forks():
    """Processes are forked from a small server: a fork of the test process itself would take its threads along."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.accounts.tick.child"])
    return context


@pytest.fixture
def location(furnished):
    return furnished("msa-business")


@pytest.fixture
def late(location):
    """Requests that were due long ago; their notices are told on the spot (level 1)."""
    with open_store(location, clock=FrozenClock(MONDAY)) as store:
        desk = Desk(store)
        return [desk.open(MONDAY + timedelta(minutes=number), level=1) for number in range(COUNT)]


def collect(outbox, found):
    """What a mail system does: take the files away."""
    for path in outbox.glob("*.eml"):
        found[path.name] += 1
        path.unlink()


def everything(location, idents):
    with open_store(location) as store:
        assert not check(store).problems
        desk = Desk(store)
        assert all(desk.fractions(ident) == [0.5, 0.75, 1.0] for ident in idents)
        with store.reading() as reading:
            return reading.documents("notification")


def expected(idents):
    """Each request was given to somebody, and its breach is told."""
    return {f"{ident}:{what}" for ident in idents for what in ("routed:1", "response:1:1")}


def test_two_ticks_at_once_do_everything_once(forks, location, late, tmp_path):
    outbox = tmp_path / "out"
    both = [forks.Process(target=run, args=(location, LATE, str(outbox))) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert set(everything(location, late)) == expected(late)
    assert len(list(outbox.glob("*.eml"))) == 2 * COUNT
    assert list((outbox / ".staged").iterdir()) == []


def test_ticks_killed_at_any_instant_lose_and_double_nothing(forks, location, late, tmp_path):
    outbox = tmp_path / "out"
    found: Counter[str] = Counter()
    chance = random.Random(20260316)  # noqa: S311 - the same delays in every run
    killed = 0
    for _ in range(30):
        process = forks.Process(target=run, args=(location, LATE, str(outbox)))
        process.start()
        time.sleep(chance.uniform(0.0, 0.25))
        process.kill()
        process.join(60)
        killed += process.exitcode == -9
        collect(outbox, found)
    assert killed >= 5  # the others were done before
    for _ in range(2):
        run(location, LATE, str(outbox))
        collect(outbox, found)
    told = everything(location, late)
    assert set(told) == expected(late)
    assert len(found) == 2 * COUNT
    assert set(found.values()) == {1}
    assert list((outbox / ".staged").glob("*.eml")) == []
