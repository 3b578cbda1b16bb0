"""Tasks that every server should have: present, scheduled, reaching the devices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.sdk import Context, Evidence, Judgement, Outcome, SubjectView
from auditor_checks.ksc.estate import (
    flag,
    gap_of,
    group_counts,
    is_product,
    is_unassigned,
    products_of,
    server_tasks_collected,
    table_of,
    tasks_named,
    tree_of,
)
from auditor_checks.ksc.tasks.reach import seen_reach, uncovered_groups
from auditor_checks.ksc.tasks.schedule import NEVER, all_off, doubt, pause_days, seen_schedule

_ENABLED = "task.TASK_INFO_PARAMS.PRTS_TASK_ENABLED"


@dataclass(frozen=True, slots=True)
class Reach:
    """The groups that tasks have to reach; when not `complete`, others may hold devices as well."""

    groups: set[int]
    complete: bool


def judge_present(ctx: Context) -> Judgement:
    """One of the task types in `names` exists and starts by itself."""
    found = tasks_named(ctx, ctx.params["names"])
    if not found:
        return _absent(ctx)
    return _by_schedule(ctx, found, NEVER)


def judge_search(ctx: Context) -> Judgement:
    """The vulnerability search starts often enough and reaches every group with devices."""
    found = tasks_named(ctx, ctx.params["names"])
    if not found:
        return _absent(ctx)
    table, whole_list = table_of(ctx, "fleet.DevicesByGroup")
    groups = _assigned(ctx, group_counts(table))
    return _covering(ctx, found, Reach(groups, complete=whole_list and bool(groups)))


def judge_scans(ctx: Context) -> Judgement:
    """Every product with devices is scanned often enough in every group that has such devices."""
    if not ctx.others("ksc.task"):
        return ctx.unknown("not_collected", area="task")
    scans = tasks_named(ctx, ctx.params["names"])
    verdicts = []
    for product in ctx.params["products"]:
        own = [task for task in scans if is_product(task, "task.TASKID_PRODUCT_NAME", product)]
        reach = _reach_of(ctx, product)
        if reach.complete and not reach.groups:
            continue
        if own:
            verdicts.append(_covering(ctx, own, reach))
        elif reach.groups:
            verdicts.append(ctx.unknown("no_mapping", [_type_evidence(ctx, f"a scan task of {product}")], area="task"))
        elif not reach.complete:
            verdicts.append(ctx.unknown("incomplete", [ctx.see("fleet.ProductsUnknown", "0")], area="row"))
    return _worst(ctx, verdicts)


def judge_updates(ctx: Context) -> Judgement:
    """Update tasks of one product reach every group that has devices with it."""
    product: str = ctx.params["product"]
    if not ctx.others("ksc.task"):
        return ctx.unknown("not_collected", area="task")
    reach = _reach_of(ctx, product)
    if reach.complete and not reach.groups:
        return ctx.not_applicable("precondition", [ctx.see("fleet.DevicesByProduct")])
    updates = tasks_named(ctx, ctx.params["names"])
    own = [task for task in updates if is_product(task, "task.TASKID_PRODUCT_NAME", product)]
    on = [task for task in own if flag(task.get(_ENABLED))]
    if not on:
        lacking = [task.see(_ENABLED, "true") for task in own]
        return ctx.unknown(
            "not_understood" if own else "no_mapping",
            lacking or [_type_evidence(ctx, f"an update task of {product}")],
            area="task",
        )
    verdict = _by_reach(ctx, on, reach)
    if verdict.outcome is Outcome.FAIL and any(flag(task.get(_ENABLED)) is None for task in own):
        return ctx.unknown("key_absent", verdict.evidence, area="task")
    return verdict


def _reach_of(ctx: Context, product: str) -> Reach:
    products = ctx.once(products_of)
    if products is None:
        return Reach(set(), complete=False)
    return Reach(_assigned(ctx, products.groups(product)), products.complete)


def _assigned(ctx: Context, groups: Iterable[int]) -> set[int]:
    """The groups but for those of unassigned devices, which no group task reaches (KSC-HST-001 names such devices)."""
    tree = ctx.once(tree_of)
    return {group for group in groups if not is_unassigned(ctx, tree, group)}


def _absent(ctx: Context) -> Judgement:
    if not server_tasks_collected(ctx):
        return ctx.unknown("not_collected", area="task")
    if (gap := gap_of(ctx, "task")) is not None:
        return ctx.unknown("incomplete", [gap], area="task")
    words = " or ".join(ctx.params["names"])
    return ctx.failed("absent", [_type_evidence(ctx, words)])


def _type_evidence(ctx: Context, words: str) -> Evidence:
    number = len(ctx.others("ksc.task"))
    return Evidence("task.TASK_NAME", expected=words, note=f"none among {number} collected tasks")


def _by_schedule(ctx: Context, tasks: Sequence[SubjectView], longest: float) -> Judgement:
    """`longest` is the longest accepted pause in days; NEVER accepts any schedule."""
    seen = [seen_schedule(task, ctx.as_of) for task in tasks]
    pauses = [pause_days(task, ctx.as_of) for task in tasks]
    if any(pause is not None and pause <= longest and pause < NEVER for pause in pauses):
        return ctx.passed(seen)
    if None in pauses:
        return ctx.unknown(doubt(tasks), seen, area="task")
    return ctx.failed("off" if all_off(tasks) else "fail", seen)


def _covering(ctx: Context, tasks: Sequence[SubjectView], reach: Reach) -> Judgement:
    """Those of the tasks that start often enough reach every group."""
    longest = ctx.params["days"]
    frequent = [task for task in tasks if (pause := pause_days(task, ctx.as_of)) is not None and pause <= longest]
    if not frequent:
        return _by_schedule(ctx, tasks, longest)
    verdict = _by_reach(ctx, frequent, reach)
    unclear = [task for task in tasks if pause_days(task, ctx.as_of) is None]
    if unclear and verdict.outcome is Outcome.FAIL:
        return ctx.unknown(doubt(unclear), verdict.evidence, area="task")
    return verdict


def _by_reach(ctx: Context, tasks: Sequence[SubjectView], reach: Reach) -> Judgement:
    missed = uncovered_groups(ctx, tasks, reach.groups)
    if not missed and not reach.complete:
        # Further groups may hold devices: only a task for all groups is proof.
        missed = uncovered_groups(ctx, tasks, None)
    seen = [seen_reach(task) for task in tasks]
    if missed is None:
        return ctx.unknown("incomplete", seen, area="fleet")
    if missed:
        return ctx.failed("uncovered", seen, groups=", ".join(str(group) for group in sorted(missed)))
    return ctx.passed(seen)


def _worst(ctx: Context, verdicts: Sequence[Judgement]) -> Judgement:
    """A fail beats unknown, unknown beats pass; without any verdict there is nothing to scan."""
    if not verdicts:
        return ctx.not_applicable("precondition", [ctx.see("fleet.DevicesByProduct")])
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        for verdict in verdicts:
            if verdict.outcome is outcome:
                return verdict
    return ctx.passed([item for verdict in verdicts for item in verdict.evidence])
