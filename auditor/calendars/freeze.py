"""Writing down the holidays of a calendar for some years, so that later answers never change by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from auditor.calendars import library
from auditor.calendars.days import Days
from auditor.calendars.snapshot import CalendarSnapshot, DayException
from auditor.calendars.spec import CalendarSpec
from auditor.calendars.zones import zone_data_version
from auditor.errors import ContentError

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST_CLOSURE = 366  # days
# windows of the last days of the year before may reach into the first
_BEFORE = timedelta(days=4)


def freeze(spec: CalendarSpec, first_year: int, last_year: int) -> CalendarSnapshot:
    """The calendar with holidays, weekend and moved working days of `first_year` to `last_year`, both included.

    `decreed_until` comes from the library's own tables: for a country that moves days by yearly decree (the library
    marks it so) the last year with a move in them; for a country some of whose dates end (India) the last year it has
    them all; else None. The horizon of a country that has ceased to move days lies too early rather than too late.

    ContentError when the library holds nothing for one of the years, or when nothing opens within 366 days.
    """
    if not FIRST_YEAR <= first_year <= last_year <= LAST_YEAR:
        raise ContentError(
            f"a calendar cannot be made for {first_year} to {last_year}",
            hint=f"years lie in {FIRST_YEAR} to {LAST_YEAR}",
        )
    years = _country_years(spec, first_year, last_year) if spec.country else None
    weekend = spec.weekend or ()
    if years is not None and spec.weekend is None:
        weekend = _weekend(years, last_year)
    snapshot = CalendarSnapshot(
        spec=spec,
        exceptions=tuple(_exceptions(spec, years, weekend, _days(first_year, last_year))) if years else (),
        weekend=weekend,
        first_year=first_year,
        last_year=last_year,
        decreed_until=years.known_until if years else None,
        holidays_version=library.VERSION if years else "",
        tzdata_version=zone_data_version(spec.zone),
    )
    _check_open_time(snapshot)
    return snapshot


def _country_years(spec: CalendarSpec, first_year: int, last_year: int) -> library.CountryYears:
    """The year before belongs to it: windows of its last days may reach into the first year."""
    return library.country_years(
        spec.country,
        spec.subdivision,
        spec.categories,
        range(first_year - 1, last_year + 1),
        needed=range(first_year, last_year + 1),
    )


def names_in(snapshot: CalendarSnapshot, language: str) -> dict[date, str] | None:
    """Names of the snapshot's holidays in a language (`es`, `pt-BR`); None when the library has no such names.

    They come from the library as it is now: a date it does not name any more is missing.
    """
    spec = snapshot.spec
    if not spec.country:
        return {}
    years = range(snapshot.first_year, snapshot.last_year + 1)
    return library.holiday_names(spec.country, spec.subdivision, spec.categories, years, language)


def known_years(spec: CalendarSpec) -> tuple[int, int]:
    """First and last year for which the calendar can be frozen."""
    first, last = library.known_years(spec.country) if spec.country else (FIRST_YEAR, LAST_YEAR)
    return max(first, FIRST_YEAR), min(last, LAST_YEAR)


def _days(first_year: int, last_year: int) -> Iterator[date]:
    day = date(first_year, 1, 1) - _BEFORE
    while day.year <= last_year:
        yield day
        day += timedelta(days=1)


def _weekend(years: library.CountryYears, last_year: int) -> tuple[int, ...]:
    """The weekend in the last week of the years."""
    week = [date(last_year, 12, 31) - timedelta(days=back) for back in range(7)]
    return tuple(sorted(day.weekday() for day in week if years.is_weekend(day)))


def _exceptions(
    spec: CalendarSpec, years: library.CountryYears, weekend: tuple[int, ...], days: Iterator[date]
) -> Iterator[DayException]:
    for day in days:
        found = years.days.get(day)
        off_week = day.weekday() in weekend
        if found is not None and found.working:
            yield DayException(day, True, found.name, like=found.like if found.like is not None else _before(weekend))
        elif found is not None:
            yield DayException(day, False, found.name, found.estimated)
        elif spec.weekend is None and years.is_weekend(day) != off_week:
            # the country had another weekend at that time
            name = "worked under the weekend rule of that time" if off_week else "weekend at that time"
            yield DayException(day, off_week, name)


def _before(weekend: tuple[int, ...]) -> int | None:
    """The last working weekday before the weekend: what a moved day is like when the library does not say."""
    return next((day for day in range(6, -1, -1) if day not in weekend and (day + 1) % 7 in weekend), None)


def _check_open_time(snapshot: CalendarSnapshot) -> None:
    days = Days(snapshot)
    closed, opened = 0, False
    for day in _days(snapshot.first_year, snapshot.last_year):
        if days.windows(day):
            closed, opened = 0, opened or day.year >= snapshot.first_year
        else:
            closed += 1
        if closed >= LONGEST_CLOSURE:
            raise _never_open(snapshot, f"nothing opens in the {closed} days before {day + timedelta(days=1)}")
    if not opened:
        raise _never_open(snapshot, f"nothing opens from {snapshot.first_year} to {snapshot.last_year}")


def _never_open(snapshot: CalendarSnapshot, message: str) -> ContentError:
    return ContentError(
        message, where=f"calendar {snapshot.spec.id}", hint="check windows, weekend and overrides: a calendar must open"
    )
