"""The document of a report of any kind."""

from __future__ import annotations

from typing import Any

from auditor.accounts.reports.daily import daily
from auditor.accounts.reports.heading import Heading
from auditor.accounts.reports.material import Material
from auditor.accounts.reports.selection import Selection
from auditor.accounts.reports.summary import summary


def build(heading: Heading, material: Material, selection: Selection) -> dict[str, Any]:
    """The document, as JSON holds it: the same heading and material always give the same."""
    return daily(heading, material) if heading.kind == "daily" else summary(heading, material, selection)
