"""The list of update sources of newer versions."""

from __future__ import annotations

from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of
from auditor_checks.kesl.words import field, switch

_SOURCES = "task.Update.Sources"
_TYPES = {"klservers": "KLServers", "scserver": "SCServer", "custom": "Custom"}


def intended_source_first(ctx: Context) -> Judgement:
    """Pass when the first enabled source is an accepted one and another enabled one follows."""
    hit = ctx.view.find(_SOURCES)
    if hit.reason is not None:
        return ctx.unknown(hit.reason, [ctx.see(_SOURCES)], area="task.Update")
    items = hit.value if isinstance(hit.value, list) else [None]
    states = [switch(field(item, "Enabled")) for item in items]
    types = [_TYPES.get(text_of(field(item, "SourceType"))) for item, on in zip(items, states, strict=True) if on]
    accepted = ctx.params["sources"]
    if None in states or None in types:
        return ctx.unknown("not_understood", [ctx.see(_SOURCES)])
    wanted = f"first {' or '.join(accepted)}, then another enabled source"
    if len(types) < 2:
        return ctx.failed("alone", [ctx.see(_SOURCES, wanted, False)], enabled=len(types))
    met = text_of(types[0]) in {text_of(word) for word in accepted}
    evidence = [ctx.see(_SOURCES, wanted, met)]
    return ctx.passed(evidence) if met else ctx.failed("fail", evidence, source=types[0])
