"""How long a policy, and the profiles that change it, have events stored on the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from auditor.sdk import Context, Evidence, Judgement, Reason, SubjectView
from auditor.sdk.views import ABSENT, Hit, evidence_of, place_in
from auditor_checks.ksc.estate import whole
from auditor_checks.ksc.policies.profiles import in_force, is_read, profiles_of

_LISTS = ("ksc_policy.events.critical", "ksc_policy.events.failures")
_DAYS, _TYPE = "KLEVP_ND_DAYS_TO_STORE_EVENT", "KLEVP_ND_EVETN_TYPE"
_OWN, _PROFILES = "section.KLEVP_NF_SECTION", "profiles"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Term:
    """One event type and the days it is stored, None when that is not told; `sure` where it certainly holds."""

    event: str
    days: int | None
    seen: Evidence
    sure: bool = True


Doubt = tuple[Reason, str, Evidence]
"""Why something is not known, the area that would tell, and what was seen instead."""


def judge(ctx: Context) -> Judgement:
    """Policy: every critical and failure event type is stored for `days` or longer, also where a profile is active.

    An empty list proves nothing.
    """
    days: int = ctx.params["days"]
    profiles = profiles_of(ctx)
    found = [*_own(ctx.view, days), *(item for profile in profiles.used for item in _changed(profile, days))]
    terms = [item for item in found if isinstance(item, Term)]
    short = sorted((term for term in terms if term.days is not None and term.days < days), key=_order)
    certain = [term for term in short if term.sure]
    if certain:
        seen = [term.seen for term in certain[:_SHOWN]]
        return ctx.failed(evidence=seen, event=certain[0].event, stored=certain[0].days)
    doubts = [item for item in found if not isinstance(item, Term)]
    unstated = [term.seen for term in terms if term.days is None]
    doubts += [(Reason.KEY_ABSENT, _PROFILES if seen.file else _OWN, seen) for seen in unstated]
    doubts += [(Reason.NOT_COLLECTED, _PROFILES, term.seen) for term in short]
    if profiles.doubt is not None:
        doubts.append((Reason.NOT_COLLECTED, _PROFILES, profiles.doubt))
    if doubts:
        reason, area, _ = doubts[0]
        return ctx.unknown(reason, [seen for _, _, seen in doubts[:_SHOWN]], area=area)
    return ctx.passed([term.seen for term in terms[:_SHOWN]])


def _own(policy: SubjectView, days: int) -> Iterator[Term | Doubt]:
    for setting in _LISTS:
        hit = policy.find(setting)
        if hit.reason is not None or not isinstance(hit.value, list) or not hit.value:
            note = "an empty list" if hit.value == [] else ""
            yield hit.reason or Reason.NOT_UNDERSTOOD, _OWN, evidence_of(hit, note=note)
        else:
            yield from _terms(hit, days)


def _changed(profile: SubjectView, days: int) -> Iterator[Term | Doubt]:
    """What a profile states instead: it holds only what it changes."""
    note = f"profile {profile.ref.name}"
    for setting in _LISTS:
        hit = profile.find(setting)
        if hit.reason in (Reason.KEY_ABSENT, Reason.NOT_COLLECTED) and is_read(profile):
            continue
        if hit.reason is not None or not isinstance(hit.value, list) or not hit.value:
            reason = Reason.NOT_UNDERSTOOD if hit.value == [] else Reason.NOT_COLLECTED
            yield reason, _PROFILES, profile.see(setting, note=note)
            continue
        sure = in_force(profile, hit, depth=1)
        for term in _terms(hit, days):
            yield replace(term, seen=_apart(term.seen, hit, note), sure=sure)


def _terms(hit: Hit, days: int) -> Iterator[Term]:
    for index, item in enumerate(hit.value):
        raw = item.get(_DAYS) if isinstance(item, Mapping) else None
        stored = whole(raw)
        place = replace(hit, value=raw, raw=ABSENT if raw is None else raw, path=(*hit.path, index, _DAYS))
        event = str(item.get(_TYPE, "of an unnamed type")) if isinstance(item, Mapping) else "of an unnamed type"
        met = None if stored is None else stored >= days
        yield Term(event, stored, evidence_of(place, f"at least {days}", met, event))


def _apart(seen: Evidence, hit: Hit, note: str) -> Evidence:
    """The same evidence for a reader of the policy's verdict: it names the profile, and its file itself."""
    if hit.part is None or seen.path is None:
        return replace(seen, note=note)
    return replace(seen, path=None, file=hit.part.file, place=place_in(hit.part, seen.path), note=note)


def _order(term: Term) -> tuple[int, str]:
    return term.days or 0, term.event
