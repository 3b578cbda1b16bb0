"""Instants as people write them: a date, a local time, or an instant with its offset."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from auditor.accounts.accounts import local_midnight
from auditor.errors import UsageProblem

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_HINT = "write 2026-12-04, 2026-12-04T13:00 (local time) or 2026-12-04T12:00Z"


def day_from(text: str) -> date:
    """A date as 2026-12-04; UsageProblem for anything else."""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise UsageProblem(f"{text!r} is no date: {error}", hint="write it as 2026-12-04") from error
    raise UsageProblem(f"{text!r} is no date", hint="write it as 2026-12-04")


def instant_from(text: str, zone: ZoneInfo) -> datetime:
    """The instant (UTC) that is meant. A date is its local midnight in `zone`; a time without offset is local.

    UsageProblem for a local time that the clocks skip, or that comes twice when they go back; then the hint has both.
    """
    text = text.strip()
    if _DATE.fullmatch(text):
        return local_midnight(day_from(text), zone)
    found = _TIME.fullmatch(text)
    if found is None:
        raise UsageProblem(f"{text!r} is no time", hint=_HINT)
    try:
        stated = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"{text!r} is no time: {error}", hint=_HINT) from error
    return stated.astimezone(UTC) if found["zone"] else _local(stated, zone)


def _local(wall: datetime, zone: ZoneInfo) -> datetime:
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) != wall:
        raise UsageProblem(f"{wall:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clocks go forward", hint=_HINT)
    if first != second:
        both = " or ".join(f"{one.astimezone(zone):%Y-%m-%dT%H:%M:%S%z}" for one in (first, second))
        both = re.sub(r"([+-][0-9]{2})([0-9]{2})(?= |$)", r"\1:\2", both)
        raise UsageProblem(f"{wall:%Y-%m-%d %H:%M} comes twice in {zone.key}: the clocks go back", hint=f"write {both}")
    return first
