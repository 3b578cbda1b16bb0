"""`auditor incident import`: each incident in a transaction of its own, all mistakes told with their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from auditor.app.accounts.showing import Sheet, write_json
from auditor.app.actors import actor
from auditor.app.incidents.import_rows import read_rows
from auditor.app.incidents.importing import History, Importing, histories, record_history
from auditor.errors import AuditorError, StoreError
from auditor.store.opening import open_store

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session
    from auditor.store.store import Store


@dataclass(slots=True)
class Answer:
    """What became of a file: name in the file -> incident and number of new events; mistakes, each with its line."""

    recorded: dict[str, tuple[str, int]] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)


def run(session: Session, path: Path, account: str, stream: TextIO) -> bool:
    """Import a file; whether all of it was accepted. A file with rows that cannot be read is not begun."""
    rows, mistakes = read_rows(path)
    answer = Answer(mistakes=mistakes)
    acting = actor(session.acting)
    if not mistakes:
        with open_store(session.db, create=False) as store:
            importing = Importing(acting, store.clock(), session.programmes)
            for history in histories(rows, account):
                _import(store, history, importing, answer)
    _write(answer, session.style, stream)
    return not answer.mistakes


def _import(store: Store, history: History, importing: Importing, answer: Answer) -> None:
    try:
        with store.writing() as writing:
            answer.recorded[history.named] = record_history(writing, history, importing)
    except StoreError:
        raise
    except AuditorError as error:
        answer.mistakes.append(f"{error} [{history.named}]")


def _write(answer: Answer, style: str, stream: TextIO) -> None:
    recorded = [
        {"named": named, "incident": ident, "new_events": count} for named, (ident, count) in answer.recorded.items()
    ]
    if style == "json":
        write_json({"recorded": recorded, "mistakes": answer.mistakes}, stream)
        return
    sheet = Sheet(stream)
    rows = [(str(one["named"]), str(one["incident"]), str(one["new_events"])) for one in recorded]
    sheet.grid(("In the file", "Incident", "New events"), rows, "No incident was recorded.")
    for mistake in answer.mistakes:
        sheet.line(f"Refused: {mistake}")
    sheet.write()
