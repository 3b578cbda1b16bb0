"""Which ports are monitored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.looks import Question, asks
from auditor.sdk.operators import text_of
from auditor_checks.kesl.words import field

_MODE, _PORTS = "net.MonitorNetworkPorts", "net.NetworkPorts"
_RANGE = re.compile(r"^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$")


def _questions(params: Mapping[str, Any]) -> Mapping[str, Sequence[Question]]:
    return {_MODE: [text_of], _PORTS: [], f"{_PORTS}[].PortName": [], f"{_PORTS}[].Port": [_held(params["ports"])]}


@asks(_questions)
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
    held = _held(ctx.params["ports"])
    found = [held(str(field(item, "Port"))) for item in listed.value] if isinstance(listed.value, list) else [None]
    if None in found:
        return ctx.unknown("not_understood", [ctx.see(_PORTS)])
    missing = [port for port in ctx.params["ports"] if not any(port in ports for ports in found if ports)]
    evidence = [ctx.see(_MODE), ctx.see(_PORTS, f"with {', '.join(map(str, ctx.params['ports']))}", not missing)]
    return ctx.failed("fail", evidence, port=missing[0]) if missing else ctx.passed(evidence)


def _held(ports: Sequence[int]) -> Callable[[str], tuple[int, ...] | None]:
    """Tells which of the ports an entry such as `443` or `8000-8010` holds; None when it is not understood."""

    def held(text: str) -> tuple[int, ...] | None:
        found = _RANGE.match(text.strip())
        if found is None:
            return None
        low, high = int(found[1]), int(found[2] or found[1])
        return tuple([port for port in ports if low <= port <= high])

    return held
