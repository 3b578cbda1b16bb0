"""That a report was sent by e-mail or told by phone: to whom, by whom and when. Sending itself is done by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.accounts.reports.definitions import check_recipients
from auditor.app.accounts.saving import Act
from auditor.app.actors import check_actor
from auditor.app.service_reports import history
from auditor.app.service_reports.people import addresses
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import NewEvent

if TYPE_CHECKING:
    from auditor.accounts.people import Personal
    from auditor.store.store import Writing


@dataclass(frozen=True, slots=True)
class Sending:
    """How a report reached people. `at` is when; `summary` what was said, needed for a call."""

    to: tuple[str, ...]
    at: datetime
    summary: str = ""


def sent(writing: Writing, ident: str, sending: Sending, act: Act) -> list[tuple[str, Personal | None]]:
    """Record that a report was sent by e-mail; without recipients to those it is for. Gives back their addresses."""
    report = history.load(writing, ident)
    recipients = sending.to or tuple(report["recipients"])
    found = _reached(writing, report, recipients)
    unreachable = [who for who, personal in found if personal is None or not personal.email]
    if unreachable:
        listed = ", ".join(unreachable)
        raise UsageProblem(f"no e-mail address is known of {listed}", hint="name others with --to, or record a call")
    _record(writing, ident, ("sent", "e-mail"), Sending(recipients, sending.at, sending.summary), act)
    return found


def called(writing: Writing, ident: str, sending: Sending, act: Act) -> list[tuple[str, Personal | None]]:
    """Record that a report was told by phone: to whom, by whom, when and in which words."""
    report = history.load(writing, ident)
    if not sending.summary.strip():
        raise UsageProblem("what was said is missing", hint="state --summary")
    found = _reached(writing, report, sending.to)
    _record(writing, ident, ("call", "phone"), sending, act)
    return found


def _reached(writing: Writing, report: dict[str, Any], recipients: Sequence[str]) -> list[tuple[str, Personal | None]]:
    if not recipients:
        raise UsageProblem("nobody is named who got the report", hint="name contact:ID or person:ID with --to")
    check_recipients(tuple(recipients))
    return addresses(writing, report["account"], recipients)


def _record(writing: Writing, ident: str, how: tuple[str, str], sending: Sending, act: Act) -> None:
    check_actor(writing, act.actor)
    made = next(event for event in writing.events("report", ident) if event.type == "made")
    if sending.at < made.at or sending.at > act.at:
        raise RuleBroken(
            "a report is sent after it was made, and not in the future", hint=f"it was made at {made.at.isoformat()}"
        )
    kind, channel = how
    payload = {"channel": channel, "to": list(sending.to), "by": act.actor, "summary": sending.summary}
    account = str(made.account)
    events = [NewEvent("report", ident, kind, sending.at, act.actor, payload, account)]
    if made.payload["kind"] == "daily":
        events += [
            NewEvent("incident", incident["id"], "report_sent", sending.at, act.actor, {"report": ident}, account)
            for incident in history.document(writing, ident)["incidents"]
        ]
    writing.append(*events)
