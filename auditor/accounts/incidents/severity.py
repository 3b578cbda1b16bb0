"""Severity levels: what is suggested from the effects, and what other products' scales mean.

A suggestion never becomes a level by itself: severity 1 is set by people only (RULE-SEV-2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from auditor.errors import RuleBroken

Functionality: TypeAlias = Literal["affected", "partly", "none"]
Scale: TypeAlias = Literal["ksc", "glpi", "servicenow", "zammad"]

SCALES: tuple[Scale, ...] = get_args(Scale)


@dataclass(frozen=True, slots=True)
class Effects:
    """What the problem does. `functionality` of the product: affected, partly (or slightly) affected, or none."""

    functionality: Functionality
    crash: bool = False
    data_loss: bool = False
    business_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A level that a person may confirm. `reasons` are names of phrases, `excluded` levels that the terms rule out."""

    level: int
    reasons: tuple[str, ...]
    excluded: tuple[int, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Whether nobody but a person may set it."""
        return self.level == 1


_CRITICAL = ("crash", "data_loss", "business_stopped")
_BY_FUNCTIONALITY: Mapping[Functionality, int] = {"affected": 2, "partly": 3, "none": 4}


def suggest(effects: Effects) -> Suggestion:
    """The level that the definitions give to these effects (RULE-SEV-1).

    A crash or a loss of data rules out 2 to 4: level 2 is defined as being without them.
    """
    critical = tuple(f"effect_{name}" for name in _CRITICAL if getattr(effects, name))
    if critical:
        excluded = (2, 3, 4) if effects.crash or effects.data_loss else ()
        return Suggestion(1, critical, excluded)
    return Suggestion(_BY_FUNCTIONALITY[effects.functionality], (f"effect_functionality_{effects.functionality}",))


@dataclass(frozen=True, slots=True)
class ForeignLevel:
    """One value of another product's scale: what it is called there, and the level that means the same."""

    name: str
    level: int


FOREIGN: Mapping[Scale, Mapping[int, ForeignLevel]] = {
    # Kaspersky Security Center counts the other way round: 3 is the worst
    "ksc": {
        1: ForeignLevel("information", 4),
        2: ForeignLevel("warning", 3),
        3: ForeignLevel("critical", 1),
    },
    "glpi": {
        5: ForeignLevel("very high", 1),
        4: ForeignLevel("high", 2),
        3: ForeignLevel("medium", 3),
        2: ForeignLevel("low", 4),
        1: ForeignLevel("very low", 4),
    },
    # impact and urgency: three values only, none of them critical
    "servicenow": {
        1: ForeignLevel("high", 2),
        2: ForeignLevel("medium", 3),
        3: ForeignLevel("low", 4),
    },
    "zammad": {
        3: ForeignLevel("high", 2),
        2: ForeignLevel("normal", 3),
        1: ForeignLevel("low", 4),
    },
}
"""By their words, never by their numbers: equal numbers mean different things (RULE-SEV-3)."""


def from_foreign(scale: str, value: int) -> Suggestion:
    """The level that a value of another product's scale suggests; RuleBroken for a scale or value that is not known."""
    if scale not in SCALES:
        raise RuleBroken(f"the severity scale {scale!r} is not known", hint=f"there are {', '.join(SCALES)}")
    table = FOREIGN[scale]
    found = None if isinstance(value, bool) else table.get(value)
    if found is None:
        known = ", ".join(f"{number} ({entry.name})" for number, entry in sorted(table.items()))
        raise RuleBroken(f"{scale} has no severity {value!r}", hint=f"there are {known}")
    return Suggestion(found.level, (f"scale_{scale}",))
