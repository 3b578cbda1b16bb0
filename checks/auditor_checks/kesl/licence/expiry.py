"""How long the licence still runs."""

from __future__ import annotations

from datetime import timedelta

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import instant_of
from auditor_checks.kesl.words import switch

_END, _KEY = "active_licence.expires", "licence.ActiveKeyPresent"
_ALSO = "info.LicenseExpirationDate"  # the later place of _END; outputs of two days may disagree


def runs_long_enough(ctx: Context) -> Judgement:
    """Fail without an active key, or when the licence ends in less than `days` days.

    Where two outputs state two ends, and only one of them is far enough ahead, nobody knows which one holds.
    """
    key = ctx.get(_KEY)
    if key is not None and switch(key) is not True:
        stated = switch(key) is False
        evidence = [ctx.see(_KEY, "Yes", met=False if stated else None)]
        return ctx.failed("no_key", evidence) if stated else ctx.unknown("not_understood", evidence)
    hit = ctx.view.find(_END)
    if hit.reason is not None:
        return ctx.unknown(hit.reason, [ctx.see(_END)], area="info")
    end = instant_of(hit.value)
    if end is None:
        return ctx.unknown("not_understood", [ctx.see(_END)])
    days = ctx.params["days"]
    met = end - ctx.as_of >= timedelta(days=days)
    also = ctx.view.find(_ALSO)
    other = instant_of(also.value) if also.reason is None else None
    if other is not None and (other - ctx.as_of >= timedelta(days=days)) is not met:
        return ctx.unknown(Reason.CONFLICT, [ctx.see(_END), ctx.see(_ALSO)])
    evidence = [ctx.see(_END, f"{days} days or more ahead", met)]
    return ctx.passed(evidence) if met else ctx.failed("fail", evidence, end=end.date().isoformat())
