"""What a message says, in the language of the account and with its local times.

A notification holds values (instants in UTC, shares, level numbers); they become words only when it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from auditor.accounts.programmes import level_name
from auditor.model.events import instant_of
from auditor.phrases import Phrases

AREA = "notifications"
_MARKS = ("uncertain", "provisional")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the language, the zone of the times, the name of the account."""

    language: str
    zone: ZoneInfo
    account: str


def words(document: Mapping[str, Any], reader: Reader) -> tuple[str, str]:
    """Subject and text of a notification; KeyError for a phrase or parameter that does not exist."""
    phrases = Phrases(reader.language, AREA)
    said = _said(document["parameters"], phrases, reader.zone)
    body = phrases.say(document["phrase"], **said)
    footer = phrases.say("footer", account=reader.account, zone=reader.zone.key)
    return phrases.say(f"{document['phrase']}_subject", **said), f"{body.rstrip()}\n\n{footer}\n"


def _said(parameters: Mapping[str, Any], phrases: Phrases, zone: ZoneInfo) -> dict[str, Any]:
    said = {name: _value(name, value, phrases, zone) for name, value in parameters.items()}
    if "deadline_at" in parameters:
        said["deadline"] = _deadline(parameters, phrases, zone)
    if "items" in parameters:
        said["lines"] = "\n".join(f"- {_item(item, phrases, zone)}" for item in parameters["items"])
    return said


def _value(name: str, value: Any, phrases: Phrases, zone: ZoneInfo) -> Any:
    speak = _SPOKEN.get("at" if name.endswith("_at") else name)
    return value if speak is None or value is None else speak(value, phrases, zone)


def _deadline(parameters: Mapping[str, Any], phrases: Phrases, zone: ZoneInfo) -> str:
    """The deadline with its marks; said plainly where none is guaranteed."""
    if parameters["deadline_at"] is None:
        return phrases.say("deadline_none")
    text = phrases.instant(instant_of(parameters["deadline_at"]), zone)
    for mark in _MARKS:
        if mark in parameters.get("marks", ()):
            text = phrases.say(f"deadline_{mark}", deadline=text)
    return text


def _item(item: Any, phrases: Phrases, zone: ZoneInfo) -> str:
    return str(item) if isinstance(item, str) else phrases.say("queue_line", **_said(item, phrases, zone))


def _of_requests(name: str) -> Callable[[Any, Phrases, ZoneInfo], str]:
    """Speaks a value by the phrase `name_value` of the area `requests`."""
    return lambda value, phrases, _zone: Phrases(phrases.language, "requests").say(f"{name}_{value}")


_SPOKEN: Mapping[str, Callable[[Any, Phrases, ZoneInfo], str]] = {
    "at": lambda value, phrases, zone: phrases.instant(instant_of(value), zone),
    "fraction": lambda value, phrases, _zone: phrases.percent(value),
    "share": lambda value, phrases, _zone: phrases.percent(value),
    "period": lambda value, phrases, _zone: phrases.day(date.fromisoformat(value)),
    "period_end": lambda value, phrases, _zone: phrases.day(date.fromisoformat(value)),
    "day": lambda value, phrases, _zone: phrases.day(date.fromisoformat(value)),
    "last_day": lambda value, phrases, _zone: phrases.day(date.fromisoformat(value)),
    "side": lambda value, phrases, _zone: phrases.say(f"side_{value}"),
    "level": lambda value, phrases, _zone: f"{value} ({level_name(value, phrases.language)})",
    "avdb_state": _of_requests("avdb_state"),
    "avdb_databases": _of_requests("avdb_databases"),
    "avdb_informs": _of_requests("avdb_informs"),
}
