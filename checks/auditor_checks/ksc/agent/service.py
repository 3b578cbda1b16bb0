"""Whether the service of the Network Agent is protected: by its policy, and by the profiles that change it."""

from __future__ import annotations

from auditor.sdk import Context, Evidence, Judgement, Reason, SubjectView
from auditor.sdk.views import evidence_of, lock_of
from auditor_checks.ksc.estate import flag
from auditor_checks.ksc.policies.profiles import in_force, is_read, profiles_of

_PROTECTED = "section.KLNAG_SVCPRT.KLNAG_SVCPRT_PROTECT_NAGENT_SVC"
_AREA = "section.KLNAG_SVCPRT"


def judge(ctx: Context) -> Judgement:
    """Policy: the protection is on and locked, and no profile in use switches it off."""
    value, locked, reason = _stated(ctx.view)
    seen = _seen(ctx, value, locked, reason)
    if False in (value, locked):
        return ctx.failed(evidence=seen)
    if reason is not None:
        return ctx.unknown(reason, seen, area=_AREA)
    doubts: list[Evidence] = []
    profiles = profiles_of(ctx)
    for profile in profiles.used:
        off, evidence = _switches_off(profile)
        if off:
            return ctx.failed("profile", [*seen, evidence])
        doubts += [evidence] if off is None else []
    doubts += [profiles.doubt] if profiles.doubt is not None and not doubts else []
    return ctx.unknown("not_collected", [*seen, *doubts], area="profiles") if doubts else ctx.passed(seen)


def _seen(ctx: Context, value: bool | None, locked: bool | None, reason: Reason | None) -> list[Evidence]:
    """What the policy states about switch and lock; where the inputs contradict each other all sides."""
    if reason is Reason.CONFLICT:
        sides = ctx.view.statements(ctx.view.find(_PROTECTED))
        return [evidence_of(side, words) for words in ("Yes", "locked") for side in sides]
    note = "the export does not tell the lock" if value is not None and locked is None else ""
    return [ctx.see(_PROTECTED, "Yes", value), ctx.see(_PROTECTED, "locked", locked, note)]


def _stated(view: SubjectView) -> tuple[bool | None, bool | None, Reason | None]:
    """Whether the protection is on and whether its lock is closed; the reason where one of them is not known."""
    hit = view.find(_PROTECTED)
    if hit.part is None or hit.reason is not None:
        return None, None, hit.reason or Reason.KEY_ABSENT
    locks = {lock_of(side.part, side.path) for side in view.statements(hit) if side.part is not None}
    lock = locks.pop() if len(locks) == 1 else None
    value, locked = flag(hit.value), None if lock is None else lock.enforced
    if value is None:
        return value, locked, Reason.NOT_UNDERSTOOD
    if locked is None:
        return value, locked, Reason.CONFLICT if locks else Reason.KEY_ABSENT
    return value, locked, None


def _switches_off(profile: SubjectView) -> tuple[bool | None, Evidence]:
    """Whether a profile switches the protection off. It holds only what it changes; None where nothing tells."""
    note = f"profile {profile.ref.name}"
    value, _, _ = _stated(profile)
    evidence = profile.see(_PROTECTED, "Yes", value, note)
    if value is False:
        return (True if in_force(profile, profile.find(_PROTECTED), depth=1) else None), evidence
    silent = profile.find(_PROTECTED).reason in (Reason.NOT_COLLECTED, Reason.KEY_ABSENT)
    return (False if value or (silent and is_read(profile)) else None), evidence
