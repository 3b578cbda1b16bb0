"""Statements without language: the name of a phrase and its parameters. They become words where somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, TypeAlias

from auditor.accounts.events import text_of
from auditor.accounts.programmes import level_name
from auditor.phrases import Phrases

if TYPE_CHECKING:
    from auditor.accounts.programmes import Target, Unit

AREA = "incidents"


@dataclass(frozen=True, slots=True)
class Length:
    """A response time as a programme states it."""

    value: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, 0 to 1."""

    of_one: float


@dataclass(frozen=True, slots=True)
class LevelName:
    """A severity level by its name."""

    level: int


@dataclass(frozen=True, slots=True)
class CellNote:
    """Why a value of a programme carries a mark."""

    target: Target


Parameter: TypeAlias = str | int | datetime | timedelta | Length | Share | LevelName | CellNote


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase of the area `incidents` with its parameters; instants are UTC."""

    phrase: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """JSON-able: instants as text, lengths of time in seconds, a response time with its unit."""
        return {"phrase": self.phrase, "parameters": {name: _plain(value) for name, value in self.parameters.items()}}


def in_words(said: Iterable[Said], language: str, zone: tzinfo) -> list[str]:
    """The statements as sentences, with times of the zone; KeyError for a phrase that does not exist."""
    phrases = Phrases(language, AREA)
    return [
        phrases.say(one.phrase, **{name: _worded(value, phrases, zone) for name, value in one.parameters.items()})
        for one in said
    ]


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
    if isinstance(value, datetime):
        return phrases.instant(value, zone)
    if isinstance(value, timedelta):
        return span_words(value, phrases)
    if isinstance(value, Length):
        return Phrases(phrases.language, "programmes").say(f"duration_{value.unit}", count=value.value)
    if isinstance(value, Share):
        return phrases.percent(value.of_one)
    if isinstance(value, LevelName):
        return level_name(value.level, phrases.language)
    return value.target.note_in(phrases.language) if isinstance(value, CellNote) else value


def _plain(value: Parameter) -> Any:
    if isinstance(value, datetime):
        return text_of(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Length):
        return {"value": value.value, "unit": value.unit}
    if isinstance(value, Share):
        return value.of_one
    if isinstance(value, LevelName):
        return value.level
    return value.target.note if isinstance(value, CellNote) else value
