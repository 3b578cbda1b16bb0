"""What all steps after the submission have in common: find the incident, let a rule decide, append, see to the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from auditor.accounts.incidents.acts import Act
from auditor.app.actors import check_actor
from auditor.app.incidents.following import (
    Outcome,
    Remark,
    corrected,
    outcome,
    route_to_somebody,
    told_by_hand,
    told_of_quota,
)
from auditor.app.incidents.loading import load_clock, load_incident
from auditor.app.incidents.staff import Office
from auditor.app.moments import instant_from

if TYPE_CHECKING:
    from auditor.accounts.incidents.clock import ResponseClock
    from auditor.accounts.incidents.state import Incident
    from auditor.model.events import Event, NewEvent
    from auditor.store.store import Writing


class By(NamedTuple):
    """Who acts, and when. `at` as people write it, local to the account ("" is now); `now` is the present (UTC).

    `afterwards`: it is recorded later than something that happened after it.
    """

    actor: str
    now: datetime
    at: str = ""
    afterwards: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """An incident as a writing transaction finds it, and who does something to it."""

    writing: Writing
    incident: Incident
    clock: ResponseClock
    act: Act
    office: Office


Decide = Callable[[Case], Sequence["NewEvent"]]


def act_of(writing: Writing, account: str, by: By) -> Act:
    """The act, with its instant as local time of the account; UsageProblem for unknown people and unclear times."""
    check_actor(writing, by.actor)
    zone = Office(writing).account(account).zone
    return Act(by.actor, instant_from(by.at, zone) if by.at else by.now, by.now, by.afterwards)


def perform(writing: Writing, named: str, by: By, decide: Decide) -> Outcome:
    """Do something to an incident. `decide` gives the events, none when everything is as it should be already."""
    incident = load_incident(writing, named)
    act = act_of(writing, incident.account, by)
    case = Case(writing, incident, load_clock(writing, incident), act, Office(writing))
    appended = writing.append(*decide(case))
    if not appended:
        return outcome(writing, incident.id, ())
    more, remarks = _follow(case, appended)
    return outcome(writing, incident.id, [*appended, *more], remarks)


def _follow(case: Case, appended: Sequence[Event]) -> tuple[list[Event], list[Remark]]:
    writing, ident, act = case.writing, case.incident.id, case.act
    incident = load_incident(writing, ident)
    clock = load_clock(writing, incident)
    events: list[Event] = []
    remarks: list[Remark] = []
    if any(event.type == "reopened" for event in appended) or _became_critical(case, incident):
        routing = route_to_somebody(writing, case.office, ident, act)
        events, remarks = routing.events, routing.remarks
    if any(event.type == "escalated" for event in appended):
        events += told_by_hand(writing, case.office, clock, act)
    if any(event.payload.get("quota") for event in appended):
        events += told_of_quota(writing, case.office, incident, act)
    return events + corrected(writing, clock, act), remarks


def _became_critical(case: Case, incident: Incident) -> bool:
    """Level 1 goes to somebody who is there, also when the request waited for the opening before (RULE-TAM-4)."""
    return incident.open and incident.level == 1 and case.incident.level != 1
