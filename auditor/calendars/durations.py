"""Lengths of time as contracts state them: calendar time (2h, 30min) or business time (6bh)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from auditor.errors import UsageProblem

_UNITS = {"h": 3600, "min": 60, "s": 1}
_DURATION = re.compile(r"(?P<count>[0-9]{1,7})\s?(?P<business>b?)(?P<unit>h|min|s)")
_HINT = "write 6bh (business hours), 2h, 30min or 90bmin"


@dataclass(frozen=True)
class Duration:
    """`seconds` of business time (only open time counts) or of calendar time (every second counts)."""

    seconds: int
    business: bool

    def __post_init__(self) -> None:
        if self.seconds < 0:
            raise UsageProblem(f"a duration of {self.seconds} seconds is negative", hint=_HINT)

    @property
    def length(self) -> timedelta:
        """The same as a timedelta."""
        return timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        unit = next(name for name, size in _UNITS.items() if self.seconds % size == 0)
        return f"{self.seconds // _UNITS[unit]}{'b' if self.business else ''}{unit}"


def parse_duration(text: str) -> Duration:
    """Whole hours, minutes or seconds, with `b` before the unit for business time; UsageProblem for anything else.

    Days are refused: 24 hours, a calendar day and a working day are three lengths.
    """
    wanted = text.strip().lower()
    found = _DURATION.fullmatch(wanted)
    if found is None:
        raise UsageProblem(f"{text!r} is not a duration", hint=_advice(wanted))
    return Duration(int(found["count"]) * _UNITS[found["unit"]], business=bool(found["business"]))


def _advice(text: str) -> str:
    if re.fullmatch(r"[0-9.,]+\s?b?(?:d|days?)", text):
        return "a day may be 24 hours, a date or a working day: write 24h, or the open hours such as 9bh"
    if re.fullmatch(r"[0-9]+\s?b?m", text):
        return "m may be minutes or months: write min"
    if re.fullmatch(r"[0-9]+[.,][0-9]+\s?b?(?:h|min)", text):
        return "only whole numbers: write 90min for one and a half hours"
    return _HINT
