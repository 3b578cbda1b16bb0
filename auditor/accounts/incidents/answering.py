"""Talking with the customer: qualified answers, requests for data, calls, notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from auditor.accounts.incidents.acts import Act, check_instant, need_person, need_text, possible, recorded
from auditor.accounts.incidents.lifecycle import is_specialist
from auditor.accounts.incidents.state import Incident
from auditor.errors import RuleBroken
from auditor.model.events import NewEvent

if TYPE_CHECKING:
    from auditor.accounts.policy import Policy


def acknowledge(incident: Incident, act: Act) -> list[NewEvent]:
    """The automatic acknowledgement. It stops no clock (RULE-SLA-1)."""
    return recorded(incident, act, "acknowledged_auto", {})


def answer(
    incident: Incident, act: Act, analysis: str, *, author: str = "", wanted: Sequence[str] = ()
) -> list[NewEvent]:
    """A qualified answer: stops the response clock for good (RULE-SLA-1).

    `author` is the specialist (person:ID or user:NAME), else whoever acts. `wanted` lists all data that are missing;
    the customer is then waited for. RuleBroken without a human author of the support side, and without analysis.
    """
    need_person(act, "give a qualified answer")
    author = author or act.actor
    if not is_specialist(author):
        raise RuleBroken(
            f"a qualified answer is given by a specialist, not by {author}",
            hint="name the author as person:ID; an automatic reply is an acknowledgement",
        )
    text = need_text(analysis, "the preliminary analysis", "say what the analysis has shown so far; else make a note")
    missing = _listed(wanted)
    payload = {"author": author, "analysis": text, "wanted": missing, "waiting": bool(missing)}
    return recorded(incident, act, "qualified_answer", payload)


def request_info(incident: Incident, act: Act, wanted: Sequence[str]) -> list[NewEvent]:
    """Ask for more data; the customer is waited for. RuleBroken before the first qualified answer."""
    missing = _listed(wanted)
    if not missing:
        raise RuleBroken("the list of wanted data is missing", hint="name everything that is needed at once")
    if not incident.answers:
        raise RuleBroken(
            f"{incident.id} has no qualified answer yet, and a request for data is part of one",
            hint="answer with the preliminary analysis and the data that are wanted",
        )
    return recorded(incident, act, "info_requested", {"wanted": missing})


def receive_info(incident: Incident, act: Act, text: str) -> list[NewEvent]:
    """The customer has sent what was wanted."""
    content = need_text(text, "what was received", "say in a few words what the customer has sent")
    return recorded(incident, act, "info_received", {"text": content})


def call(incident: Incident, act: Act, policy: Policy, *, by: str, line: str) -> list[NewEvent]:
    """A phone call of the customer; off-hours it may start the clock (RULE-OFF-1).

    It may have come before the submission, as early as the policy lets calls count.
    """
    earliest = incident.submitted_at - timedelta(minutes=policy.call_lead_minutes)
    check_instant(act, earliest)
    payload = {
        "by": need_text(by, "who called", "name the caller, such as contact:ID"),
        "line": need_text(line, "the line that was called", "name it, such as priority"),
    }
    if act.at >= incident.submitted_at:
        return recorded(incident, act, "phone_called", payload)
    if incident.state in {"closed", "cancelled"}:
        raise RuleBroken(
            f"{incident.id} is {incident.state}: record a call is not possible",
            hint=f"possible now: {', '.join(possible(incident))}",
        )
    event = NewEvent("incident", incident.id, "phone_called", act.at, act.actor, payload, incident.account)
    known = (
        one for one in incident.calls if one.at == act.at and (one.by, one.line) == (payload["by"], payload["line"])
    )
    return [] if act.imported and any(known) else [event]


def note(incident: Incident, act: Act, text: str, *, internal: bool = True) -> list[NewEvent]:
    """A note; nothing else changes, also when the customer can read it."""
    content = need_text(text, "the text of the note", "write what is to be remembered")
    return recorded(incident, act, "note", {"text": content, "internal": internal})


def correct(incident: Incident, act: Act, of: int, text: str) -> list[NewEvent]:
    """What is wrong about an earlier event, named by its number. The event stays as it is (INV-1)."""
    if all(event.seq != of for event in incident.events):
        raise RuleBroken(f"{incident.id} has no event {of}", hint="the history of the incident shows the numbers")
    content = need_text(text, "the correction", "write what is right")
    return recorded(incident, act, "correction", {"of": of, "text": content})


def _listed(wanted: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in wanted if one.strip()))
