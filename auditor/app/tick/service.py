"""Service reports that are due, made by their own use case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.app.tick.done import Done

if TYPE_CHECKING:
    from auditor.store.store import Store


def make_reports(store: Store, now: datetime) -> Iterator[Done]:
    """Make daily, periodic and quarterly reports that are due."""
    from auditor.app.service_reports.dueness import make_due

    for made in make_due(store, now):
        yield Done("report", made.id, made.account, f"{made.id} made")
