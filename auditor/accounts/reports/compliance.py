"""Whether answers came in time. What is not guaranteed stays out of every share and is counted apart (RULE-SLA-4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, get_args

from auditor.accounts.incidents.facts import LEVELS
from auditor.accounts.reports.clocks import Outcome, Owed, owed, target_document
from auditor.accounts.reports.material import Seen

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_PENDING = frozenset({"running", "open"})


def compliance(seen: Iterable[Seen], start: datetime, end: datetime) -> dict[str, Any]:
    """The answers that were decided in a period, and those still owed at its end; all together and for each level.

    A missed answer belongs to the period of its deadline, a given one to that in which it was given.
    """
    answers = [answer for one in seen for answer in owed(one, end) if _belongs(answer, start, end)]
    return {
        **counted(answers),
        "levels": [
            {"level": level, **counted(own), "targets": _targets(own)}
            for level in LEVELS
            for own in [[answer for answer in answers if answer.level == level]]
        ],
    }


def counted(answers: Sequence[Owed]) -> dict[str, Any]:
    """How many answers had each outcome, with the share in time of those that had a deadline.

    `share` is None when there were none. `uncertain` counts those of them that rest on a value whose meaning is not
    clear, `provisional` those that rest on days that are not announced yet.
    """
    counts: dict[str, int] = {name: sum(answer.outcome == name for answer in answers) for name in OUTCOMES}
    judged = [answer for answer in answers if answer.outcome in {"met", "missed"}]
    uncertain = [answer for answer in judged if "uncertain" in answer.marks]
    return {
        **counts,
        "judged": len(judged),
        "share": counts["met"] / len(judged) if judged else None,
        "uncertain": {
            "met": sum(answer.outcome == "met" for answer in uncertain),
            "missed": sum(answer.outcome == "missed" for answer in uncertain),
            "running": sum(answer.outcome == "running" and "uncertain" in answer.marks for answer in answers),
        },
        "provisional": sum("provisional" in answer.marks for answer in judged),
    }


def _belongs(answer: Owed, start: datetime, end: datetime) -> bool:
    """Decided in the period, or still owed at its end."""
    if answer.decided_at is None:
        return answer.outcome in _PENDING
    return start <= answer.decided_at < end


def _targets(answers: Iterable[Owed]) -> list[dict[str, Any]]:
    """The different targets that these answers had, each once, with its marks; kind none where none was guaranteed."""
    found = {
        tuple(map(str, target.values())): target
        for target in (target_document(answer.clock, answer.level) for answer in answers)
    }
    return [found[key] for key in sorted(found)]
