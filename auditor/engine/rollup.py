"""The verdict over all devices of one server, from how many of them went which way."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.engine.fleet_checks import Count, FleetCheck
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import Gap
from auditor.model.verdicts import Evidence, Judgement


def roll_up(check: FleetCheck, count: Count, gap: Gap | None = None) -> Judgement:
    """The verdict over one server's devices: fail beyond the tolerated share, unknown when too many are undecided.

    With a `gap` (devices are missing) only failures that the missing devices cannot outweigh are certain.
    """
    judged = count.passed + count.failed
    selected = judged + count.undecided
    evidence = [_summary(check, count, judged)]
    if gap is not None:
        evidence.append(Evidence("row", note=gap.words))
    many_open = _more(count.undecided, check.undecided_share, selected) or (count.undecided > 0 and not judged)
    # Where many are undecided or missing it takes as many failures as would be too many if all of those passed.
    whole = selected if many_open or gap is not None else judged
    certain = gap is None or gap.missing is not None or not check.max_share
    whole += gap.missing or 0 if gap is not None else 0
    if certain and _more(count.failed, check.max_share, whole):
        return _failed(check, count, judged, evidence)
    if gap is not None:
        return Judgement(Outcome.UNKNOWN, tuple(evidence), Reason.INCOMPLETE, areas=("row",))
    return _without_gap(check, count, evidence, many_open=many_open)


def _without_gap(check: FleetCheck, count: Count, evidence: list[Evidence], *, many_open: bool) -> Judgement:
    judged = count.passed + count.failed
    if many_open:
        reason = max(count.reasons, key=lambda item: (count.reasons[item], item))
        return Judgement(Outcome.UNKNOWN, tuple(evidence), reason, areas=("row",))
    if count.again and _more(count.failed + count.again, check.max_share, judged):
        evidence.append(
            Evidence("row", note=f"{count.again} devices stand in the inputs twice and fail the second time")
        )
        return Judgement(Outcome.UNKNOWN, tuple(evidence), Reason.CONFLICT, areas=("row",))
    if not judged and not count.not_selected:
        return Judgement(Outcome.UNKNOWN, tuple(evidence), Reason.NOT_COLLECTED, areas=("row",))
    if not judged:
        return Judgement(Outcome.NOT_APPLICABLE, tuple(evidence), Reason.PRECONDITION)
    return Judgement(Outcome.PASS, tuple(evidence))


def _failed(check: FleetCheck, count: Count, judged: int, evidence: Sequence[Evidence]) -> Judgement:
    params = {"failed": count.failed, "judged": judged, "current": count.failed, "expected": _tolerated(check)}
    return Judgement(Outcome.FAIL, tuple(evidence), message="fail", params=params)


def _more(number: int, share: float, whole: int) -> bool:
    """True when `number` is more than that share; 29 of 100 are not more than 0.29, whatever floats make of it."""
    return number > round(share * whole, 6)


def _tolerated(check: FleetCheck) -> str:
    return "no device" if not check.max_share else f"at most {check.max_share:.0%} of devices"


def _summary(check: FleetCheck, count: Count, judged: int) -> Evidence:
    words = f"{count.failed} of {judged} judged devices fail"
    if count.undecided:
        words += f", {count.undecided} could not be judged"
    setting = ", ".join(check.names)
    return Evidence(setting, words, has_value=True, expected=_tolerated(check), met=None)
