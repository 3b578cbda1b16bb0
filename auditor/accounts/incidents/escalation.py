"""Thresholds of the response clock that are due, whom they reach, and notifications that turned out to be wrong.

A threshold fires once in a cycle. A scheduler that was down fires what it missed, but tells only the highest
(RULE-SLA-10). Whether something is due is asked of the clock as it is now, never of what was planned before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from auditor.accounts.incidents.acts import SYSTEM
from auditor.accounts.incidents.clock import ResponseClock, Threshold
from auditor.accounts.incidents.facts import Escalation
from auditor.model.events import NewEvent, text_of

CHAIN: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.5, ("assignee",)),
    (0.75, ("tam",)),
    (1.0, ("tam", "duty_manager", "contact")),
)
"""Who is told from which share on (RULE-ESC-1). The shares are ours: no sheet states any."""

LATE_AFTER = timedelta(minutes=5)
"""How long after its instant a threshold may fire without being called late."""


def roles_at(fraction: float) -> tuple[str, ...]:
    """Who is told when that share of the time has passed."""
    return next((roles for share, roles in reversed(CHAIN) if share <= fraction), CHAIN[0][1])


def due_thresholds(clock: ResponseClock, now: datetime) -> tuple[Threshold, ...]:
    """Thresholds that have passed and were not told; none once there is an answer, or nothing left to answer."""
    if clock.responded_at is not None or clock.ended_at is not None:
        return ()
    return tuple(one for one in clock.thresholds if one.fired is None and one.at <= now)


def escalations(clock: ResponseClock, now: datetime) -> list[NewEvent]:
    """The events for all thresholds that are due; only the last of them, the highest, is to be told to people."""
    due = due_thresholds(clock, now)
    return [_fired(clock, one, now, notify=one is due[-1]) for one in due]


def notification_key(incident: str, cycle: int, fraction: float) -> str:
    """The subject of the notification that tells a threshold: the same is never told twice."""
    return f"{incident}:response:{cycle}:{fraction:g}"


def covered(fired: Sequence[NewEvent]) -> list[float]:
    """The shares that one notification stands for: all that fired together."""
    return [event.payload["fraction"] for event in fired]


def superseded(clock: ResponseClock, known: Iterable[str], now: datetime) -> list[NewEvent]:
    """Notifications that were told and would not have been, as the clock is now (RULE-SLA-13).

    That happens when an answer, a lower severity or another calendar becomes known afterwards. `known` are the keys of
    notifications that were told and are not superseded yet. Nothing is told anew.
    """
    told = set(known)
    events = []
    for one in clock.incident.escalations:
        if one.fraction is None or not one.notify or one.cycle != clock.cycle.number:
            continue
        key = notification_key(clock.incident.id, one.cycle, one.fraction)
        reason = _wrong(clock, one)
        if reason and key in told:
            told.discard(key)
            account = clock.incident.account
            events.append(NewEvent("notification", key, "superseded", now, SYSTEM, {"reason": reason}, account))
    return events


def _wrong(clock: ResponseClock, told: Escalation) -> str:
    end = clock.responded_at or clock.ended_at
    threshold = next((one for one in clock.thresholds if one.fraction == told.fraction), None)
    if threshold is None:
        return "nothing is guaranteed any more"
    if end is not None and end < min(threshold.at, told.at):
        return "it was answered before"
    if threshold.at > told.at:
        return "the deadline is later now"
    return ""


def _fired(clock: ResponseClock, threshold: Threshold, now: datetime, *, notify: bool) -> NewEvent:
    payload: dict[str, Any] = {
        "fraction": threshold.fraction,
        "due_at": text_of(threshold.at),
        "to": list(roles_at(threshold.fraction)),
        "reason": "response_time",
        "late": now > threshold.at + LATE_AFTER,
        "notify": notify,
    }
    incident = clock.incident
    return NewEvent("incident", incident.id, "escalated", now, SYSTEM, payload, incident.account)
