"""As of when an audit judges: what inputs state counts only where it is an instant."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.app import plan
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


@pytest.mark.parametrize("replacement", ["link", "pipe"])
def test_what_took_the_place_of_a_listed_file_is_not_looked_into(tmp_path, monkeypatch, replacement):
    later = tmp_path / "later.json"
    later.write_text('{"collected_at": "2026-04-01T09:00:00Z"}')
    exports = tmp_path / "exports"
    exports.mkdir()
    stated(exports, "2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z")
    listing = plan.listing

    def replaced(*arguments):
        for candidate in listing(*arguments):
            path = Path(candidate.source.os_path)
            if path.name == "answer1.json":
                path.unlink()
                path.symlink_to(later) if replacement == "link" else os.mkfifo(path)
            yield candidate

    monkeypatch.setattr(plan, "listing", replaced)
    assert decide_as_of("", Inputs([exports], Limits())).text == "2026-03-01T09:00:00Z"
