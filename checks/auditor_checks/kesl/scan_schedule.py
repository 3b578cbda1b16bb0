"""How often a KESL scan starts by itself, worked out from the schedule of its task.

`StartTime` reads `[date] [time];[day];[period]`: for Daily, Hourly and Minutely the last part is the interval in days,
hours or minutes, so that the word alone does not tell the frequency. Source: vendor topic 261123 (12.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from auditor.model.outcomes import Outcome, Reason
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.views import SubjectView

_FIXED_HOURS = {"weekly": 168.0, "monthly": 744.0}
_PERIOD_HOURS = {"daily": 24.0, "hourly": 1.0, "minutely": 1 / 60}
_ROOT = re.compile(r"^/(?:\.?/)*\.?$")


def full_scan(ctx: Context) -> Judgement:
    """The full scan, or another scan task of this host that covers the whole file system, starts often enough."""
    own = _judge(ctx, "Scan_My_Computer")
    if own.outcome is Outcome.PASS:
        return own
    undecided: Reason | None = None
    for task in filter(_covers_everything, ctx.others("kesl.task")):
        gap = _gap(task, "schedule_rule.own_task", "schedule.StartTime")
        if _is_frequent(ctx, gap):
            note = f"task {task.ref.name} scans the whole file system often enough"
            return ctx.passed([ctx.see("schedule_rule.Scan_My_Computer", note=note)])
        if isinstance(gap, Reason):
            undecided = gap
            note = f"how often task {task.ref.name} starts is not known"
    if own.outcome is Outcome.FAIL and undecided is not None:
        return ctx.unknown(undecided, [ctx.see("schedule_rule.Scan_My_Computer", note=note)], "schedule")
    return own


def critical_areas(ctx: Context) -> Judgement:
    """The critical areas scan starts often enough."""
    return _judge(ctx, "Critical_Areas_Scan")


def _judge(ctx: Context, task: str) -> Judgement:
    rule, start = f"schedule_rule.{task}", f"schedule.{task}.StartTime"
    words = f"a start every {ctx.params['hours']} hours or more often"
    gap = _gap(ctx.view, rule, start)
    if isinstance(gap, Reason):
        return ctx.unknown(
            gap, [ctx.see(rule, words), ctx.see(start, "an interval as its last part")], f"schedule.{task}"
        )
    good = _is_frequent(ctx, gap)
    evidence: list[Evidence] = [ctx.see(rule, words, good)]
    if ctx.get(rule) in _PERIOD_HOURS:
        evidence.append(ctx.see(start))
    verdict = ctx.passed(evidence) if good else ctx.failed("fail", evidence, current=ctx.get(rule))
    return replace(verdict, confidence=ctx.view.find(rule).confidence)


def _gap(view: SubjectView, rule: str, start: str) -> float | str | Reason:
    """Hours between two starts, the event (`ps`, `br`, `manual`, `once`) that starts it, or why that is not known."""
    hit = view.find(rule)
    if hit.reason is not None:
        return hit.reason
    word = str(hit.value)
    if word in _FIXED_HOURS:
        return _FIXED_HOURS[word]
    if word not in _PERIOD_HOURS:
        return word
    time = view.find(start)
    if time.reason is not None:
        return time.reason
    period = re.search(r";\s*0*([1-9]\d{0,5})\s*$", str(time.value))
    return float(period.group(1)) * _PERIOD_HOURS[word] if period else Reason.NOT_UNDERSTOOD


def _is_frequent(ctx: Context, gap: float | str | Reason) -> bool:
    if isinstance(gap, float):
        return bool(gap <= ctx.params["hours"])
    events: list[str] = ctx.params["events"]
    return not isinstance(gap, Reason) and gap in events


def _covers_everything(task: SubjectView) -> bool:
    if task.get("state.TaskType") != "ODS" or str(task.get("task.ScanFiles", "yes")).casefold() != "yes":
        return False
    return any(_is_whole(area) for area in _items(task.get("task.ScanScope")))


def _is_whole(area: dict[str, Any]) -> bool:
    used = str(area.get("UseScanArea", "")).casefold() == "yes"
    return used and _ROOT.match(str(area.get("Path", ""))) is not None and "*" in (area.get("AreaMask") or ())


def _items(value: Any) -> Iterable[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
