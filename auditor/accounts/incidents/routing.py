"""Who works on a request at an instant: the technical account manager, or the duty manager of the support line.

The account manager is reached in the business hours of the local office, in its zone (RULE-TAM-1), which need not be
those of the customer. A later change of people does not touch what was routed before (RULE-TAM-3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from auditor.accounts.incidents.acts import Act, recorded, shown
from auditor.accounts.incidents.state import Incident
from auditor.accounts.people import Absence, Assignment, StaffRole, absence_at, duty_managers_at, tam_at
from auditor.errors import RuleBroken
from auditor.model.events import NewEvent, text_of

if TYPE_CHECKING:
    from auditor.calendars.calendar import BusinessCalendar

RouteReason: TypeAlias = Literal["tam_available", "tam_absent", "tam_off_hours", "no_tam", "queued"]


@dataclass(frozen=True, slots=True)
class Staff:
    """Who looks after an account. `calendars` has the working days of each person by the person's id."""

    account: str
    assignments: Sequence[Assignment]
    calendars: Mapping[str, BusinessCalendar]
    absences: Sequence[Absence] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """Who works on it, in which role, and why. `queued_until` is when it is listed to that person; None: at once."""

    person: str
    role: StaffRole
    reason: RouteReason
    queued_until: datetime | None = None


def route(at: datetime, level: int, staff: Staff) -> Route:
    """Who works on a request of that level at that instant (RULE-TAM-2, RULE-TAM-4).

    Level 1 goes to somebody at once, at any hour. Other levels wait off-hours for the account manager's next opening;
    whoever is away then is replaced by the duty manager. RuleBroken when the duty manager is needed and there is none.
    """
    tam = tam_at(staff.assignments, staff.account, at)
    if tam is None:
        return _duty(at, staff, "no_tam")
    calendar = _calendar(staff, tam)
    if calendar.is_open(at):
        if absence_at(staff.absences, tam, at):
            return _duty(at, staff, "tam_absent")
        return Route(tam, "tam", "tam_available")
    if level == 1:
        return _duty(at, staff, "tam_off_hours")
    opening = calendar.next_opening(at)
    then = tam_at(staff.assignments, staff.account, opening)
    if then != tam or absence_at(staff.absences, tam, opening):
        later = route(opening, level, staff)
        return Route(later.person, later.role, later.reason, later.queued_until or opening)
    return Route(tam, "tam", "queued", opening)


def routed(incident: Incident, act: Act, found: Route) -> list[NewEvent]:
    """The event that says who works on it; nothing when the same person does so already."""
    if incident.routed is not None and (incident.routed.person, incident.routed.role) == (found.person, found.role):
        return []
    payload: dict[str, Any] = {"to": found.person, "role": found.role, "reason": found.reason}
    if found.queued_until is not None:
        payload["queued_until"] = text_of(found.queued_until)
    return recorded(incident, act, "routed", payload)


def _duty(at: datetime, staff: Staff, reason: RouteReason) -> Route:
    managers = duty_managers_at(staff.assignments, staff.account, at)
    for manager in managers:
        if absence_at(staff.absences, manager, at) is None:
            return Route(manager, "duty_manager", reason)
    if managers:
        raise RuleBroken(
            f"every duty manager of {staff.account} is away at {shown(at)}", hint="assign one who is there"
        )
    raise RuleBroken(
        f"{staff.account} has no duty manager at {shown(at)}, and its account manager cannot be reached",
        hint="assign a duty manager of the support line",
    )


def _calendar(staff: Staff, person: str) -> BusinessCalendar:
    calendar = staff.calendars.get(person)
    if calendar is None:
        raise RuleBroken(f"the business hours of {person} are not known", hint="give the person a calendar")
    return calendar
