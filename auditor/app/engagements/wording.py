"""Objections and days in the reader's language."""

from __future__ import annotations

from datetime import date

from auditor.engagement.rules import Objection
from auditor.phrases import Phrases


def objection_words(objection: Objection, language: str = "en") -> str:
    """Why a day is out, as a sentence without full stop."""
    phrases = Phrases(language, "engagements")
    parameters = {
        name: value if name == "count" else _shown(value, phrases) for name, value in objection.parameters.items()
    }
    return phrases.say(objection.rule, **parameters)


def _shown(value: object, phrases: Phrases) -> str:
    if isinstance(value, date):
        return phrases.day(value)
    if isinstance(value, float | int):
        return phrases.number(value)
    return str(value)
