"""Tasks of a Security Center group: what they do on a host need not stand in its exports."""

from __future__ import annotations

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.operators import text_of

_POLICY = "info.Policy"


def unless_by_group(ctx: Context, failed: Judgement, note: str) -> Judgement:
    """A failing verdict, or unknown where a policy of Security Center is applied: a task of the group may do it."""
    policy = ctx.view.find(_POLICY)
    applied = policy.reason is None and text_of(policy.value) != "not applied"
    if not applied and policy.reason is not Reason.CONFLICT:
        return failed
    return ctx.unknown(policy.reason or Reason.NO_MAPPING, [*failed.evidence, ctx.see(_POLICY, note=note)])
