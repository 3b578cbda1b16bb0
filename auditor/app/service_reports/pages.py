"""The history of reports as text: what was made, for whom, and how it reached people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from auditor.app.moments import instant_from
from auditor.app.service_reports import history, sending
from auditor.app.service_reports.people import addresses
from auditor.app.service_reports.sending import Sending
from auditor.app.service_reports.views import Desk
from auditor.errors import StoreError
from auditor.model.events import canonical
from auditor.store.report_queries import ReportQueries

if TYPE_CHECKING:
    from auditor.accounts.people import Personal
    from auditor.store.store import Reading


def list_reports(desk: Desk, chosen: tuple[str | None, str | None], limit: int, stream: TextIO) -> None:
    """List the reports made last, the newest first; `chosen` are account and kind, None for all."""
    with desk.opened() as (store, _), store.reading() as reading:
        found = ReportQueries(reading).listed(*chosen, limit)
    for ident, report in found:
        stream.write(f"{ident}: made {_minute(report['made_at'])}{_fate(report)}\n")
    if not found:
        stream.write("no report was made\n")


def show(desk: Desk, ident: str, again: bool, stream: TextIO) -> None:
    """Say everything about a report and check the bytes of its files; with `again` make it from its events anew.

    StoreError when something is not as it was made.
    """
    with desk.opened() as (store, _), store.reading() as reading:
        report = history.load(reading, ident)
        for line in _facts(reading, ident, report):
            stream.write(f"{line}\n")
        if again:
            if canonical(history.rebuilt(reading, ident)) != canonical(history.document(reading, ident)):
                raise StoreError(f"{ident} cannot be made again as it was", hint="auditor db check")
            stream.write("made again from its events: the same\n")


def _facts(reading: Reading, ident: str, report: Mapping[str, Any]) -> Iterable[str]:
    made = next(event for event in reading.events("report", ident) if event.type == "made")
    yield f"{ident}, made {made.at:%Y-%m-%d %H:%M} UTC by {made.actor}"
    yield f"about {_minute(report['from'])} to {_minute(report['to'])}, zone {report['zone']}"
    if report["due_at"]:
        yield f"due by {_minute(report['due_at'])}"
    if report["corrects"]:
        yield f"replaces {report['corrects']}{': ' + report['why'] if report['why'] else ''}"
    for recipient, personal in addresses(reading, report["account"], report["recipients"]):
        yield f"for {_address(recipient, personal)}"
    for kept in history.files_of(report, ident, (), ()):
        size = len(history.content(reading, kept))
        yield f"file {kept.file_name}, {size} bytes, SHA-256 {kept.sha256}: as it was made"
    for one in report["sendings"]:
        yield _sending(one)


def _sending(one: Mapping[str, Any]) -> str:
    at = _minute(one["at"])
    if one["type"] == "late":
        return f"late: was due by {_minute(one['due_at'])}"
    how = "sent by e-mail" if one["type"] == "sent" else "told by phone"
    said = f": {one['summary']}" if one["summary"] else ""
    return f"{how} {at} to {', '.join(one['to'])} by {one['by']}{said}"


def _fate(report: Mapping[str, Any]) -> str:
    late = any(one["type"] == "late" for one in report["sendings"])
    ways = {"sent": "sent", "call": "told by phone"}
    reached = [ways[one["type"]] for one in report["sendings"] if one["type"] in ways]
    return f"{', late' if late else ''}, {reached[-1] if reached else 'not sent'}"


def record(desk: Desk, ident: str, how: str, given: tuple[tuple[str, ...], str, str], stream: TextIO) -> None:
    """Record that a report was sent or told; `given` are recipients, time and words. Says whom it reached."""
    to, at, summary = given
    with desk.opened() as (store, act), store.writing() as writing:
        report = history.load(writing, ident)
        from zoneinfo import ZoneInfo

        when = instant_from(at, ZoneInfo(report["zone"])) if at else act.at
        reached = (sending.sent if how == "sent" else sending.called)(writing, ident, Sending(to, when, summary), act)
        for recipient, personal in reached:
            stream.write(f"recorded: {_address(recipient, personal)}\n")


def _address(recipient: str, personal: Personal | None) -> str:
    if personal is None:
        return f"{recipient} (erased)"
    known = [one for one in (personal.email, personal.phone) if one]
    return f"{recipient}, {personal.name}{': ' + ', '.join(known) if known else ''}"


def _minute(text: str) -> str:
    return f"{text[:10]} {text[11:16]} UTC"
