"""How often the databases of a host are updated by schedule."""

from __future__ import annotations

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of
from auditor.sdk.views import SubjectView

_RULE, _START = "schedule_rule.Update", "schedule.Update.StartTime"
_OWN_RULE, _OWN_START = "schedule_rule.own_task", "schedule.StartTime"
_HOURS = {"daily": 24.0, "hourly": 1.0, "minutely": 1 / 60}


def updates_often(ctx: Context) -> Judgement:
    """Pass when the update task, or another update task of the host, starts at least every `hours` hours.

    A local task that does not is no finding yet where a Security Center policy is applied: a task of the group may
    update the host, and whether it does is not in the host's exports.
    """
    limit = ctx.params["hours"]
    own, evidence = _often(ctx, ctx.view, _RULE, _START, limit)
    if own is True:
        return ctx.passed(evidence)
    for view in ctx.others("kesl.task"):
        if text_of(view.get("state.TaskType", "")) == "update":
            other, more = _often(ctx, view, _OWN_RULE, _OWN_START, limit)
            if other:
                return ctx.passed([*evidence, *more])
    if isinstance(own, Reason):
        return ctx.unknown(own, evidence, area="schedule.Update")
    policy = ctx.get("info.Policy")
    if policy is not None and text_of(policy) != "not applied":
        return ctx.unknown("no_mapping", [*evidence, ctx.see("info.Policy", note="a group task may update this host")])
    return ctx.failed("fail", evidence, rule=ctx.get(_RULE))


def _often(ctx: Context, view: SubjectView, rule: str, start: str, limit: int) -> tuple[bool | Reason, list[Evidence]]:
    """Whether a schedule starts often enough, or why that cannot be said. The period ends StartTime: `...;2`."""
    wanted = f"every {limit} hours or more often"
    # Of this host the place stays relative, so that equal content is judged once.
    see = ctx.see if view is ctx.view else view.see
    hit = view.find(rule)
    if hit.reason is not None:
        return hit.reason, [see(rule, wanted)]
    unit = _HOURS.get(str(hit.value))
    if unit is None or unit > limit:
        return False, [see(rule, wanted, met=False)]
    _, separator, period = str(view.get(start, "")).rpartition(";")
    if not separator or not period.strip().isdecimal() or int(period) == 0:
        return Reason.NOT_UNDERSTOOD, [see(rule, wanted), see(start, "a period behind the last semicolon")]
    met = round(int(period) * unit, 6) <= limit
    return met, [see(rule, wanted, met), see(start)]
