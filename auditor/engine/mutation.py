"""Mutants of a check: each changes one operator, threshold, word or quantifier. Examples must notice every one."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.engine.examples import run_example
from auditor.errors import ContentError
from auditor.sdk.check import Check
from auditor.sdk.mapping import LogicalSetting

_SWAPS: dict[str, tuple[str, ...]] = {
    "ge": ("gt", "lt"),
    "gt": ("ge", "le"),
    "le": ("lt", "gt"),
    "lt": ("le", "ge"),
    "in": ("not_in",),
    "eq": ("not_in",),
    "not_in": ("in",),
    "matches": ("not_matches",),
    "not_matches": ("matches",),
    "bits_clear": ("bits_set",),
    "bits_set": ("bits_clear",),
    "contains": ("not_contains",),
    "not_contains": ("contains",),
    "within": ("older",),
    "older": ("within",),
    "all": ("any",),
    "any": ("all",),
    "each": ("some", "none"),
    "some": ("each", "none"),
    "none": ("some", "each"),
}

_BODIES = ("expect", "when", "where", "schema", "fleet")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed check, with what was changed in words."""

    check: Check
    change: str


def mutants(check: Check) -> Iterator[Mutant]:
    """Every single change of a check's bodies and parameter defaults."""
    for body in _BODIES:
        if body in check.raw:
            for changed, words in _changes(check.raw[body]):
                yield _mutant(check, {body: changed}, f"{body}: {words}")
    for name, entry in check.raw.get("params", {}).items():
        for value, words in _value_changes(entry["default"]):
            params = {**check.raw["params"], name: {**entry, "default": value}}
            yield _mutant(check, {"params": params}, f"params.{name}: {words}")


def _mutant(check: Check, replaced: Mapping[str, Any], words: str) -> Mutant:
    return Mutant(Check(check.id, {**copy.deepcopy(dict(check.raw)), **replaced}, check.area, check.origin), words)


def _changes(node: Any) -> Iterator[tuple[Any, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _swaps(node, key, value)
            if key not in ("setting", "same_as", "area"):
                for changed, words in _inner(value):
                    yield {**node, key: changed}, f"{key}: {words}"
    elif isinstance(node, list):
        for index, value in enumerate(node):
            for changed, words in _inner(value):
                yield [*node[:index], changed, *node[index + 1 :]], f"[{index}] {words}"
            if len(node) > 1:
                yield node[:index] + node[index + 1 :], f"without {_short(value)}"


def _inner(value: Any) -> Iterator[tuple[Any, str]]:
    return _changes(value) if isinstance(value, Mapping | list) else _value_changes(value)


def _swaps(node: Mapping[str, Any], key: str, value: Any) -> Iterator[tuple[Any, str]]:
    for other in _SWAPS.get(key, ()):
        swapped = {(other if name == key else name): item for name, item in node.items()}
        if other == "not_in" and "known" not in swapped:
            swapped["known"] = value if isinstance(value, list) else [value]
        yield swapped, f"{key} -> {other}"


def _short(value: Any) -> str:
    return str(value)[:60]


def _value_changes(value: Any) -> Iterator[tuple[Any, str]]:
    others: tuple[Any, ...] = ()
    if isinstance(value, bool):
        others = (not value,)
    elif isinstance(value, int):
        others = (value - 1, value + 1)
    elif isinstance(value, float):
        others = (value * 0.9, value * 1.1)
    elif isinstance(value, str) and value.casefold() in ("yes", "no"):
        others = ("no" if value.casefold() == "yes" else "yes",)
    for other in others:
        yield other, f"{value} -> {other}"


def survivors(check: Check, logical: Mapping[str, LogicalSetting]) -> tuple[int, list[str]]:
    """(number of mutants, the changes that no example noticed)."""
    total, alive = 0, []
    for mutant in mutants(check):
        total += 1
        if not _killed(check, mutant, logical):
            alive.append(mutant.change)
    return total, alive


def _killed(check: Check, mutant: Mutant, logical: Mapping[str, LogicalSetting]) -> bool:
    for example in check.examples:
        try:
            judgement = run_example(mutant.check, example, logical)
        except (ContentError, ValueError):
            return True
        if judgement.outcome != example["outcome"]:
            return True
        if "reason" in example and judgement.reason != example["reason"]:
            return True
    return False
