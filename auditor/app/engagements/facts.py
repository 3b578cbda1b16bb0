"""What a delivery says about its engagement: the document `engagement.json` beside the result.

Names of people stand in this document alone; events hold ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditor.app.accounts import loading
from auditor.app.accounts.contracts import programme_of
from auditor.app.engagements.circles import STREAM
from auditor.app.engagements.inviting import window_for
from auditor.app.engagements.receiving import EXPORTS
from auditor.errors import RuleBroken
from auditor.model.events import text_of

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.app.findings.layer import Layer
    from auditor.engagement.state import Engagement
    from auditor.engagement.window import Window
    from auditor.model.events import Event
    from auditor.store.store import Reading

SCHEMA = "auditor-engagement/1"
NAME = "engagement.json"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """Which delivery it is: its number, the one that it corrects (0: none) and why, and when it was made (UTC)."""

    number: int
    corrects: int
    reason: str
    at: datetime


def document(reading: Reading, found: Engagement, version: Version, human: Layer, programmes: Programmes) -> Json:
    """The whole document; `auditor schema engagement` describes it."""
    return {
        "schema": SCHEMA,
        "engagement": engagement_facts(reading, found, version, programmes),
        "judgements": list(human.judgements),
        "comparison": human.comparison,
        "self_audit": human.self_audit,
    }


def engagement_facts(reading: Reading, found: Engagement, version: Version, programmes: Programmes) -> Json:
    """The engagement as the report shows it: dates in its zone, instants in UTC, people by name."""
    events = reading.events(STREAM, found.id)
    window = held_window(reading, found)
    account = loading.load_account(reading, found.account)
    contract = loading.load_contract(reading, found.contract)
    told = found.circumstances
    ended = last_stop(events)
    return {
        "id": found.id,
        "account": {"id": account.id, "name": account.name},
        "contract": contract.id,
        "programme": programme_of(contract, programmes).name_in("en"),
        "zone": found.zone,
        "day": window.day.isoformat(),
        "window": {"from": text_of(window.opens), "to": text_of(window.closes)},
        "used_seconds": round(_used(window, worked_until(events, version.at)).total_seconds()),
        "tam": {"id": found.tam, "name": loading.name_of(reading, "person", found.tam)},
        "participants": [called(reading, who) for who in told.get("participants", ())],
        "products": list(told.get("products", ())),
        "sources": list(told.get("sources", ())),
        "access": told.get("access", ""),
        "language": found.language,
        "requested_at": text_of(found.requested_at),
        "agreed_at": None if found.agreed_at is None else text_of(found.agreed_at),
        "agreements": [
            {"side": one.side, "by": called(reading, one.by), "at": text_of(one.at), "day": one.day.isoformat()}
            for one in sorted(found.agreements, key=lambda one: one.at)
        ],
        "overrides": [
            {"rule": one.rule, "by": called(reading, one.by), "reason": one.reason} for one in found.overrides
        ],
        "version": version.number,
        "corrects": version.corrects or None,
        "reason": version.reason or None,
        "delivered_at": text_of(version.at),
        "unfinished": list(ended.payload.get("unfinished", ())) if ended is not None else [],
        "received": [_received(event) for event in events if event.type == "received"],
    }


def held_window(reading: Reading, found: Engagement) -> Window:
    """The window of the engagement's day; RuleBroken when it has no day."""
    if found.start_day is None:
        raise RuleBroken(f"{found.id} has no day", hint=f"auditor engagement agree {found.id}")
    return window_for(reading, found, found.start_day)


def last_stop(events: Sequence[Event]) -> Event | None:
    """The event that ended the day's work; None when the work went on after every stop."""
    work = [event for event in sorted(events, key=lambda event: event.order) if event.type in {"started", "stopped"}]
    return work[-1] if work and work[-1].type == "stopped" else None


def worked_until(events: Sequence[Event], now: datetime) -> datetime:
    """When the day's work ended: with the last stop, else with the first delivery; while it goes on, now.

    Corrections come later and are no work of the day.
    """
    stopped = last_stop(events)
    first = min((event.at for event in events if event.type == "delivered"), default=now)
    return first if stopped is None else stopped.at


def called(reading: Reading, who: str) -> str:
    """What somebody is called who is named as contact:ID, person:ID or a bare id; otherwise the text itself."""
    kind, _, ident = who.partition(":")
    for stream in (kind,) if ident else ("contact", "person"):
        personal = loading.personal_of(reading, stream, ident or who) if stream in {"contact", "person"} else None
        if personal is not None:
            return personal.name
    return who


def _used(window: Window, until: datetime) -> timedelta:
    """Open time of the day up to an instant; work under an override after the window counts as the whole day."""
    return window.used(max(until, window.opens))


def _received(event: Event) -> Json:
    said = event.payload
    return {
        "at": text_of(event.at),
        "kind": said.get("kind", EXPORTS),
        "source": said["source"],
        "files": said["files"],
        "bytes": said["bytes"],
        "manifest": said["manifest"],
    }
