"""Severity, kind, escalation by a person, reckoning anew: what people decide about a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auditor.accounts.incidents.acts import Act, need_person, need_text, recorded
from auditor.accounts.incidents.clock import response_clock
from auditor.accounts.incidents.facts import KINDS, LEVELS, Kind
from auditor.accounts.incidents.quota import Units, give_back, take_unit
from auditor.accounts.incidents.state import Incident
from auditor.accounts.incidents.submitting import Terms
from auditor.errors import RuleBroken
from auditor.model.events import NewEvent, text_of

if TYPE_CHECKING:
    from datetime import datetime

ESCALATION_ROLES = ("tam", "duty_manager")
"""Whom a person's escalation reaches unless others are named."""


def change_severity(incident: Incident, act: Act, level: int, reason: str) -> list[NewEvent]:
    """Another severity. The technical account manager or duty manager decides, with a reason (RULE-SEV-1, RULE-SEV-2).

    RuleBroken when the tool or a contact would do it, without reason, and for the level that it has.
    """
    if level not in LEVELS:
        raise RuleBroken(f"there is no severity level {level!r}", hint=f"there are {', '.join(map(str, LEVELS))}")
    need_person(act, "raise a request to severity 1" if level == 1 else "change the severity")
    if act.actor.startswith("contact:"):
        raise RuleBroken(
            "the severity is changed by the technical account manager or the duty manager",
            hint="escalate the request, and say which severity you see",
        )
    old = incident.level_at(act.at) if act.imported else incident.level
    if level == old:
        raise RuleBroken(f"{incident.id} has severity {level} already", hint="note why it stays, if that matters")
    text = need_text(reason, "the reason", "say what makes it more or less severe")
    return recorded(incident, act, "severity_changed", {"from": old, "to": level, "reason": text})


def change_kind(incident: Incident, act: Act, kind: Kind, reason: str, units: Units | None = None) -> list[NewEvent]:
    """From premium to standard (gives the unit back) or the other way (takes one, in the period of the submission).

    RuleBroken for the kind that it has, for a premium request without contract, and QuotaExhausted without a unit left.
    """
    need_person(act, "change the kind of a request")
    if kind not in KINDS:
        raise RuleBroken(f"there is no kind {kind!r}", hint=f"there are {', '.join(KINDS)}")
    old = incident.kind_at(act.at) if act.imported else incident.kind
    if kind == old:
        raise RuleBroken(f"{incident.id} is a {kind} request already", hint="there is nothing to change")
    text = need_text(reason, "the reason", "say why it is reclassified")
    payload: dict[str, Any] = {"from": old, "to": kind, "reason": text}
    if kind == "standard":
        payload["quota"] = give_back(incident, f"reclassified as standard: {text}")
    elif units is None:
        raise RuleBroken("a premium request takes a unit of the contract", hint="give the ledger of the contract")
    else:
        payload["quota"] = take_unit(units, "reclassified as premium")
    return recorded(incident, act, "kind_changed", payload)


def escalate(incident: Incident, act: Act, reason: str, to: Sequence[str] = ESCALATION_ROLES) -> list[NewEvent]:
    """An escalation by a person, at any time while it is open (RULE-ESC-1). `to` are roles or ids."""
    need_person(act, "escalate by hand")
    if not to:
        raise RuleBroken("nobody is named to escalate to", hint=f"name roles such as {', '.join(ESCALATION_ROLES)}")
    payload = {
        "fraction": None,
        "due_at": None,
        "to": list(to),
        "reason": need_text(reason, "the reason", "say why it cannot wait"),
        "late": False,
        "notify": True,
    }
    return recorded(incident, act, "escalated", payload)


def recalculate(incident: Incident, act: Act, old: Terms, new: Terms, reason: str) -> list[NewEvent]:
    """Reckon the deadline anew with another version of the calendar; old and new are recorded (RULE-SLA-12).

    RuleBroken unless a person does it for a reason, for other terms than those of the submission, and for the calendar
    that holds already.
    """
    need_person(act, "have a deadline reckoned anew")
    if incident.policy != new.policy_hash:
        raise RuleBroken(
            f"the terms of {incident.id} were fixed when it was submitted", hint="only the calendar can change"
        )
    if new.calendar_hash == incident.calendar:
        raise RuleBroken(
            f"{incident.id} is reckoned with this version of the calendar already", hint="change the calendar first"
        )
    before = response_clock(incident, old.policy, old.calendar)
    after = response_clock(incident, new.policy, new.calendar)
    payload = {
        "calendar": new.calendar_hash,
        "old_deadline": _text(before.deadline),
        "new_deadline": _text(after.deadline),
        "reason": need_text(reason, "the reason", "say what was wrong about the calendar"),
    }
    return recorded(incident, act, "clock_recalculated", payload)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else text_of(instant)
