"""How often a KESL scan starts by itself, worked out from the schedule of its task.

Weekly and Monthly stand for themselves; for Daily, Hourly and Minutely the period in `StartTime` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from auditor.model.outcomes import Outcome, Reason
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of
from auditor.sdk.views import SubjectView
from auditor_checks.kesl.group_tasks import unless_by_group
from auditor_checks.kesl.start_time import NOT_YET, PERIOD_HOURS, begins_late, period_of
from auditor_checks.kesl.words import field, switch

_FIXED_HOURS = {"weekly": 168.0, "monthly": 744.0}
_ROOT = re.compile(r"^/(?:\.?/)*\.?$")
_OWN_RULE, _OWN_START = "schedule_rule.own_task", "schedule.StartTime"
_CONTAINER_SWITCHES = ("ScanContainers", "ScanImages")
_CONTAINER_MASKS = ("ContainerNameMask", "ImageNameMask")
_SCOPES = ("task.ScanScope", "task.ContainerNameMask", "task.ImageNameMask")


def full_scan(ctx: Context) -> Judgement:
    """The full scan, or another scan task of this host that covers the whole file system, starts often enough."""

    def praise(task: str) -> str:
        return f"task {task} scans the whole file system often enough"

    return _this_or_another(ctx, "Scan_My_Computer", _covers_everything, praise)


def critical_areas(ctx: Context) -> Judgement:
    """The critical areas scan starts often enough."""
    return _unless_by_group(ctx, _judge(ctx, "Critical_Areas_Scan"))


def containers(ctx: Context) -> Judgement:
    """The container scan, or another one of this host that covers all containers and images, starts often enough."""

    def praise(task: str) -> str:
        return f"task {task} scans all containers often enough"

    return _this_or_another(ctx, "Container_Scan", _covers_containers, praise)


def _this_or_another(
    ctx: Context, name: str, covers_all: Callable[[SubjectView], bool | None], praise: Callable[[str], str]
) -> Judgement:
    own = _judge(ctx, name)
    if own.outcome is Outcome.PASS:
        return own
    undecided: tuple[Reason, str] | None = None
    for task in ctx.others("kesl.task"):
        covers = covers_all(task)
        if covers is False:
            continue
        frequent = _is_frequent(ctx, _gap(ctx, task, _OWN_RULE, _OWN_START))
        if covers and frequent is True:
            return _passed_by(ctx, task, ctx.see(f"schedule_rule.{name}", note=praise(task.ref.name)))
        if isinstance(frequent, Reason):
            undecided = frequent, f"how often task {task.ref.name} starts is not known"
        elif frequent:
            undecided = Reason.NOT_UNDERSTOOD, f"whether task {task.ref.name} leaves nothing out is not known"
    if own.outcome is Outcome.FAIL and undecided is not None:
        reason, note = undecided
        return ctx.unknown(reason, [ctx.see(f"schedule_rule.{name}", note=note)], "schedule")
    return _unless_by_group(ctx, own)


def _unless_by_group(ctx: Context, own: Judgement) -> Judgement:
    return unless_by_group(ctx, own, "a group task may scan this host") if own.outcome is Outcome.FAIL else own


def _judge(ctx: Context, task: str) -> Judgement:
    rule, start = f"schedule_rule.{task}", f"schedule.{task}.StartTime"
    words = _words(ctx)
    gap = _gap(ctx, ctx.view, rule, start)
    good = _is_frequent(ctx, gap)
    if isinstance(good, Reason):
        late = begins_late(ctx.get(start), ctx.as_of, ctx.params["hours"])
        place = ctx.see(start, note=NOT_YET) if late else ctx.see(start, "an interval as its last part")
        return ctx.unknown(good, [ctx.see(rule, words), place], f"schedule.{task}")
    evidence: list[Evidence] = [ctx.see(rule, words, good)]
    if ctx.get(rule) in PERIOD_HOURS:
        evidence.append(ctx.see(start))
    verdict = ctx.passed(evidence) if good else ctx.failed("fail", evidence, current=ctx.get(rule))
    return replace(verdict, confidence=ctx.view.find(rule).confidence)


def _passed_by(ctx: Context, task: SubjectView, noted: Evidence) -> Judgement:
    """Another task does it: its own schedule and scope are the evidence."""
    evidence = [noted, task.see(_OWN_RULE, _words(ctx), met=True)]
    if task.get(_OWN_RULE) in PERIOD_HOURS:
        evidence.append(task.see(_OWN_START))
    evidence += [task.see(scope) for scope in _SCOPES if task.find(scope).reason is None]
    return replace(ctx.passed(evidence), confidence=task.find(_OWN_RULE).confidence)


def _words(ctx: Context) -> str:
    return f"a start every {ctx.params['hours']} hours or more often"


def _gap(ctx: Context, view: SubjectView, rule: str, start: str) -> float | str | Reason:
    """Hours between two starts, the event (`ps`, `br`, `manual`, `once`) that starts it, or why that is not known."""
    hit = view.find(rule)
    if hit.reason is not None:
        return hit.reason
    word = str(hit.value)
    if word not in _FIXED_HOURS and word not in PERIOD_HOURS:
        return word
    time = view.find(start)
    if time.reason is not None and (word in PERIOD_HOURS or time.reason is Reason.CONFLICT):
        return time.reason
    if begins_late(time.value, ctx.as_of, ctx.params["hours"]):
        return Reason.NOT_UNDERSTOOD
    if word in _FIXED_HOURS:
        return _FIXED_HOURS[word]
    period = period_of(time.value)
    return Reason.NOT_UNDERSTOOD if period is None else period * PERIOD_HOURS[word]


def _is_frequent(ctx: Context, gap: float | str | Reason) -> bool | Reason:
    if isinstance(gap, Reason):
        return gap
    if isinstance(gap, float):
        return bool(gap <= ctx.params["hours"])
    events: list[str] = ctx.params.get("events", [])
    return gap in events


def _covers_everything(task: SubjectView) -> bool | None:
    """Whether a task scans every file; None where its type or scope is not known, or an exclusion may be in force."""
    kind, scope = task.get("state.TaskType"), task.find("task.ScanScope")
    files = _switched(task, "ScanFiles", absent=True)
    if (kind is not None and text_of(kind) != "ods") or files is False:
        return False
    if scope.reason not in (None, Reason.KEY_ABSENT):
        return None
    if not any(_is_whole(area) for area in _items(scope.value)):
        return False
    return True if kind is not None and files and not _may_leave_out(task) else None


def _covers_containers(task: SubjectView) -> bool | None:
    """Whether a task scans every container and image; None where something of that is not known."""
    kind = task.get("state.TaskType")
    if kind is not None and text_of(kind) != "containerscan":
        return False
    switches = [switch(task.get(f"task.{name}")) for name in _CONTAINER_SWITCHES]
    masks = [task.get(f"task.{name}") for name in _CONTAINER_MASKS]
    if False in switches or any(mask not in (None, "*") for mask in masks):
        return False
    if kind is None:  # settings that name no container at all are those of some other task
        hits = [task.find(f"task.{name}") for name in (*_CONTAINER_SWITCHES, *_CONTAINER_MASKS)]
        return False if all(hit.reason is Reason.KEY_ABSENT for hit in hits) else None
    return None if None in switches or None in masks else True


def _may_leave_out(task: SubjectView) -> bool:
    if any(_switched(task, name, absent=False) is not False for name in ("UseExcludeMasks", "UseExcludeThreats")):
        return True
    excluded = task.find("task.ExcludedFromScanScope")
    if excluded.reason not in (None, Reason.KEY_ABSENT):
        return True
    return any(switch(field(area, "UseScanArea")) is not False for area in _items(excluded.value))


def _switched(task: SubjectView, name: str, *, absent: bool) -> bool | None:
    """What a switch of the task says, `absent` where its settings lack it; None where that is not known."""
    hit = task.find(f"task.{name}")
    return absent if hit.reason is Reason.KEY_ABSENT else switch(hit.value) if hit.reason is None else None


def _is_whole(area: dict[str, Any]) -> bool:
    masks = field(area, "AreaMask")
    used = switch(field(area, "UseScanArea")) is True
    return used and _ROOT.match(str(field(area, "Path"))) is not None and isinstance(masks, list) and "*" in masks


def _items(value: Any) -> Iterable[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
