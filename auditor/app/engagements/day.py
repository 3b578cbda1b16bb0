"""The day: the window opens, the audit runs and can be resumed, what is unfinished at its end is said to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.accounts.saving import Act, Subject
from auditor.app.engagements.circles import STREAM, load_engagement
from auditor.app.engagements.facts import worked_until
from auditor.app.engagements.inviting import window_for
from auditor.app.engagements.negotiating import append, require
from auditor.app.findings import known
from auditor.calendars.zones import load_zone
from auditor.errors import RuleBroken
from auditor.model.events import text_of

if TYPE_CHECKING:
    from auditor.app.engagements.workplace import Workplace
    from auditor.engagement.findings import Finding
    from auditor.engagement.state import Engagement
    from auditor.engagement.window import Window
    from auditor.store.store import Reading, Writing

Json = dict[str, Any]
RUNNABLE = ("agreed", "in_progress")
WINDOW_CLOSED = "window closed"


class WindowClosed(RuleBroken):
    """The business day is over; what was judged is kept, and nothing goes on by itself."""


@dataclass(frozen=True, slots=True)
class Status:
    """How the day stands, in seconds of open time; `decided` and `questions` are None before the first result.

    `questions` are those of the result to which no answer holds.
    """

    window: Window | None
    used: float
    left: float
    decided: Json | None
    questions: int | None


def open_window(writing: Writing, ident: str, act: Act) -> Window:
    """Start, or go on after an interruption. RuleBroken outside the window, unless the rule window was set aside."""
    found = load_engagement(writing, ident)
    require(found, RUNNABLE, "start")
    if found.start_day is None or found.agreed_at is None:
        raise RuleBroken(f"{ident} is not agreed by both sides", hint=f"auditor engagement agree {ident}")
    window = window_for(writing, found, found.start_day)
    check_window(found, window, act.at)
    payload = {"window": {"from": text_of(window.opens), "to": text_of(window.closes)}}
    append(writing, Subject(STREAM, ident, found.account), "started", payload, act)
    return window


def check_window(found: Engagement, window: Window, at: datetime) -> None:
    """WindowClosed when the instant is not in the window and nobody took that on."""
    if window.holds(at) or found.overridden("window") is not None:
        return
    zone = load_zone(found.zone)
    opens, closes = window.opens.astimezone(zone), window.closes.astimezone(zone)
    raise WindowClosed(
        f"{found.id} may run on {window.day.isoformat()} from {opens:%H:%M} to {closes:%H:%M} ({found.zone}) only",
        hint=f"a named person may take it on: auditor engagement override {found.id} --rule window "
        "--by PERSON --reason ...",
    )


def run_day(
    found: Engagement, place: Workplace, window: Window, now: Callable[[], datetime], waivers: Path | None
) -> Json:
    """Audit the received exports; a killed run goes on where it stopped. WindowClosed when the day ends first.

    Ages are judged as of the collection that the exports state, as in every audit.
    """
    from auditor.app.audit import Request, run_audit

    def still_open(_files: int) -> None:
        check_window(found, window, now())

    place.out.mkdir(parents=True, exist_ok=True)
    request = Request(
        place.exports(),
        place.out,
        waivers=waivers,
        checkpoints=place.kept,
        self_audit=False,
    )
    result = run_audit(request, still_open)
    place.note_result(text_of(now()))
    return result


def stop(writing: Writing, ident: str, unfinished: list[str], reason: str, act: Act) -> None:
    """Write down that the work stopped, and what was not done."""
    found = load_engagement(writing, ident)
    require(found, ("in_progress",), "stop")
    payload = {"unfinished": unfinished, "reason": reason}
    append(writing, Subject(STREAM, ident, found.account), "stopped", payload, act)


def status_of(reading: Reading, ident: str, place: Workplace, at: datetime) -> Status:
    """How the day stands at an instant."""
    found = load_engagement(reading, ident)
    window = window_for(reading, found, found.start_day) if found.start_day is not None else None
    until = worked_until(reading.events(STREAM, ident), at)
    used = window.used(until).total_seconds() if window is not None else 0.0
    left = window.left(at).total_seconds() if window is not None else 0.0
    result = _result(place)
    if result is None:
        return Status(window, used, left, None, None)
    today = at.astimezone(load_zone(found.zone)).date()
    unanswered = _unanswered(result["checks"], known.of_account(reading, found.account), today)
    return Status(window, used, left, result["summary"], unanswered)


def _unanswered(checks: list[Json], findings: list[Finding], today: date) -> int:
    """Questions of the result to which no answer holds on that day."""
    answered = Counter(
        one.identity.check for one in findings if one.attestation is not None and one.attestation.holds(today)
    )
    asked = {check["id"]: check["counts"].get("manual", 0) for check in checks}
    return sum(max(number - answered[ident], 0) for ident, number in asked.items())


def _result(place: Workplace) -> Json | None:
    from auditor.reporting.reader import load_result

    if not (place.out / "result.json").is_file():
        return None
    return dict(load_result(place.out).data)
