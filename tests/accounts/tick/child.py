"""A tick in a process of its own, which a test kills. Everything is imported before it is forked."""

from __future__ import annotations

import io
from pathlib import Path

import auditor.app.incidents.opening
import auditor.app.service_reports.dueness
import auditor.app.service_reports.tools
import auditor.app.tick.post  # noqa: F401
from auditor.app.tick import console, delivery, thresholds

SMALL = 3
"""Many short transactions: many places to be killed at."""


def run(location: str, at: str, outbox: str) -> None:
    """One tick at an instant."""
    thresholds.BATCH = delivery.BATCH = SMALL
    console.once(console.Ticking(location, at, "json", Path(outbox)), io.StringIO())
