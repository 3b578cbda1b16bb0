"""Words about findings in the reader's language; checks' titles stand in the language of the check."""

from __future__ import annotations

from datetime import date

from auditor.phrases import Phrases

AREA = "findings"


class FindingWords:
    """Says changes, severities, outcomes and days. `language` may carry a territory (pt-BR)."""

    def __init__(self, language: str = "en") -> None:
        self.phrases = Phrases(language, AREA)

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
