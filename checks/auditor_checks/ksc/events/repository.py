"""How full the event repository is."""

from __future__ import annotations

from auditor.sdk import Context, Judgement
from auditor_checks.ksc.estate import whole


def judge(ctx: Context) -> Judgement:
    """Server: the number of stored events stays below a share of the maximum."""
    percent: int = ctx.params["percent"]
    stored, maximum = whole(ctx.get("database.DBEventsCount")), whole(ctx.get("limits.3"))
    limit = ctx.see("limits.3")
    if stored is None or stored < 0 or maximum is None or maximum <= 0:
        missing = "database" if stored is None else "limits"
        strange = (maximum is not None and maximum <= 0) or (stored is not None and stored < 0)
        reason = "not_understood" if strange else _missing(ctx, missing)
        return ctx.unknown(reason, [ctx.see("database.DBEventsCount"), limit], area=missing)
    fine = stored * 100 < maximum * percent
    seen = [ctx.see("database.DBEventsCount", f"less than {percent} % of {maximum}", fine), limit]
    return ctx.passed(seen) if fine else ctx.failed(evidence=seen, stored=stored, maximum=maximum)


def _missing(ctx: Context, area: str) -> str:
    return "key_absent" if ctx.has(area) else "not_collected"
