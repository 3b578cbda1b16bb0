"""The commands about incidents: each works on the store of a session and writes its answer to a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TextIO

from auditor.accounts.incidents.quota import QuotaExhausted
from auditor.app.accounts import loading
from auditor.app.accounts.showing import write_json
from auditor.app.actors import SYSTEM
from auditor.app.incidents import pages, views
from auditor.app.incidents.acting import By, Decide, perform
from auditor.app.moments import instant_from
from auditor.errors import RuleBroken
from auditor.phrases import Phrases

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session
    from auditor.app.incidents.asking import Asked
    from auditor.store.incident_queries import Wanted
    from auditor.store.store import Reading, Writing


class _DraftOnly(Exception):
    """Leaves a transaction that must not be kept, with what was to be shown."""

    def __init__(self, show: Callable[[], None]) -> None:
        super().__init__()
        self.show = show


def act(session: Session, named: str, step: Decide, when: tuple[str, bool], stream: TextIO) -> None:
    """One step of an incident's life. `when` is the instant as written, and whether it is recorded afterwards."""
    with session.writing() as (writing, who), quota_choices():
        outcome = perform(writing, named, By(who.actor, who.at, *when), step)
        document = views.after(outcome, who.at)
        show = _outcome(session, writing, document, stream)
    show()


def opening(session: Session, asked: Asked, when: tuple[str, bool], draft: bool, stream: TextIO) -> None:
    """Hand in a request; with `draft` nothing is kept."""
    from auditor.app.incidents.acting import act_of
    from auditor.app.incidents.opening import open_incident

    try:
        with session.writing() as (writing, who), quota_choices():
            acting = act_of(writing, asked.account, By(who.actor, who.at, *when))
            opened = open_incident(writing, asked.opening(writing, acting), acting, session.programmes)
            zone = loading.load_account(writing, asked.account).zone
            document = views.after_opening(opened, who.at, zone, draft)
            document["remarks"] += [remark._asdict() for remark in asked.doubts()]
            show = _outcome(session, writing, document, stream)
            _keep_nothing_of(draft, show)
    except _DraftOnly as left:
        show = left.show
    show()


def _keep_nothing_of(draft: bool, show: Callable[[], None]) -> None:
    if draft:
        raise _DraftOnly(show)


def show(session: Session, named: str, language: str, stream: TextIO) -> None:
    """Everything about an incident."""
    with session.reading() as (reading, now):
        if session.style == "json":
            write_json(views.show(reading, named, now, language), stream)
            return
        document = views.show(reading, named, now, language, _names(reading, language))
        pages.write_incident(document, _tellers(reading, language)(document["incident"]["account"]), stream)


def listing(session: Session, asked: Mapping[str, Any], limit: int, language: str, stream: TextIO) -> None:
    """Incidents that fit; `asked` are the options of the command line."""
    wanted = _wanted(**asked)
    with session.reading() as (reading, _):
        _check_account(reading, wanted.account)
        incidents = views.listed(reading, wanted, limit)
        if session.style == "json":
            write_json({"incidents": incidents}, stream)
        elif session.style == "csv":
            _write_csv(incidents, _LIST_COLUMNS, stream)
        else:
            pages.write_list(incidents, _tellers(reading, language), stream)


def queue(session: Session, account: str, limit: int, language: str, stream: TextIO) -> None:
    """What waits for a first answer, the most urgent first."""
    with session.reading() as (reading, now):
        _check_account(reading, account)
        document = views.queue(reading, account, limit, now)
        if session.style == "json":
            write_json(document, stream)
        elif session.style == "csv":
            _write_csv(document["incidents"], _QUEUE_COLUMNS, stream)
        else:
            pages.write_queue(document, _tellers(reading, language), stream)


_LIST_COLUMNS = (
    "id", "account", "level", "state", "kind", "type", "title", "product", "product_version", "reported_by", "channel",
    "programme", "routed_to", "submitted_at", "deadline", "marks", "responded_at", "ended_at", "flags",
)  # fmt: skip
_QUEUE_COLUMNS = (
    "id", "account", "level", "title", "programme", "kind", "submitted_at", "deadline", "marks", "status",
    "left_seconds", "left_in", "routed_to", "routed_role", "queued_until", "flags",
)  # fmt: skip


def _write_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], stream: TextIO) -> None:
    """RFC 4180; text that a spreadsheet would take for a formula is defused."""
    from auditor.reporting.csv_files import cell

    stream.write(",".join(columns) + "\r\n")
    for row in rows:
        stream.write(",".join(cell(_plain(row[name])) for name in columns) + "\r\n")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _outcome(session: Session, reading: Writing, document: dict[str, Any], stream: TextIO) -> Callable[[], None]:
    """Writes the answer once the transaction is kept: names are looked up before, nothing is said before."""
    if session.style == "json":
        return lambda: write_json(document, stream)
    import io

    page = io.StringIO()
    teller = _tellers(reading, "en")(document["incident"]["account"])
    pages.write_outcome(document, teller, page)
    text = page.getvalue()
    return lambda: _say(text, stream)


def _say(text: str, stream: TextIO) -> None:
    stream.write(text)


def _tellers(reading: Reading, language: str) -> Callable[[str], pages.Teller]:
    """Tellers by account; "" for labels only."""
    from zoneinfo import ZoneInfo

    names = _names(reading, language)

    @cache
    def teller(account: str) -> pages.Teller:
        zone = loading.load_account(reading, account).zone if account else ZoneInfo("UTC")
        return pages.Teller(language, zone, names)

    return teller


def _names(reading: Reading, language: str) -> pages.Names:
    """What those are called who act: name and id, the tool itself in words, everybody else as recorded."""

    @cache
    def names(actor: str) -> str:
        if actor == SYSTEM:
            return Phrases(language, "history").say("system")
        kind, _, ident = actor.partition(":")
        if kind not in {"person", "contact"}:
            return actor
        name = loading.name_of(reading, kind, ident)
        return actor if name == ident else f"{name} ({ident})"

    return names


def _wanted(*, kind: str | None, since: str, until: str, states: Sequence[str], **asked: Any) -> Wanted:
    from zoneinfo import ZoneInfo

    from auditor.accounts.incidents.lifecycle import OPEN
    from auditor.store.incident_queries import Wanted

    named = {state for one in states for state in (sorted(OPEN) if one == "open" else (one,))}
    first, last = (instant_from(text, ZoneInfo("UTC")) if text else None for text in (since, until))
    kinds = (kind,) if kind else ()
    return Wanted(states=tuple(sorted(named)), kinds=kinds, since=first, until=last, **asked)


def _check_account(reading: Reading, account: str) -> None:
    if account:
        loading.load_account(reading, account)


@contextmanager
def quota_choices() -> Iterator[None]:
    """Say the two ways on in the words of the command line (RULE-QUO-3)."""
    try:
        yield
    except QuotaExhausted as error:
        hint = "choose: --kind standard (no guaranteed time), or --override-quota WHO WHY (one unit beyond)"
        raise RuleBroken(error.message, hint=hint) from error
