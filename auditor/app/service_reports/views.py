"""What the command service-report does and says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from auditor.accounts.reports.definitions import Definition
from auditor.accounts.reports.selection import DEFAULT_COLUMNS, Filters, Selection
from auditor.app.accounts import loading
from auditor.app.accounts.saving import Act
from auditor.app.actors import actor
from auditor.app.service_reports import asking, history
from auditor.app.service_reports.asking import Ask
from auditor.app.service_reports.definitions import define, definition_of, definitions_of, undefine
from auditor.app.service_reports.dueness import Outlook, due, make_due, owed, periodic_ask
from auditor.app.service_reports.gathering import present_terms
from auditor.app.service_reports.making import Made, Tools, make
from auditor.app.service_reports.tools import default_tools
from auditor.errors import UsageProblem
from auditor.store.opening import open_store

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.store.store import Reading, Store

_NOT_PROMISED: Mapping[str, str] = {
    "not_promised": "the programme does not promise such reports",
    "unknown": "no source states whether the programme includes such reports",
    "no_contract": "no contract is in force, and standard support promises no such reports",
}


@dataclass(frozen=True)
class Desk:
    """One call of the command. `db` None is the user's own store, `acting` in whose name, `folders` more programmes."""

    db: str | None = None
    acting: str = ""
    folders: tuple[Path, ...] = ()
    templates: Path | None = None

    @cached_property
    def tools(self) -> Tools:
        """What making needs."""
        return default_tools(self.folders, self.templates)

    @contextmanager
    def opened(self) -> Iterator[tuple[Store, Act]]:
        """The store, with who acts and when; StoreError when there is none."""
        with open_store(self.db, create=False) as store:
            yield store, Act(actor(self.acting), store.clock())


@dataclass(frozen=True, slots=True)
class Wish:
    """What all commands that make reports take. `out` is a folder for the files, None writes none."""

    account: str = ""
    languages: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    correct: str = ""
    out: Path | None = None

    def fill(self, ask: Ask) -> Ask:
        """The report with what is wished for it."""
        return replace(
            ask,
            languages=self.languages or ask.languages,
            formats=self.formats or ask.formats,
            recipients=self.recipients or ask.recipients,
            correct=self.correct,
        )


def selection_of(chosen: Mapping[str, tuple[Any, ...]], columns: tuple[str, ...]) -> Selection:
    """The selection of options; ContentError for what no request can have."""
    selection = Selection(Filters(**chosen), columns or DEFAULT_COLUMNS)
    selection.check()
    return selection


# --- making --------------------------------------------------------------------------------------------------


def make_daily(desk: Desk, wish: Wish, day: str, stream: TextIO) -> None:
    """Make the report of a day; without one of the last day whose cut-off has come."""
    with desk.opened() as (store, act):
        account = _account(store, wish.account)
        _make(desk, store, act, (Ask(account.id, "daily", asking.asked_day(account, day, act.at)), wish), stream)


def make_quarterly(desk: Desk, wish: Wish, quarter: str, stream: TextIO) -> None:
    """Make the report of a quarter; without one of the quarter that ended last."""
    with desk.opened() as (store, act):
        account = _account(store, wish.account)
        with store.reading() as reading:
            terms = present_terms(reading, account, desk.tools.programmes(), reading.head()[0])
        period = asking.asked_quarter(account, quarter, terms, act.at)
        _make(desk, store, act, (Ask(account.id, "quarterly", period), wish), stream)


def make_on_demand(desk: Desk, wish: Wish, days: tuple[str, str], selection: Selection, stream: TextIO) -> None:
    """Make a report about any range of days; the last one may be today or later."""
    with desk.opened() as (store, act):
        account = _account(store, wish.account)
        ask = Ask(account.id, "on_demand", asking.asked_range(account, *days), selection=selection)
        _make(desk, store, act, (ask, wish), stream)


def run_definition(desk: Desk, wish: Wish, ident: str, period: str, stream: TextIO) -> None:
    """Make the report of a definition about one of its periods; without one about the period that ended last."""
    with desk.opened() as (store, act):
        with store.reading() as reading:
            definition = definition_of(reading, ident)
            account = loading.load_account(reading, definition.account)
        ask = periodic_ask(definition, asking.asked_period(account, definition, period, act.at), None)
        _make(desk, store, act, (ask, wish), stream)


def _make(desk: Desk, store: Store, act: Act, asked: tuple[Ask, Wish], stream: TextIO) -> None:
    ask, wish = asked[1].fill(asked[0]), asked[1]
    with store.reading() as reading:
        ask = owed(reading, ask, act.at, desk.tools.programmes)
    made = make(store, ask, act, desk.tools)
    with store.reading() as reading:
        _say_made(reading, made, stream)
        if wish.out is not None:
            files = history.files_of(history.load(reading, made.id), made.id, wish.languages, wish.formats)
            for path in history.export(reading, files, wish.out):
                stream.write(f"written: {path}\n")


