"""What was asked about incidents, as JSON holds it. Instants are UTC text; people stand with their ids only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.accounts.incidents.documents import clock_document
from auditor.accounts.incidents.explain import explain
from auditor.accounts.incidents.rows import summary
from auditor.accounts.incidents.said import in_words
from auditor.app.accounts import loading
from auditor.app.incidents.loading import load_clock, load_incident
from auditor.app.incidents.terms import ledger_at
from auditor.model.events import text_of
from auditor.store.incident_queries import IncidentQueries, Wanted
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from auditor.accounts.incidents.clock import ResponseClock
    from auditor.accounts.incidents.said import Said
    from auditor.app.incidents.following import Outcome
    from auditor.app.incidents.opening import Opened
    from auditor.store.store import Reading


def show(
    reading: Reading, named: str, now: datetime, language: str, names: Callable[[str], str] | None = None
) -> dict[str, Any]:
    """Everything about an incident: what it is, its clock, why the clock says so, what happened, who was told.

    With `names` the explanation calls people by name; for programs they stand with their ids.
    """
    incident = load_incident(reading, named)
    clock = load_clock(reading, incident)
    zone = loading.load_account(reading, incident.account).zone
    return {
        "incident": {
            **summary(incident, clock),
            "description": incident.description,
            "request": dict(incident.request),
        },
        "zone": zone.key,
        "clock": clock_document(clock, now),
        "explanation": worded(explain(clock, now), language, zone, names),
        "quota": quota(reading, clock),
        "history": [
            {
                "seq": event.seq,
                "at": text_of(event.at),
                "recorded_at": text_of(event.recorded_at),
                "type": event.type,
                "actor": event.actor,
                "payload": dict(event.payload),
            }
            for event in incident.events
        ],
        "notifications": [_told(one) for one in NotificationQueries(reading).about(incident.id)],
    }


def listed(reading: Reading, wanted: Wanted, limit: int) -> list[dict[str, Any]]:
    """Incidents that fit, the latest submission first."""
    return [row["document"] for row in IncidentQueries(reading).listed(wanted, limit)]


def queue(reading: Reading, account: str, limit: int, now: datetime) -> dict[str, Any]:
    """Incidents that wait for a first qualified answer, the most urgent first, with the time that is left."""
    queries = IncidentQueries(reading)
    waiting = []
    for row in queries.queue(account, limit):
        clock = load_clock(reading, load_incident(reading, row["id"]))
        left = clock.remaining(now)
        business = clock.promise is not None and clock.promise.business
        waiting.append(
            {
                **row["document"],
                "status": clock.status(now),
                "left_seconds": None if left is None else left.total_seconds(),
                "left_in": None if left is None else "business_time" if business else "calendar_time",
            }
        )
    return {"now": text_of(now), "waiting": queries.waiting(account), "incidents": waiting}


def after(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """An incident after an act."""
    return {
        "incident": summary(outcome.incident, outcome.clock),
        "clock": clock_document(outcome.clock, now),
        "events": [
            {
                "seq": event.seq,
                "at": text_of(event.at),
                "stream": event.stream,
                "subject": event.subject,
                "type": event.type,
                "payload": dict(event.payload),
            }
            for event in outcome.events
        ],
        "remarks": [remark._asdict() for remark in outcome.remarks],
    }


def after_opening(opened: Opened, now: datetime, zone: ZoneInfo, draft: bool) -> dict[str, Any]:
    """A request that was handed in, or with `draft` how it would stand."""
    call = worded([opened.call], "en", zone)[0] if opened.call else None
    return {"draft": draft, **after(opened.outcome, now), "call_needed": call}


def quota(reading: Reading, clock: ResponseClock) -> dict[str, Any] | None:
    """The contract's premium units in the period of the submission; None without contract."""
    if not clock.policy.contract:
        return None
    ledger = ledger_at(reading, clock.policy, clock.incident.submitted_at)
    return {
        "contract": ledger.contract,
        "period": ledger.period.first.isoformat(),
        "until": ledger.period.until.isoformat(),
        "used": ledger.used,
        "limit": ledger.limit,
        "period_uncertain": clock.policy.quota_period_uncertain,
        "held": clock.incident.unit is not None,
    }


def worded(
    said: list[Said], language: str, zone: ZoneInfo, names: Callable[[str], str] | None = None
) -> list[dict[str, Any]]:
    """Statements with their words in a language."""
    texts = in_words(said, language, zone, names)
    return [{**one.to_document(), "text": text} for one, text in zip(said, texts, strict=True)]


def _told(notification: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "at", "not_before", "told_at", "mailed_at", "superseded", "phrase", "to", "covers", "level")
    return {name: notification[name] for name in names}
