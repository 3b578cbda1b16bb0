"""From findings to requests: few of them, with a severity that follows from the effect, never from a number elsewhere.

A finding is a setting that differs from advice: it is no outage, so no request that is made from findings has level 1
or 2. What a finding weighs for protection and how urgent a request is are two scales that share no number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

PARTLY, ADVICE = 3, 4
"""Levels of requests: the product's effect is partly lost, or it is advice without effect on functions."""

_LEVELS: Mapping[str, int] = {"critical": PARTLY, "high": PARTLY, "medium": ADVICE, "low": ADVICE, "info": ADVICE}

MOST = 1_000
"""Findings of one request: more than that nobody reads in one piece."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A finding that may become part of a request. `severity` is the one that counts, `area` the check's theme."""

    id: str
    product: str
    area: str
    check: str
    severity: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """One request: findings of one product and one theme. `part` counts from 1 where they do not fit into one."""

    product: str
    area: str
    level: int
    findings: tuple[Candidate, ...]
    part: int = 1
    parts: int = 1

    @property
    def checks(self) -> tuple[str, ...]:
        """Ids of its checks, each once."""
        return tuple(dict.fromkeys(one.check for one in self.findings))


def level_of(severities: Iterable[str]) -> int:
    """The level of a request about findings of these severities: 3 when one is critical or high, else 4."""
    return min((_LEVELS[severity] for severity in severities), default=ADVICE)


def bundles(candidates: Iterable[Candidate], most: int = MOST) -> list[Bundle]:
    """As few requests as make sense: one for each product and theme, the more urgent first, as are their findings."""
    ranks = {severity: rank for rank, severity in enumerate(_LEVELS)}
    ordered = sorted(candidates, key=lambda one: (one.product, one.area, ranks[one.severity], one.check, one.id))
    made = []
    for (product, area), group in groupby(ordered, key=lambda one: (one.product, one.area)):
        pieces = list(_pieces(list(group), most))
        for part, piece in enumerate(pieces, 1):
            level = level_of(one.severity for one in piece)
            made.append(Bundle(product, area, level, tuple(piece), part, len(pieces)))
    return sorted(made, key=lambda one: (one.level, one.product, one.area, one.part))


def _pieces(group: Sequence[Candidate], most: int) -> Iterator[Sequence[Candidate]]:
    for begin in range(0, len(group), most):
        yield group[begin : begin + most]
