"""Ticking until somebody stops it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from auditor.errors import StoreError

LONGEST_PAUSE = 300.0
"""Seconds between two attempts while the database cannot be reached, at most."""


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, in place of ending the process at once."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def watch(once: Callable[[], None], every: float, stop: threading.Event, say: Callable[[str], None]) -> None:
    """Call `once` every so many seconds until `stop` is set.

    A database that cannot be reached is told with `say` and asked again after a pause, which doubles each time up to
    LONGEST_PAUSE; that it answers again is told, too.
    """
    failures = 0
    while not stop.is_set():
        try:
            once()
        except StoreError as error:
            pause = min(LONGEST_PAUSE, 2.0**failures)
            failures += 1
            say(f"{error}; trying again in {pause:g} s")
            stop.wait(pause)
            continue
        if failures:
            say("the database answers again")
            failures = 0
        stop.wait(every)
