"""From wall times to instants, on the two days a year when that is not one to one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.errors import UsageProblem

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.]\d{1,6})?)?(?P<offset>Z|[+-]\d\d:\d\d)?")
_HINT = "write 2026-03-27T16:00, or with an offset 2026-03-27T16:00+01:00 or 2026-03-27T15:00Z"


def opening(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a window's start, `minutes` after midnight of `day` by the clock on the wall.

    A time that does not exist (spring) is shifted forward by the gap; of a repeated one (autumn) the first pass counts.
    """
    return _wall(day, minutes, zone, fold=0)


def closing(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a window's end: like `opening`, but of a repeated time the second pass counts."""
    # for a repeated time fold=1 is the later instant, for one in the gap it is the earlier: the later is right in both
    return max(_wall(day, minutes, zone, fold=0), _wall(day, minutes, zone, fold=1))


def _wall(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001  # the zone follows
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


@dataclass(frozen=True)
class ReadInstant:
    """An instant (UTC) as read from a text. `note` says what was decided when the wall time was not clear."""

    at: datetime
    note: str = ""


def read_instant(text: str, zone: ZoneInfo, *, fold: int | None = None) -> ReadInstant:
    """A wall time in the zone, or an instant with an offset or Z; UsageProblem for other texts.

    A time that does not exist is shifted forward. Of a repeated one `fold` chooses the pass, 0 or 1; without it the
    first is taken. Both are told in the note. With an offset there is nothing to choose.
    """
    problem = UsageProblem(f"{text!r} is not an instant", hint=_HINT)
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        raise problem
    try:
        written = datetime.fromisoformat(text.strip())
        return ReadInstant(written.astimezone(UTC)) if found["offset"] else _in_zone(written, zone, fold)
    except (ValueError, OverflowError) as error:
        raise problem from error


def _in_zone(written: datetime, zone: ZoneInfo, fold: int | None) -> ReadInstant:
    first, second = (written.replace(tzinfo=zone, fold=number) for number in (0, 1))
    before, after = first.utcoffset(), second.utcoffset()
    at = first.astimezone(UTC)
    local = f"{written:%H:%M} on {written:%Y-%m-%d} in {zone.key}"
    if before is None or after is None or before == after:
        return ReadInstant(at)
    if after > before:
        return ReadInstant(at, f"{local} does not exist, the clock goes forward: {at.astimezone(zone):%H:%M} is taken.")
    if fold is not None:
        return ReadInstant((second if fold else first).astimezone(UTC))
    taken, other = offset_text(before), offset_text(after)
    return ReadInstant(
        at, f"{local} comes twice: the first pass ({taken}) is taken; --fold 1 takes the second ({other})."
    )


def offset_text(offset: timedelta) -> str:
    """An offset from UTC as +05:30."""
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@dataclass(frozen=True)
class ClockChange:
    """The clocks of a zone change at an instant (UTC): from one offset to the other."""

    at: datetime
    before: timedelta
    after: timedelta


def clock_change(day: date, zone: ZoneInfo) -> ClockChange | None:
    """The change of the clocks that falls on a local date, to the second; None on the other days of the year."""

    def offset(instant: datetime) -> timedelta:
        return instant.astimezone(zone).utcoffset() or timedelta()

    # a change at midnight belongs to the date whose first instant has the new offset
    low, high = opening(day, 0, zone) - timedelta(seconds=1), opening(day, 24 * 60, zone) - timedelta(seconds=1)
    before, after = offset(low), offset(high)
    if before == after:
        return None
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return ClockChange(high, before, after)
