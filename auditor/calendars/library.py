"""The only module that asks the library `holidays`: countries, their weekends, holidays and moved working days.

The library takes the language of names from the environment unless told; it is always told here, so that the same
question has the same answer everywhere.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from typing import Any

import holidays
from holidays.version import __version__

from auditor.errors import ContentError

VERSION: str = __version__

# days of these categories are worked, wholly or in part: closing the whole day would move deadlines without a reason
_WORKED = {
    "workday": "days of this category are worked",
    "half_day": "days of this category are worked in part: state each as an override with its windows",
}


@dataclass(frozen=True)
class LibraryDay:
    """One date on which a country departs from its week. `like` is the weekday a moved working day stands in for."""

    working: bool
    name: str
    estimated: bool = False
    like: int | None = None


@dataclass(frozen=True)
class CountryYears:
    """What the library says of a country for some years: weekday numbers are 0 for Monday to 6 for Sunday."""

    days: Mapping[date, LibraryDay]
    known_until: int | None
    _entity: Any

    def is_weekend(self, day: date) -> bool:
        """Whether the date's weekday belonged to the weekend at that time."""
        return bool(self._entity.is_weekend(day))


@cache
def _codes() -> tuple[str, ...]:
    return tuple(holidays.list_supported_countries(include_aliases=False))


def check_region(country: str, subdivision: str, categories: tuple[str, ...]) -> None:
    """ContentError, with what is near, when the library does not know the country, subdivision or category."""
    if country not in _codes():
        raise ContentError(f"there are no holidays for the country {country!r}", hint=_near_country(country))
    kind = getattr(holidays, country)
    if subdivision and subdivision not in kind.subdivisions:
        raise ContentError(f"{country} has no subdivision {subdivision!r}", hint=_near_subdivision(subdivision, kind))
    for category in categories:
        if category in _WORKED and category in kind.supported_categories:
            raise ContentError(f"the category {category!r} cannot close a day", hint=_WORKED[category])
        if category not in kind.supported_categories:
            usable = [name for name in sorted(kind.supported_categories) if name not in _WORKED]
            raise ContentError(
                f"{country} has no category of holidays {category!r}", hint=f"there are {', '.join(usable)}"
            )


def _near_country(text: str) -> str:
    named = getattr(holidays, text.strip(), None) or getattr(holidays, text.strip().upper(), None)
    named = named or getattr(holidays, text.strip().title().replace(" ", ""), None)
    if isinstance(code := getattr(named, "country", None), str):
        return f"did you mean {code}?"
    near = get_close_matches(text.strip().upper(), _codes(), n=4, cutoff=0.5)
    codes = "two letters of ISO 3166, such as ES, BR or RU"
    return f"did you mean {', '.join(near)}? Countries are {codes}" if near else f"countries are {codes}"


def _near_subdivision(text: str, kind: Any) -> str:
    if not kind.subdivisions:
        return "the library knows no subdivisions of this country: leave it out"
    by_word = {name.lower(): code for name, code in kind.subdivisions_aliases.items()}
    by_word |= {code.lower(): code for code in kind.subdivisions}
    near = get_close_matches(text.strip().lower(), by_word, n=4, cutoff=0.6)
    found = list(dict.fromkeys(by_word[match] for match in near))
    if found:
        return f"did you mean {', '.join(found)}?"
    return f"there are {', '.join(sorted(kind.subdivisions))}"


def has_subdivisions(country: str) -> bool:
    """Whether the country has regions with holidays of their own."""
    return bool(getattr(holidays, country).subdivisions)


def has_category(country: str, category: str) -> bool:
    """Whether the country has holidays of a category."""
    return category in getattr(holidays, country).supported_categories


def known_years(country: str) -> tuple[int, int]:
    """First and last year for which the library holds anything of a country."""
    kind = getattr(holidays, country)
    return kind.start_year, kind.end_year


@cache
def usual_weekend(country: str, subdivision: str) -> tuple[int, ...]:
    """Weekend of a country by the latest rule in the data: (5, 6) is Saturday and Sunday."""
    entity = _entity(country, subdivision, ("public",), (), _plain_language(country))
    monday = date(entity.end_year, 12, 31)
    monday -= timedelta(days=monday.weekday() + 7)
    return tuple(number for number in range(7) if entity.is_weekend(monday + timedelta(days=number)))


