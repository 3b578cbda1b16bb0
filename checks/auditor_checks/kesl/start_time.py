"""What `StartTime` of a KESL schedule tells: `[date] [time];[day];[period]`. Source: vendor topic 261123 (12.2).

For Daily, Hourly and Minutely the period says after how many days, hours or minutes the task starts again; a schedule
with a date does not start before it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_PERIOD = re.compile(r";\s*0*([1-9]\d{0,5})\s*$")
_DATE = re.compile(r"^\s*(\d{4})/([A-Za-z]{3,9}|\d{1,2})/(\d{1,2})\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

PERIOD_HOURS = {"daily": 24.0, "hourly": 1.0, "minutely": 1 / 60}
"""Rules of a schedule whose `StartTime` states a period, and how long one day, hour or minute of it is."""

NOT_YET = "the first start lies after the time for which this audit judges"


def period_of(start: Any) -> int | None:
    """The number behind the last semicolon; None where none above 0 stands there."""
    found = _PERIOD.search(str(start))
    return int(found[1]) if found else None


def begins_late(start: Any, as_of: datetime, hours: float) -> bool:
    """True when the date in front lies so far ahead that no start is due within `hours`, in whatever time zone."""
    found = _DATE.match(str(start))
    if found is None:
        return False
    try:
        month = int(found[2]) if found[2].isdigit() else _MONTHS.index(found[2][:3].lower()) + 1
        day = datetime(int(found[1]), month, int(found[3]), tzinfo=UTC)
    except ValueError:  # no such month or day
        return False
    return day - as_of > timedelta(hours=hours, days=1)
