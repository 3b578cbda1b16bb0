"""Whether the tasks that are switched on really run."""

from __future__ import annotations

import re

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of
from auditor_checks.kesl.words import switch

_RUNNING = "started"
_RESTING = frozenset({"stopped", "stopping", "pausing", "suspended"})
_ON_THE_WAY = frozenset({"starting", "resuming"})
# the line of a component in --app-info, such as "Available and stopped" or "Доступен и остановлен"
_DENIED = re.compile(r"available\s+and\s+stopped|unavailable|недоступ|.*\sи\s+остановлен\w?$")
_ALWAYS_ON = frozenset({"Backup", "License"})  # topic 197956: these two cannot be stopped


def active_tasks_run(ctx: Context) -> Judgement:
    """Compare what the export switches on with what the task list or task states say.

    Passes only when the state of every task that is switched on is known, at least one is, every state is one that the
    documentation lists, and no input contradicts another one.
    """
    seen: list[Evidence] = []
    missing: list[Evidence] = []
    undecided: list[Evidence] = []
    contradicted: list[Evidence] = []
    for area in sorted(ctx.view.parts):
        task = area.removeprefix("state.")
        if task == area:
            continue
        state, switched = ctx.view.find(f"{area}.State"), ctx.view.find(f"{area}.Active")
        if state.reason in (Reason.KEY_ABSENT, Reason.NOT_COLLECTED):
            if switched.reason is None and switch(switched.value) is True:
                missing.append(ctx.see(f"{area}.State", "Started"))
            continue
        word = text_of(state.value)
        if state.reason is Reason.CONFLICT or (switched.reason is Reason.CONFLICT and word in _RESTING):
            contradicted.append(ctx.see(f"{area}.State", "Started"))
            continue
        wanted = task in _ALWAYS_ON or (switched.reason is None and switch(switched.value) is True)
        if wanted and word in _RESTING:
            evidence = ctx.see(f"{area}.State", "Started", met=False)
            return ctx.failed("fail", [evidence], task=task, state=state.value)
        if word not in _RESTING | _ON_THE_WAY | {_RUNNING} or (wanted and word != _RUNNING):
            undecided.append(ctx.see(f"{area}.State", "Started"))
        elif wanted and _is_denied(ctx, task):
            contradicted += [ctx.see(f"{area}.State", "Started"), ctx.see(f"info.{task}")]
        elif wanted:
            seen.append(ctx.see(f"{area}.State", "Started", met=True))
    if contradicted:
        return ctx.unknown(Reason.CONFLICT, contradicted)
    if undecided:
        return ctx.unknown("not_understood", undecided)
    if missing or not seen:
        return ctx.unknown("not_collected", missing, area="state.*")
    return ctx.passed(seen)


def _is_denied(ctx: Context, task: str) -> bool:
    """Whether the application information says, here or there, that the component of a started task does not work."""
    component = ctx.view.find(f"info.{task}")
    if component.reason is Reason.CONFLICT or isinstance(component.value, list):
        return True
    word = text_of(component.value) if component.reason is None else ""
    return _DENIED.match(word) is not None
