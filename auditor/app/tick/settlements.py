"""Requests whose findings are all fixed: the TAM is told that they can be resolved. Nothing resolves itself.

Once for each Health Check that found the last of them fixed: when a finding comes back and is fixed again by a later
one, that is told anew. What is no longer so when its time comes is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.app.findings.settling import Proposal, promoted_proposals
from auditor.app.incidents.loading import load_incident
from auditor.app.incidents.notices import Notice, fixed_key
from auditor.app.incidents.staff import Office
from auditor.app.tick.done import Done
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from auditor.store.store import Reading, Store


def propose_resolving(store: Store, now: datetime) -> Iterator[Done]:
    """Tell account managers of requests that have no finding left."""
    with store.reading() as reading:
        due = [
            (account, one.incident)
            for account in sorted(reading.documents("account"))
            for one in _due(reading, account)
        ]
    for account, incident in due:
        with store.writing() as writing:
            proposal = next((one for one in _due(writing, account) if one.incident == incident), None)
            if proposal is None:
                continue
            office = Office(writing)
            notice = _notice(account, proposal, office.reached(["tam"], load_incident(writing, incident), now))
            writing.append(notice.event(office, now))
        text = f"{incident}: all its findings are fixed, it can be resolved"
        yield Done("proposed", notice.key, account, text, {"incident": incident})


def still_fixed(reading: Reading, notification: Mapping[str, Any]) -> bool:
    """Whether the request is still open and none of its findings has come back."""
    return any(
        one.incident == notification["incident"] and one.complete
        for one in promoted_proposals(reading, notification["account"])
    )


def _due(reading: Reading, account: str) -> list[Proposal]:
    """Proposals that nobody was told of."""
    queries = NotificationQueries(reading)
    found = [one for one in promoted_proposals(reading, account) if one.complete]
    return [one for one in found if queries.one(fixed_key(one.incident, one.engagement)) is None]


def _notice(account: str, proposal: Proposal, to: tuple[str, ...]) -> Notice:
    return Notice(
        key=fixed_key(proposal.incident, proposal.engagement),
        account=account,
        phrase="findings_fixed",
        to=to,
        parameters={
            "incident": proposal.incident,
            "title": proposal.title,
            "all": proposal.all,
            "engagement": proposal.engagement,
        },
        incident=proposal.incident,
    )
