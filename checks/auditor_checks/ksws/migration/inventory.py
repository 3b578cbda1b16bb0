"""Devices that run a product which the vendor replaces."""

from __future__ import annotations

from auditor.sdk import Context, Judgement
from auditor_checks.ksc.estate import products_of


def judge(ctx: Context) -> Judgement:
    """Server: no device runs the product of the parameter."""
    products = ctx.once(products_of)
    if products is None:
        return ctx.unknown("not_collected", [ctx.see("fleet.DevicesByProduct")], area="fleet")
    product: str = ctx.params["product"]
    devices = sum(products.counts.get(product.casefold(), {}).values())
    seen = ctx.see("fleet.DevicesByProduct", f"no device with {product}", not devices)
    if devices:
        return ctx.failed(evidence=[seen], devices=devices)
    if not products.complete:
        return ctx.unknown("incomplete", [ctx.see("fleet.ProductsUnknown", "0")], area="row")
    return ctx.passed([seen])
