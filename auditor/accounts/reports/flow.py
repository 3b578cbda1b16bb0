"""How requests came and went in a period: every one is counted once, and the numbers balance.

open at the start + opened + reopened - ended = open at the end
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.accounts.incidents.lifecycle import OPEN
from auditor.accounts.incidents.state import Incident
from auditor.accounts.reports.material import Seen

COUNTED = ("open_at_start", "opened", "reopened", "ended", "open_at_end")


@dataclass(frozen=True, slots=True)
class Moved:
    """A request that was open at some time of the period. `came` says how it got into it."""

    seen: Seen
    came: str
    ended: bool

    @property
    def counts(self) -> dict[str, int]:
        """What it adds to the numbers."""
        went = "ended" if self.ended else "open_at_end"
        return {name: int(name in {self.came, went}) for name in COUNTED}


def moved(seen: Iterable[Seen], start: datetime) -> list[Moved]:
    """The requests that were open at some time since `start`; `seen` shows them as they were at the period's end.

    A request that ended before the period and was not reopened in it has no part in it.
    """
    found = ((one, came_in(one.incident, start)) for one in seen)
    return [Moved(one, came, not one.incident.open) for one, came in found if came]


def came_in(incident: Incident, start: datetime) -> str:
    """How a request came to be open since `start`: opened, open_at_start or reopened; "" when it was not."""
    if incident.submitted_at >= start:
        return "opened"
    before = [period.state for period in incident.periods if period.since < start]
    if before and before[-1] in OPEN:
        return "open_at_start"
    later = [period.state for period in incident.periods if period.since >= start]
    return "reopened" if any(state in OPEN for state in later) else ""


def total(requests: Iterable[Moved]) -> dict[str, int]:
    """The numbers of all requests together."""
    counts = [request.counts for request in requests]
    return {name: sum(one[name] for one in counts) for name in COUNTED}


def by(requests: Sequence[Moved], key: Callable[[Incident], Any], known: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The numbers for each value of a property: the known values in their order, then others as they sort."""
    values = {key(request.seen.incident) for request in requests}
    ordered = [*known, *sorted(values - set(known))]
    return [
        {"key": value, **total(request for request in requests if key(request.seen.incident) == value)}
        for value in ordered
    ]


def states(requests: Iterable[Moved]) -> list[dict[str, Any]]:
    """How many of the requests were in each state at the period's end."""
    from auditor.accounts.incidents.lifecycle import STATES

    found = [request.seen.incident.state for request in requests]
    return [{"key": state, "count": found.count(state)} for state in STATES]
