from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.calendars.durations import Duration, parse_duration
from auditor.errors import UsageProblem


@pytest.mark.parametrize(
    ("text", "seconds", "business"),
    [
        ("6bh", 21600, True),
        ("2h", 7200, False),
        ("30min", 1800, False),
        ("90bmin", 5400, True),
        ("45s", 45, False),
        ("10bs", 10, True),
        ("0h", 0, False),
        (" 6 BH ", 21600, True),
    ],
)
def test_a_duration_is_read(text: str, seconds: int, business: bool) -> None:
    assert parse_duration(text) == Duration(seconds, business)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1d", "a day may be"),
        ("2 days", "a day may be"),
        ("1bd", "a day may be"),
        ("30m", "write min"),
        ("1.5h", "90min"),
        ("1,5bh", "90min"),
        ("-2h", "write 6bh"),
        ("2", "write 6bh"),
        ("h", "write 6bh"),
        ("", "write 6bh"),
        ("1h30min", "write 6bh"),
        ("99999999h", "write 6bh"),
        ("²h", "write 6bh"),
    ],
)
def test_what_is_ambiguous_or_no_duration_is_refused_with_advice(text: str, advice: str) -> None:
    with pytest.raises(UsageProblem) as told:
        parse_duration(text)
    assert advice in told.value.hint


@pytest.mark.parametrize(
    ("seconds", "business", "text"),
    [(21600, True, "6bh"), (5400, False, "90min"), (3601, True, "3601bs"), (0, False, "0h"), (86400, False, "24h")],
)
def test_the_short_form_takes_the_largest_unit_that_fits(seconds: int, business: bool, text: str) -> None:
    assert str(Duration(seconds, business)) == text


@given(st.integers(0, 9_999_999), st.booleans())
def test_the_short_form_is_read_back(seconds: int, business: bool) -> None:
    duration = Duration(seconds, business)
    assert parse_duration(str(duration)) == duration


def test_a_duration_is_never_negative() -> None:
    with pytest.raises(UsageProblem):
        Duration(-1, business=True)
