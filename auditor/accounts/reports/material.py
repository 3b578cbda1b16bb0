"""What a report is made of: events and snapshots, gathered beforehand. Nothing here asks a clock or a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.accounts.accounts import Account
from auditor.accounts.contracts import Contract
from auditor.accounts.incidents.clock import ResponseClock, response_clock
from auditor.accounts.incidents.facts import Booking, Cycle
from auditor.accounts.incidents.state import Incident, fold
from auditor.accounts.people import Assignment
from auditor.accounts.policy import Policy
from auditor.calendars.calendar import BusinessCalendar
from auditor.model.events import Event


@dataclass(frozen=True, slots=True)
class Terms:
    """A contract of the account and what it promises."""

    contract: Contract
    policy: Policy


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch that was delivered to the account. `incident` is "" for public ones, which are for everybody."""

    id: str
    delivered_at: datetime
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A Health Check as it stood at the end of the period. `day` is the agreed date, YYYY-MM-DD, "" before.

    `changed_at` is the last instant at which anything happened to it, `is_open` whether it still has to be held.
    """

    id: str
    contract: str
    state: str
    requested_at: datetime
    changed_at: datetime
    is_open: bool
    day: str = ""
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenFindings:
    """How many findings were open at the end of the period, by severity, and which delivery last said so."""

    by_severity: Mapping[str, int]
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class Material:
    """Everything about one account that a report may need, as it was recorded up to one event of the chain.

    `histories` holds the events of each incident, `policies` and `calendars` the snapshots that these name. Incidents
    that have nothing to do with the period may be among them: whoever builds a report looks at the times. `bookings`
    are all premium units of the contracts, those of incidents that are not among the histories too. `open_findings`
    is None as long as no Health Check was delivered.
    """

    account: Account
    histories: Sequence[Sequence[Event]]
    policies: Mapping[str, Policy]
    calendars: Mapping[str, BusinessCalendar]
    terms: Sequence[Terms] = ()
    assignments: Sequence[Assignment] = ()
    patches: Sequence[Patch] = ()
    bookings: Sequence[Booking] = ()
    health_checks: Sequence[HealthCheck] = ()
    open_findings: OpenFindings | None = None

    def seen(self, happened: Callable[[datetime], bool]) -> Iterator[Seen]:
        """Incidents, by number, as only those of their events make them that had happened."""
        found = []
        for history in self.histories:
            events = [event for event in history if happened(event.at)]
            if any(event.type == "submitted" for event in events):
                found.append(self._seen(fold(events)))
        return iter(sorted(found, key=lambda seen: seen.incident.number))

    def _seen(self, incident: Incident) -> Seen:
        return Seen(incident, self.policies[incident.policy], self.calendars.get(incident.calendar))


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident as it was at some instant, with its own terms and calendar."""

    incident: Incident
    policy: Policy
    calendar: BusinessCalendar | None

    def clock(self, cycle: Cycle | None = None) -> ResponseClock:
        """The response clock of a cycle, or of the one that counts now."""
        return response_clock(self.incident, self.policy, self.calendar, cycle)
