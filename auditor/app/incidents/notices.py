"""What is told about incidents: to whom, when at the earliest, under which key, so that it is told once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.accounts.incidents.acts import SYSTEM
from auditor.accounts.incidents.documents import marks
from auditor.accounts.incidents.escalation import notification_key, superseded
from auditor.model.events import NewEvent, text_of

if TYPE_CHECKING:
    from auditor.accounts.incidents.clock import ResponseClock
    from auditor.accounts.incidents.state import Incident
    from auditor.app.incidents.staff import Office
    from auditor.store.notification_queries import NotificationQueries

STREAM = "notification"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell. `phrase` is of the area `notifications`, `to` are person:ID and contact:ID, `level` the
    severity it is about (0: of no incident), `covers` what else it stands for."""

    key: str
    account: str
    phrase: str
    to: tuple[str, ...]
    parameters: Mapping[str, Any]
    level: int = 0
    incident: str = ""
    covers: Sequence[Any] = field(default=())

    def event(self, office: Office, now: datetime) -> NewEvent:
        """The event that it is told; outside the hours of everybody it is for, it waits (RULE-ESC-2)."""
        urgent = self.level == 1
        not_before = now if urgent else office.may_be_told(self.to, self.account, now)
        payload = {
            "reason": self.phrase,
            "incident": self.incident or None,
            "to": list(self.to),
            "phrase": self.phrase,
            "parameters": dict(self.parameters),
            "level": self.level or None,
            "covers": list(self.covers),
            "not_before": text_of(not_before),
        }
        return NewEvent(STREAM, self.key, "notified", now, SYSTEM, payload, self.account)


def about(clock: ResponseClock, **more: Any) -> dict[str, Any]:
    """The parameters that every message about an incident has."""
    incident = clock.incident
    return {
        "incident": incident.id,
        "title": incident.title,
        "level": incident.level,
        "submitted_at": text_of(incident.submitted_at),
        "deadline_at": None if clock.deadline is None else text_of(clock.deadline),
        "marks": marks(clock),
        **more,
    }


def threshold_keys(incident: Incident) -> list[str]:
    """Keys under which thresholds of the incident's clocks were told."""
    told = [one for one in incident.escalations if one.fraction is not None and one.notify]
    return [notification_key(incident.id, one.cycle, one.fraction or 0.0) for one in told]


def routings(incident: Incident) -> int:
    """How many times somebody was given the incident."""
    return sum(1 for event in incident.events if event.type == "routed")


def routed_key(incident: str, count: int) -> str:
    """Key of the message to whoever was given the incident, the first time, the second time and so on."""
    return f"{incident}:routed:{count}"


def escalated_key(incident: str, count: int) -> str:
    """Key of the message about an escalation by a person."""
    return f"{incident}:escalated:{count}"


def quota_key(contract: str, period: str, share: float) -> str:
    """Key of the warning that a share of a contract's premium units is used in the period that begins that day."""
    return f"quota:{contract}:{period}:{share:g}"


def waiting_key(incident: str, count: int) -> str:
    """Key of the reminder about data that the customer is waited for."""
    return f"{incident}:waiting:{count}"


def fixed_key(incident: str, engagement: str) -> str:
    """Key of the message that an engagement found the last finding of a request fixed."""
    return f"{incident}:fixed:{engagement}"


def avdb_key(incident: str, count: int) -> str:
    """Key of the message about a change of a requested database release."""
    return f"{incident}:avdb:{count}"


def corrections(clock: ResponseClock, queries: NotificationQueries, now: datetime) -> list[NewEvent]:
    """What was told about thresholds and is wrong by what is known now: marked, not told anew (RULE-SLA-13)."""
    keys = threshold_keys(clock.incident)
    known = [one["id"] for one in queries.these(keys) if not one["superseded"]] if keys else []
    return superseded(clock, known, now) if known else []
