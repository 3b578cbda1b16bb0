"""How often a task starts, from the schedule attributes of its data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from auditor.sdk import Evidence, Reason, SubjectView
from auditor.sdk.operators import instant_of
from auditor_checks.ksc.estate import flag, unclear, whole

NEVER = math.inf

_EVERY_MILLISECONDS = 1
_DAYS = {2: 1.0, 3: 7.0, 4: 31.0, 6: 7.0}
"""TASKSCH_TYPE -> longest pause in days: daily, weekly, monthly, chosen week days."""


_ENABLED = "task.TASK_INFO_PARAMS.PRTS_TASK_ENABLED"
_TYPE = "task.TASKSCH_TYPE"
_PERIOD = "task.TASKSCH_MS_PERIOD"
_FIRST = "task.TASKSCH_FIRST_EXECUTION_TIME"
_LAST = "task.TASKSCH_LIFETIME"
_ONCE = "task.TASK_DEL_AFTER_RUN_FLAG"
_STARTS = (
    "task.EVENT_TYPE",
    "task.KLPRTS_START_CONDITION",
    "task.TASK_ADDITIONAL_PARAMS.KLPRTS_START_CONDITION",
    "task.TASK_INFO_PARAMS.klprts-TaskScheduleSubtype",
)
"""What may start a task that has no schedule: an event, another task, new databases."""


def pause_days(task: SubjectView, as_of: datetime) -> float | None:
    """Longest pause between two starts in days; NEVER when it never starts by itself; None when the data do not tell.

    A task that is not stated to be switched on is not taken for one; nor is a schedule believed if something speaks
    against it.
    """
    enabled = flag(task.get(_ENABLED))
    if enabled is None:
        return None
    planned = _planned(task) if enabled else NEVER
    return None if planned is not None and planned < NEVER and _against(task, as_of, planned) else planned


def _against(task: SubjectView, as_of: datetime, days: float = 0) -> str:
    """The setting that speaks against a start every so many days, "" when none does.

    A first start that lies further ahead than the pause may be put off again. The types of `_DAYS` may run every so
    many days, weeks or months; where that stands is not documented, so another period than 1 is not understood.
    """
    for setting in (_ONCE, _LAST, _PERIOD, _FIRST):
        if unclear(task, setting):
            return setting
    first, last, period = instant_of(task.get(_FIRST)), instant_of(task.get(_LAST)), task.get(_PERIOD)
    if flag(task.get(_ONCE)):
        return _ONCE
    if task.get(_LAST) and (last is None or last <= as_of):
        return _LAST
    if whole(task.get(_TYPE)) in _DAYS and period is not None and whole(period) not in (0, 1):
        return _PERIOD
    return _FIRST if first is not None and (first - as_of) / timedelta(days=1) > days else ""


def _planned(task: SubjectView) -> float | None:
    """Type 0 means a start by hand or by an event; only an event makes such a task run by itself.

    For type 5 (every n seconds) and 7 (chosen days of the month) the attributes with the numbers are not documented.
    """
    kind = whole(task.get(_TYPE))
    if kind == 0:
        return None if any(task.get(start) or unclear(task, start) for start in _STARTS) else NEVER
    if kind == _EVERY_MILLISECONDS:
        period = whole(task.get(_PERIOD))
        return period / 86_400_000 if period and period > 0 else None
    return _DAYS.get(kind) if kind is not None else None


def seen_schedule(task: SubjectView, as_of: datetime) -> Evidence:
    """What the pause rests on: that the task is off or not known to be on, what speaks against its schedule, or it."""
    enabled = flag(task.get(_ENABLED))
    if not enabled:
        return task.see(_ENABLED, "true", enabled)
    against = _against(task, as_of) if pause_days(task, as_of) is None else ""
    return task.see(against or _TYPE, "a schedule")


def all_off(tasks: Iterable[SubjectView]) -> bool:
    """True when each task is stated to be switched off, whatever its schedule."""
    return all(flag(task.get(_ENABLED)) is False for task in tasks)


def doubt(tasks: Iterable[SubjectView]) -> Reason:
    """Why the pause of one of these tasks is not known."""
    stated = all(flag(task.get(_ENABLED)) is not None and whole(task.get(_TYPE)) is not None for task in tasks)
    return Reason.NOT_UNDERSTOOD if stated else Reason.KEY_ABSENT
