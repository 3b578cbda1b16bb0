"""Licence keys against each other and against the number of devices."""

from __future__ import annotations

from datetime import timedelta

from auditor.sdk import Context, Judgement, SubjectView
from auditor.sdk.operators import instant_of, text_of
from auditor_checks.ksc.estate import flag, whole

_SUBSCRIPTION = 6


def judge_use(ctx: Context) -> Judgement:
    """Key: no more devices use it than it allows."""
    allowed, used = whole(ctx.get("licence.KLLIC_LIC_COUNT")), whole(ctx.get("licence.KLLIC_NHOSTS_ASCURRENT"))
    percent: int = ctx.params["percent"]
    seen = [ctx.see("licence.KLLIC_LIC_COUNT"), ctx.see("licence.KLLIC_NHOSTS_ASCURRENT")]
    if allowed is None or used is None:
        return ctx.unknown("key_absent", seen, area="licence")
    if allowed <= 0:
        # What a key without a limit states here is not documented.
        return ctx.unknown("not_understood", seen, area="licence")
    fine = used * 100 <= allowed * percent
    seen[1] = ctx.see("licence.KLLIC_NHOSTS_ASCURRENT", f"at most {percent} % of {allowed}", fine)
    return ctx.passed(seen) if fine else ctx.failed(evidence=seen, used=used, allowed=allowed)


def judge_reserve(ctx: Context) -> Judgement:
    """Key that ends soon: a later key for the same product is in the repository or on devices as reserve."""
    used, ends = whole(ctx.get("licence.KLLIC_NHOSTS_ASCURRENT")), instant_of(ctx.get("licence.KLLIC_LIMIT_DATE"))
    seen = [ctx.see("licence.KLLIC_LIMIT_DATE")]
    if used is None or ends is None:
        return ctx.unknown("key_absent", [*seen, ctx.see("licence.KLLIC_NHOSTS_ASCURRENT")], area="licence")
    subscription = whole(ctx.get("licence.KLLIC_KEY_TYPE")) == _SUBSCRIPTION
    if not used or subscription or ends - ctx.as_of > timedelta(days=ctx.params["days"]):
        return ctx.not_applicable("precondition", seen)
    unclear = False
    for other in ctx.others("ksc.licence"):
        if other.ref.key == ctx.subject.key:
            continue
        same, later = _same_product(ctx, other), instant_of(other.get("licence.KLLIC_LIMIT_DATE"))
        if same and later is not None and later > ends:
            return ctx.passed([*seen, other.see("licence.KLLIC_LIMIT_DATE", "a later end", True)])
        unclear = unclear or same is None or (same and later is None)
    return ctx.unknown("key_absent", seen, area="licence") if unclear else ctx.failed(evidence=seen)


def judge_distribution(ctx: Context) -> Judgement:
    """Server: each product with a valid key has one that is distributed automatically."""
    keys = ctx.others("ksc.licence")
    if not keys:
        return ctx.unknown("not_collected", area="licence")
    valid = [key for key in keys if (ends := instant_of(key.get("licence.KLLIC_LIMIT_DATE"))) and ends > ctx.as_of]
    if not valid:
        return ctx.not_applicable("precondition", [key.see("licence.KLLIC_LIMIT_DATE") for key in keys])
    products: dict[str, list[bool | None]] = {}
    for key in valid:
        product = text_of(key.get("licence.KLLIC_PROD_NAME", ""))
        products.setdefault(product, []).append(flag(key.get("licence.KLLICSRV_AUTOKEY")))
    seen = [key.see("licence.KLLICSRV_AUTOKEY", "true for one key of each product") for key in valid]
    without = [product for product, flags in sorted(products.items()) if True not in flags]
    if any(None not in products[product] for product in without):
        return ctx.failed(evidence=seen, products=", ".join(without))
    return ctx.unknown("key_absent", seen, area="licence") if without or "" in products else ctx.passed(seen)


def _same_product(ctx: Context, other: SubjectView) -> bool | None:
    """Whether two keys are for the same application; None when neither names one."""
    known = False
    for setting in ("licence.KLLIC_APP_ID", "licence.KLLIC_PROD_NAME"):
        mine, theirs = ctx.get(setting), other.get(setting)
        if mine is None or theirs is None:
            continue
        if text_of(mine) == text_of(theirs):
            return True
        known = True
    return False if known else None
