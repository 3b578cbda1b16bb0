"""How long the customer was waited for, in wall time and in business time. Statistics only: no clock pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.accounts.incidents.state import Incident
    from auditor.calendars.calendar import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Waited:
    """Sums over all waiting; `business` is None without a calendar for those years, `still` while waiting goes on."""

    wall: timedelta
    business: timedelta | None
    still: bool

    def to_document(self) -> dict[str, Any]:
        """JSON-able, in seconds."""
        return {
            "wall_seconds": self.wall.total_seconds(),
            "business_seconds": None if self.business is None else self.business.total_seconds(),
            "still": self.still,
        }


def waited(incident: Incident, calendar: BusinessCalendar | None, now: datetime) -> Waited:
    """The waiting until `now`. Each stretch is measured in both times; the one is never made from the other."""
    stretches = [(one.since, now if one.until is None else one.until) for one in incident.waitings]
    stretches = [(since, min(until, now)) for since, until in stretches if since < now]
    wall = sum((until - since for since, until in stretches), timedelta())
    business = None
    if calendar is not None and all(calendar.covers(edge) for stretch in stretches for edge in stretch):
        business = timedelta(seconds=sum(calendar.between(since, until) for since, until in stretches))
    still = any(one.until is None for one in incident.waitings)
    return Waited(wall, business, still)
