"""Use case: the days of a calendar, each with its windows and what decides about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from auditor.app.calendars import wording
from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.days import DayKind
from auditor.calendars.freeze import freeze, names_in
from auditor.calendars.options import parse_date, remarks
from auditor.calendars.spec import WEEKDAYS, CalendarSpec
from auditor.calendars.walltimes import ClockChange, clock_change, offset_text
from auditor.calendars.zones import load_zone
from auditor.errors import UsageProblem

_MOST_DAYS = 3 * 366


@dataclass(frozen=True)
class Period:
    """Dates from the first to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class DayLine:
    """One date: its windows, the open time of them, what decides, the holiday's name in the wanted language."""

    day: date
    windows: tuple[str, ...]
    open_time: timedelta
    kind: DayKind
    why: str
    holiday: str
    estimated: bool
    provisional: bool
    change: ClockChange | None


def period(
    spec: CalendarSpec, *, month: str | None = None, first: str | None = None, last: str | None = None
) -> Period:
    """The dates asked for: a month such as 2026-03, or first and last; without any the present month in the zone."""
    if month and (first or last):
        raise UsageProblem("a month and --from or --to are stated", hint="state the one or the other")
    if first or last:
        if not first or not last:
            raise UsageProblem("only one end of the period is stated", hint="state --from and --to, or --month")
        return _stated(parse_date(first), parse_date(last))
    month = month or f"{datetime.now(load_zone(spec.zone)):%Y-%m}"
    begin = parse_date(f"{month}-01") if re.fullmatch(r"[0-9]{4}-[0-9]{2}", month) and month < "9999" else None
    if begin is None:
        raise UsageProblem(f"{month!r} is not a month", hint="write 2026-03")
    return Period(begin, (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _stated(first: date, last: date) -> Period:
    if last < first:
        raise UsageProblem(f"{last} is before {first}", hint="state the earlier date first")
    if (last - first).days >= _MOST_DAYS:
        raise UsageProblem("more than three years are asked for", hint="ask for a shorter period")
    return Period(first, last)


@dataclass(frozen=True)
class Agenda:
    """The days of a period."""

    calendar: BusinessCalendar
    days: Sequence[DayLine]
    notes: tuple[str, ...]

    @property
    def provisional(self) -> bool:
        """Whether one of the days may still change."""
        return any(day.provisional for day in self.days)

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "from": self.days[0].day.isoformat(),
            "to": self.days[-1].day.isoformat(),
            "provisional": self.provisional,
            "open_days": sum(bool(day.windows) for day in self.days),
            "open_seconds": int(self._open().total_seconds()),
            "days": [_day_document(day) for day in self.days],
            "notes": list(self.notes),
            **wording.identity(self.calendar),
        }

    def lines(self) -> Iterator[str]:
        """In words: one line for each date."""
        spec = self.calendar.snapshot.spec
        yield f"{spec.name or spec.id}  {spec.zone}"
        width = max(len(_hours(day)) for day in self.days)
        for day in self.days:
            notes = [day.why] if day.kind is not DayKind.WEEKLY or not day.windows else []
            notes += [f"holiday: {day.holiday}"] if day.holiday and day.kind is not DayKind.HOLIDAY else []
            notes += [wording.change_text(day.change)] if day.change else []
            notes += ["PROVISIONAL"] if day.provisional else []
            yield f"{wording.day_text(day.day)}  {_hours(day):<{width}}  {'; '.join(notes)}".rstrip()
        opened = sum(bool(day.windows) for day in self.days)
        yield f"{opened} of {len(self.days)} days are open, {wording.length_text(self._open())} in all."
        yield from wording.footer(self.calendar, self.notes, provisional=self.provisional)

    def _open(self) -> timedelta:
        return sum((day.open_time for day in self.days), timedelta())


def _hours(day: DayLine) -> str:
    return ", ".join(day.windows) or "closed"


def _day_document(day: DayLine) -> dict[str, Any]:
    change = day.change and {
        "at": wording.utc_iso(day.change.at),
        "before": offset_text(day.change.before),
        "after": offset_text(day.change.after),
    }
    return {
        "date": day.day.isoformat(),
        "weekday": WEEKDAYS[day.day.weekday()],
        "windows": list(day.windows),
        "open_seconds": int(day.open_time.total_seconds()),
        "kind": day.kind.value,
        "why": day.why,
        "holiday": day.holiday or None,
        "estimated": day.estimated,
        "provisional": day.provisional,
        "clock_change": change,
    }


def show(spec: CalendarSpec, wanted: Period, *, language: str = "en") -> Agenda:
    """Every date of a period; names of holidays in `language` where the library has them, else as they are stored."""
    calendar = BusinessCalendar(freeze(spec, wanted.first.year, wanted.last.year))
    names = names_in(calendar.snapshot, language)
    days = [_line(calendar, day, names or {}) for day in wording.dates(wanted.first, wanted.last)]
    notes = remarks(spec)
    if names is None and any(day.holiday for day in days):
        notes.insert(0, f"Holidays of {spec.country} have no names in {language}: they are shown as they are stored.")
    return Agenda(calendar, days, tuple(notes))


def _line(calendar: BusinessCalendar, day: date, names: dict[date, str]) -> DayLine:
    reason = calendar.why(day)
    exception = calendar.exception(day)
    is_holiday = exception is not None and not exception.working
    holiday = names.get(day, exception.name) if exception is not None and is_holiday else ""
    intervals = calendar.day_intervals(day)
    return DayLine(
        day=day,
        windows=tuple(str(window) for window in calendar.windows(day)),
        open_time=sum((interval.end - interval.start for interval in intervals), timedelta()),
        kind=reason.kind,
        why=f"holiday: {holiday}" if reason.kind is DayKind.HOLIDAY else str(reason),
        holiday=holiday,
        estimated=reason.estimated,
        provisional=calendar.is_provisional(day, day),
        change=clock_change(day, calendar.zone),
    )
