"""What became of a finding since the last run: a closed set of answers with a fixed precedence.

A finding is one check on one thing. It is closed only by a run that looked: what a run could not judge stays as it was.
The last decided answer counts, not merely the last one, so a year in which the export was missing hides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Key: TypeAlias = tuple[str, str, str]
"""(check, kind of thing, key of the thing): what is found anew in another run."""

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
    """What one run said about a check on one thing.

    `check_hash` names what the check asks for, "" when nobody kept it; then its `revision` tells (0: unknown, too).
    `reason` says why nothing was decided, `until` is the last day of the waiver that covers or covered it.
    """

    outcome: str
    severity: str
    check_hash: str = ""
    waived: bool = False
    waiver_expired: bool = False
    reason: str = ""
    until: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What a run judged: (check, kind, key) -> what it said; `checks` are all that it knew; `things` all it met."""

    seen: Mapping[Key, Seen]
    checks: Set[str]
    things: Set[tuple[str, str]]


def change_of(identity: Key, earlier: Sequence[Run], new: Run) -> Change:
    """What became of one finding. `earlier` runs are in their order, the last one last."""
    now = new.seen.get(identity)
    before, ended = _last_said(identity, earlier)
    failed = before is not None and before.outcome == "fail" and not ended
    if now is None or now.outcome not in DECIDED | OUT_OF_SCOPE:
        return Change.NOT_COMPARABLE if failed else Change.UNDECIDED
    if now.outcome in OUT_OF_SCOPE:
        return Change.NO_LONGER_APPLICABLE if failed else Change.UNDECIDED
    if now.outcome == "fail":
        return _waiver(now) or (Change.PERSISTING if failed else _bad(identity, earlier, before, now))
    if not failed:
        return Change.SAME_GOOD
    # Another check that passes says nothing about what the earlier one complained of.
    return Change.FIXED if before is not None and same_check(before, now) else Change.NOT_COMPARABLE


def why_not_comparable(identity: Key, new: Run) -> str:
    """Why a run says nothing about what failed before, as the name of a phrase.

    check_left_out, thing_gone, not_judged: there is no verdict. other_check: it passed, yet was asked for something
    else. Otherwise the reason of the verdict, or its outcome (manual, error, unknown).
    """
    now = new.seen.get(identity)
    if now is None:
        if identity[0] not in new.checks:
            return "check_left_out"
        return "not_judged" if identity[1:] in new.things else "thing_gone"
    return "other_check" if now.outcome == "pass" else now.reason or now.outcome


def same_check(before: Seen, now: Seen) -> bool:
    """Whether both runs asked for the same: by what the check asks for, else by its revision where that is known."""
    if not (before.check_hash and now.check_hash) and before.revision and now.revision:
        return before.revision == now.revision
    return before.check_hash == now.check_hash


def last_decided(identity: Key, earlier: Sequence[Run]) -> Seen | None:
    """What the latest run that decided said; None when none did."""
    return _last_said(identity, earlier)[0]


def _last_said(identity: Key, earlier: Sequence[Run]) -> tuple[Seen | None, bool]:
    """What the latest run that decided said (None: none did), and whether a later one found it out of scope."""
    ended = False
    for run in reversed(earlier):
        found = run.seen.get(identity)
        if found is not None and found.outcome in DECIDED:
            return found, ended
        ended = ended or (found is not None and found.outcome in OUT_OF_SCOPE)
    return None, False


def _waiver(now: Seen) -> Change | None:
    """A waiver, or its end, is said before all else about a failure."""
    if now.waived:
        return Change.WAIVED
    return Change.WAIVER_EXPIRED if now.waiver_expired else None


def _bad(identity: Key, earlier: Sequence[Run], before: Seen | None, now: Seen) -> Change:
    """A failure that was none before. New, unless the thing was there and nobody had looked at it with this check."""
    if before is not None:
        return Change.REGRESSED if same_check(before, now) else Change.NEWLY_CHECKED
    checked = any(identity[0] in run.checks for run in earlier)
    known = any(identity[1:] in run.things for run in earlier)
    return Change.NEWLY_CHECKED if known and not checked else Change.NEW


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


def score(seen: Mapping[Key, Seen]) -> float | None:
    """The weighted share of passes among what was decided, in percent. A waived failure is a failure."""
    good = whole = 0
    for found in seen.values():
        if found.outcome in DECIDED:
            whole += WEIGHTS[found.severity]
            good += WEIGHTS[found.severity] if found.outcome == "pass" else 0
    return 100 * good / whole if whole else None


def score_change(old: Run, new: Run) -> ScoreChange:
    """How the score moved, split into what the customer changed and what the yardstick changed."""
    before, after = score(old.seen), score(new.seen)
    if before is None or after is None:
        return ScoreChange(before, after, None, None)
    moved = whole = 0
    for identity, found in new.seen.items():
        other = old.seen.get(identity) if found.outcome in DECIDED else None
        if other is None or other.outcome not in DECIDED or not same_check(other, found):
            continue
        # Both times with today's severity, so that nothing but the customer's settings differs.
        weight = WEIGHTS[found.severity]
        whole += weight
        moved += weight * ((found.outcome == "pass") - (other.outcome == "pass"))
    customer = 100 * moved / whole if whole else 0.0
    return ScoreChange(before, after, customer, after - before - customer)
