"""Whether scans may take more memory than the process."""

from __future__ import annotations

from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import number_of

_SCAN, _PROCESS = "ini.ScanMemoryLimit", "ini.MaxMemory"


def scan_limit_below_process_limit(ctx: Context) -> Judgement:
    """Compare the two limits of kesl.ini.

    The documentation names MaxMemory without its unit and allows keywords: only a positive number is compared, taken
    as MB like ScanMemoryLimit.
    """
    numbers = []
    for setting in (_SCAN, _PROCESS):
        hit = ctx.view.find(setting)
        if hit.reason is not None:
            return ctx.unknown(hit.reason, [ctx.see(setting)], area="ini")
        number = number_of(hit.value)
        if number is None or number <= 0:
            return ctx.unknown("not_understood", [ctx.see(setting, "a number above 0")])
        numbers.append(number)
    scan, process = numbers
    below = scan < process
    evidence = [ctx.see(_SCAN, f"less than {process:g}", below), ctx.see(_PROCESS)]
    return ctx.passed(evidence) if below else ctx.failed("fail", evidence, scan=f"{scan:g}", process=f"{process:g}")
