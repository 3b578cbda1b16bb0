"""Handing in a request. The instant of the submission decides contract, terms and calendar for its whole life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.accounts.accounts import check_id
from auditor.accounts.incidents.commands import Act, CallMade, Submission, Terms, submit
from auditor.accounts.incidents.facts import Channel, Kind, RequestType
from auditor.accounts.incidents.offhours import call_to_action
from auditor.accounts.incidents.quota import Ledger, Override
from auditor.accounts.people import Assignment
from auditor.app.accounts import loading
from auditor.app.accounts.contacts import authorised
from auditor.app.actors import check_actor
from auditor.app.incidents.following import Outcome, Remark, outcome, route_to_somebody, told_of_quota
from auditor.app.incidents.staff import Office
from auditor.app.incidents.terms import ledger_at, new_terms
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.incidents.said import Said
    from auditor.accounts.programmes import Programmes
    from auditor.model.events import Event
    from auditor.store.store import Reading, Writing


@dataclass(frozen=True, slots=True)
class Opening:
    """A request as it is handed in.

    `reported_by` is contact:ID (or an ID of a contact) or person:ID. `kind` None: premium under a contract, standard
    without one. `contract` is needed only where several are in force. `override` allows a unit beyond the quota.
    """

    account: str
    title: str
    level: int
    reported_by: str
    channel: Channel = "portal"
    type: RequestType = "incident"
    kind: Kind | None = None
    description: str = ""
    product: str = ""
    product_version: str = ""
    contract: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)
    calls: Sequence[CallMade] = ()
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of it. `call` asks for a phone call as well; None when none is needed or one is recorded."""

    outcome: Outcome
    call: Said | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A submission that was appended and that nobody works on yet."""

    ident: str
    events: list[Event]
    terms: Terms
    remarks: list[Remark]


def open_incident(writing: Writing, opening: Opening, act: Act, programmes: Programmes) -> Opened:
    """Record a request under the contract in force at `act.at`, take a premium unit, give it to somebody.

    A submission by somebody who is not authorised is recorded and flagged. QuotaExhausted when no unit is left;
    RuleBroken where several contracts are in force and none is named, and for whatever else forbids it.
    """
    recorded = record(writing, opening, act, programmes)
    office = Office(writing)
    routing = route_to_somebody(writing, office, recorded.ident, act)
    events = [*recorded.events, *routing.events]
    made = outcome(writing, recorded.ident, events, [*recorded.remarks, *routing.remarks])
    told_of_quota(writing, office, made.incident, act)
    return Opened(made, None if opening.calls else call_to_action(recorded.terms, opening.level, act.at))


def record(writing: Writing, opening: Opening, act: Act, programmes: Programmes) -> Recorded:
    """The submission alone: what is fixed at its instant. For history, where nobody is given anything."""
    check_actor(writing, act.actor)
    terms = new_terms(writing, opening.account, act.at, programmes, opening.contract)
    submission = _submission(writing, opening, act, terms)
    premium = submission.kind == "premium" and bool(terms.policy.contract)
    ledger = ledger_at(writing, terms.policy, act.at) if premium else None
    events = submit(act, submission, terms, ledger, opening.override)
    remarks = [*_remarks(submission), *_quota_remarks(ledger, terms.policy.quota_period_uncertain)]
    appended = writing.append(*events)
    return Recorded(appended[0].subject, appended, terms, remarks)


def _submission(writing: Writing, opening: Opening, act: Act, terms: Terms) -> Submission:
    reporter = reporter_of(opening.reported_by)
    kind: Kind = opening.kind or ("premium" if terms.policy.contract and terms.policy.paid else "standard")
    return Submission(
        number=writing.next_number(),
        account=opening.account,
        title=opening.title,
        level=opening.level,
        reported_by=reporter,
        channel=opening.channel,
        type=opening.type,
        kind=kind,
        description=opening.description,
        product=opening.product,
        product_version=opening.product_version,
        authorised=_may_submit(writing, opening.account, reporter, act),
        request=opening.request,
        calls=tuple(opening.calls),
    )


def reporter_of(named: str) -> str:
    """contact:ID or person:ID; an id alone is a contact's. ContentError for anything that is no id."""
    kind, colon, ident = named.partition(":")
    if not colon:
        kind, ident = "contact", named
    check_id("whoever hands it in", ident if kind in {"contact", "person"} else named)
    return f"{kind}:{ident}"


def allowed(reading: Reading, actor: str, stated: tuple[str, str] | None) -> Override | None:
    """The override of a quota: who of the support side allows it ("" is whoever acts), and why; None without one.

    UsageProblem for somebody who is not there, or without a reason.
    """
    if stated is None:
        return None
    who, why = stated
    if not why.strip():
        raise UsageProblem("why the quota is overridden is missing", hint="--override-quota person:ID WHY")
    if not who:
        return Override(actor, why)
    return Override(f"person:{loading.load_person(reading, who.removeprefix('person:')).id}", why)


def _may_submit(writing: Writing, account: str, reporter: str, act: Act) -> bool:
    """Authorised contacts may, and so may those of the support side who look after the account."""
    kind, _, ident = reporter.partition(":")
    if kind == "contact":
        return authorised(writing, account, ident, act.at)
    assignments: list[Assignment] = loading.assignments_of(writing, account)
    return any(one.person == ident and one.in_force(act.at) for one in assignments)


def _remarks(submission: Submission) -> list[Remark]:
    if submission.authorised:
        return []
    message = f"{submission.reported_by} is not an authorised contact of {submission.account} at this time"
    hint = "the request is recorded all the same; check who sent it, or add the contact: auditor contact add"
    return [Remark("unauthorised_contact", message, hint)]


def _quota_remarks(ledger: Ledger | None, uncertain: bool) -> list[Remark]:
    """That a share of the units is used up by this request (RULE-QUO-4); marked where the period is uncertain."""
    warned = ledger.warnings_after(1) if ledger is not None else ()
    if ledger is None or not warned:
        return []
    used = ledger.used + 1
    period = f"{ledger.period.first}{' (uncertain)' if uncertain else ''}"
    message = f"{used} of {ledger.limit} premium requests of the period from {period} are used"
    hint = "the next ones need a decision: standard, or an override" if used >= (ledger.limit or 0) else ""
    return [Remark(f"quota_{warned[-1] * 100:.0f}", message, hint)]
