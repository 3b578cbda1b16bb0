"""Service reports that are due, made by their own use case: each in a transaction of its own, each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.app.tick.done import Done

if TYPE_CHECKING:
    from auditor.app.service_reports.making import Made
    from auditor.store.store import Store

BATCH = 50
"""Reports between two questions of what is due."""


def make_reports(store: Store, now: datetime) -> Iterator[Done]:
    """Make daily, periodic and quarterly reports that are due."""
    from auditor.app.service_reports.dueness import make_due
    from auditor.app.service_reports.tools import default_tools

    tools = default_tools()
    told: set[tuple[str, str]] = set()
    while True:
        # those that failed stand in front of the others again
        outcome = make_due(store, now, BATCH + len(told), tools)
        yield from (_made(one) for one in outcome.made)
        new = [one for one in outcome.failed if (one.account, one.what) not in told]
        for one in new:
            told.add((one.account, one.what))
            what = one.what or "its reports"
            yield Done("problem", one.what, one.account, f"{one.account}: {what} cannot be made: {one.error}")
        if not outcome.left or not (outcome.made or new):
            return


def _made(one: Made) -> Done:
    text = f"{one.id}: {one.kind} report of {one.account}, {one.period}" + (" (late)" if one.late else "")
    return Done("report", one.id, one.account, text, {"kind": one.kind, "period": one.period, "late": one.late})
