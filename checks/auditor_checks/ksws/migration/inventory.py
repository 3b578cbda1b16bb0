"""Devices that run a product which the vendor replaces."""

from __future__ import annotations

from auditor.sdk import Context, Judgement
from auditor_checks.ksc.estate import devices_by_product


def judge(ctx: Context) -> Judgement:
    """Server: no device runs the product of the parameter."""
    counted = devices_by_product(ctx)
    if counted is None:
        return ctx.unknown("not_collected", [ctx.see("fleet.DevicesByProduct")], area="fleet")
    product: str = ctx.params["product"]
    devices = sum(counted.get(product.casefold(), {}).values())
    seen = ctx.see("fleet.DevicesByProduct", f"no device with {product}", not devices)
    return ctx.failed(evidence=[seen], devices=devices) if devices else ctx.passed([seen])
