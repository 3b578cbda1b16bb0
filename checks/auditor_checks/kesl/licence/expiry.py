"""How long the licence still runs."""

from __future__ import annotations

import re
from datetime import timedelta

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import instant_of, number_of, text_of
from auditor_checks.kesl.words import switch

_END, _KEY = "active_licence.expires", "licence.ActiveKeyPresent"
_ALSO = "info.LicenseExpirationDate"  # the later place of _END; outputs of two days may disagree
_REMAINING = "licence.DaysRemaining"
_STATUSES = ("licence.Status", "info.KeyStatus", "info.LicenseInformation")
_SILENT = (Reason.KEY_ABSENT, Reason.NOT_COLLECTED)
# the words of a key that works; those of expired, blocked and missing keys are not documented
_VALID = re.compile(r"(?:(?:the\s)?key\sis\s)?valid|(?:ключ\s)?действителен")


def runs_long_enough(ctx: Context) -> Judgement:
    """Fail without an active key, or when the licence ends in less than `days` days.

    Where two outputs state two ends, and only one of them is far enough ahead, nobody knows which one holds. Days that
    remain are counted when the output is made: fewer than `days` of them deny an end that is far enough ahead. A date
    proves nothing beside a key status that is not known to be a good one.
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
    doubt = _doubt(ctx, met=met)
    if doubt is not None:
        return doubt
    evidence = [ctx.see(_END, f"{days} days or more ahead", met)]
    return ctx.passed(evidence) if met else ctx.failed("fail", evidence, end=end.date().isoformat())


def _doubt(ctx: Context, *, met: bool) -> Judgement | None:
    """What other statements leave of the end: an unknown, or None where they agree with it or are silent."""
    days = ctx.params["days"]
    also = ctx.view.find(_ALSO)
    other = instant_of(also.value) if also.reason is None else None
    if other is not None and (other - ctx.as_of >= timedelta(days=days)) is not met:
        return ctx.unknown(Reason.CONFLICT, [ctx.see(_END), ctx.see(_ALSO)])
    if not met:
        return None
    remaining = number_of(ctx.get(_REMAINING))
    if remaining is not None and remaining < days:
        return ctx.unknown(Reason.CONFLICT, [ctx.see(_END), ctx.see(_REMAINING)])
    odd = [status for status in _STATUSES if not _is_valid(ctx, status)]
    if other is None and also.reason not in _SILENT:
        odd.append(_ALSO)
    return ctx.unknown("not_understood", [ctx.see(_END), *map(ctx.see, odd)]) if odd else None


def _is_valid(ctx: Context, status: str) -> bool:
    """Whether a status that is stated says that the key works; most outputs state only one of them."""
    hit = ctx.view.find(status)
    return hit.reason in _SILENT or (hit.reason is None and _VALID.fullmatch(text_of(hit.value)) is not None)
