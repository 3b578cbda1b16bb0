from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.calendars.windows import Window, check_week, in_order, parse_window
from auditor.errors import UsageProblem


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-18:00", 540, 1080),
        ("9:05-18:30", 545, 1110),
        ("22:00-06:00", 1320, 1800),
        ("22:00-30:00", 1320, 1800),
        ("22:00-00:00", 1320, 1440),
        ("00:00-24:00", 0, 1440),
        ("10:00-34:00", 600, 2040),
        (" 09:00 - 18:00 ", 540, 1080),
    ],
)
def test_a_window_is_read_in_minutes_since_midnight(text: str, start: int, end: int) -> None:
    assert parse_window(text) == Window(start, end)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "09:00", "9-18", "09:00-", "09:60-18:00", "24:00-06:00", "09:00-09:00", "10:00-35:00", "09:00-48:00",
        "09:00-18:00-19:00", "\u0660\u0669:00-18:00", "-09:00-18:00", "09.00-18.00",
    ],
)  # fmt: skip
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        parse_window(text)


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (1440, 1500), (60, 60), (60, 30), (60, 1501)])
def test_a_window_cannot_be_empty_outside_its_day_or_longer_than_a_day(start: int, end: int) -> None:
    with pytest.raises(UsageProblem):
        Window(start, end)


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_the_text_of_every_window_is_read_back(start: int, length: int) -> None:
    window = Window(start, start + length)
    assert parse_window(str(window)) == window


def test_windows_of_a_day_are_sorted_and_may_touch_but_not_overlap() -> None:
    morning, noon, evening = Window(540, 780), Window(780, 800), Window(840, 1080)
    assert in_order([evening, noon, morning]) == (morning, noon, evening)
    with pytest.raises(UsageProblem, match="09:00-13:00 and 12:59-13:30 overlap"):
        in_order([Window(779, 810), morning])


def test_a_window_past_midnight_must_not_run_into_the_next_day_not_even_from_sunday_to_monday() -> None:
    night, early = (Window(1320, 1800),), (Window(359, 600),)
    check_week(((Window(360, 600),), (), (), (), (), (), night))
    with pytest.raises(UsageProblem, match=r"22:00-06:00 runs into 05:59-10:00"):
        check_week((early, (), (), (), (), (), night))
    with pytest.raises(UsageProblem):
        check_week((night, early, (), (), (), (), ()))
