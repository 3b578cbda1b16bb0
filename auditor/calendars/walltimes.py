"""From wall times to instants, on the two days a year when that is not one to one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


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
