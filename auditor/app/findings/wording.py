"""Words about findings in the reader's language; a text of a check that has no translation stays English."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from auditor.phrases import Phrases

if TYPE_CHECKING:
    from auditor.phrases.texts import Texts

AREA = "findings"


class FindingWords:
    """Says changes, severities, outcomes and days. `language` may carry a territory (pt-BR)."""

    def __init__(self, language: str = "en") -> None:
        self.phrases = Phrases(language, AREA)
        self._language = language

    @property
    def is_english(self) -> bool:
        """Whether texts of checks are said as they stand."""
        return self.phrases.language == "en"

    def text(self, english: str) -> str:
        """A text of a check, such as its title."""
        found = None if self.is_english else _texts_of(self._language)
        return (found.text(english) if found is not None else None) or english

    def area(self, name: str) -> str:
        """The theme of a check, by the folder that it stands in."""
        from auditor.reporting.checkcards import heading

        told = self.text(heading(name))
        return name.replace("_", " ") if told == heading(name) else told

    def change(self, name: str) -> str:
        """What became of a finding, as a heading."""
        return self.phrases.say(f"change_{name}")

    def severity(self, name: str) -> str:
        """How much a finding weighs; a word that is not known stands as it is."""
        return self.phrases.say(f"severity_{name}") if self.phrases.knows(f"severity_{name}") else name or "-"

    def outcome(self, name: str) -> str:
        """What a machine said."""
        return self.phrases.say(f"outcome_{name}") if self.phrases.knows(f"outcome_{name}") else name

    def answer(self, name: str) -> str:
        """What a person answered."""
        return self.phrases.say(f"answer_{name}")

    def why(self, code: str) -> str:
        """Why nothing can be said; a reason that is not known stands as it is."""
        return self.phrases.say(f"why_{code}") if self.phrases.knows(f"why_{code}") else code

    def day(self, value: date | str) -> str:
        """A date as the language writes it."""
        return self.phrases.day(date.fromisoformat(value) if isinstance(value, str) else value)

    def signed(self, points: float) -> str:
        """A difference with its sign; 0 has none."""
        number = self.phrases.number(abs(points))
        return number if not points else f"{'+' if points > 0 else '-'}{number}"


@cache
def _texts_of(language: str) -> Texts | None:
    """Those of all plugins, read when the first text is asked for."""
    from auditor.app.plugins import load_plugins
    from auditor.app.texts import texts_in

    return texts_in(language, load_plugins())
