"""Whether events outlive the host they happened on."""

from __future__ import annotations

from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of
from auditor_checks.kesl.words import switch

_SYSLOG, _POLICY = "app.UseSyslog", "info.Policy"


def leave_the_host(ctx: Context) -> Judgement:
    """Pass with syslog on; fail with syslog off and no policy of Security Center; else it cannot be said."""
    syslog, policy = ctx.view.find(_SYSLOG), ctx.view.find(_POLICY)
    if syslog.reason is not None:
        return ctx.unknown(syslog.reason, [ctx.see(_SYSLOG, "Yes")], area="app")
    on = switch(syslog.value)
    if on:
        return ctx.passed([ctx.see(_SYSLOG, "Yes", met=True)])
    if on is None:
        return ctx.unknown("not_understood", [ctx.see(_SYSLOG, "Yes")])
    if policy.reason is not None:
        return ctx.unknown(policy.reason, [ctx.see(_SYSLOG, "Yes"), ctx.see(_POLICY)], area="info")
    if text_of(policy.value) == "not applied":
        return ctx.failed("fail", [ctx.see(_SYSLOG, "Yes", met=False), ctx.see(_POLICY)])
    note = "a policy is applied; whether Security Center takes the events over is in no export"
    return ctx.unknown("no_mapping", [ctx.see(_SYSLOG, "Yes"), ctx.see(_POLICY, note=note)])
