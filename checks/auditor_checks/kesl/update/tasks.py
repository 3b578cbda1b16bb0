"""What holds for the predefined task and for every further task of its type that an administrator made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import Operator, compile_operator, text_of
from auditor.sdk.views import Hit, SubjectView

_RULES = ("once", "monthly", "weekly", "daily", "hourly", "minutely", "ps", "br")
_MODES = ("Disabled", "DownloadOnly", "DownloadAndInstall")
_TYPE = "state.TaskType"


def rollback_by_hand(ctx: Context) -> Judgement:
    """Pass when no rollback task has a schedule."""
    manual = compile_operator({"in": ["manual"]}, {"known": [*_RULES, "manual"]})
    return _all_tasks(ctx, "rollback", "schedule_rule.Rollback", "schedule_rule.own_task", manual)


def patches_on_demand(ctx: Context) -> Judgement:
    """Pass when no update task treats patches in a way that the site does not accept."""
    accepted = compile_operator({"in": ctx.params["modes"]}, {"known": _MODES})
    return _all_tasks(ctx, "update", "task.Update.ApplicationUpdateMode", "task.ApplicationUpdateMode", accepted)


def _all_tasks(ctx: Context, kind: str, setting: str, own: str, operator: Operator) -> Judgement:
    """One task that does not satisfy fails, else one that cannot be judged leaves it open.

    So does one that does not satisfy and may be of the kind, but whose type is not known.
    """
    seen: list[Evidence] = []
    undecided: list[Hit] = []
    for view, name, untyped in _tasks(ctx, kind, setting, own):
        hit = view.find(name)
        truth = operator.test(hit.value) if hit.reason is None else None
        if untyped is not None:
            if truth is not True and hit.reason not in (Reason.KEY_ABSENT, Reason.NOT_COLLECTED):
                seen += [view.see(name, operator.words), view.see(_TYPE)]
                undecided.append(untyped)
            continue
        # Of this host the place stays relative, so that equal content is judged once.
        see = ctx.see if view is ctx.view else view.see
        seen.append(see(name, operator.words, truth))
        if truth is False:
            return replace(ctx.failed("fail", seen[-1:], current=hit.raw), confidence=hit.confidence)
        if truth is None:
            undecided.append(hit)
    if undecided:
        hit = undecided[0]
        return ctx.unknown(hit.reason or "not_understood", seen, area=hit.areas[0])
    return replace(ctx.passed(seen), confidence=ctx.view.find(setting).confidence)


def _tasks(ctx: Context, kind: str, setting: str, own: str) -> Iterator[tuple[SubjectView, str, Hit | None]]:
    """The tasks of the kind, and with the lookup of their type those of which it is not known."""
    yield ctx.view, setting, None
    for view in ctx.others("kesl.task"):
        stated = view.find(_TYPE)
        if stated.reason is None and text_of(stated.value) == kind:
            yield view, own, None
        elif stated.reason is not None and not (kind == "rollback" and view.has("task")):  # a rollback has no settings
            yield view, own, stated
