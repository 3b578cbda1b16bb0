"""What a predicate asks of texts: all that its judgement can depend on where values differ and places do not.

Two texts that answer every question alike are alike to the check: it says the same about both, and only shows another
value. The compiler of predicates notes each question here; whoever remembers judgements asks for them by place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from auditor.model.snapshot import Path
from auditor.sdk.areas import split_name, split_setting

Question = Callable[[str], Hashable]

EACH = -1
"""Stands for every position of a list in a path."""

Pattern = tuple[str, Path]
"""(area, path) with EACH for positions: all places that a predicate means by one name."""


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

    `settings`: what is asked of the text at a pattern, nothing where it is only shown; of a list or group no more is
    asked than how many entries it has, unless it is `itself`. `lists`: patterns of lists whose entries are looked at
    one by one. `declared`: somebody says so of a body that is not known from inside; what was not named counts whole.
    """

    settings: dict[Pattern, list[Question]] = field(default_factory=dict)
    lists: set[Pattern] = field(default_factory=set)
    declared: bool = False

    def asked(self, area: str, path: Path) -> Asked | None:
        """What is asked of the text at a place; None where nobody looks at it."""
        steps = tuple([EACH if isinstance(step, int) else step for step in path])
        shown = set()
        for depth, step in enumerate(steps):
            holder = area, steps[:depth]
            if itself in self.settings.get(holder, ()):
                return ANYTHING
            if holder in self.settings or (holder in self.lists and step != EACH):  # a group where a list is wanted
                shown.add(depth)
        questions = self.settings.get((area, steps))
        if path[-1] == "type" or (area, steps) in self.lists:  # the wrapper of a typed value; a text for a list
            return ANYTHING
        if questions is None and self.declared:
            return ANYTHING
        if questions is None and not shown:
            return None
        return Asked(tuple(questions or ()), frozenset(shown))


Declaration = Callable[[Mapping[str, Any]], Mapping[str, Sequence[Question]]]
"""From a check's parameters to the questions by setting: `area.Key`, `area.List[].Key`, `area.List[]`."""

Body = TypeVar("Body", bound=Callable[..., Any])


def asks(declaration: Declaration) -> Callable[[Body], Body]:
    """Say what a Python body asks of the texts that it reads, so that it is not called again for texts that are alike.

    Its judgement must follow from the answers, from which settings there are, and from its parameters; other texts may
    be shown as evidence (by `see`) but nowhere else. A text that is not named is taken to count as a whole.
    """

    def declare(body: Body) -> Body:
        body.asks = declaration  # type: ignore[attr-defined]
        return body

    return declare


def declared(body: Callable[..., Any], kind: str, params: Mapping[str, Any]) -> Looks | None:
    """What a Python body says that it asks; None where it says nothing."""
    declaration: Declaration | None = getattr(body, "asks", None)
    if declaration is None:
        return None
    settings = {_pattern(kind, name): list(questions) for name, questions in declaration(params).items()}
    return Looks(settings, declared=True)


def _pattern(kind: str, name: str) -> Pattern:
    head, *entries = name.split("[]")
    area, path = split_setting(kind, head)
    for inner in entries:
        path = (*path, EACH, *split_name(inner.removeprefix(".")))
    return area, path
