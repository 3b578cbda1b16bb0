"""What follows from an act, in the same transaction: who works on it, what is told, what was told and is wrong now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from auditor.accounts.incidents.acts import SYSTEM, Act
from auditor.accounts.incidents.quota import WARN_AT, Ledger, period_of
from auditor.accounts.incidents.routing import Route, route, routed
from auditor.app.incidents.loading import load_clock, load_incident
from auditor.app.incidents.notices import (
    Notice,
    about,
    corrections,
    escalated_key,
    quota_key,
    routed_key,
    routings,
)
from auditor.app.incidents.terms import ledger_at
from auditor.errors import ContentError, RuleBroken
from auditor.model.events import text_of
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from auditor.accounts.incidents.clock import ResponseClock
    from auditor.accounts.incidents.state import Incident
    from auditor.app.incidents.staff import Office
    from auditor.model.events import Event
    from auditor.store.store import Writing


class Remark(NamedTuple):
    """Something to know that forbids nothing. `code` is for programs."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An incident after an act: its clock, the events that were appended for it, what there is to know."""

    incident: Incident
    clock: ResponseClock
    events: tuple[Event, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Routed:
    """Events that gave the incident to somebody; remarks when nobody is there."""

    events: list[Event]
    remarks: list[Remark]


def outcome(writing: Writing, ident: str, events: Sequence[Event], remarks: Sequence[Remark] = ()) -> Outcome:
    """The incident as it is now."""
    incident = load_incident(writing, ident)
    return Outcome(incident, load_clock(writing, incident), tuple(events), tuple(remarks))


def route_to_somebody(writing: Writing, office: Office, ident: str, act: Act) -> Routed:
    """Give the incident to whoever has to work on it at `act.at`, and tell that person (RULE-TAM-2, RULE-TAM-4).

    Who waits for the account manager's opening is told then, with all others that wait. A contract whose people cannot
    be reached is remarked; standard support promises nobody.
    """
    incident = load_incident(writing, ident)
    clock = load_clock(writing, incident)
    try:
        staff = office.staff(incident.account, act.at)
        if not staff.assignments and not clock.policy.paid:
            return Routed([], [])
        found = route(act.at, incident.level, staff)
    except (RuleBroken, ContentError) as error:  # the request is recorded all the same
        return Routed([], [Remark("nobody_to_route_to", error.message, error.hint)] if clock.policy.paid else [])
    events = writing.append(*routed(incident, Act(SYSTEM, act.at, act.now, imported=True), found))
    if events and (found.queued_until is None or found.queued_until <= act.now):
        events += writing.append(_given(clock, found, routings(incident) + 1).event(office, act.now))
    return Routed(events, [])


def told_of_quota(writing: Writing, office: Office, incident: Incident, act: Act) -> list[Event]:
    """Tell that a share of the premium units is used, once in each period (RULE-QUO-4).

    Periods that are over are not told of: that is history when it is recorded.
    """
    clock = load_clock(writing, incident)
    unit = incident.unit
    if unit is None or clock.policy.premium_quota is None:
        return []
    ledger = ledger_at(writing, clock.policy, incident.submitted_at)
    if ledger.period != period_of(act.now, clock.policy) or not ledger.warnings:
        return []
    keys = [quota_key(ledger.contract, unit.period, share) for share in WARN_AT if share >= ledger.warnings[-1]]
    if NotificationQueries(writing).these(keys):
        return []
    return writing.append(_used(ledger, incident, office, act).event(office, act.now))


def told_by_hand(writing: Writing, office: Office, clock: ResponseClock, act: Act) -> list[Event]:
    """Tell those to whom somebody has just escalated the incident."""
    incident = clock.incident
    by_hand = [one for one in incident.escalations if one.fraction is None]
    last = by_hand[-1]
    notice = Notice(
        key=escalated_key(incident.id, len(by_hand)),
        account=incident.account,
        phrase="escalated",
        to=office.reached(last.to, incident, act.now),
        parameters=about(clock, escalated_at=text_of(last.at), reason=last.reason),
        level=incident.level,
        incident=incident.id,
    )
    return writing.append(notice.event(office, act.now))


def corrected(writing: Writing, clock: ResponseClock, act: Act) -> list[Event]:
    """Mark what was told and is wrong by what is known now."""
    return writing.append(*corrections(clock, NotificationQueries(writing), act.now))


def _used(ledger: Ledger, incident: Incident, office: Office, act: Act) -> Notice:
    first, limit = ledger.period.first.isoformat(), ledger.limit or 0
    share = ledger.warnings[-1]
    to = office.reached(["tam", "administrator"], incident, act.now)
    return Notice(
        key=quota_key(ledger.contract, first, share),
        account=incident.account,
        phrase="quota_full" if share >= 1 else "quota",
        to=to or office.reached(["duty_manager"], incident, act.now),
        parameters={
            "contract": ledger.contract,
            "period": first,
            "used": ledger.used,
            "quota": limit,
            "share": ledger.used / limit if limit else 1.0,
        },
        covers=list(ledger.warnings),
    )


def _given(clock: ResponseClock, found: Route, count: int) -> Notice:
    incident: Incident = clock.incident
    return Notice(
        key=routed_key(incident.id, count),
        account=incident.account,
        phrase="routed",
        to=(f"person:{found.person}",),
        parameters=about(clock),
        level=incident.level,
        incident=incident.id,
    )
