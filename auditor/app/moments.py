"""Instants as people write them: a date, a local time, or an instant with its offset."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from auditor.accounts.accounts import local_midnight
from auditor.calendars.walltimes import read_instant
from auditor.errors import UsageProblem

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_from(text: str) -> date:
    """A date as 2026-12-04; UsageProblem for anything else."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageProblem(f"{text!r} is no date", hint="write it as 2026-12-04")


def instant_from(text: str, zone: ZoneInfo) -> datetime:
    """The instant (UTC) that is meant. A date is its local midnight in `zone`; a time without offset is local.

    Nothing is guessed: UsageProblem for a local time that the clocks skip or that comes twice, with what to write.
    """
    text = text.strip()
    if _DATE.fullmatch(text):
        return local_midnight(day_from(text), zone)
    read = read_instant(text, zone)
    if read.note:
        # the other pass of a repeated time; of one that is skipped, what the clock would show had it gone on
        other = datetime.fromisoformat(text).replace(tzinfo=zone, fold=1).astimezone(UTC)
        choices = " or ".join(_with_offset(one, zone) for one in sorted((read.at, other)))
        raise UsageProblem(
            f"{text} is not one instant in {zone.key}: the clocks change", hint=f"state the offset, such as {choices}"
        )
    return read.at


def local_text(instant: datetime, zone: ZoneInfo) -> str:
    """Local date and time with the offset, such as 2026-12-04 13:00 +01:00."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M} {_offset(instant, zone)}"


def _with_offset(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M}{_offset(instant, zone)}"


def _offset(instant: datetime, zone: ZoneInfo) -> str:
    text = instant.astimezone(zone).strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
