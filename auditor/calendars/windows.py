"""Opening windows of a day: minutes since local midnight, half open, possibly into the next day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from auditor.errors import UsageProblem

DAY = 24 * 60
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])")
_HINT = "write 09:00-18:00, 22:00-06:00 (past midnight) or 00:00-24:00"


@dataclass(frozen=True, order=True)
class Window:
    """Open from `start` up to, not including, `end`: minutes since midnight of the day it belongs to.

    `end` may exceed 1440: the window then runs into the next day and still belongs to the day it starts on.
    UsageProblem when it is empty, longer than a day, or begins outside its day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < DAY:
            raise UsageProblem(f"a window begins at {_clock(self.start)}, outside its day", hint=_HINT)
        if self.end <= self.start:
            raise UsageProblem(f"a window from {_clock(self.start)} to {_clock(self.end)} is empty", hint=_HINT)
        if self.end > self.start + DAY:
            raise UsageProblem("a window is longer than 24 hours", hint=_HINT)

    def __str__(self) -> str:
        past_midnight = DAY < self.end < self.start + DAY
        return f"{_clock(self.start)}-{_clock(self.end - DAY if past_midnight else self.end)}"


def _clock(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours:02}:{rest:02}"


def parse_window(text: str) -> Window:
    """`09:00-18:00`; an end not after the start is on the next day: `22:00-06:00`, also written `22:00-30:00`.

    UsageProblem for anything else; `09:00-09:00` is refused, as it could mean nothing or a whole day.
    """
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not dash:
        raise UsageProblem(f"{text!r} is not a window", hint=_HINT)
    start, end = _minutes(first, text), _minutes(last, text)
    if start == end:
        raise UsageProblem(f"the window {text!r} ends where it begins", hint="a whole day is 00:00-24:00")
    return Window(start, end + DAY if end < start else end)


def _minutes(clock: str, text: str) -> int:
    found = _CLOCK.fullmatch(clock)
    minutes = int(found["hour"]) * 60 + int(found["minute"]) if found else 2 * DAY
    if minutes >= 2 * DAY:
        raise UsageProblem(f"{text!r} is not a window", hint=_HINT)
    return minutes


def in_order(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows of one day, sorted; UsageProblem when two overlap. They may touch."""
    found = tuple(sorted(windows))
    for before, after in pairwise(found):
        if after.start < before.end:
            raise UsageProblem(f"the windows {before} and {after} overlap", hint="join them into one")
    return found


def check_week(week: Sequence[tuple[Window, ...]]) -> None:
    """UsageProblem when a window past midnight overlaps one of the next day; Sunday is followed by Monday."""
    for today, tomorrow in zip(week, (*week[1:], week[0]), strict=True):
        if today and tomorrow and today[-1].end - DAY > tomorrow[0].start:
            raise UsageProblem(
                f"the window {today[-1]} runs into {tomorrow[0]} of the next day", hint="end it where the next begins"
            )
