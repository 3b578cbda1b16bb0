"""The customer's own audits beside a Health Check: compared with it, and never a part of the findings' history.

What a received self-audit judged is kept as what a delivery judged is, so that no file of it is needed later. It is
read here only: histories, scores and findings of the account go by deliveries alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auditor.app.engagements.circles import STREAM
from auditor.app.findings import comparing, kept_runs
from auditor.engagement.changes import compare

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.app.findings.results import ReadRun
    from auditor.engagement.state import Engagement
    from auditor.model.events import Event
    from auditor.store.store import Reading

KIND = "self_audit"
Json = dict[str, Any]


def since_self_audit(
    reading: Reading, found: Engagement, run: ReadRun, earlier: Sequence[ReadRun], at: datetime
) -> Json | None:
    """The result of an engagement beside the last self-audit that was received from the customer before it.

    None without one, and for one that is older than the last Health Check: that one told what changed since. Only what
    came in before the first delivery counts, so that corrections compare with the same.
    """
    until = found.deliveries[0].at if found.deliveries else at
    event = _last_received(reading, found.account, until)
    if event is None or not event.payload.get("run"):
        return None
    own = kept_runs.kept(reading, event.payload["run"])
    if earlier and own.facts["as_of"] < earlier[-1].facts["as_of"]:
        return None
    document = comparing.comparison_document(own, run, compare(own.run, run.run))
    if not event.payload["complete"]:
        document["notes"].append({"phrase": "note_self_audit_incomplete", "parameters": {}})
    return document


def _last_received(reading: Reading, account: str, until: datetime) -> Event | None:
    """The event of the self-audit that came in last, into whichever engagement of the account."""
    came = [
        event
        for ident in reading.documents(STREAM, account=account)
        for event in reading.events(STREAM, ident)
        if event.type == "received" and event.payload.get("kind") == KIND and event.at <= until
    ]
    return max(came, key=lambda event: event.order, default=None)