def country_years(
    country: str, subdivision: str, categories: tuple[str, ...], years: range, *, needed: range
) -> CountryYears:
    """Holidays and moved working days of `years`; ContentError when the library has nothing for a year in `needed`."""
    first, last = known_years(country)
    if needed[0] < first or needed[-1] > last:
        raise ContentError(
            f"holidays of {country} are known from {first} to {last}, not for {_span(needed)}",
            hint="ask for years inside",
        )
    entity = _entity(country, subdivision, categories, years, _plain_language(country))
    moves = [move for moves in _moves(entity).values() for move in moves]
    taken, moved = dict(moves), {worked: off for off, worked in moves}
    days = {
        day: LibraryDay(False, _dated(entity, name, taken.get(day)), _estimated(entity, name))
        for day, name in dict.items(entity)
    }
    for day in entity.weekend_workdays:
        stands_for = moved.get(day)
        name = f"works in place of {stands_for.isoformat()}" if stands_for else "moved working day"
        days[day] = LibraryDay(True, name, like=stands_for.weekday() if stands_for else None)
    return CountryYears(days, _known_until(entity, country, subdivision, categories, years), entity)


def _span(years: range) -> str:
    return f"{years[0]}" if len(years) == 1 else f"{years[0]} to {years[-1]}"


def holiday_names(
    country: str, subdivision: str, categories: tuple[str, ...], years: Iterable[int], language: str
) -> dict[date, str] | None:
    """Names of holidays in a language: `es`; `pt-BR`, else any Portuguese. None when the library has no such names.

    Empty for English where `country_years` names them in English already.
    """
    kind = getattr(holidays, country)
    if language == "en" and _plain_language(country) in {"en_US", None}:
        return {}
    wanted = language.replace("-", "_").lower()
    base = wanted.partition("_")[0]
    spoken = kind.supported_languages or (("en_US",) if kind.default_language is None else ())
    alike = [name for name in sorted(spoken) if name.lower().partition("_")[0] == base]
    best = sorted(alike, key=lambda name: (name.lower() != wanted, name.lower() != base))
    if best:
        return dict(dict.items(_entity(country, subdivision, categories, years, best[0])))
    return None


def _plain_language(country: str) -> str | None:
    """English where the library has it, as the tool speaks it; else the country's own language."""
    kind = getattr(holidays, country)
    language: str | None = "en_US" if "en_US" in kind.supported_languages else kind.default_language
    return language


def _entity(
    country: str, subdivision: str, categories: tuple[str, ...], years: Iterable[int], language: str | None
) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is missing is told by known_until instead
        return holidays.country_holidays(
            country, subdiv=subdivision or None, years=years, expand=False, language=language, categories=categories
        )


def _estimated(entity: Any, names: str) -> bool:
    """The library marks dates that depend on the moon by a label: `%s (estimated)`, `%s (observed, estimated)`."""
    for label in ("estimated_label", "observed_estimated_label"):
        if text := getattr(entity, label, None):
            before, _, after = entity.tr(text).partition("%s")
            if (before or after) and any(
                name.startswith(before) and name.endswith(after) for name in names.split("; ")
            ):
                return True
    return False


def _moves(entity: Any) -> dict[int, list[tuple[date, date]]]:
    """Year of the decree -> (day off, day it was taken from): the rows of four or five numbers in `special_*`."""
    found: dict[int, list[tuple[date, date]]] = {}
    for name in dir(entity):
        table = getattr(entity, name) if name.startswith("special_") else None
        for year, rows in table.items() if isinstance(table, dict) else ():
            for row in rows if rows and isinstance(rows[0], tuple) else (rows,):
                if len(row) >= 4 and isinstance(row[2], int):
                    month, day, from_month, from_day, *other_year = row
                    taken = date(other_year[0] if other_year else year, from_month, from_day)
                    found.setdefault(year, []).append((date(year, month, day), taken))
    return found


def _dated(entity: Any, names: str, taken_from: date | None) -> str:
    """The library writes the date a day off was taken from in the manner of a country (01/03/2027); here it is ISO."""
    if taken_from is None:
        return names
    label = entity.tr(entity.substituted_label).partition("%s")[0]
    iso = f"day off taken from {taken_from.isoformat()}"
    return "; ".join(iso if name.startswith(label) else name for name in names.split("; "))


def _known_until(entity: Any, country: str, subdivision: str, categories: tuple[str, ...], years: range) -> int | None:
    """Last year for which nothing is known to be missing; None when the country announces nothing year by year.

    Countries that move days by yearly decree are those the library marks `has_substituted_holidays`; their horizon is
    the last year with a move in its tables. A country that has stopped moving days is thus marked too early, never too
    late. Where the library warns that dates of a year are missing (India after 2035), the horizon ends before it.
    """
    horizons = [max(_moves(entity), default=entity.start_year - 1)] if entity.has_substituted_holidays else []
    for year in sorted(years, reverse=True):
        if not _warns(country, subdivision, categories, year):
            break
        horizons.append(year - 1)
    return min(horizons, default=None)


def _warns(country: str, subdivision: str, categories: tuple[str, ...], year: int) -> bool:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        holidays.country_holidays(country, subdiv=subdivision or None, years=year, categories=categories)
    return any(issubclass(warning.category, UserWarning) for warning in told)
