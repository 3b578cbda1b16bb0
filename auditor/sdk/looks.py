"""What a predicate asks of texts: all that its judgement can depend on where values differ and places do not.

Two texts that answer every question alike are alike to the check: it says the same about both, and only shows another
value. The compiler of predicates notes each question here; whoever remembers judgements asks for them by place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from auditor.model.snapshot import Path

Question = Callable[[str], Hashable]

EACH = -1
"""Stands for every position of a list in a path."""

Spot = tuple[str, Path]
"""(area, path) with EACH for positions."""


def itself(text: str) -> str:
    """The question that no two texts answer alike."""
    return text


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the text at a place; `shown` are the lengths of paths to lists and groups that hold the text and
    are shown as a whole.
    """

    questions: Sequence[Question] = ()
    shown: frozenset[int] = frozenset()

    def __or__(self, other: Asked) -> Asked:
        """Both at once."""
        return Asked(tuple(dict.fromkeys([*self.questions, *other.questions])), self.shown | other.shown)


ANYTHING = Asked((itself,))


@dataclass(frozen=True, slots=True)
class Looks:
    """The questions of one check.

    `settings`: what is asked of the text at a spot, nothing where it is only shown; of a list or group no more is asked
    than how many entries it has, unless it is `itself`. `lists`: spots of lists whose entries are looked at one by one.
    """

    settings: dict[Spot, list[Question]] = field(default_factory=dict)
    lists: set[Spot] = field(default_factory=set)

    def asked(self, area: str, path: Path) -> Asked | None:
        """What is asked of the text at a place; None where nobody looks at it."""
        spot = tuple([EACH if isinstance(step, int) else step for step in path])
        shown = set()
        for depth, step in enumerate(spot):
            holder = area, spot[:depth]
            if itself in self.settings.get(holder, ()):
                return ANYTHING
            if holder in self.settings or (holder in self.lists and step != EACH):  # a group where a list is wanted
                shown.add(depth)
        questions = self.settings.get((area, spot))
        if path[-1] == "type" or (area, spot) in self.lists:  # the wrapper of a typed value; a text for a list
            return ANYTHING
        if questions is None and not shown:
            return None
        return Asked(tuple(questions or ()), frozenset(shown))
