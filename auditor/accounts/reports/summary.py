"""The report of a period: quarterly, periodic by a saved definition, or on demand for any range. One engine for all.

Numbers come from events alone. A request counts as opened in the period of its submission and as ended in that of its
end, and an answer in the one in which it was decided, so nothing is counted in two periods (RULE-REP-6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from auditor.accounts.incidents.facts import KINDS, LEVELS, TYPES
from auditor.accounts.incidents.state import Incident
from auditor.accounts.reports import changes, checkups, flow
from auditor.accounts.reports.compliance import compliance
from auditor.accounts.reports.critical import critical_spans
from auditor.accounts.reports.heading import Heading, head_of, in_force, promise
from auditor.accounts.reports.material import Material
from auditor.accounts.reports.quota_use import quota_use
from auditor.accounts.reports.selection import Selection, row
from auditor.errors import UsageProblem


def limits(heading: Heading) -> tuple[datetime, datetime]:
    """What is reported: from the period's start up to its end, or up to when the report was made if that is earlier.

    UsageProblem for a period that has not begun.
    """
    start, end = heading.period.start, heading.period.end
    if heading.made_at <= start:
        raise UsageProblem(f"the period {heading.period.key} has not begun", hint="name one that has")
    return start, min(end, heading.made_at)


def summary(heading: Heading, material: Material, selection: Selection) -> dict[str, Any]:
    """The document of a period's report, as JSON holds it."""
    start, end = limits(heading)
    seen = [one for one in material.seen(lambda at: at < end) if selection.filters.fits(one.incident)]
    requests = flow.moved(seen, start)
    terms = [held.policy for held in in_force(material, start, end)]
    return {
        **head_of(heading, material, start, end),
        "promise": promise(terms, f"{heading.kind}_report"),
        "complete": end == heading.period.end,
        "selection": {"filters": selection.filters.to_document(), "columns": list(selection.columns)},
        "requests": _requests(requests, start),
        "response": compliance(seen, start, end),
        "severity_changes": changes.severity_changes(seen, start),
        "escalations": changes.escalations(seen, start),
        "releases": changes.releases(seen, start),
        "private_patches": changes.private_patches(seen, start),
        "account_wide": _account_wide(material, start, end) if selection.filters.whole else None,
        "incidents": [row(moved.seen, moved.came, end) for moved in requests],
    }


def _critical(incident: Incident, start: datetime) -> bool:
    """Whether the request was open at level 1 at any time since `start`."""
    return any(span.end is None or span.end > start for span in critical_spans(incident))


def _requests(requests: Sequence[flow.Moved], start: datetime) -> dict[str, Any]:
    """How requests came and went, and how they are made up at the end of the period."""
    return {
        **flow.total(requests),
        "critical": sum(_critical(moved.seen.incident, start) for moved in requests),
        "by_level": flow.by(requests, lambda incident: incident.level, LEVELS),
        "by_type": flow.by(requests, lambda incident: incident.type, TYPES),
        "by_kind": flow.by(requests, lambda incident: incident.kind, KINDS),
        "by_product": flow.by(requests, lambda incident: incident.product),
        "by_state": flow.states(requests),
    }


def _account_wide(material: Material, start: datetime, end: datetime) -> dict[str, Any]:
    """What belongs to the account and not to single requests: left out of reports about some of the requests only."""
    return {
        "quota": quota_use(in_force(material, start, end), material.bookings, material.account.zone, (start, end)),
        "patches": changes.delivered(material.patches, start, end),
        "health_check": checkups.health_checks(material.health_checks, start),
        "open_findings": checkups.open_findings(material.open_findings),
    }
