"""As of when an audit judges: what inputs state counts only where it is an instant."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.app.plan import Inputs, decide_as_of
from auditor.intake.limits import Limits


def stated(folder: Path, *times: str) -> Path:
    for number, time in enumerate(times):
        answer = {"format": "ksc-openapi-call/1", "collected_at": time, "server": "ksc01", "response": {}}
        (folder / f"answer{number}.json").write_text(json.dumps(answer), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("times", "moment"),
    [
        (["2026-03-01T12:00:00+02:00", "2026-03-01T09:59:59Z"], datetime(2026, 3, 1, 10, tzinfo=UTC)),
        # without a zone, or a day alone: its reader leaves it out, so nothing may be judged as of then
        (["2026-03-01T09:00:00Z", "2026-03-05T09:00:00", "2026-03-06"], datetime(2026, 3, 1, 9, tzinfo=UTC)),
        (["2026-03-01T09:00:00Z", "9999-12-31T23:59:59-05:00"], datetime(2026, 3, 1, 9, tzinfo=UTC)),
    ],
)
def test_the_latest_instant_that_inputs_state(tmp_path, times, moment):
    as_of = decide_as_of("", Inputs([stated(tmp_path, *times)], Limits()))
    assert (as_of.moment, as_of.source) == (moment, "inputs")


def test_times_without_a_zone_leave_it_to_the_clock(tmp_path):
    assert decide_as_of("", Inputs([stated(tmp_path, "2001-03-05T09:00:00")], Limits())).source == "clock"
