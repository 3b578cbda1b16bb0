"""Which ports are monitored."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of
from auditor_checks.kesl.words import field

_MODE, _PORTS = "net.MonitorNetworkPorts", "net.NetworkPorts"
_RANGE = re.compile(r"^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$")


def all_monitored(ctx: Context) -> Judgement:
    """Pass when all ports are monitored, or when the selected ones hold every port that the site needs."""
    mode = ctx.view.find(_MODE)
    if mode.reason is not None:
        return ctx.unknown(mode.reason, [ctx.see(_MODE)], area="net")
    word = text_of(mode.value)
    if word == "all":
        return ctx.passed([ctx.see(_MODE, "All, or every needed port", True)])
    if word != "selected":
        return ctx.unknown("not_understood", [ctx.see(_MODE)])
    listed = ctx.view.find(_PORTS)
    if listed.reason is not None:
        return ctx.unknown(listed.reason, [ctx.see(_MODE), ctx.see(_PORTS)], area="net")
    ranges = [_range(item) for item in listed.value] if isinstance(listed.value, list) else [None]
    if None in ranges:
        return ctx.unknown("not_understood", [ctx.see(_PORTS)])
    known = [item for item in ranges if item is not None]
    missing = [port for port in ctx.params["ports"] if not any(low <= port <= high for low, high in known)]
    evidence = [ctx.see(_MODE), ctx.see(_PORTS, f"with {', '.join(map(str, ctx.params['ports']))}", not missing)]
    return ctx.failed("fail", evidence, port=missing[0]) if missing else ctx.passed(evidence)


def _range(item: Any) -> tuple[int, int] | None:
    """First and last port of an entry such as `443` or `8000-8010`; None when it is not understood."""
    return _range_of(str(field(item, "Port")))


@lru_cache(1024)  # the same few ports stand in every list
def _range_of(text: str) -> tuple[int, int] | None:
    found = _RANGE.match(text.strip())
    return (int(found[1]), int(found[2] or found[1])) if found else None
