"""How a request ends, and how it begins again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from auditor.accounts.incidents.acts import Act, need_person, need_text, recorded, shown
from auditor.accounts.incidents.quota import give_back
from auditor.accounts.incidents.state import Incident
from auditor.calendars.zones import load_zone
from auditor.errors import RuleBroken
from auditor.model.events import NewEvent

if TYPE_CHECKING:
    from auditor.accounts.policy import Policy


def resolve(incident: Incident, act: Act, summary: str) -> list[NewEvent]:
    """It is solved; possible once there was a qualified answer."""
    text = need_text(summary, "the summary", "say what solved it")
    return recorded(incident, act, "resolved", {"summary": text})


def close(incident: Incident, act: Act) -> list[NewEvent]:
    """A resolved request is closed."""
    return recorded(incident, act, "closed", {})


def reopen(incident: Incident, act: Act, policy: Policy, reason: str) -> list[NewEvent]:
    """A resolved or closed request is worked on again, within `reopen_days` after it was resolved (inclusive).

    No new response clock starts unless the terms say so (RULE-SLA-11). RuleBroken after that time and for duplicates.
    """
    text = need_text(reason, "the reason", "say what does not work yet")
    if incident.duplicate_of:
        raise RuleBroken(
            f"{incident.id} was merged into {incident.duplicate_of}", hint=f"reopen or follow {incident.duplicate_of}"
        )
    events = recorded(incident, act, "reopened", {"reason": text, "new_cycle": policy.reopen_new_cycle})
    if incident.resolved_at is not None:
        last = reopen_until(incident.resolved_at, policy)
        if act.at > last:
            raise RuleBroken(
                f"{incident.id} could be reopened until {shown(last)}", hint="submit a new request and link this one"
            )
    return events


def reopen_until(resolved_at: datetime, policy: Policy) -> datetime:
    """The last instant (UTC) for reopening: so many days later at the same local time of the contract's zone."""
    local = resolved_at.astimezone(load_zone(policy.zone)) + timedelta(days=policy.reopen_days)
    return local.astimezone(UTC)


def cancel(incident: Incident, act: Act, reason: str) -> list[NewEvent]:
    """The request is withdrawn, before anybody has answered; a premium unit is given back (RULE-QUO-1)."""
    text = need_text(reason, "the reason", "say why it is withdrawn")
    payload = {"reason": text, "quota": give_back(incident, f"cancelled: {text}")}
    return recorded(incident, act, "cancelled", payload)


def merge(incident: Incident, act: Act, original: Incident) -> list[NewEvent]:
    """The request tells the same as `original`: it is closed, its premium unit given back, and the original goes on.

    RuleBroken for itself, for another account, for an original that is a duplicate itself.
    """
    need_person(act, "merge requests")
    if original.id == incident.id or original.account != incident.account:
        raise RuleBroken(
            f"{incident.id} cannot be a duplicate of {original.id}", hint="name another request of the same account"
        )
    if original.duplicate_of:
        raise RuleBroken(
            f"{original.id} is a duplicate itself", hint=f"merge into {original.duplicate_of}, which it was merged into"
        )
    quota = give_back(incident, f"duplicate of {original.id}")
    return recorded(incident, act, "linked", {"relation": "duplicate_of", "other": original.id, "quota": quota})


def link(incident: Incident, act: Act, relation: str, other: str) -> list[NewEvent]:
    """A relation to a finding, or to a number in another system (external). Merging is a command of its own."""
    if relation not in {"finding", "external"}:
        raise RuleBroken(
            f"there is no relation {relation!r}", hint="there are finding and external; duplicates are merged"
        )
    name = need_text(other, "what it is linked with", "give the fingerprint of the finding, or the number there")
    if any((one.relation, one.other) == (relation, name) for one in incident.links):
        raise RuleBroken(f"{incident.id} is linked with {name} already", hint="there is nothing to do")
    return recorded(incident, act, "linked", {"relation": relation, "other": name, "quota": None})
