"""How often a task starts, from the schedule attributes of its data."""

from __future__ import annotations

import math

from auditor.sdk import SubjectView
from auditor_checks.ksc.estate import whole

NEVER = math.inf

_EVERY_MILLISECONDS = 1
_DAYS = {2: 1.0, 3: 7.0, 4: 31.0, 6: 7.0}
"""TASKSCH_TYPE -> longest pause in days: daily, weekly, monthly, chosen week days."""


def pause_days(task: SubjectView) -> float | None:
    """Longest pause between two starts in days; NEVER without a schedule; None when the data do not tell.

    Type 0 means a start by hand or by an event; only an event makes such a task run by itself. For type 5 (every n
    seconds) and 7 (chosen days of the month) the attributes with the numbers are not documented.
    """
    kind = whole(task.get("task.TASKSCH_TYPE"))
    if kind == 0:
        return None if task.get("task.EVENT_TYPE") else NEVER
    if kind == _EVERY_MILLISECONDS:
        period = whole(task.get("task.TASKSCH_MS_PERIOD"))
        return period / 86_400_000 if period else None
    return _DAYS.get(kind) if kind is not None else None