def _say_made(reading: Reading, made: Made, stream: TextIO) -> None:
    stream.write(f"{'made' if made.new else 'was made before'}: {made.id}{' (late)' if made.late else ''}\n")
    promise = history.document(reading, made.id)["promise"]
    if promise in _NOT_PROMISED:
        stream.write(f"note: {_NOT_PROMISED[promise]}; this one is made because it was asked for\n")


def _account(store: Store, ident: str) -> Account:
    with store.reading() as reading:
        return loading.load_account(reading, ident)


# --- what is due ---------------------------------------------------------------------------------------------


def show_due(desk: Desk, stream: TextIO) -> None:
    """List what is due and what is late."""
    with desk.opened() as (store, act):
        with store.reading() as reading:
            outlook = due(reading, act.at, desk.tools.programmes)
        for one in outlook.due:
            until = "nobody can say until when" if one.due_at is None else f"due by {_minute(one.due_at)}"
            state = "late" if one.late(act.at) else "due"
            stream.write(f"{state}: {one.account} {one.kind} {one.key}, {until}\n")
        _say_failed(outlook, stream)
        if not outlook.due and not outlook.failed:
            stream.write("nothing is due\n")


def make_what_is_due(desk: Desk, limit: int, stream: TextIO) -> int:
    """Make what is due; the number of reports that could not be made."""
    with desk.opened() as (store, act):
        outcome = make_due(store, act.at, limit, desk.tools)
        for made in outcome.made:
            stream.write(f"made: {made.id}{' (late)' if made.late else ''}\n")
        _say_failed(Outlook((), outcome.failed), stream)
        if outcome.left:
            stream.write(f"{outcome.left} more are due: ask again, or raise --limit\n")
        if not outcome.made and not outcome.failed:
            stream.write("nothing is due\n")
        return len(outcome.failed)


def _say_failed(outlook: Outlook, stream: TextIO) -> None:
    for failed in outlook.failed:
        what = f"{failed.account} {failed.what}".strip()
        stream.write(f"cannot be made: {what}: {failed.error}\n")


# --- definitions ---------------------------------------------------------------------------------------------


def save_definition(desk: Desk, definition: Definition, stream: TextIO) -> None:
    """Save the definition of a periodic report."""
    with desk.opened() as (store, act), store.writing() as writing:
        saved = define(writing, definition, act)
        stream.write(f"{'saved' if saved else 'unchanged'}: {definition.id}\n")


def remove_definition(desk: Desk, ident: str, stream: TextIO) -> None:
    """Remove the definition of a periodic report."""
    with desk.opened() as (store, act), store.writing() as writing:
        stream.write(f"removed: {undefine(writing, ident, act).id}\n")


def list_definitions(desk: Desk, account: str | None, stream: TextIO) -> None:
    """List definitions of periodic reports."""
    with desk.opened() as (store, _), store.reading() as reading:
        found = definitions_of(reading, account)
    for one in found:
        filters = "; ".join(f"{name} {', '.join(map(str, values))}" for name, values in _filters(one).items())
        chosen = f", only {filters}" if filters else ""
        whom = f", for {', '.join(one.recipients)}" if one.recipients else ""
        stream.write(f"{one.id}: {one.name} ({one.account}, {one.cadence}, {one.language}{chosen}{whom})\n")
    if not found:
        stream.write("no periodic report is defined\n")


def _filters(definition: Definition) -> dict[str, list[Any]]:
    return definition.selection.filters.to_document()


# --- history -------------------------------------------------------------------------------------------------


def write_content(desk: Desk, ident: str, chosen: tuple[str, str], stream: BinaryIO) -> None:
    """Write the very bytes of one file of a report, in a language and format."""
    language, form = chosen
    with desk.opened() as (store, _), store.reading() as reading:
        report = history.load(reading, ident)
        files = history.files_of(report, ident, (language,) if language else (), (form,))
        if len(files) > 1:
            listed = ", ".join(one.language for one in files)
            raise UsageProblem(f"{ident} was made in several languages", hint=f"name one with --language: {listed}")
        stream.write(history.content(reading, files[0]))


def export(desk: Desk, ident: str, wish: Wish, names: bool, stream: TextIO) -> None:
    """Write the kept files of a report into a folder; with `names` copies that call people by their names."""
    out = wish.out or Path()
    with desk.opened() as (store, _), store.reading() as reading:
        report = history.load(reading, ident)
        files = history.files_of(report, ident, wish.languages, wish.formats)
        # a Health Check calls people by their names already
        if names and report["kind"] != "health_check":
            from auditor.app.service_reports.naming import export_named

            written = export_named(reading, report, files, (out, desk.templates))
        else:
            written = history.export(reading, files, out)
        for path in written:
            stream.write(f"written: {path}\n")


def _minute(instant: Any) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
