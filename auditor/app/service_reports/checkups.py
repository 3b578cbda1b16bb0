"""Health Checks and their findings as they stood at an instant, for reports about a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.reports.material import HealthCheck, OpenFindings
from auditor.engagement import findings, state

if TYPE_CHECKING:
    from auditor.model.events import Event
    from auditor.store.report_queries import ReportQueries


def health_checks(queries: ReportQueries, account: str, end: datetime, basis: int) -> list[HealthCheck]:
    """Every Health Check of the account that was requested before `end`, as it stood then."""
    histories = queries.saved("engagement", basis, account=account).values()
    return [_health_check(history) for history in (_before(one, end) for one in histories) if history]


def open_findings(
    queries: ReportQueries, account: str, checks: Iterable[HealthCheck], end: datetime, basis: int
) -> OpenFindings | None:
    """The findings that were open at `end`; None when no Health Check had been delivered."""
    delivered = [one.delivered_at for one in checks if one.delivered_at is not None]
    if not delivered:
        return None
    counts: Counter[str] = Counter()
    for history in queries.saved("finding", basis, account=account).values():
        happened = _before(history, end)
        found = findings.fold(happened) if happened else None
        if found is not None and found.is_open:
            counts[found.severity] += 1
    return OpenFindings(counts, max(delivered))


def _health_check(history: list[Event]) -> HealthCheck:
    found = state.fold(history)
    return HealthCheck(
        id=found.id,
        contract=found.contract,
        state=found.state,
        requested_at=found.requested_at,
        changed_at=max(event.at for event in history),
        is_open=found.state in state.OPEN,
        day="" if found.start_day is None else found.start_day.isoformat(),
        delivered_at=found.deliveries[-1].at if found.deliveries else None,
    )


def _before(history: Iterable[Event], end: datetime) -> list[Event]:
    return [event for event in history if event.at < end]
