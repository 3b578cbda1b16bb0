"""Incidents of the store by the names that people give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.accounts.incidents.rows import clock_of
from auditor.accounts.incidents.state import Incident, fold, incident_id
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.incidents.clock import ResponseClock
    from auditor.store.store import Reading

_NAMED = re.compile(r"(?:INC-)?0*([0-9]{1,15})", re.IGNORECASE)


def ident_of(named: str) -> str:
    """The id of an incident that is named by it or by its number: INC-000012, inc-12 and 12 are the same."""
    found = _NAMED.fullmatch(named.strip())
    if found is None:
        raise UsageProblem(f"{named!r} is no incident", hint="write its number, such as INC-000012 or 12")
    return incident_id(int(found[1]))


def load_incident(reading: Reading, named: str) -> Incident:
    """The incident with all that happened to it; UsageProblem when there is none."""
    ident = ident_of(named)
    events = reading.events("incident", ident)
    if not events:
        raise UsageProblem(f"there is no incident {ident}", hint="auditor incident list shows those that there are")
    return fold(events)


def load_clock(reading: Reading, incident: Incident) -> ResponseClock:
    """The response clock under the terms and the calendar that were kept with the incident."""
    return clock_of(incident, reading.snapshot)
