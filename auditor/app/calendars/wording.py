"""How answers of a calendar are put into words and into JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

from auditor.calendars.calendar import BusinessCalendar, Interval
from auditor.calendars.days import DayKind
from auditor.calendars.walltimes import ClockChange, clock_change, offset_text

_MOST_LINES = 40
_ONE_DAY = timedelta(days=1)


def dates(first: date, last: date) -> Iterator[date]:
    """Every date from the first to the last, both included."""
    return (first + number * _ONE_DAY for number in range((last - first).days + 1))


def day_text(day: date) -> str:
    """A date as `Fri 2026-03-27`."""
    return f"{_WEEKDAYS[day.weekday()]} {day.isoformat()}"


# not strftime: it follows the locale of the computer
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def clock(instant: datetime) -> str:
    """Wall time of a local instant: minutes, and what is below them only where it is not zero."""
    timespec = "microseconds" if instant.microsecond else "seconds" if instant.second else "minutes"
    return instant.time().isoformat(timespec)


def local_text(instant: datetime, zone: tzinfo) -> str:
    """An instant as `Fri 2026-03-27 16:00 +01:00`."""
    local = instant.astimezone(zone)
    return f"{day_text(local.date())} {clock(local)} {offset_text(local.utcoffset() or timedelta())}"


def local_iso(instant: datetime, zone: tzinfo) -> str:
    """ISO 8601 with the offset of the zone."""
    return instant.astimezone(zone).isoformat()


def utc_iso(instant: datetime) -> str:
    """ISO 8601 in UTC, with Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def length_text(length: timedelta) -> str:
    """A length as `6 h`, `1 h 30 min`, `45 s`; never in days."""
    minutes, seconds = divmod(length, timedelta(minutes=1))
    parts = [(minutes // 60, "h"), (minutes % 60, "min"), (_plain(seconds), "s")]
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 min"


def _plain(length: timedelta) -> int | float:
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def interval_documents(intervals: Iterable[Interval], zone: tzinfo) -> list[dict[str, Any]]:
    """Open time for JSON: both ends with the offset of the zone, and the length in seconds."""
    return [
        {
            "start": local_iso(interval.start, zone),
            "end": local_iso(interval.end, zone),
            "seconds": _plain(interval.end - interval.start),
        }
        for interval in intervals
    ]


def interval_lines(intervals: Sequence[Interval], zone: tzinfo) -> Iterator[str]:
    """Open time, one line for each stretch; the middle of a very long list is left out and said so."""
    lines = [_interval_line(interval, zone) for interval in intervals]
    if len(lines) > _MOST_LINES:
        half = _MOST_LINES // 2
        lines[half:-half] = [f"  ... {len(lines) - 2 * half} more; --format json tells all ..."]
    yield from lines


def _interval_line(interval: Interval, zone: tzinfo) -> str:
    start, end = interval.start.astimezone(zone), interval.end.astimezone(zone)
    until = clock(end) if end.date() == start.date() else f"{day_text(end.date())} {clock(end)}"
    return f"  {day_text(start.date())} {clock(start)} - {until}  ({length_text(interval.end - interval.start)})"


def notable(calendar: BusinessCalendar, first: datetime, last: datetime) -> list[tuple[date, str, str]]:
    """Dates from one instant to the other that need a word: (date, kind, words). Ordinary open days are left out."""
    found = []
    for day in dates(first.astimezone(calendar.zone).date(), last.astimezone(calendar.zone).date()):
        reason = calendar.why(day)
        closed = not calendar.is_business_day(day)
        if closed or reason.kind in {DayKind.OVERRIDE, DayKind.MOVED}:
            closing = "closed, " if closed else "open, "
            found.append((day, reason.kind.value, f"{closing}{reason}"))
        if (change := clock_change(day, calendar.zone)) is not None:
            found.append((day, "clock_change", change_text(change)))
    return found


def change_text(change: ClockChange) -> str:
    """A change of the clocks as `the clock goes forward by 1 h at 02:00 (+01:00 to +02:00)`."""
    seen = (change.at + change.before).replace(tzinfo=None)
    way = "forward" if change.after > change.before else "back"
    by = length_text(abs(change.after - change.before))
    return (
        f"the clock goes {way} by {by} at {clock(seen)} ({offset_text(change.before)} to {offset_text(change.after)})"
    )


def notable_lines(found: Iterable[tuple[date, str, str]]) -> Iterator[str]:
    """Neighbouring dates with the same words in one line."""
    for words, group in groupby(found, key=lambda item: item[2]):
        days = [item[0] for item in group]
        span = day_text(days[0]) if len(days) == 1 else f"{day_text(days[0])} to {day_text(days[-1])}"
        yield f"  {span}  {words}"


def identity(calendar: BusinessCalendar) -> dict[str, Any]:
    """For JSON: which calendar gave the answer, made with which data."""
    snapshot = calendar.snapshot
    return {
        "calendar": snapshot.spec.to_document(),
        "versions": {
            "calendar": snapshot.spec.version,
            "holidays": snapshot.holidays_version or None,
            "tzdata": snapshot.tzdata_version,
        },
        "decreed_until": snapshot.decreed_until,
    }


def footer(calendar: BusinessCalendar, notes: Iterable[str], *, provisional: bool) -> Iterator[str]:
    """What is uncertain, what to know, and which data was used."""
    snapshot = calendar.snapshot
    spec = snapshot.spec
    yield ""
    if provisional:
        yield f"PROVISIONAL: {why_provisional(calendar)}"
    for note in notes:
        yield f"Note: {note}"
    region = f"{spec.country}-{spec.subdivision}" if spec.subdivision else spec.country
    holidays = (
        f"holidays of {region} ({', '.join(spec.categories)}) from release {snapshot.holidays_version}; "
        if region
        else ""
    )
    yield f"Data: {holidays}zone data {snapshot.tzdata_version}; calendar {spec.id}, version {spec.version}."


def why_provisional(calendar: BusinessCalendar) -> str:
    """What may still change about a provisional answer."""
    country, until = calendar.snapshot.spec.country, calendar.snapshot.decreed_until
    if until is not None:
        return f"the days off of {country} are known until {until}, later ones may still be moved or added."
    return "a date on the way, or next to it, is only estimated and may still move."
