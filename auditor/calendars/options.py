"""A calendar from short texts, as people type them: `mon-fri=09:00-18:00`, `2026-12-24=closed`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from auditor.calendars.spec import WEEKDAYS, CalendarSpec, Override
from auditor.calendars.windows import Window, in_order, parse_window
from auditor.errors import UsageProblem

_DAYS = {name[:3]: number for number, name in enumerate(WEEKDAYS)} | {
    name: number for number, name in enumerate(WEEKDAYS)
}


@dataclass(frozen=True)
class CalendarOptions:
    """What was typed: texts as they came. `weekend` is `sat,sun`, `none`, or empty for the country's."""

    zone: str
    windows: tuple[str, ...] = ()
    country: str = ""
    subdivision: str = ""
    categories: tuple[str, ...] = ()
    weekend: str = ""
    every_day: bool = False
    always_open: bool = False
    overrides: tuple[str, ...] = ()


def spec_from_options(
    options: CalendarOptions, *, id: str = "command-line", version: int = 1, name: str = ""
) -> CalendarSpec:
    """The spec of what was typed.

    A window without days holds on the working days: all seven with `every_day`, else those outside the stated weekend,
    else those outside the country's weekend, else Monday to Friday. UsageProblem for texts that cannot be read,
    ContentError for what CalendarSpec refuses.
    """
    weekend = _weekend(options.weekend)
    named = [text for text in options.windows if "=" in text]
    plain = [parse_window(part) for text in options.windows if "=" not in text for part in text.split(",")]
    week: list[list[Window]] = [[] for _ in WEEKDAYS]
    for number in _usual_days(options, weekend) if plain else ():
        week[number] += plain
    for text in named:
        days, _, windows = text.partition("=")
        for number in parse_days(days):
            week[number] += [parse_window(part) for part in windows.split(",")]
    spec = CalendarSpec(
        id=id,
        zone=options.zone,
        weekly=tuple(in_order(windows) for windows in week),
        country=options.country,
        subdivision=options.subdivision,
        categories=options.categories or ("public",),
        every_day=options.every_day,
        always_open=options.always_open,
        overrides=_overrides(options.overrides),
        version=version,
        name=name,
        weekend=weekend,
    )
    spec.check_categories()
    return spec


def _usual_days(options: CalendarOptions, weekend: tuple[int, ...] | None) -> list[int]:
    if options.every_day:
        return list(range(7))
    if weekend is None:
        weekend = _country_weekend(options) if options.country else (5, 6)
    return [number for number in range(7) if number not in weekend]


def _country_weekend(options: CalendarOptions) -> tuple[int, ...]:
    from auditor.calendars import library

    library.check_region(options.country, options.subdivision, options.categories)
    return library.usual_weekend(options.country, options.subdivision)


def parse_days(text: str) -> tuple[int, ...]:
    """Weekday numbers (Monday is 0) of `mon-fri`, `sat`, `sun-thu` or `mon,wed,fri`; UsageProblem for other texts."""
    found: list[int] = []
    for part in text.lower().split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise UsageProblem(f"{text!r} names no days of the week", hint="write mon-fri, sat or sun-thu")
        length = (_DAYS[last] - _DAYS[first]) % 7 if dash else 0
        found += [(_DAYS[first] + step) % 7 for step in range(length + 1)]
    if len(set(found)) < len(found):
        raise UsageProblem(f"{text!r} names a day twice")
    return tuple(found)


def _weekend(text: str) -> tuple[int, ...] | None:
    if not text:
        return None
    return () if text.lower() == "none" else parse_days(text)


def _overrides(texts: Iterable[str]) -> dict[date, Override]:
    found: dict[date, Override] = {}
    for text in texts:
        day_text, equals, windows = (part.strip() for part in text.partition("="))
        if not equals or not re.fullmatch(r"\d{4}-\d\d-\d\d", day_text):
            raise UsageProblem(f"{text!r} is not an override", hint="write 2026-12-24=09:00-14:00 or 2026-12-24=closed")
        day = parse_date(day_text)
        if day in found:
            raise UsageProblem(f"there are two overrides of {day}", hint="separate its windows by commas")
        closed = windows.lower() == "closed"
        found[day] = Override(() if closed else in_order(parse_window(part) for part in windows.split(",")))
    return found


def parse_date(text: str) -> date:
    """A date as 2026-12-24; UsageProblem for anything else."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageProblem(f"{text!r} is not a date", hint="write 2026-12-24")


def remarks(spec: CalendarSpec) -> list[str]:
    """What a reader of answers should know about the calendar: what has no effect, what the data does not hold."""
    if not spec.country or spec.always_open or spec.every_day:
        return []
    from auditor.calendars import library

    region = f"{spec.country}-{spec.subdivision}" if spec.subdivision else spec.country
    told = []
    for number in spec.usual_weekend():
        if spec.weekly[number]:
            told.append(
                f"{WEEKDAYS[number].capitalize()} is a weekend day: its windows hold only on dates that are moved to be"
                " worked; state the weekend if it is worked every week."
            )
    if library.has_subdivisions(spec.country) and not spec.subdivision:
        told.append(f"No subdivision of {spec.country} is stated: holidays of a region are not counted.")
    if library.has_category(spec.country, "optional") and "optional" not in spec.categories:
        told.append(f"Days of the category 'optional' are worked here: {spec.country} has such days.")
    told.append(f"Holidays of towns and shortened days are not in the data of {region}: add them as overrides.")
    return told
