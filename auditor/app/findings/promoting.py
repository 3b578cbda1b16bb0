"""Requests made from findings: proposed by the tool, opened by a person, linked both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from auditor.accounts.incidents import commands
from auditor.accounts.incidents.acts import Act as IncidentAct
from auditor.accounts.incidents.documents import clock_document
from auditor.accounts.incidents.rows import summary
from auditor.app.accounts.saving import Act
from auditor.app.actors import check_actor
from auditor.app.findings import known
from auditor.app.findings.request_words import description_of, title_of
from auditor.app.findings.settling import is_open
from auditor.app.incidents import views as incident_views
from auditor.app.incidents.opening import Opening, open_incident
from auditor.engagement.promotion import Bundle, Candidate, bundles
from auditor.errors import RuleBroken, UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.incidents.facts import Kind
    from auditor.accounts.programmes import Programmes
    from auditor.app.incidents.following import Outcome
    from auditor.engagement.findings import Finding
    from auditor.store.store import Reading, Writing

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Promotion:
    """What becomes requests. `findings` are those named, none for all that are open; `kind` is standard unless chosen.

    `reported_by` is the contact or person who hands them in, `contract` is needed where several are in force,
    `language` that of titles and descriptions.
    """

    account: str
    engagement: str = ""
    findings: tuple[Finding, ...] = ()
    kind: Kind = "standard"
    reported_by: str = ""
    contract: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Plan:
    """Requests that would be made, and open findings that are left out: in an open request already, or accepted."""

    bundles: tuple[Bundle, ...]
    findings: Mapping[str, Finding]
    promoted: tuple[Finding, ...]
    waived: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a plan, opened or drafted: as incident commands show it, with its quota of premium units."""

    bundle: Bundle
    title: str
    incident: Json
    clock: Json
    quota: Json | None
    remarks: tuple[Json, ...]


def plan(reading: Reading, wanted: Promotion, act: Act) -> Plan:
    """Bundle findings into as few requests as make sense.

    RuleBroken for a named finding that is closed, accepted, or part of an open request already (INV-8).
    """
    from auditor.app.findings.judging import today_of

    today = today_of(reading, wanted.account, act)
    held = cache(partial(is_open, reading))
    chosen, promoted, waived = [], [], []
    for found in wanted.findings or _all_open(reading, wanted):
        problem = ""
        if not found.is_open:
            problem = "is not open"
        elif held(found.incident):
            problem = f"is part of {found.incident} already"
            promoted.append(found)
        elif found.waiver is not None and found.waiver.holds(today):
            problem = f"is accepted until {found.waiver.expires}"
            waived.append(found)
        else:
            chosen.append(found)
        if problem and wanted.findings:
            raise RuleBroken(
                f"{found.id[: known.SHOWN]} {problem}", hint=f"auditor finding show {found.id[: known.SHOWN]}"
            )
    made = bundles(_candidate(found) for found in chosen)
    return Plan(tuple(made), {found.id: found for found in chosen}, tuple(promoted), tuple(waived))


def open_requests(writing: Writing, made: Plan, wanted: Promotion, act: Act, programmes: Programmes) -> list[Request]:
    """Open every request of a plan and link its findings both ways; all of them or none.

    RuleBroken when no person does it, when the units of premium requests run out, and for all that an ordinary
    request is refused for.
    """
    check_actor(writing, act.actor)
    if not wanted.reported_by:
        raise UsageProblem("who hands the requests in is missing", hint="state --by CONTACT, or act --as person:ID")
    desk = _Desk(writing, made, wanted, act, programmes)
    return [desk.open(bundle) for bundle in made.bundles]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Opens requests in the transaction in which they were planned: INV-8 holds also when two people do it at once."""

    writing: Writing
    made: Plan
    wanted: Promotion
    act: Act
    programmes: Programmes

    @property
    def incident_act(self) -> IncidentAct:
        return IncidentAct(self.act.actor, self.act.at, self.act.at)

    def open(self, bundle: Bundle) -> Request:
        findings = [self.made.findings[one.id] for one in bundle.findings]
        outcome = open_incident(
            self.writing, self._opening(bundle, findings), self.incident_act, self.programmes
        ).outcome
        self._link(findings, outcome)
        return _request(self.writing, bundle, outcome, self.act)

    def _opening(self, bundle: Bundle, findings: Sequence[Finding]) -> Opening:
        wanted = self.wanted
        return Opening(
            account=wanted.account,
            title=title_of(bundle, wanted.engagement, wanted.language),
            level=bundle.level,
            reported_by=wanted.reported_by,
            channel="tam",
            type="service_request",
            kind=wanted.kind,
            description=description_of(bundle, findings, wanted.language),
            product=bundle.product,
            contract=wanted.contract,
            request={"engagement": wanted.engagement, "area": bundle.area, "findings": len(findings)},
        )

    def _link(self, findings: Sequence[Finding], outcome: Outcome) -> None:
        incident = outcome.incident
        [first] = commands.link(incident, self.incident_act, "finding", findings[0].id)
        links = [replace(first, payload={**first.payload, "other": found.id}) for found in findings]
        said = {"incident": incident.id, "engagement": self.wanted.engagement}
        promoted = [known.event(found.identity, found.label, "promoted", said, self.act) for found in findings]
        self.writing.append(*links, *promoted)


def _request(reading: Reading, bundle: Bundle, outcome: Outcome, act: Act) -> Request:
    return Request(
        bundle,
        outcome.incident.title,
        summary(outcome.incident, outcome.clock),
        clock_document(outcome.clock, act.at),
        incident_views.quota(reading, outcome.clock),
        tuple(remark._asdict() for remark in outcome.remarks),
    )


def _all_open(reading: Reading, wanted: Promotion) -> Iterable[Finding]:
    """Open findings of the account; with an engagement those that it found last."""
    for found in known.of_account(reading, wanted.account):
        seen = found.found
        if seen is not None and wanted.engagement in {"", seen.engagement}:
            yield found


def _candidate(found: Finding) -> Candidate:
    return Candidate(found.id, found.identity.product, found.label.area, found.identity.check, found.severity)


def chosen(reading: Reading, account: str, prefixes: Sequence[str]) -> tuple[Finding, ...]:
    """Findings of the account by the beginnings of their fingerprints, each once."""
    found = {}
    for prefix in prefixes:
        one = known.by_prefix(reading, prefix)
        if one.identity.account != account:
            raise UsageProblem(f"{prefix} is a finding of another account", hint=f"auditor finding list {account}")
        found[one.id] = one
    return tuple(found.values())
