"""How long a policy has events stored on the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from auditor.sdk import Context, Evidence, Judgement, Reason
from auditor.sdk.views import ABSENT, Hit, evidence_of
from auditor_checks.ksc.estate import whole

_LISTS = ("ksc_policy.events.critical", "ksc_policy.events.failures")
_DAYS, _TYPE = "KLEVP_ND_DAYS_TO_STORE_EVENT", "KLEVP_ND_EVETN_TYPE"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Term:
    """One event type and the days it is stored; None when that is not told."""

    event: str
    days: int | None
    seen: Evidence


def judge(ctx: Context) -> Judgement:
    """Policy: every critical and failure event type is stored for `days` or longer. An empty list proves nothing."""
    days: int = ctx.params["days"]
    terms: list[Term] = []
    doubts: list[tuple[Reason, Evidence]] = []
    for setting in _LISTS:
        hit = ctx.view.find(setting)
        if hit.reason is not None or not isinstance(hit.value, list) or not hit.value:
            note = "an empty list" if hit.value == [] else ""
            doubts.append((hit.reason or Reason.NOT_UNDERSTOOD, evidence_of(hit, note=note)))
        else:
            terms.extend(_terms(hit, days))
    short = sorted((term for term in terms if term.days is not None and term.days < days), key=_order)
    if short:
        seen = [term.seen for term in short[:_SHOWN]]
        return ctx.failed(evidence=seen, event=short[0].event, stored=short[0].days)
    doubts.extend((Reason.KEY_ABSENT, term.seen) for term in terms if term.days is None)
    if doubts:
        evidence = [seen for _, seen in doubts[:_SHOWN]]
        return ctx.unknown(doubts[0][0], evidence, area="section.KLEVP_NF_SECTION")
    return ctx.passed([term.seen for term in terms[:_SHOWN]])


def _terms(hit: Hit, days: int) -> Iterator[Term]:
    for index, item in enumerate(hit.value):
        raw = item.get(_DAYS) if isinstance(item, Mapping) else None
        stored = whole(raw)
        place = replace(hit, value=raw, raw=ABSENT if raw is None else raw, path=(*hit.path, index, _DAYS))
        event = str(item.get(_TYPE, "of an unnamed type")) if isinstance(item, Mapping) else "of an unnamed type"
        met = None if stored is None else stored >= days
        yield Term(event, stored, evidence_of(place, f"at least {days}", met, event))


def _order(term: Term) -> tuple[int, str]:
    return term.days or 0, term.event
