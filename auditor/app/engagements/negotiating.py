"""Agreeing on a Health Check: request, proposals, circumstances, agreement of both sides, moving, cancelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditor.accounts.accounts import check_language
from auditor.app.accounts import loading
from auditor.app.accounts.saving import Act, Subject, next_id
from auditor.app.actors import check_actor
from auditor.app.engagements.circles import STREAM, circle_of, entitling_contracts, load_engagement, tam_of
from auditor.calendars.zones import load_zone
from auditor.engagement.rules import (
    RULES,
    Circle,
    Objection,
    feasible,
    first_feasible,
    local_day,
    objections,
    proposals,
)
from auditor.engagement.state import OPEN, REQUIRED, Engagement, Side
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import NewEvent, digest

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.store.store import Reading, Writing

NEGOTIABLE = ("requested", "negotiating", "agreed")


@dataclass(frozen=True, slots=True)
class Offer:
    """The first feasible days, and what speaks against each nearer day."""

    days: list[date]
    against: list[tuple[date, list[Objection]]]


def request(writing: Writing, account: str, values: Mapping[str, Any], programmes: Programmes, act: Act) -> Engagement:
    """Open an engagement. `values` may name zone, tam, by, language, and preferred (from, to) dates.

    RuleBroken when no contract of the account ever includes a Health Check, or when one is being negotiated already.
    """
    check_actor(writing, act.actor)
    customer = loading.load_account(writing, account)
    entitled = entitling_contracts(writing, customer, programmes)
    if not entitled:
        raise RuleBroken(
            f"no contract of {account} is known to include a Health Check",
            hint="see  auditor contract show ID ; a contract can agree on it as an override of its entitlements",
        )
    for ident, other in writing.documents(STREAM, account=account).items():
        if other["state"] in {"requested", "negotiating"}:
            raise RuleBroken(f"{ident} is still being negotiated", hint=f"auditor engagement show {ident}")
    zone = load_zone(values.get("zone") or customer.time_zone)
    language = values.get("language") or customer.languages[0]
    check_language(language)
    today = local_day(act.at, zone)
    current = next((one for one in entitled if one.valid_to > today), entitled[-1])
    ident = next_id(writing, STREAM, "HC")
    tam = values.get("tam") or tam_of(writing, account, act.at)
    payload = {
        "contract": current.id,
        "zone": zone.key,
        "tam": tam,
        "by": values.get("by") or act.actor,
        "language": language,
        "preferred": values.get("preferred"),
    }
    loading.load_person(writing, tam)
    append(writing, Subject(STREAM, ident, account), "requested", payload, act)
    return load_engagement(writing, ident)


def offer(reading: Reading, ident: str, programmes: Programmes, at: datetime, count: int = 3) -> Offer:
    """The first feasible days if both sides agreed today."""
    found = load_engagement(reading, ident)
    require(found, NEGOTIABLE, "propose days for")
    circle = circle_of(reading, found, programmes, at)
    today = local_day(at, circle.zone)
    good, against = proposals(today, circle, count)
    wished = preferred_days(found.preferred, today, circle)[:count]
    return Offer([*wished, *(day for day in good if day not in wished)][:count], against)


def preferred_days(preferred: Mapping[str, str], today: date, circle: Circle) -> list[date]:
    """The feasible days of the time that was asked for; none when no time was."""
    if not preferred:
        return []
    first = max(today, date.fromisoformat(preferred.get("from") or today.isoformat()))
    last = min(circle.last_day, date.fromisoformat(preferred.get("to") or circle.last_day.isoformat()))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if feasible(day, today, circle)]


def propose(writing: Writing, ident: str, programmes: Programmes, act: Act, count: int = 3) -> Offer:
    """`offer`, written down as what was proposed."""
    found = load_engagement(writing, ident)
    made = offer(writing, ident, programmes, act.at, count)
    payload = {
        "days": [day.isoformat() for day in made.days],
        "against": [
            {"day": day.isoformat(), "rules": [objection.rule for objection in against]}
            for day, against in made.against
        ],
    }
    append(writing, Subject(STREAM, ident, found.account), "proposed", payload, act)
    return made


def set_circumstances(writing: Writing, ident: str, changes: Mapping[str, Any], act: Act) -> Engagement:
    """Change what is named of the circumstances; a real change of agreed ones sends it back to negotiating."""
    found = load_engagement(writing, ident)
    require(found, NEGOTIABLE, "change the circumstances of")
    unknown = sorted(set(changes) - set(REQUIRED))
    if unknown:
        raise UsageProblem(f"circumstances have no {unknown[0]!r}", hint=f"there are {', '.join(REQUIRED)}")
    if changes.get("language"):
        check_language(changes["language"])
    circumstances = {**found.circumstances, **changes}
    ident_of = digest(circumstances)
    if ident_of == found.circumstances_hash:
        return found
    payload = {"circumstances": circumstances, "hash": ident_of}
    append(writing, Subject(STREAM, ident, found.account), "circumstances_set", payload, act)
    return load_engagement(writing, ident)


@dataclass(frozen=True, slots=True)
class Consent:
    """What a side agrees to. `at` is when it did (UTC), `by` who."""

    side: Side
    by: str
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class TakenOn:
    """A rule that a named person sets aside, and why."""

    rule: str
    by: str
    reason: str


def agree(writing: Writing, ident: str, consent: Consent, programmes: Programmes, act: Act) -> Engagement:
    """Record that a side agrees. RuleBroken names every rule that the day breaks, and the first day that would do.

    The notice counts from the later of both agreements: the first may be recorded for any day that this side's own
    agreement allows, the second is measured again.
    """
    found = load_engagement(writing, ident)
    require(found, NEGOTIABLE, "agree on")
    if found.missing:
        raise RuleBroken(
            f"the circumstances of {ident} are not complete: {', '.join(found.missing)}",
            hint=f"auditor engagement agree {ident} " + " ".join(f"--{name} ..." for name in found.missing),
        )
    if consent.at > act.at:
        raise UsageProblem("an agreement cannot lie in the future", hint="leave --at out, or name an earlier time")
    circle = circle_of(writing, found, programmes, consent.at)
    other = [one.at for one in found.agreements if one.side != consent.side and one.day == consent.day]
    agreed = local_day(max([consent.at, *other]), circle.zone)
    _refuse(found, consent.day, agreed, circle)
    payload = {
        "side": consent.side,
        "by": consent.by,
        "day": consent.day.isoformat(),
        "circumstances": found.circumstances_hash,
    }
    append(writing, Subject(STREAM, ident, found.account), "agreed", payload, Act(act.actor, consent.at))
    return load_engagement(writing, ident)


def reschedule(writing: Writing, ident: str, reason: str, act: Act, day: date | None = None) -> Engagement:
    """Take the agreed day back: both sides agree anew, and the two weeks start again."""
    found = load_engagement(writing, ident)
    require(found, NEGOTIABLE, "move")
    _require_text(reason, "reason")
    payload = {"day": None if day is None else day.isoformat(), "reason": reason}
    append(writing, Subject(STREAM, ident, found.account), "rescheduled", payload, act)
    return load_engagement(writing, ident)


def cancel(writing: Writing, ident: str, reason: str, act: Act) -> Engagement:
    """End it before it began; the entitlement stays."""
    found = load_engagement(writing, ident)
    require(found, NEGOTIABLE, "cancel")
    _require_text(reason, "reason")
    append(writing, Subject(STREAM, ident, found.account), "cancelled", {"reason": reason}, act)
    return load_engagement(writing, ident)


def override(writing: Writing, ident: str, taken: TakenOn, act: Act) -> Engagement:
    """Set a rule aside for this engagement: a named person takes it on, and the report says so."""
    found = load_engagement(writing, ident)
    if found.state not in OPEN:
        raise RuleBroken(f"{ident} is {found.state}")
    if taken.rule not in (*RULES, "window"):
        raise UsageProblem(f"there is no rule {taken.rule!r}", hint=f"there are {', '.join((*RULES, 'window'))}")
    _require_text(taken.by, "by")
    _require_text(taken.reason, "reason")
    payload = {"rule": taken.rule, "by": taken.by, "reason": taken.reason}
    append(writing, Subject(STREAM, ident, found.account), "overridden", payload, act)
    return load_engagement(writing, ident)


@dataclass(frozen=True, slots=True)
class Change:
    """Who is to hold it instead, and why."""

    tam: str
    reason: str


def change_tam(writing: Writing, ident: str, change: Change, programmes: Programmes, act: Act) -> Engagement:
    """Another person holds the engagement. RuleBroken when an agreed day is none of that person's."""
    found = load_engagement(writing, ident)
    require(found, NEGOTIABLE, "change the TAM of")
    loading.load_person(writing, change.tam)
    _require_text(change.reason, "reason")
    if found.agreed_at is not None and found.start_day is not None:
        circle = circle_of(writing, replace(found, tam=change.tam), programmes, act.at)
        _refuse(found, found.start_day, local_day(found.agreed_at, circle.zone), circle)
    payload = {"tam": change.tam, "reason": change.reason}
    append(writing, Subject(STREAM, ident, found.account), "tam_changed", payload, act)
    return load_engagement(writing, ident)


