"""What happens in the very instant in which a quarter ends belongs to the next one, and to no other (RULE-REP-6)."""

from __future__ import annotations

import pytest

from auditor.accounts.reports.heading import Heading
from auditor.accounts.reports.periods import parse_period
from auditor.accounts.reports.selection import COLUMNS, Filters, Selection
from auditor.accounts.reports.summary import summary
from tests.accounts.reports.scenes import Scene, utc


def response(scene, period):
    heading = Heading("quarterly", parse_period(period, scene.account.time_zone), utc("2030-01-01T00:00"))
    return summary(heading, scene.material(), Selection(Filters(), COLUMNS))["response"]


@pytest.mark.parametrize(
    ("answered", "quarters"),
    [("2026-06-30T21:59:59", (1, 0)), ("2026-06-30T22:00", (0, 1)), ("2026-06-30T22:00:01", (0, 1))],
)
def test_an_answer_at_local_midnight_counts_once(answered, quarters):
    """Level 3 of Enterprise has six business hours, so an answer in the night after Tuesday 30 June is in time."""
    scene = Scene("Europe/Madrid")
    incident = scene.submit(1, "2026-06-30T15:00", 3)
    scene.answer(incident, answered)
    assert tuple(response(scene, period)["met"] for period in ("2026-Q2", "2026-Q3")) == quarters
