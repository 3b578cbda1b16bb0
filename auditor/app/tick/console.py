"""`auditor tick`: runs ticks on the store and writes what they did as they do it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

import orjson

from auditor.app.lines import write_lines
from auditor.app.moments import instant_from
from auditor.app.tick.run import tick
from auditor.errors import UsageProblem
from auditor.model.events import text_of
from auditor.reporting.text import one_line, visible
from auditor.store.opening import open_store

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.app.tick.done import Done
    from auditor.app.tick.post import Post
    from auditor.store.store import Store

_MARGIN = 11
"""Columns before the text: what was done stands there."""

DEFAULT_SENDER = "auditor@localhost.localdomain"


@dataclass(frozen=True, slots=True)
class Ticking:
    """What was asked for. `at` as written ("" now), `style` text or json, `outbox` None: nothing is mailed."""

    db: str | None = None
    at: str = ""
    style: str = "text"
    outbox: Path | None = None
    sender: str = DEFAULT_SENDER


def once(asked: Ticking, stream: TextIO) -> bool:
    """One tick; whether everything could be judged and told."""
    post = _post(asked)
    with open_store(asked.db, create=False) as store:
        now = instant_from(asked.at, ZoneInfo("UTC")) if asked.at else store.clock()
        return _tick(store, now, post, Printer(asked.style, stream))


def forever(asked: Ticking, every: str, stream: TextIO, errors: TextIO) -> None:
    """Tick every so often, such as 60s, until SIGINT or SIGTERM."""
    from auditor.app.tick.watch import stopping, watch

    if asked.at:
        raise UsageProblem("--watch looks at the clock itself", hint="leave out --at")
    seconds = _seconds(every)
    post = _post(asked)

    def say(text: str) -> None:
        errors.write(f"auditor: {one_line(text)}\n")
        errors.flush()

    with open_store(asked.db, create=False) as store, stopping() as stop:
        printer = Printer(asked.style, stream, quiet=True)
        say(f"doing what is due every {every}; SIGINT or SIGTERM stops it")
        watch(lambda: _noted(_tick(store, store.clock(), post, printer, stop)), seconds, stop, say)
    say("stopped")


def _noted(_complete: bool) -> None:
    """What could not be judged was printed; it is tried again with the next tick."""


def _tick(
    store: Store, now: datetime, post: Post | None, printer: Printer, stop: threading.Event | None = None
) -> bool:
    """Stops between two things that are done when `stop` is set: the next tick goes on."""
    complete = True
    count = 0
    for done in tick(store, now, post):
        printer.say(done)
        complete = complete and done.what != "problem"
        count += 1
        if stop is not None and stop.is_set():
            break
    printer.end(now, count)
    return complete


class Printer:
    """Writes each thing as soon as it is done. `quiet`: a tick that found nothing says nothing."""

    def __init__(self, style: str, stream: TextIO, quiet: bool = False) -> None:
        self._json = style == "json"
        self._stream = stream
        self._quiet = quiet

    def say(self, done: Done) -> None:
        """One thing: a line of JSON, or lines of text."""
        if self._json:
            self._write([orjson.dumps(done.to_document()).decode()])
        else:
            write_lines(_lines(done), self._stream, hang=_MARGIN)
            self._stream.flush()

    def end(self, now: datetime, count: int) -> None:
        """How many things the tick did."""
        if self._quiet and not count:
            return
        if self._json:
            self._write([orjson.dumps({"done": "tick", "at": text_of(now), "count": count}).decode()])
        else:
            self._write([f"{text_of(now)[:19]}Z: {f'{count} done' if count else 'nothing is due'}"])

    def _write(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._stream.write(line + "\n")
        self._stream.flush()


def _lines(done: Done) -> Iterable[str]:
    yield f"{done.what:<{_MARGIN - 1}} {one_line(done.text)}"
    if done.what != "told":
        return
    details = done.details
    margin = " " * _MARGIN
    yield f"{margin}to {', '.join(details['to']) or 'nobody'}" + (f", as {details['file']}" if details["file"] else "")
    if details["without_address"] and details["file"] is None:
        yield f"{margin}no address is known of {', '.join(details['without_address'])}"
    if details["file"] is None:
        for line in details["body"].rstrip().splitlines():
            yield f"{margin}  {visible(line)}".rstrip()


def _post(asked: Ticking) -> Post | None:
    if asked.outbox is None:
        return None
    from auditor.app.tick.mail import sender
    from auditor.app.tick.outbox import Outbox
    from auditor.app.tick.post import Post

    return Post(Outbox(asked.outbox), sender(asked.sender))


def _seconds(every: str) -> float:
    from auditor.calendars.durations import parse_duration

    length = parse_duration(every)
    if length.business or length.seconds < 1:
        raise UsageProblem(f"{every!r} is no time between two ticks", hint="write 60s, 5min or 1h")
    return float(length.seconds)
