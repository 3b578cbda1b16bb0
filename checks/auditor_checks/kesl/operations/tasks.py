"""Whether the tasks that are switched on really run."""

from __future__ import annotations

from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of
from auditor_checks.kesl.words import switch

_RUNNING = "started"
_RESTING = frozenset({"stopped", "stopping", "pausing", "suspended"})
_ON_THE_WAY = frozenset({"starting", "resuming"})
_ALWAYS_ON = frozenset({"Backup", "License"})  # topic 197956: these two cannot be stopped


def active_tasks_run(ctx: Context) -> Judgement:
    """Compare what the export switches on with what the task list or task states say.

    Passes only when both are known for at least one task, and every state is one that the documentation lists.
    """
    seen: list[Evidence] = []
    undecided: list[Evidence] = []
    for area in sorted(ctx.view.parts):
        task = area.removeprefix("state.")
        state = ctx.get(f"{area}.State") if task != area else None
        if state is None:
            continue
        word = text_of(state)
        wanted = task in _ALWAYS_ON or switch(ctx.get(f"{area}.Active")) is True
        if wanted and word in _RESTING:
            return ctx.failed("fail", [ctx.see(f"{area}.State", "Started", met=False)], task=task, state=state)
        if word not in _RESTING | _ON_THE_WAY | {_RUNNING} or (wanted and word != _RUNNING):
            undecided.append(ctx.see(f"{area}.State", "Started"))
        elif wanted:
            seen.append(ctx.see(f"{area}.State", "Started", met=True))
    if undecided:
        return ctx.unknown("not_understood", undecided)
    return ctx.passed(seen) if seen else ctx.unknown("not_collected", area="state.*")
