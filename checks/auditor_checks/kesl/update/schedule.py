"""How often the databases of a host are updated by schedule."""

from __future__ import annotations

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of
from auditor.sdk.views import ABSENT, SubjectView
from auditor_checks.kesl.group_tasks import unless_by_group
from auditor_checks.kesl.start_time import NOT_YET, PERIOD_HOURS, begins_late, period_of

_RULE, _START = "schedule_rule.Update", "schedule.Update.StartTime"
_OWN_RULE, _OWN_START = "schedule_rule.own_task", "schedule.StartTime"


def updates_often(ctx: Context) -> Judgement:
    """Pass when the update task, or another update task of the host, starts at least every `hours` hours.

    A local task that does not is no finding yet where another update task may do it, or where a Security Center policy
    is applied: a task of the group may update the host, and whether it does is not in the host's exports.
    """
    own, evidence = _often(ctx, ctx.view, _RULE, _START)
    if own is True:
        return ctx.passed(evidence)
    undecided: tuple[Reason, list[Evidence]] | None = None
    for view in ctx.others("kesl.task"):
        kind = view.find("state.TaskType")
        other, more = _often(ctx, view, _OWN_RULE, _OWN_START)
        if kind.value is not ABSENT and text_of(kind.value) != "update":
            continue
        if other is True and kind.reason is None:
            return ctx.passed([*evidence, *more])
        if other is True:  # its type is not stated
            undecided = Reason.NOT_UNDERSTOOD, more
        elif isinstance(other, Reason) and kind.value is not ABSENT:
            undecided = other, more
    if isinstance(own, Reason):
        return ctx.unknown(own, evidence, area="schedule.Update")
    if undecided is not None:
        return ctx.unknown(undecided[0], [*evidence, *undecided[1]], area="schedule")
    failed = ctx.failed("fail", evidence, rule=ctx.get(_RULE))
    return unless_by_group(ctx, failed, "a group task may update this host")


def _often(ctx: Context, view: SubjectView, rule: str, start: str) -> tuple[bool | Reason, list[Evidence]]:
    """Whether a schedule starts often enough, or why that cannot be said."""
    limit = ctx.params["hours"]
    wanted = f"every {limit} hours or more often"
    # Of this host the place stays relative, so that equal content is judged once.
    see = ctx.see if view is ctx.view else view.see
    hit = view.find(rule)
    if hit.reason is not None:
        return hit.reason, [see(rule, wanted)]
    unit = PERIOD_HOURS.get(str(hit.value))
    if unit is None or unit > limit:
        return False, [see(rule, wanted, met=False)]
    time = view.get(start, "")
    period = period_of(time)
    if period is None:
        return Reason.NOT_UNDERSTOOD, [see(rule, wanted), see(start, "a period behind the last semicolon")]
    met = round(period * unit, 6) <= limit
    if met and begins_late(time, ctx.as_of, limit):
        return Reason.NOT_UNDERSTOOD, [see(rule, wanted), see(start, note=NOT_YET)]
    return met, [see(rule, wanted, met), see(start)]
