"""What the product says to people, in their language.

A phrase has a name and parameters; its words stand in `<language>/<area>.yaml` beside this module. A phrase that
depends on a number is a mapping of plural categories (CLDR: one, few, many, other) and takes the number as the
parameter `count`. Dates, times and numbers follow the conventions of the language (CLDR, by babel).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any

from auditor.errors import UsageProblem

LANGUAGES = ("en", "es", "it", "ru", "pt")

Words = str | Mapping[str, str]


@cache
def catalogue(language: str, area: str) -> Mapping[str, Words]:
    """Every phrase of an area in a language: name -> words, or plural category -> words."""
    text = (files(__name__) / language / f"{area}.yaml").read_text(encoding="utf-8")
    words: Mapping[str, Words]
    if text.startswith("{"):  # JSON is YAML too; reading it costs a start nothing, importing the YAML parser does
        words = json.loads(text)
        return words
    from auditor.sdk import strict_yaml

    words = strict_yaml.load(text, where=f"phrases/{language}/{area}.yaml")
    return words


class Phrases:
    """The phrases of one area in one language. `language` may carry a territory: pt-BR reads pt with Brazil's dates."""

    def __init__(self, language: str, area: str) -> None:
        base = language.replace("_", "-").partition("-")[0].lower()
        if base not in LANGUAGES:
            raise UsageProblem(f"there is no language {language!r}", hint=f"there are {', '.join(LANGUAGES)}")
        self.language = base
        self.locale = _locale(language)
        self._words = catalogue(base, area)

    def say(self, name: str, **parameters: Any) -> str:
        """A phrase with its parameters in place; KeyError for a name or parameter that does not exist."""
        words = self._words[name]
        if not isinstance(words, str):
            words = words.get(_plural(self.locale, parameters["count"])) or words["other"]
            parameters["count"] = self.number(parameters["count"])
        return words.format_map(parameters)

    def knows(self, name: str) -> bool:
        """Whether there is such a phrase."""
        return name in self._words

    def day(self, value: date) -> str:
        """A date, such as 4 Dec 2026."""
        from babel.dates import format_date

        # plain "en" would be American, beside times and reports that put the day first
        return format_date(value, "d MMM y" if self.locale == "en" else "medium", locale=self.locale)

    def instant(self, value: datetime, zone: tzinfo) -> str:
        """Local date and time with the offset from UTC, such as 4 Dec 2026, 13:00 +01:00."""
        from babel.dates import format_datetime

        return format_datetime(value.astimezone(zone), "d MMM y, HH:mm xxx", locale=self.locale)

    def number(self, value: float) -> str:
        """A number with the separators of the language."""
        if self.locale == "en" and isinstance(value, int):
            return f"{value:,}"
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self.locale)

    def percent(self, share: float) -> str:
        """A share (0 to 1) as percentage with at most one decimal, with the space that the language puts there."""
        from babel import Locale
        from babel.numbers import format_percent

        whole = Locale.parse(self.locale).percent_formats[None].pattern
        return format_percent(share, format=whole.replace("0", "0.#", 1), locale=self.locale)


@cache
def _locale(language: str) -> str:
    if language in LANGUAGES:
        return language
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return language.replace("_", "-").partition("-")[0].lower()


@cache
def _plural(locale: str, count: float) -> str:
    if locale == "en":
        return "one" if count == 1 else "other"
    from babel import Locale

    return str(Locale.parse(locale).plural_form(count))
