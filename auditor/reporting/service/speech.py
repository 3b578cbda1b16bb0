"""Values of a document in the words of a language: instants, people, levels, targets with their marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from auditor.accounts.programmes import level_name
from auditor.model.events import instant_of
from auditor.phrases import Phrases
from auditor.reporting.service.model import Cell
from auditor.reporting.text import one_line, visible

TEXT_LIMIT = 4_000
"""Characters of one text; what is longer is cut, and the JSON document has all of it."""
_INSTANT = timedelta(microseconds=1)

Names = Mapping[str, str]
"""What people are called, by contact:ID and person:ID. An empty text stands for a name that was erased."""


class Speech:
    """The words of a report in one language. `names` is empty for what is kept: kept files name people by id only."""

    def __init__(self, language: str, zone: str, names: Names | None = None) -> None:
        self._reports = Phrases(language, "reports")
        self._programmes = Phrases(language, "programmes")
        self._requests = Phrases(language, "requests")
        self._incidents = Phrases(language, "incidents")
        self._zone = ZoneInfo(zone)
        self._names = names or {}
        self.language = self._reports.locale.replace("_", "-")

    def say(self, phrase: str, **parameters: Any) -> str:
        """A phrase of the area `reports`. KeyError for a phrase or parameter that does not exist."""
        return self._reports.say(phrase, **parameters)

    def knows(self, phrase: str) -> bool:
        """Whether there is such a phrase."""
        return self._reports.knows(phrase)

    def request_state(self, area: str, state: str) -> str:
        """A state of a database release (`avdb`) or private patch (`patch`)."""
        phrase = f"{area}_state_{state}"
        return self._requests.say(phrase) if self._requests.knows(phrase) else self.plain(state)

    def visibility(self, value: str) -> str:
        """Whether a patch is public or private."""
        return self._requests.say(f"patch_visibility_{value}")

    def one_of(self, prefix: str, value: str) -> str:
        """One of a closed set of values, as pages about incidents say it; a value that is not known as it stands."""
        phrase = f"{prefix}_{value}"
        for phrases in (self._reports, self._incidents):
            if phrases.knows(phrase):
                return phrases.say(phrase)
        return self.plain(value)

    # --- numbers and times -----------------------------------------------------------------------------------

    def number(self, value: float) -> str:
        """A number."""
        return self._reports.number(value)

    def percent(self, share: float) -> str:
        """A share that never rounds to all or nothing: 99.9 % stays below 100 %."""
        if 0 < share < 0.001:
            return "< " + self._reports.percent(0.001)
        if 0.999 < share < 1:
            return "> " + self._reports.percent(0.999)
        return self._reports.percent(share)

    def instant(self, text: str | None) -> str:
        """Local date and time with its offset; "" for none."""
        return "" if text is None else self._reports.instant(instant_of(text), self._zone)

    def day(self, text: str) -> str:
        """A date, written as in `instant`."""
        return self._day(date.fromisoformat(text))

    def local_day(self, text: str) -> str:
        """The local date of an instant."""
        return self._day(self._local(text).date())

    def last_day(self, text: str) -> str:
        """The local day that ends at an instant, or in which it lies: midnight belongs to the day before."""
        return self._day((self._local(text) - _INSTANT).date())

    def _day(self, day: date) -> str:
        from babel.dates import format_date

        return str(format_date(day, "d MMM y", locale=self._reports.locale))

    def local_text(self, text: str | None) -> str:
        """Local date and time as spreadsheets sort it, with its offset: 2026-07-14 09:30+02:00; "" for none."""
        return "" if text is None else self._local(text).isoformat(" ", "minutes")

    def _local(self, text: str) -> datetime:
        return instant_of(text).astimezone(self._zone)

    def period(self, period: Mapping[str, Any], kind: str) -> str:
        """What a report is about: a day, a quarter, a month, a week or a range."""
        from babel.dates import format_date, format_skeleton

        first, last, key = date.fromisoformat(period["first"]), date.fromisoformat(period["last"]), period["key"]
        locale = self._reports.locale
        if kind == "daily":
            return str(format_date(first, "full", locale=locale))
        if "-Q" in key or len(key) == len("2026-07"):
            return str(format_skeleton("yQQQQ" if "-Q" in key else "yMMMM", first, locale=locale))
        if "-W" in key:
            return self.say("week", number=int(key[-2:]), year=key[:4])
        phrase = "quarter_of_contract" if key.startswith("contract-") else "range"
        return self.say(phrase, first=self._day(first), last=self._day(last))

    # --- text, people, levels --------------------------------------------------------------------------------

    def plain(self, text: str) -> str:
        """Somebody's words on one line, with everything hidden made visible."""
        return self._cut(one_line(text), len(text))

    def words(self, text: str) -> str:
        """Somebody's words with their lines, with everything hidden made visible."""
        return self._cut(visible(text), len(text))

    def _cut(self, text: str, length: int) -> str:
        if length <= TEXT_LIMIT:
            return text
        return text[:TEXT_LIMIT] + self.say("cut", count=self.number(length))

    def who(self, actor: str) -> str:
        """Who it was: the name where names are given, else kind and id."""
        kind, _, ident = actor.partition(":")
        if actor in self._names:
            return self.plain(self._names[actor]) or self.say("who_erased", id=self.plain(ident))
        phrase = f"who_{kind}"
        return self.say(phrase, id=self.plain(ident)) if self.knows(phrase) else self.plain(actor)

    def told(self, recipient: str) -> str:
        """Who was told: a role such as `duty_manager` in words, or somebody."""
        phrase = f"told_{recipient}"
        return self.say(phrase) if self.knows(phrase) else self.who(recipient)

    def level(self, level: int) -> str:
        """Number and name of a severity level."""
        return self.say("level", level=level, word=level_name(level, self.language))

    # --- targets and marks -----------------------------------------------------------------------------------

    def marks(self, marks: Iterable[str]) -> tuple[str, ...]:
        """The words of marks."""
        return tuple(self.say(f"mark_{mark}") for mark in marks)

    def target(self, target: Mapping[str, Any]) -> Cell:
        """A promised time with its marks; plainly said where none is guaranteed, never 0."""
        marks = self.marks(target["marks"])
        if target["kind"] == "none":
            return Cell(self._programmes.say("value_not_guaranteed"), marks)
        if target["unit"] is None:
            return Cell(self._programmes.say("value_no_unit", value=self.number(target["value"])), marks)
        return Cell(self._programmes.say(f"duration_{target['unit']}", count=target["value"]), marks)

    def unit(self, unit: str) -> str:
        """The name of a unit of time."""
        return self._programmes.say(f"unit_{unit}")

    def not_guaranteed(self) -> str:
        """That no time is guaranteed."""
        return self._programmes.say("value_not_guaranteed")
