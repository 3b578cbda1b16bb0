"""The row of an engagement in the store: what lists, the board and the planner ask for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.engagement.state import Engagement, fold
from auditor.model.events import Event, text_of


def row_of(events: Iterable[Event]) -> dict[str, Any]:
    """Columns of the table `engagement`; `document` is what lists show, as JSON values."""
    found = fold(events)
    return {
        "id": found.id,
        "account": found.account,
        "contract": found.contract,
        "tam": found.tam,
        "state": found.state,
        "start_day": None if found.start_day is None else found.start_day.isoformat(),
        "document": document_of(found),
    }


def document_of(found: Engagement) -> dict[str, Any]:
    """The engagement as JSON values."""
    return {
        "id": found.id,
        "account": found.account,
        "contract": found.contract,
        "zone": found.zone,
        "tam": found.tam,
        "state": found.state,
        "language": found.language,
        "preferred": dict(found.preferred),
        "requested_at": text_of(found.requested_at),
        "requested_by": found.requested_by,
        "start_day": None if found.start_day is None else found.start_day.isoformat(),
        "agreed_at": None if found.agreed_at is None else text_of(found.agreed_at),
        "circumstances": dict(found.circumstances),
        "missing": list(found.missing),
        "agreements": [
            {"side": one.side, "by": one.by, "at": text_of(one.at), "day": one.day.isoformat()}
            for one in found.agreements
        ],
        "overrides": [
            {"rule": one.rule, "by": one.by, "reason": one.reason, "at": text_of(one.at)} for one in found.overrides
        ],
        "received": [dict(one) for one in found.received],
        "started_at": None if found.started_at is None else text_of(found.started_at),
        "stopped_at": None if found.stopped_at is None else text_of(found.stopped_at),
        "unfinished": list(found.unfinished),
        "deliveries": [
            {
                "version": one.version,
                "at": text_of(one.at),
                "manifest": one.manifest,
                "corrects": one.corrects,
                "period": one.period,
            }
            for one in found.deliveries
        ],
        "end_reason": found.end_reason,
    }
