"""Licence keys against each other and against the number of devices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from auditor.sdk import Context, Evidence, Judgement, SubjectView
from auditor.sdk.operators import instant_of, text_of
from auditor_checks.ksc.estate import flag, gap_of, whole

_SUBSCRIPTION = 6
_PRODUCTION = frozenset({1, 5, _SUBSCRIPTION})
"""KLLIC_KEY_TYPE: commercial, OEM, subscription. Beta, trial and test keys (2, 3, 4) take nothing over."""


def judge_use(ctx: Context) -> Judgement:
    """Key: no more devices use it than it allows."""
    allowed, used = whole(ctx.get("licence.KLLIC_LIC_COUNT")), whole(ctx.get("licence.KLLIC_NHOSTS_ASCURRENT"))
    percent: int = ctx.params["percent"]
    seen = [ctx.see("licence.KLLIC_LIC_COUNT"), ctx.see("licence.KLLIC_NHOSTS_ASCURRENT")]
    if allowed is None or used is None:
        return ctx.unknown("key_absent", seen, area="licence")
    if allowed <= 0 or used < 0:
        # What a key without a limit states here is not documented.
        return ctx.unknown("not_understood", seen, area="licence")
    fine = used * 100 <= allowed * percent
    seen[1] = ctx.see("licence.KLLIC_NHOSTS_ASCURRENT", f"at most {percent} % of {allowed}", fine)
    return ctx.passed(seen) if fine else ctx.failed(evidence=seen, used=used, allowed=allowed)


def judge_reserve(ctx: Context) -> Judgement:
    """Key that ends soon: the repository holds a key of the same product that outlasts it, no trial, beta or test."""
    used, ends = whole(ctx.get("licence.KLLIC_NHOSTS_ASCURRENT")), instant_of(ctx.get("licence.KLLIC_LIMIT_DATE"))
    seen = [ctx.see("licence.KLLIC_LIMIT_DATE")]
    if used is None or ends is None:
        return ctx.unknown("key_absent", [*seen, ctx.see("licence.KLLIC_NHOSTS_ASCURRENT")], area="licence")
    subscription = whole(ctx.get("licence.KLLIC_KEY_TYPE")) == _SUBSCRIPTION
    ahead = timedelta(days=ctx.params["days"])
    if not used or subscription or ends - ctx.as_of > ahead:
        return ctx.not_applicable("precondition", seen)
    unclear: list[Evidence] = []
    names = _names(ctx.view)
    for other in ctx.once(_keys):
        if other.view.ref.key == ctx.subject.key:
            continue
        lasts = None if other.ends is None else other.ends > ends and other.ends - ctx.as_of > ahead
        fits = _all_of(_same_product(names, other.names), other.production, lasts)
        if fits:
            return ctx.passed([*seen, other.view.see("licence.KLLIC_LIMIT_DATE", "a later end", True)])
        if fits is None:
            unclear.append(other.view.see("licence.KLLIC_LIMIT_DATE", "a later end"))
    if (gap := gap_of(ctx, "licence")) is not None:
        return ctx.unknown("incomplete", [*seen, gap], area="licence")
    return ctx.unknown("key_absent", [*seen, *unclear], area="licence") if unclear else ctx.failed(evidence=seen)


@dataclass(frozen=True, slots=True)
class _Key:
    """What decides whether a key takes over: its end, its product, and whether its kind may."""

    view: SubjectView
    ends: datetime | None
    production: bool | None
    names: tuple[str | None, ...]


def _keys(ctx: Context) -> Sequence[_Key]:
    found = []
    for view in ctx.others("ksc.licence"):
        kind = whole(view.get("licence.KLLIC_KEY_TYPE"))
        ends = instant_of(view.get("licence.KLLIC_LIMIT_DATE"))
        found.append(_Key(view, ends, None if kind is None else kind in _PRODUCTION, _names(view)))
    return found


def _names(view: SubjectView) -> tuple[str | None, ...]:
    """What a key says of its application, None where it says nothing."""
    stated = (view.get("licence.KLLIC_APP_ID"), view.get("licence.KLLIC_PROD_NAME"))
    return tuple(None if value is None else text_of(value) for value in stated)


def _all_of(*facts: bool | None) -> bool | None:
    return False if False in facts else None if None in facts else True


def judge_distribution(ctx: Context) -> Judgement:
    """Server: each product with a valid key has one that is distributed automatically."""
    keys = ctx.others("ksc.licence")
    if not keys:
        return ctx.unknown("not_collected", area="licence")
    terms = [(key, instant_of(key.get("licence.KLLIC_LIMIT_DATE"))) for key in keys]
    valid = [key for key, ends in terms if ends is not None and ends > ctx.as_of]
    open_ends = [key.see("licence.KLLIC_LIMIT_DATE") for key, ends in terms if ends is None]
    if (gap := gap_of(ctx, "licence")) is not None:
        open_ends.append(gap)
    if not valid and open_ends:
        return ctx.unknown("incomplete" if gap is not None else "key_absent", open_ends, area="licence")
    if not valid:
        return ctx.not_applicable("precondition", [key.see("licence.KLLIC_LIMIT_DATE") for key in keys])
    products: dict[str, list[bool | None]] = {}
    for key in valid:
        name = key.get("licence.KLLIC_PROD_NAME")
        product = text_of(name) if isinstance(name, str) else ""
        products.setdefault(product, []).append(flag(key.get("licence.KLLICSRV_AUTOKEY")))
    seen = [key.see("licence.KLLICSRV_AUTOKEY", "true for one key of each product") for key in valid]
    without = [product for product, flags in sorted(products.items()) if True not in flags]
    if gap is not None or open_ends:
        # A key that is missing, or whose end is, may be the one that is distributed or the one that is not.
        return ctx.unknown("incomplete" if gap is not None else "key_absent", [*seen, *open_ends], area="licence")
    if any(None not in products[product] for product in without):
        return ctx.failed(evidence=seen, products=", ".join(without))
    return ctx.unknown("key_absent", seen, area="licence") if without or "" in products else ctx.passed(seen)


def _same_product(mine: Sequence[str | None], theirs: Sequence[str | None]) -> bool | None:
    """Whether two keys are for the same application; None when they name it in no common way."""
    pairs = [pair for pair in zip(mine, theirs, strict=True) if None not in pair]
    return any(own == other for own, other in pairs) if pairs else None
