"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.app.actors import actor
from auditor.app.moments import day_from, instant_from, local_text
from auditor.errors import UsageProblem

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-04", datetime(2026, 12, 3, 23, tzinfo=UTC)),
        ("2026-12-04T13:00", datetime(2026, 12, 4, 12, tzinfo=UTC)),
        ("2026-07-04 13:00:30", datetime(2026, 7, 4, 11, 0, 30, tzinfo=UTC)),
        ("2026-12-04T13:00Z", datetime(2026, 12, 4, 13, tzinfo=UTC)),
        ("2026-12-04T13:00-05:00", datetime(2026, 12, 4, 18, tzinfo=UTC)),
        ("2026-10-25T02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_time_means_one_instant(text, expected):
    assert instant_from(text, MADRID) == expected


def test_a_time_that_comes_twice_is_asked_back_with_both_offsets():
    with pytest.raises(UsageProblem, match="not one instant") as told:
        instant_from("2026-10-25T02:30", MADRID)
    assert "2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00" in told.value.hint


def test_a_time_that_does_not_exist_is_asked_back():
    with pytest.raises(UsageProblem, match="not one instant"):
        instant_from("2026-03-29T02:30", MADRID)


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "2026-13-01T10:00", "20261204", "2026-12-04T25:00", "now"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(UsageProblem):
        instant_from(text, MADRID)
    with pytest.raises(UsageProblem):
        day_from(text)


@given(st.integers(0, 50_000_000), st.sampled_from(["Europe/Madrid", "America/St_Johns"]))
def test_what_is_shown_is_read_as_the_same_minute(minutes, name):
    zone = ZoneInfo(name)
    instant = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    day, time, offset = local_text(instant, zone).split(" ")
    assert instant_from(f"{day}T{time}{offset}", zone) == instant


@pytest.mark.parametrize("named", ["person:", "robot:1", "P-1", "contact", "system:1"])
def test_an_actor_has_a_known_form(named):
    with pytest.raises(UsageProblem, match="says not who acts"):
        actor(named)


def test_without_a_name_it_is_whoever_runs_the_command(monkeypatch):
    monkeypatch.setenv("LOGNAME", "tester")
    assert actor() == "user:tester"
    assert actor("system") == "system"
    assert actor("contact:C-1") == "contact:C-1"
