"""A history as text, JSON or CSV, written entry by entry: memory stays flat."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, BinaryIO

import orjson

from auditor.app.accounts import loading
from auditor.app.history import Entry, Filter, History, local
from auditor.app.moments import local_text
from auditor.errors import UsageProblem
from auditor.model.events import text_of
from auditor.reporting.csv_files import cell
from auditor.reporting.text import one_line
from auditor.store.opening import open_store

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account

COLUMNS = ("seq", "at_utc", "at_local", "kind", "subject", "type", "actor", "text")
_BOM = "\ufeff"
_MARGIN = 15
"""Columns before the sentence: the time of day with its offset."""


def write_history(db: str | None, account: str, wanted: Filter, form: tuple[str, str], out: Path | BinaryIO) -> None:
    """Write the history of an account; `form` is text, json or csv, and the language ("": the account's first).

    Files are UTF-8; text uses the width of the terminal. UsageProblem when the file `out` cannot be written; it is not
    begun for what makes no sense.
    """
    style, language = form
    with open_store(db, create=False) as store, store.reading() as reading:
        known = loading.load_account(reading, account)
        # files are handed on, so they name people by their ids; the screen shows names
        found = History(reading, known, language or known.languages[0], wanted, names=style == "text")
        found.check()
        lines = {"text": _text, "json": _json, "csv": _csv}[style](found, known)
        if isinstance(out, Path):
            _write_file(lines, out)
        else:
            for line in lines:
                out.write(line.encode("utf-8"))


def _write_file(lines: Iterable[str], out: Path) -> None:
    try:
        with out.open("wb") as file:
            file.writelines(line.encode("utf-8") for line in lines)
    except OSError as error:
        hint = "name a file in a folder that you may write to"
        raise UsageProblem(f"cannot be written: {error.strerror}", where=str(out), hint=hint) from error


def _text(found: History, account: Account) -> Iterator[str]:
    width = max(40, shutil.get_terminal_size((100, 24)).columns)
    phrases = found.sentences.phrases
    yield one_line(phrases.say("title", label=f"{account.name} ({account.id}), {account.time_zone}")) + "\n"
    day: date | None = None
    for entry in found:
        here = local(entry.event.at, account)
        if here.date() != day:
            day = here.date()
            yield f"\n{phrases.day(day)}\n"
        yield from _lines(entry, local_text(entry.event.at, account.zone)[len("2026-01-01 ") :], width)
    if day is None:
        yield f"\n{phrases.say('no_entries')}\n"


def _lines(entry: Entry, time: str, width: int) -> Iterator[str]:
    said = one_line(f"{entry.event.subject}  {entry.text}  [{entry.who}]")
    for number, line in enumerate(wrap(said, width - _MARGIN, drop_whitespace=True) or [""]):
        yield f"{time if not number else '':{_MARGIN}}{line}\n"


def _json(found: History, account: Account) -> Iterator[str]:
    head = {"account": account.id, "zone": account.time_zone, "language": found.sentences.phrases.language}
    yield orjson.dumps(head).decode()[:-1] + ',"entries":['
    for number, entry in enumerate(found):
        yield (",\n" if number else "\n") + orjson.dumps(entry.to_document()).decode()
    yield "\n]}\n"


def _csv(found: History, account: Account) -> Iterator[str]:
    yield _BOM + ",".join(COLUMNS) + "\r\n"
    for entry in found:
        event = entry.event
        row = (
            str(event.seq),
            text_of(event.at),
            local(event.at, account).isoformat(timespec="seconds"),
            entry.kind,
            event.subject,
            event.type,
            event.actor,
            entry.text,
        )
        yield ",".join(cell(value) for value in row) + "\r\n"
