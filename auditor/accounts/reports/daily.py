"""The daily report: every request that was open at level 1 since the cut-off of the day before (RULE-REP-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from auditor.accounts.accounts import Account
from auditor.accounts.reports.clocks import clock_document
from auditor.accounts.reports.critical import CRITICAL, Span, critical_spans
from auditor.accounts.reports.heading import Heading, head_of, promise
from auditor.accounts.reports.material import Material, Seen
from auditor.accounts.reports.periods import Period, cutoff, cutoff_before
from auditor.accounts.reports.telling import told
from auditor.errors import UsageProblem
from auditor.model.events import text_of


def day_period(day: date, zone: str) -> Period:
    """The period of a daily report: one local day. It tells what happened up to that day's cut-off."""
    return Period(day.isoformat(), zone, day, day)


def window(account: Account, day: date) -> tuple[datetime, datetime]:
    """The cut-off of the day before (excluded) and of the day (included); UsageProblem for a day without one."""
    end = cutoff(day, account.daily_cutoff, account.zone)
    if end is None:
        raise UsageProblem(f"there is no {day} in {account.time_zone}", hint="name another day")
    return cutoff_before(day, account.daily_cutoff, account.zone), end


def daily(heading: Heading, material: Material) -> dict[str, Any]:
    """The document of a day's report, as JSON holds it."""
    start, end = window(material.account, heading.period.first)
    found = [(seen, critical_spans(seen.incident)) for seen in material.seen(lambda at: at <= end)]
    critical = [(seen, spans) for seen, spans in found if any(span.touches(start, end) for span in spans)]
    entries = [_entry(seen, spans, start, end) for seen, spans in critical]
    still_open = sum(entry["status"] == "open" for entry in entries)
    return {
        **head_of(heading, material, start, end),
        "promise": promise((seen.policy for seen, _ in critical), "daily_report"),
        "summary": {"open": still_open, "ended": len(entries) - still_open},
        "incidents": sorted(entries, key=lambda entry: entry["status"] != "open"),
    }


def _entry(seen: Seen, spans: Sequence[Span], start: datetime, end: datetime) -> dict[str, Any]:
    incident = seen.incident
    last = next(span for span in reversed(spans) if span.touches(start, end))
    routed = incident.routed
    return {
        "id": incident.id,
        "title": incident.title,
        "description": incident.description,
        "product": incident.product,
        "product_version": incident.product_version,
        "type": incident.type,
        "kind": incident.kind,
        "level": incident.level,
        "state": incident.state,
        "status": _status(seen, last.holds(end)),
        "critical_since": text_of(last.start),
        "critical_until": None if last.end is None else text_of(last.end),
        "submitted_at": text_of(incident.submitted_at),
        "reported_by": incident.reported_by,
        "flags": list(incident.flags),
        "clock": clock_document(seen.clock(), end),
        "route": None if routed is None else {"person": routed.person, "role": routed.role, "at": text_of(routed.at)},
        "next": _next(seen),
        "happened": list(told(event for event in incident.events if start < event.at)),
    }


def _status(seen: Seen, critical: bool) -> str:
    """`open` while it is open at level 1, else how that ended."""
    if critical:
        return "open"
    return "downgraded" if seen.incident.open and seen.incident.level != CRITICAL else seen.incident.state


def _next(seen: Seen) -> dict[str, Any]:
    """What comes next: an answer is owed, the customer's data are, a solution is, or nothing."""
    incident = seen.incident
    wanted = list(incident.wanted)
    if incident.waiting:
        return {"step": "answer", "wanted": wanted}
    if incident.open:
        return {"step": "customer" if incident.state == "waiting_customer" else "solution", "wanted": wanted}
    return {"step": "confirmation" if incident.state == "resolved" else "none", "wanted": []}
