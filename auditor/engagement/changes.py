"""Two runs side by side: what became of every finding, how many of each, and how the score moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.engagement.comparison import (
    WEIGHTS,
    Change,
    Key,
    Run,
    ScoreChange,
    Seen,
    change_of,
    last_decided,
    score_change,
    why_not_comparable,
)

ORDER = (
    Change.REGRESSED,
    Change.NEW,
    Change.NEWLY_CHECKED,
    Change.WAIVER_EXPIRED,
    Change.PERSISTING,
    Change.NOT_COMPARABLE,
    Change.WAIVED,
    Change.FIXED,
    Change.NO_LONGER_APPLICABLE,
)
"""Changes that are told one by one, what needs attention first. The two others are only counted."""

_PLACES = {change: place for place, change in enumerate(ORDER)}
_SEVERITIES = {severity: place for place, severity in enumerate(WEIGHTS)}


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of one finding. `severity` is today's where it fails today, else that of its last failure.

    `why` says why nothing can be said (see `why_not_comparable`), "" where something is.
    """

    key: Key
    change: Change
    severity: str
    before: Seen | None
    now: Seen | None
    why: str = ""

    @property
    def order(self) -> tuple[int, int, Key]:
        """Sorts by change, severity, check and thing."""
        return _PLACES[self.change], _SEVERITIES[self.severity], self.key


@dataclass(frozen=True, slots=True)
class Comparison:
    """`counts` holds every change, also those with none; `changed` is in the order in which it is told."""

    counts: Mapping[Change, int]
    changed: tuple[Changed, ...]
    score: ScoreChange


def compare(old: Run, new: Run, before: Sequence[Run] = ()) -> Comparison:
    """What became of every finding of either run. `before` are runs still earlier: the last one that decided counts.

    The score is compared with that of `old` alone.
    """
    earlier = (*before, old)
    counts: Counter[Change] = Counter()
    changed = []
    for key in _keys(earlier, new):
        change = change_of(key, earlier, new)
        counts[change] += 1
        if change in _PLACES:
            changed.append(_changed(key, change, earlier, new))
    changed.sort(key=lambda one: one.order)
    return Comparison({change: counts[change] for change in Change}, tuple(changed), score_change(old, new))


def _keys(earlier: Sequence[Run], new: Run) -> Iterator[Key]:
    """All that the new run judged, and failures of earlier ones that it says nothing about."""
    yield from new.seen
    told = set()
    for run in earlier:
        for key, seen in run.seen.items():
            if seen.outcome == "fail" and key not in told and key not in new.seen:
                told.add(key)
                yield key


def _changed(key: Key, change: Change, earlier: Sequence[Run], new: Run) -> Changed:
    before, now = last_decided(key, earlier), new.seen.get(key)
    telling = now if before is None or (now is not None and now.outcome == "fail") else before
    severity = "info" if telling is None else telling.severity
    why = why_not_comparable(key, new) if change is Change.NOT_COMPARABLE else ""
    return Changed(key, change, severity, before, now, why)
