"""Answers of `auditor engagement receive|start|status|stop`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from auditor.app.accounts.showing import Sheet, when, write_json
from auditor.app.engagements import day, receiving
from auditor.app.engagements.circles import load_engagement
from auditor.app.engagements.workplace import Workplace
from auditor.calendars.zones import load_zone
from auditor.reporting.text import one_line
from auditor.store.opening import open_store

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

_SHOWN = 10


def receive(session: Session, ident: str, path: Path, source: str, stream: TextIO) -> None:
    """Take exports in and say what the audit will not be able to tell."""
    with session.reading() as (reading, at):
        found = load_engagement(reading, ident)
    products = tuple(found.circumstances.get("products", ()))
    came = receiving.look_at(path, products, source, at)
    with session.writing() as (writing, act):
        receiving.receive(writing, ident, came, source, act)
    if came.kind != receiving.SELF_AUDIT:
        Workplace(ident, session.db).note(exports=[str(path.resolve())], manifest=came.sha256)
    _say_received(ident, came, stream)


def _say_received(ident: str, came: receiving.Received, stream: TextIO) -> None:
    sheet = Sheet(stream)
    what = "the result of a self-audit" if came.kind == receiving.SELF_AUDIT else f"{came.files} files"
    sheet.title(f"{ident}: received {what}, {came.bytes:,} bytes, manifest {came.sha256[:16]}")
    if came.kind == receiving.SELF_AUDIT:
        sheet.line("The report will say what changed since. The Health Check audits exports, received for themselves.")
        for why in came.incomplete[:_SHOWN]:
            sheet.line(f"The self-audit was not complete: {one_line(why)}")
    elif came.complete:
        sheet.line("The scope is complete: every check that exports can decide will be decided.")
    for product in came.absent_products:
        sheet.line(f"Nothing of {product} came in: auditor guide --product {product}")
    for one in came.troubled[:_SHOWN]:
        sheet.line(f"{one['path']}: {one['status']}, {one.get('message', '')}")
    if len(came.troubled) > _SHOWN:
        sheet.line(f"and {len(came.troubled) - _SHOWN} more files that could not be read; auditor intake names them")
    if came.missing:
        sheet.section("What the audit will not be able to tell")
        rows = [
            (gap["product"], str(len(gap["checks"])), ", ".join(sorted(gap["areas"])[:_SHOWN]))
            for gap in came.missing[:_SHOWN]
        ]
        sheet.grid(("product", "checks", "areas not collected"), rows, "")
        if len(came.missing) > _SHOWN:
            sheet.line(f"and {len(came.missing) - _SHOWN} more")
        sheet.line("How each would be collected: auditor intake PATH")
    sheet.write()


def start(session: Session, ident: str, waivers: Path | None, stream: TextIO) -> None:
    """Open the window and audit; what was judged before an interruption is not judged again."""
    place = Workplace(ident, session.db)
    place.exports()
    with session.writing() as (writing, act):
        window = day.open_window(writing, ident, act)
        found = load_engagement(writing, ident)
    with open_store(session.db, create=False) as store:
        try:
            result = day.run_day(found, place, window, store.clock, waivers)
        except day.WindowClosed:
            with session.writing() as (writing, act):
                day.stop(writing, ident, ["the audit of the exports"], day.WINDOW_CLOSED, act)
            raise
    summary = result["summary"]
    stream.write(f"{ident}: {summary['decided']} of {summary['decidable']} verdicts decided, ")
    stream.write(f"{summary['findings']} findings; result in {place.out}\n")
    stream.write(f"Next: auditor engagement status {ident}\n")


def status(session: Session, ident: str, stream: TextIO) -> None:
    """Time used and left, what is decided, what still needs a person."""
    place = Workplace(ident, session.db)
    with session.reading() as (reading, at):
        found = load_engagement(reading, ident)
        state = day.status_of(reading, ident, place, at)
    if session.style == "json":
        write_json(_document(ident, found.state, state), stream)
        return
    zone = load_zone(found.zone)
    sheet = Sheet(stream)
    sheet.title(f"{ident} is {found.state.replace('_', ' ')}")
    window = state.window
    decided = state.decided
    sheet.facts(
        [
            ("window", f"{when(window.opens, zone)} to {when(window.closes, zone)}" if window else "no day yet"),
            ("time used", _hours(state.used)),
            ("time left", _hours(state.left)),
            ("decided", f"{decided['decided']} of {decided['decidable']} verdicts" if decided else "nothing yet"),
            ("findings", str(decided["findings"]) if decided else ""),
            ("needs a person", f"{state.questions} questions" if state.questions is not None else ""),
            ("unfinished", ", ".join(found.unfinished)),
        ]
    )
    sheet.write()


def stop(session: Session, ident: str, unfinished: tuple[str, ...], reason: str, stream: TextIO) -> None:
    """Write down that the work stopped."""
    with session.writing() as (writing, act):
        day.stop(writing, ident, list(unfinished), reason, act)
    stream.write(f"{ident}: stopped; unfinished: {', '.join(unfinished) or 'nothing'}\n")


def _document(ident: str, state: str, found: day.Status) -> dict[str, object]:
    window = found.window
    return {
        "id": ident,
        "state": state,
        "window": None if window is None else {"from": window.opens.isoformat(), "to": window.closes.isoformat()},
        "used_seconds": found.used,
        "left_seconds": found.left,
        "summary": found.decided,
        "questions": found.questions,
    }


def _hours(seconds: float) -> str:
    whole = timedelta(seconds=round(seconds))
    return f"{whole // timedelta(hours=1)} h {whole % timedelta(hours=1) // timedelta(minutes=1):02} min"
