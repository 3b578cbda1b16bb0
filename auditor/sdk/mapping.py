"""Logical settings: one name for a fact that products and versions keep in different places, or nobody knows where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.errors import ContentError
from auditor.model.outcomes import Confidence
from auditor.model.snapshot import Path
from auditor.sdk.areas import split_setting
from auditor.sdk.operators import text_of


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a logical setting. `values` translates the product's words (without case); None keeps them.

    `agree_on`: what counts only where no later place states something else, `*` for whatever is stated.
    """

    area: str
    path: Path
    name: str
    values: Mapping[str, str] | None = None
    confidence: Confidence = Confidence.HIGH
    agree_on: frozenset[str] = frozenset()

    def needs_agreement(self, value: Any) -> bool:
        """Whether a later place that states something else makes this value doubtful."""
        return "*" in self.agree_on or text_of(value) in self.agree_on

    def known_word(self, text: str) -> str | None:
        """The product's word that a text states, without case; None where it is not one that is translated."""
        word = text_of(text)
        return word if self.values is not None and word in self.values else None


@dataclass(frozen=True, slots=True)
class LogicalSetting:
    """A fact with the places to look for it, tried in order. No places: where it is kept is not publicly known."""

    name: str
    title: str
    product: str
    places: tuple[Mapping[str, Any], ...]
    agree_on: frozenset[str] = frozenset()
    _resolved: dict[str, tuple[Place, ...]] = field(default_factory=dict, compare=False, repr=False)

    def resolve(self, kind: str) -> tuple[Place, ...]:
        """The places, for subjects of one kind."""
        known = self._resolved.get(kind)
        if known is None:
            known = self._resolved[kind] = tuple(_place(kind, place, self.agree_on) for place in self.places)
        return known


def _place(kind: str, raw: Mapping[str, Any], agree_on: frozenset[str]) -> Place:
    area, path = split_setting(kind, raw["setting"])
    values = raw.get("values")
    translated = {text_of(word): logical for word, logical in values.items()} if values else None
    return Place(area, path, raw["setting"], translated, Confidence(raw.get("confidence", "high")), agree_on)


def parse_mappings(document: Any, where: str) -> list[LogicalSetting]:
    """The logical settings of one mapping file (`settings:` name -> title, product, places, agree_on)."""
    if not isinstance(document, Mapping) or not isinstance(document.get("settings"), Mapping):
        raise ContentError("a mapping file has one key: settings", where=where)
    found = []
    for name, raw in document["settings"].items():
        unknown = raw.keys() - {"title", "product", "places", "agree_on", "question"}
        if unknown or "title" not in raw or "product" not in raw:
            raise ContentError(f"{name}: needs title, product, places; unknown: {sorted(unknown)}", where=where)
        agree_on = frozenset(map(text_of, raw.get("agree_on") or ()))
        found.append(LogicalSetting(name, raw["title"], raw["product"], tuple(raw.get("places") or ()), agree_on))
    return found
