"""Use cases: when something is due, and how much open time lies between two instants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.app.calendars import wording
from auditor.calendars.calendar import BusinessCalendar, Interval, OutsideCalendar, Reckoning
from auditor.calendars.durations import Duration, parse_duration
from auditor.calendars.freeze import freeze, known_years
from auditor.calendars.options import remarks
from auditor.calendars.spec import CalendarSpec
from auditor.calendars.walltimes import read_instant
from auditor.calendars.zones import load_zone
from auditor.errors import ContentError, UsageProblem

# a calendar is frozen for as many further years as an answer needs, few years first
_FURTHER_YEARS = (1, 4, 16, 64)


def calendar_for(spec: CalendarSpec, first_year: int, last_year: int) -> BusinessCalendar:
    """The calendar of a spec for some years; fewer where the holidays end, but never without the first."""
    return BusinessCalendar(freeze(spec, first_year, max(first_year, min(last_year, known_years(spec)[1]))))


@dataclass(frozen=True)
class Sum:
    """An instant plus a duration in a calendar, with all that explains it."""

    calendar: BusinessCalendar
    start: datetime
    duration: Duration
    reckoning: Reckoning
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """For JSON: instants with the offset of the zone and in UTC."""
        zone, deadline = self.calendar.zone, self.reckoning.deadline
        return {
            "start": wording.local_iso(self.start, zone),
            "start_utc": wording.utc_iso(self.start),
            "duration": str(self.duration),
            "business": self.duration.business,
            "deadline": wording.local_iso(deadline, zone),
            "deadline_utc": wording.utc_iso(deadline),
            "provisional": self.reckoning.provisional,
            "intervals": wording.interval_documents(self.reckoning.intervals, zone),
            "on_the_way": _on_the_way(self.calendar, self.start, deadline) if self.duration.business else [],
            "notes": list(self.notes),
            **wording.identity(self.calendar),
        }

    def lines(self) -> Iterator[str]:
        """In words."""
        zone, deadline = self.calendar.zone, self.reckoning.deadline
        length = wording.length_text(self.duration.length)
        counted = "of open time" if self.duration.business else "of calendar time, day and night"
        mark = "  PROVISIONAL" if self.reckoning.provisional else ""
        yield f"Start     {wording.local_text(self.start, zone)}  {zone.key}"
        yield f"Duration  {self.duration}: {length} {counted}"
        yield f"Deadline  {wording.local_text(deadline, zone)}  =  {wording.utc_iso(deadline)}{mark}"
        if self.duration.business:
            yield from _explained(self.calendar, self.start, deadline, self.reckoning.intervals)
        yield from wording.footer(self.calendar, self.notes, provisional=self.reckoning.provisional)


@dataclass(frozen=True)
class Span:
    """The open time between two instants, with all that explains it."""

    calendar: BusinessCalendar
    first: datetime
    last: datetime
    notes: tuple[str, ...]

    @property
    def provisional(self) -> bool:
        """Whether a date between them may still change."""
        return self.calendar.uncertain_between(self.first, self.last)

    @property
    def business(self) -> Duration:
        """The open time between them, whole seconds."""
        return Duration(self.calendar.between(self.first, self.last), business=True)

    def document(self) -> dict[str, Any]:
        """For JSON."""
        zone = self.calendar.zone
        return {
            "from": wording.local_iso(self.first, zone),
            "from_utc": wording.utc_iso(self.first),
            "to": wording.local_iso(self.last, zone),
            "to_utc": wording.utc_iso(self.last),
            "business": str(self.business),
            "business_seconds": self.business.seconds,
            "elapsed_seconds": (self.last - self.first).total_seconds(),
            "provisional": self.provisional,
            "intervals": wording.interval_documents(self._intervals(), zone),
            "on_the_way": _on_the_way(self.calendar, self.first, self.last),
            "notes": list(self.notes),
            **wording.identity(self.calendar),
        }

    def lines(self) -> Iterator[str]:
        """In words."""
        zone = self.calendar.zone
        mark = "  PROVISIONAL" if self.provisional else ""
        yield f"From      {wording.local_text(self.first, zone)}  {zone.key}"
        yield f"To        {wording.local_text(self.last, zone)}"
        yield f"Open      {self.business}: {wording.length_text(self.business.length)} of open time{mark}"
        yield f"Elapsed   {wording.length_text(self.last - self.first)} of calendar time"
        yield from _explained(self.calendar, self.first, self.last, self._intervals())
        yield from wording.footer(self.calendar, self.notes, provisional=self.provisional)

    def _intervals(self) -> tuple[Interval, ...]:
        return self.calendar.open_between(self.first, self.last)


def add(spec: CalendarSpec, start: str, duration: str, *, fold: int | None = None) -> Sum:
    """When a target that starts at a wall time of the calendar's zone (or an instant with an offset) is due."""
    wanted = parse_duration(duration)
    zone = load_zone(spec.zone)
    read = read_instant(start, zone, fold=fold)
    year = read.at.astimezone(zone).year
    last = year
    for further in _FURTHER_YEARS:
        calendar = calendar_for(spec, year, year + further)
        last = calendar.snapshot.last_year
        try:
            return Sum(calendar, read.at, wanted, calendar.add_duration(read.at, wanted), _notes(spec, read.note))
        except OutsideCalendar:
            continue
    raise ContentError(f"{wanted} from {start} end after {last}", hint="no calendar is known for so long: take less")


def between(spec: CalendarSpec, first: str, last: str, *, fold: int | None = None) -> Span:
    """The open time from one wall time of the calendar's zone (or instant with an offset) to another."""
    zone = load_zone(spec.zone)
    begin, end = (read_instant(text, zone, fold=fold) for text in (first, last))
    if end.at < begin.at:
        raise UsageProblem(f"{last} is before {first}", hint="state the earlier instant first")
    years = [instant.at.astimezone(zone).year for instant in (begin, end)]
    calendar = BusinessCalendar(freeze(spec, years[0], years[1]))
    return Span(calendar, begin.at, end.at, _notes(spec, begin.note, end.note))


def _notes(spec: CalendarSpec, *told: str) -> tuple[str, ...]:
    return (*(note for note in told if note), *remarks(spec))


def _on_the_way(calendar: BusinessCalendar, first: datetime, last: datetime) -> list[dict[str, str]]:
    return [
        {"date": day.isoformat(), "kind": kind, "why": words}
        for day, kind, words in wording.notable(calendar, first, last)
    ]


def _explained(
    calendar: BusinessCalendar, first: datetime, last: datetime, intervals: tuple[Interval, ...]
) -> Iterator[str]:
    yield ""
    yield "Counted" if intervals else "Counted: nothing"
    yield from wording.interval_lines(intervals, calendar.zone)
    if found := wording.notable(calendar, first, last):
        yield "On the way"
        yield from wording.notable_lines(found)
