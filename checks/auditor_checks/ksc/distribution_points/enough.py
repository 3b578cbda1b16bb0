"""Whether there are enough distribution points for the devices.

The vendor's table counts devices per network segment. Segments are not in the data, so the whole network is taken as
one: the answer is the least number that any division into segments would need above the lower limit.
"""

from __future__ import annotations

from auditor.sdk import Context, Evidence, Judgement, Reason
from auditor_checks.ksc.estate import flag, gap_of, whole


def judge(ctx: Context) -> Judgement:
    """Server: at least devices / `per_point` + `extra` points once there are `from_devices` devices."""
    devices = whole(ctx.get("fleet.Managed"))
    if devices is None:
        reason = ctx.view.find("fleet.Managed").reason or Reason.NOT_UNDERSTOOD
        return ctx.unknown(reason, [ctx.see("fleet.Managed")], area="fleet")
    if devices < ctx.params["from_devices"]:
        return ctx.not_applicable("precondition", [ctx.see("fleet.Managed")])
    points = _points(ctx)
    if points is None:
        return ctx.unknown("not_collected", area="point")
    gap = gap_of(ctx, "distribution_point")
    needed = devices // ctx.params["per_point"] + ctx.params["extra"]
    seen = [
        ctx.see("fleet.Managed"),
        Evidence("point.UaHostId", expected=f"at least {needed}", met=points >= needed, note=f"{points} points"),
    ]
    if points < needed and gap is not None:
        return ctx.unknown("incomplete", [*seen, gap], area="point")
    return ctx.passed(seen) if points >= needed else ctx.failed(evidence=seen, points=points, needed=needed)


def judge_assignment(ctx: Context) -> Judgement:
    """Server: points are assigned automatically, or the manual list is long enough."""
    automatic = flag(ctx.get("distribution.AutomaticAssignment"))
    seen = ctx.see("distribution.AutomaticAssignment", "true, or enough points assigned by hand", automatic)
    if automatic is None:
        reason = "key_absent" if ctx.has("distribution") else "not_collected"
        return ctx.unknown(reason, [seen], area="distribution")
    if automatic:
        return ctx.passed([seen])
    by_hand = judge(ctx)
    evidence = [seen, *by_hand.evidence]
    if by_hand.outcome.value in ("pass", "not_applicable"):
        return ctx.passed(evidence)
    if by_hand.outcome.value == "fail":
        return ctx.failed(evidence=evidence)
    return ctx.unknown(by_hand.reason or Reason.NOT_COLLECTED, evidence)


def _points(ctx: Context) -> int | None:
    """Number of points; an empty list is told apart from one that was not collected."""
    points = ctx.others("ksc.distribution_point")
    return len(points) if points else whole(ctx.get("distribution.Points"))
