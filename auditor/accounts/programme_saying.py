"""The values of programmes as people read them, in their language. What is marked is never said without its badge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditor.accounts.programme_cells import RECONCILED, UNCERTAIN, UNKNOWN, UNLIMITED, Cell, Target, Unit
from auditor.accounts.programme_words import AREA
from auditor.phrases import Phrases

BADGES = {UNKNOWN: "*", UNCERTAIN: "?", RECONCILED: "~"}

_PREFIXES = {
    "quota_period": "period",
    "submission_window": "window",
    "channels": "channel",
    "priority": "priority",
    "avdb_progress": "progress",
}


def badge(marks: Sequence[str], number: int = 0) -> str:
    """What is printed behind a marked value, such as [?] or with the number of its footnote [?3]; empty for neither."""
    signs = "".join(BADGES[mark] for mark in marks)
    return f"[{signs}{number or ''}]" if signs or number else ""


def with_badge(text: str, marks: Sequence[str], number: int = 0) -> str:
    """The text followed by the badge of its marks and footnote."""
    return f"{text} {badge(marks, number)}".rstrip()


class Sayings:
    """The words of one language for the values of programmes; UsageProblem for a language that there is not."""

    def __init__(self, language: str) -> None:
        self.phrases = Phrases(language, AREA)
        self.language = self.phrases.language

    def target(self, target: Target) -> str:
        """A response time with its badge, such as 6 business hours, 4 hours [?] or not guaranteed."""
        return with_badge(self.target_text(target), target.marks)

    def cell(self, name: str, cell: Cell) -> str:
        """A value with its badge. `name` is that of the cell, as Programme.cells gives it."""
        return with_badge(self.cell_text(name, cell), cell.marks)

    def target_text(self, target: Target) -> str:
        """A response time without badge: only for whoever prints the badge beside it."""
        if target.value is None:
            return self.phrases.say("value_not_guaranteed")
        if target.unit is None:
            return self.phrases.say("value_no_unit", value=target.value)
        return self.phrases.say(f"duration_{target.unit}", count=target.value)

    def cell_text(self, name: str, cell: Cell) -> str:
        """A value without badge: only for whoever prints the badge beside it."""
        if not cell.applicable:
            return self.phrases.say("value_not_applicable")
        if cell.value is not None:
            return self._value(name, cell.value)
        if cell.default is not None:
            return self.phrases.say("value_unknown_taken", assumed=self._value(name, cell.default))
        return self.phrases.say("value_unknown")

    def label(self, name: str) -> str:
        """What a cell is called."""
        return self.phrases.say(f"row_{name}")

    def level(self, level: int) -> str:
        """A severity level with its name, such as Level 1 Critical."""
        return self.phrases.say("row_level", level=level, called=self.phrases.say(f"level_{level}"))

    def unit(self, unit: Unit) -> str:
        """A unit by itself, such as business hours."""
        return self.phrases.say(f"unit_{unit}")

    def target_note(self, target: Target) -> str:
        """Why a target is marked, with the other reading of its unit."""
        if target.alternative_unit is None:
            return target.note_in(self.language)
        other = self.phrases.say("other_reading", reading=self.unit(target.alternative_unit))
        return f"{target.note_in(self.language)} {other}".strip()

    def _value(self, name: str, value: Any) -> str:
        if isinstance(value, tuple):
            return ", ".join(self._value(name, item) for item in value)
        if isinstance(value, bool):
            return self.phrases.say("value_yes" if value else "value_no")
        if value == UNLIMITED:
            return self.phrases.say("value_unlimited")
        if name in _PREFIXES:
            return self.phrases.say(f"{_PREFIXES[name]}_{value}")
        return str(value)
