"""What a period's report says of Health Checks and of the findings that they left open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from auditor.accounts.reports.material import HealthCheck, OpenFindings
from auditor.model.events import text_of

SEVERITIES = ("critical", "high", "medium", "low", "info")


def health_checks(known: Sequence[HealthCheck], start: datetime) -> dict[str, Any]:
    """Those that were open, or to which anything happened, since `start`, and the latest of all; or that none is."""
    ordered = sorted(known, key=lambda one: (one.requested_at, one.id))
    told = [one for one in ordered if one.is_open or one.changed_at >= start or one is ordered[-1]]
    return {"status": "recorded" if told else "none_recorded", "engagements": [_document(one) for one in told]}


def open_findings(found: OpenFindings | None) -> dict[str, Any]:
    """How many findings are open, by severity; unknown while no Health Check was delivered."""
    if found is None:
        return {"status": "unknown", "total": None, "by_severity": [], "delivered_at": None}
    counts = [{"key": name, "count": found.by_severity.get(name, 0)} for name in SEVERITIES]
    return {
        "status": "known",
        "total": sum(found.by_severity.values()),
        "by_severity": counts,
        "delivered_at": text_of(found.delivered_at),
    }


def _document(one: HealthCheck) -> dict[str, Any]:
    return {
        "id": one.id,
        "contract": one.contract,
        "state": one.state,
        "day": one.day or None,
        "delivered_at": None if one.delivered_at is None else text_of(one.delivered_at),
    }
