"""Handing in a request: what fixes the terms for the whole of its life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditor.accounts.incidents.acts import Act, check_instant, need_person, need_text
from auditor.accounts.incidents.clock import ResponseClock, response_clock
from auditor.accounts.incidents.facts import CHANNELS, KINDS, LEVELS, TYPES, Channel, Kind, RequestType
from auditor.accounts.incidents.quota import Ledger, Override, Units, take_unit
from auditor.accounts.incidents.state import fold, incident_id
from auditor.errors import RuleBroken
from auditor.model.events import Event, NewEvent

if TYPE_CHECKING:
    from auditor.accounts.policy import Policy
    from auditor.calendars.calendar import BusinessCalendar


@dataclass(frozen=True, slots=True)
class CallMade:
    """A phone call that belongs to a submission: when, who called, on which line."""

    at: datetime
    by: str
    line: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A request as it is handed in. `request` holds what its type needs beyond the rest."""

    number: int
    account: str
    title: str
    level: int
    reported_by: str
    channel: Channel
    type: RequestType = "incident"
    kind: Kind = "premium"
    description: str = ""
    product: str = ""
    product_version: str = ""
    authorised: bool = True
    request: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[CallMade, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """The policy in force at the submission and the contract's calendar, each with the hash of its snapshot."""

    policy: Policy
    policy_hash: str
    calendar: BusinessCalendar | None = None
    calendar_hash: str = ""


def submit(
    act: Act, submission: Submission, terms: Terms, ledger: Ledger | None = None, override: Override | None = None
) -> list[NewEvent]:
    """The events of a submission, calls after it. A premium request takes a unit from `ledger`.

    Somebody who is not authorised is recorded, never refused (RULE-ACC-5). RuleBroken for a level 1 that nobody has
    chosen (RULE-SEV-2) and without business hours that the terms need; QuotaExhausted when no unit is left.
    """
    _check(act, submission)
    events = [
        _event(
            act,
            submission,
            "submitted",
            act.at,
            _payload(submission, terms, _taken(submission, Units(terms.policy, ledger, override))),
        )
    ]
    for call in submission.calls:
        check_instant(Act(act.actor, call.at, act.now), act.at - timedelta(minutes=terms.policy.call_lead_minutes))
        events.append(_event(act, submission, "phone_called", call.at, {"by": call.by, "line": call.line}))
    expected_clock(events, terms)
    return events


def expected_clock(events: list[NewEvent], terms: Terms) -> ResponseClock:
    """The response clock that a submission would have; for asking what would happen before it is recorded."""
    numbered = [
        Event(one.stream, one.subject, one.type, one.at, one.actor, one.payload, one.account, seq)
        for seq, one in enumerate(events, 1)
    ]
    return response_clock(fold(numbered), terms.policy, terms.calendar)


def _check(act: Act, submission: Submission) -> None:
    check_instant(act, None)
    need_text(submission.title, "the title", "say in a few words what the matter is")
    for value, known, what in (
        (submission.level, LEVELS, "severity level"),
        (submission.type, TYPES, "type"),
        (submission.kind, KINDS, "kind"),
        (submission.channel, CHANNELS, "channel"),
    ):
        if value not in known:
            raise RuleBroken(f"there is no {what} {value!r}", hint=f"there are {', '.join(map(str, known))}")
    if submission.level == 1:
        need_person(act, "submit a request with severity 1")


def _taken(submission: Submission, units: Units) -> dict[str, Any] | None:
    return take_unit(units, "submitted") if submission.kind == "premium" else None


def _payload(submission: Submission, terms: Terms, quota: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "number": submission.number,
        "title": submission.title.strip(),
        "description": submission.description,
        "product": submission.product,
        "product_version": submission.product_version,
        "type": submission.type,
        "kind": submission.kind,
        "level": submission.level,
        "reported_by": submission.reported_by,
        "authorised": submission.authorised,
        "channel": submission.channel,
        "contract": terms.policy.contract or None,
        "policy": terms.policy_hash,
        "calendar": terms.calendar_hash or None,
        "quota": quota,
        "request": dict(submission.request),
    }


def _event(act: Act, submission: Submission, kind: str, at: datetime, payload: dict[str, Any]) -> NewEvent:
    return NewEvent("incident", incident_id(submission.number), kind, at, act.actor, payload, submission.account)
