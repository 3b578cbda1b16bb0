"""Sentences with places for values: filled, and found again in a sentence that was filled.

`{part} of {all} devices` is found in `3 of 60 devices`, with `3` and `60` as its values. A value may be any text. Where
more than one reading is possible the leftmost counts: every character of the sentence stands in exactly one value or
is a part of the template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Generic, NamedTuple, TypeVar

_INDEXED = 8
"""Characters of a template's beginning by which it is looked up."""


class Template(NamedTuple):
    """`literals` stand around the values of `names`: there is one literal more."""

    literals: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def weight(self) -> int:
        """How many characters are the template's own."""
        return sum(map(len, self.literals))

    def values(self, sentence: str) -> dict[str, str] | None:
        """The values with which this became the sentence; None when it did not.

        A name that stands twice has one value.
        """
        if not self.names:
            return {} if sentence == self.literals[0] else None
        start, stop = len(self.literals[0]), len(sentence) - len(self.literals[-1])
        if start > stop or not (sentence.startswith(self.literals[0]) and sentence.endswith(self.literals[-1])):
            return None
        found: dict[str, str] = {}
        for name, literal in zip(self.names, (*self.literals[1:-1], None), strict=True):
            end = stop if literal is None else sentence.find(literal, start, stop)
            if end < 0 or found.setdefault(name, sentence[start:end]) != sentence[start:end]:
                return None
            start = end + len(literal or "")
        return found

    def fill(self, values: Mapping[str, str]) -> str:
        """The sentence with these values, each as it stands; KeyError for a name that has none."""
        pieces = [self.literals[0]]
        for name, literal in zip(self.names, self.literals[1:], strict=True):
            pieces += (values[name], literal)
        return "".join(pieces)


def template_of(text: str) -> Template | None:
    """A text whose places are written as `{name}`; None when its braces are something else."""
    literals, names = [""], []
    try:
        for literal, name, _, _ in Formatter().parse(text):
            literals[-1] += literal
            if name is not None:
                if not name.isidentifier():
                    return None
                names.append(name)
                literals.append("")
    except ValueError:
        return None
    return Template(tuple(literals), tuple(names))


Meaning = TypeVar("Meaning")


class Sentences(Generic[Meaning]):
    """Templates, each with what it means, found by a filled sentence: the one with most characters of its own first."""

    def __init__(self, templates: Iterable[tuple[Template, Meaning]]) -> None:
        self._by_start: dict[str, list[tuple[int, Template, Meaning]]] = {}
        for template, meaning in templates:
            start = template.literals[0][:_INDEXED]
            known = self._by_start.setdefault(start if len(start) == _INDEXED else "", [])
            known.append((template.weight, template, meaning))

    def readings(self, sentence: str) -> list[tuple[Meaning, dict[str, str]]]:
        """Every template that may have become the sentence, with its values."""
        found = []
        for weight, template, meaning in (
            *self._by_start.get(sentence[:_INDEXED], ()),
            *self._by_start.get("", ()),
        ):
            first, last = template.literals[0], template.literals[-1]
            if sentence.startswith(first) and sentence.endswith(last):  # few do: quicker than to ask each for values
                values = template.values(sentence)
                if values is not None:
                    found.append((weight, meaning, values))
        found.sort(key=_by_weight)
        return [(meaning, values) for _, meaning, values in found]


def _by_weight(reading: tuple[int, object, object]) -> int:
    return -reading[0]
