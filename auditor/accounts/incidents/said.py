"""Statements without language: the name of a phrase and its parameters. They become words where somebody reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from auditor.accounts.programmes import UNDATED, level_name
from auditor.model.events import text_of
from auditor.phrases import Phrases

if TYPE_CHECKING:
    from auditor.accounts.programmes import Target, Unit

AREA = "incidents"


class Value(Protocol):
    """A parameter that is worded differently in every language."""

    def words(self, phrases: Phrases) -> str:
        """The value as people of a language say it."""
        ...

    def plain(self) -> Any:
        """The value as JSON holds it."""
        ...


@dataclass(frozen=True, slots=True)
class Length:
    """A response time as a programme states it."""

    value: int
    unit: Unit

    def words(self, phrases: Phrases) -> str:
        """Such as: 6 business hours."""
        return Phrases(phrases.language, "programmes").say(f"duration_{self.unit}", count=self.value)

    def plain(self) -> dict[str, Any]:
        """Value and unit."""
        return {"value": self.value, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, 0 to 1."""

    of_one: float

    def words(self, phrases: Phrases) -> str:
        """As percentage."""
        return phrases.percent(self.of_one)

    def plain(self) -> float:
        """The number."""
        return self.of_one


@dataclass(frozen=True, slots=True)
class LevelName:
    """A severity level by its name."""

    level: int

    def words(self, phrases: Phrases) -> str:
        """Such as: Critical."""
        return level_name(self.level, phrases.language)

    def plain(self) -> int:
        """The number of the level."""
        return self.level


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition of a programme's sheet."""

    year: str

    def words(self, phrases: Phrases) -> str:
        """The edition, or that the sheet prints none."""
        return phrases.say("edition_undated" if self.year == UNDATED else "edition_dated", edition=self.year)

    def plain(self) -> str:
        """The year as printed, or "undated"."""
        return self.year


@dataclass(frozen=True, slots=True)
class CellNote:
    """Why a value of a programme carries a mark."""

    target: Target

    def words(self, phrases: Phrases) -> str:
        """The note in the language; plain words of somebody's own file stay as they are."""
        return self.target.note_in(phrases.language)

    def plain(self) -> str:
        """The note in English."""
        return self.target.note


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who did something: person:ID, contact:ID, user:NAME or system. Names are looked up where they are read."""

    actor: str

    def words(self, phrases: Phrases) -> str:
        """The id; the tool itself in words."""
        return Phrases(phrases.language, "history").say("system") if self.actor == "system" else self.actor

    def plain(self) -> str:
        """The id."""
        return self.actor


Parameter: TypeAlias = str | int | datetime | timedelta | Value


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase of the area `incidents` with its parameters; instants are UTC."""

    phrase: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """JSON-able: instants as text, lengths of time in seconds, a response time with its unit."""
        return {"phrase": self.phrase, "parameters": {name: _plain(value) for name, value in self.parameters.items()}}


def in_words(said: Iterable[Said], language: str, zone: tzinfo, names: Callable[[str], str] | None = None) -> list[str]:
    """The statements as sentences, with times of the zone; KeyError for a phrase that does not exist.

    `names` says what person:ID and the like are called; without it the ids stand there.
    """
    phrases = Phrases(language, AREA)

    def worded(value: Parameter) -> str | int:
        if names is not None and isinstance(value, Somebody):
            return names(value.actor)
        return _worded(value, phrases, zone)

    return [phrases.say(one.phrase, **{name: worded(value) for name, value in one.parameters.items()}) for one in said]


def span_words(length: timedelta, phrases: Phrases) -> str:
    """A length of time in hours and minutes, never in days: a day may be 24 hours or a working day."""
    seconds = int(abs(length).total_seconds())
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours and minutes:
        return phrases.say("span_hours_minutes", hours=phrases.number(hours), minutes=minutes)
    if hours:
        return phrases.say("span_hours", hours=phrases.number(hours))
    if minutes or not seconds:
        return phrases.say("span_minutes", minutes=minutes)
    return phrases.say("span_seconds", seconds=seconds)


def _worded(value: Parameter, phrases: Phrases, zone: tzinfo) -> str | int:
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return phrases.instant(value, zone)
    return span_words(value, phrases) if isinstance(value, timedelta) else value.words(phrases)


def _plain(value: Parameter) -> Any:
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return text_of(value)
    return value.total_seconds() if isinstance(value, timedelta) else value.plain()
