"""What became of a finding since the last run: a closed set of answers with a fixed precedence.

A finding is one check on one thing. It is closed only by a run that looked: what a run could not judge stays as it was.
The last decided answer counts, not merely the last one, so a year in which the export was missing hides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

DECIDED = frozenset({"pass", "fail"})
OUT_OF_SCOPE = frozenset({"not_applicable", "not_licensed"})
WEIGHTS: Mapping[str, int] = {"critical": 10, "high": 6, "medium": 3, "low": 1, "info": 0}
"""How much a check on one thing counts in the score, by severity."""


class Change(StrEnum):
    """What is said about a finding beside the earlier runs. SAME_GOOD and UNDECIDED are no findings, then or now."""

    NEW = "new"
    PERSISTING = "persisting"
    FIXED = "fixed"
    REGRESSED = "regressed"
    WAIVED = "waived"
    WAIVER_EXPIRED = "waiver_expired"
    NO_LONGER_APPLICABLE = "no_longer_applicable"
    NEWLY_CHECKED = "newly_checked"
    NOT_COMPARABLE = "not_comparable"
    SAME_GOOD = "same_good"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run said about a check on one thing. `check_hash` names the very check; "" when nobody kept it."""

    outcome: str
    severity: str
    check_hash: str = ""
    waived: bool = False
    waiver_expired: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """What a run judged: (check, kind, key) -> what it said; `checks` are all that it knew; `things` all it met."""

    seen: Mapping[tuple[str, str, str], Seen]
    checks: frozenset[str]
    things: frozenset[tuple[str, str]]


def change_of(identity: tuple[str, str, str], earlier: Sequence[Run], new: Run) -> Change:
    """What became of one finding. `earlier` runs are in their order, the last one last."""
    now = new.seen.get(identity)
    before = _last_decided(identity, earlier)
    if now is None or now.outcome not in DECIDED | OUT_OF_SCOPE:
        return Change.NOT_COMPARABLE if _failed(before) else Change.UNDECIDED
    if now.outcome in OUT_OF_SCOPE:
        return Change.NO_LONGER_APPLICABLE if _failed(before) else Change.UNDECIDED
    if now.outcome == "pass":
        return _good(before, now)
    if now.waived:
        return Change.WAIVED
    if now.waiver_expired:
        return Change.WAIVER_EXPIRED
    return _bad(identity, earlier, before, now)


def _good(before: Seen | None, now: Seen) -> Change:
    if not _failed(before):
        return Change.SAME_GOOD
    # Another check that passes says nothing about what the earlier one complained of.
    return Change.FIXED if _same_check(before, now) else Change.NOT_COMPARABLE


def _bad(identity: tuple[str, str, str], earlier: Sequence[Run], before: Seen | None, now: Seen) -> Change:
    if before is None:
        checked = any(identity[0] in run.checks for run in earlier)
        known = any(identity[1:] in run.things for run in earlier)
        return Change.NEWLY_CHECKED if earlier and known and not checked else Change.NEW
    if before.outcome == "fail":
        return Change.PERSISTING
    return Change.REGRESSED if _same_check(before, now) else Change.NEWLY_CHECKED


def _failed(before: Seen | None) -> bool:
    return before is not None and before.outcome == "fail"


def _same_check(before: Seen | None, now: Seen) -> bool:
    return before is not None and before.check_hash == now.check_hash


def _last_decided(identity: tuple[str, str, str], earlier: Sequence[Run]) -> Seen | None:
    for run in reversed(earlier):
        found = run.seen.get(identity)
        if found is not None and found.outcome in DECIDED:
            return found
    return None


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Two scores (0 to 100, None when nothing was decided) and what moved them; the parts add up to the difference.

    `customer`: what was decided by the same check on the same thing both times. `yardstick`: other checks, severities
    and things. Both None when either score is.
    """

    before: float | None
    after: float | None
    customer: float | None
    yardstick: float | None


def score(seen: Mapping[tuple[str, str, str], Seen]) -> float | None:
    """The weighted share of passes among what was decided, in percent. A waived failure is a failure."""
    weights = [(WEIGHTS[found.severity], found.outcome) for found in seen.values() if found.outcome in DECIDED]
    whole = sum(weight for weight, _ in weights)
    if not whole:
        return None
    return 100 * sum(weight for weight, outcome in weights if outcome == "pass") / whole


def score_change(old: Run, new: Run) -> ScoreChange:
    """How the score moved, split into what the customer changed and what the yardstick changed."""
    before, after = score(old.seen), score(new.seen)
    if before is None or after is None:
        return ScoreChange(before, after, None, None)
    common = {
        identity: found
        for identity, found in new.seen.items()
        if found.outcome in DECIDED
        and (other := old.seen.get(identity)) is not None
        and other.outcome in DECIDED
        and other.check_hash == found.check_hash
    }
    # Both times with today's severities, so that nothing but the customer's settings differs.
    then = score({identity: _with_outcome(found, old.seen[identity].outcome) for identity, found in common.items()})
    today = score(common)
    customer = 0.0 if then is None or today is None else today - then
    return ScoreChange(before, after, customer, after - before - customer)


def _with_outcome(found: Seen, outcome: str) -> Seen:
    return Seen(outcome, found.severity, found.check_hash, found.waived, found.waiver_expired)
