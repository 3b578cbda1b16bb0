"""The task that downloads updates to the server's repository: there, and started by a schedule."""

from __future__ import annotations

from auditor.sdk import Context, Evidence, Judgement
from auditor_checks.ksc.estate import gap_of, is_product, tasks_named
from auditor_checks.ksc.tasks.schedule import NEVER, all_off, doubt, pause_days, seen_schedule


def judge(ctx: Context) -> Judgement:
    """Server: task DoUpdate of product 1093 exists and has a schedule."""
    tasks = ctx.others("ksc.task")
    if not any(is_product(task, "task.TASKID_PRODUCT_NAME", "1093") for task in tasks):
        # Without a single server task the dump holds group tasks only; that one is missing proves nothing.
        return ctx.unknown("not_collected", area="task")
    found = [task for task in tasks_named(ctx, ["DoUpdate"]) if is_product(task, "task.TASKID_PRODUCT_NAME", "1093")]
    if not found and (gap := gap_of(ctx, "task")) is not None:
        return ctx.unknown("incomplete", [gap], area="task")
    if not found:
        note = f"none among {len(tasks)} collected tasks"
        return ctx.failed("absent", [Evidence("task.TASK_NAME", expected="DoUpdate", note=note)])
    seen = [seen_schedule(task, ctx.as_of) for task in found]
    pauses = [pause_days(task, ctx.as_of) for task in found]
    if any(pause is not None and pause < NEVER for pause in pauses):
        return ctx.passed(seen)
    if None in pauses:
        return ctx.unknown(doubt(found), seen, area="task")
    return ctx.failed("off" if all_off(found) else "fail", seen)
