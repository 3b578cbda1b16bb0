"""Which groups the tasks of a server reach."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.sdk import Context, Evidence, SubjectView
from auditor_checks.ksc.estate import flag, tree_of, unclear, whole

_GROUP = "task.TASK_INFO_PARAMS.PRTS_TASK_GROUPID"
_EXCEPTED = "task.TASK_INFO_PARAMS.PRTS_EXCEPT_GROUPIDS"
_TYPES = "task.TASK_INFO_PARAMS.KLHST_WKS_CTYPE"
_ALONE = "task.TASK_INFO_PARAMS.PRTS_TASK_PROHIBITED_FOR_SUBGROUPS"
_ALL_TYPES = 0b11
"""KLHST_WKS_CTYPE: bit 0 workstations, bit 1 servers."""


def uncovered_groups(ctx: Context, tasks: Iterable[SubjectView], groups: Iterable[int] | None) -> set[int] | None:
    """The groups of `groups` that no group task reaches; None when that cannot be told.

    A task reaches its own group and all below it, except the groups it excepts. A task of the top group without
    exceptions reaches every group, also when the groups with devices are not known (`groups` is None). Which groups a
    task for a list of devices reaches is not in the data, nor which devices of its groups a task for some types does.
    """
    tree = ctx.once(tree_of)
    reach: list[tuple[int, set[int]]] = []
    scattered = False
    for task in tasks:
        group, excepted = whole(task.get(_GROUP)), _excepted(task)
        if group is None or group < 0 or excepted is None or _limit(task):  # ids of groups are not negative
            scattered = True
            continue
        reach.append((group, excepted))
    if (tree.root, set()) in reach:
        return set()
    if groups is None:
        return None
    chains = {group: tree.upwards(group) for group in groups}
    missed = {
        group
        for group, (chain, _) in chains.items()
        if not any(top in chain and not excepted & set(chain) for top, excepted in reach)
    }
    if missed and (scattered or not all(chains[group][1] for group in missed)):
        return None
    return missed


def _excepted(task: SubjectView) -> set[int] | None:
    listed = task.get(_EXCEPTED)
    if listed is None:
        return None if unclear(task, _EXCEPTED) else set()
    numbers = [whole(item) for item in listed] if isinstance(listed, list) else [None]
    return None if None in numbers else {number for number in numbers if number is not None}


def seen_reach(task: SubjectView) -> Evidence:
    """The group of a task, or what keeps it from some devices of its groups."""
    limit = _limit(task)
    return task.see(limit, "all devices of its groups") if limit else task.see(_GROUP, "a group above all devices")


def _limit(task: SubjectView) -> str:
    """The setting by which a task may leave types of devices or the groups below its own out; "" when none does."""
    types = task.get(_TYPES)
    if unclear(task, _TYPES) or (types is not None and (whole(types) or 0) & _ALL_TYPES != _ALL_TYPES):
        return _TYPES
    return _ALONE if unclear(task, _ALONE) or flag(task.get(_ALONE, "no")) is not False else ""