def _refuse(found: Engagement, day: date, agreed: date, circle: Circle) -> None:
    """RuleBroken for the objections that nobody has taken on."""
    against = [one for one in objections(day, agreed, circle) if found.overridden(one.rule) is None]
    if not against:
        return
    from auditor.app.engagements.wording import objection_words

    first = first_feasible(agreed, circle)
    does = f"{first.isoformat()} is the first day that would do" if first else "no day is known that would do"
    raise RuleBroken(
        f"{found.id} cannot take place on {day.isoformat()}: " + "; ".join(objection_words(one) for one in against),
        hint=f"{does}; a named person may take it on: auditor engagement override {found.id} "
        f"--rule {against[0].rule} --by PERSON --reason ...",
    )


def require(found: Engagement, states: tuple[str, ...], what: str) -> None:
    """RuleBroken when the engagement is in none of the states; `what` is what one cannot do then."""
    if found.state not in states:
        raise RuleBroken(f"one cannot {what} {found.id}: it is {found.state.replace('_', ' ')}")


def _require_text(text: str, name: str) -> None:
    if not text.strip():
        raise UsageProblem(f"the {name} is missing", hint=f"state --{name}")


def append(writing: Writing, subject: Subject, kind: str, payload: Mapping[str, Any], act: Act) -> None:
    """Append an event of an engagement; UsageProblem for one before the request."""
    check_actor(writing, act.actor)
    before = writing.events(subject.stream, subject.id)
    if before and act.at < before[0].at:
        raise UsageProblem(f"{subject.id} was requested only later", hint="name a time after the request")
    writing.append(NewEvent(subject.stream, subject.id, kind, act.at, act.actor, payload, subject.account))
