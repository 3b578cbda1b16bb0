"""Answers of `auditor finding` about lists and single findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from auditor.app.accounts import loading
from auditor.app.accounts.showing import write_json, write_yaml
from auditor.app.engagements.circles import load_engagement
from auditor.app.findings import current, judging, known, listing, pages, settling, waivers
from auditor.app.findings.current import Named, Target
from auditor.app.findings.listing import Now
from auditor.app.findings.wording import FindingWords
from auditor.calendars.zones import load_zone
from auditor.engagement.findings import Finding, finding_document
from auditor.engagement.overlay import judged
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from datetime import date, datetime

    from auditor.app.accounts.saving import Act
    from auditor.app.accounts.session import Session
    from auditor.store.store import Reading, Writing

Json = dict[str, Any]
Step = Callable[["Writing", Target, "Act"], bool]
"""Something a person says about a finding; False when it stands already."""


class Scope:
    """Whose findings: an account's, or what an engagement's result says (`result` names its folder)."""

    def __init__(self, account: str = "", engagement: str = "", result: Path | None = None) -> None:
        if bool(account) == bool(engagement):
            raise UsageProblem("whose findings are meant is not clear", hint="name an account, or --engagement HC-0001")
        self.account = account
        self.engagement = engagement
        self.result = result

    def account_of(self, reading: Reading) -> str:
        """The account; UsageProblem when there is none."""
        if self.engagement:
            return load_engagement(reading, self.engagement).account
        return loading.load_account(reading, self.account).id


def listed(session: Session, scope: Scope, wanted: listing.Wanted, language: str, stream: TextIO) -> None:
    """Findings of an account, or of an engagement that is not delivered yet."""
    with session.reading() as (reading, at):
        account = scope.account_of(reading)
        rows = _rows(reading, session, scope, wanted, at)
        settled = settling.proposals(reading, known.of_account(reading, account))
    document: Json = {
        "account": account,
        "engagement": scope.engagement,
        "total": len(rows),
        "findings": rows[: wanted.limit or None],
        "resolvable": [
            {"incident": one.incident, "title": one.title, "fixed": one.fixed, "all": one.all, "complete": one.complete}
            for one in settled
        ],
    }
    if session.style == "json":
        write_json(document, stream)
    else:
        pages.write_list(document, FindingWords(language), stream)


def _rows(reading: Reading, session: Session, scope: Scope, wanted: listing.Wanted, at: datetime) -> list[Json]:
    if not scope.engagement:
        now = Now(at, loading.load_account(reading, scope.account).zone)
        return listing.of_account(known.of_account(reading, scope.account), wanted, now)
    found = load_engagement(reading, scope.engagement)
    stored = current.stored_result(reading, found.id, session.db, scope.result)
    return listing.of_engagement(reading, found, stored, wanted, Now(at, load_zone(found.zone)))


def show(session: Session, named: Named, language: str, stream: TextIO) -> None:
    """Everything about one finding."""
    with session.reading() as (reading, at):
        meant = current.target(reading, session.db, named)
        now = Now(at, loading.load_account(reading, meant.identity.account).zone)
        document = shown(meant, now.today)
        people = _people(reading, document)
    if session.style == "json":
        write_json(document, stream)
    else:
        pages.write_finding(document, pages.Teller(FindingWords(language), people, now.zone), stream)


def say(session: Session, named: Named, step: Step, stream: TextIO) -> None:
    """Let a person say something about a finding, and show how it stands then."""
    with session.writing() as (writing, act):
        meant = current.target(writing, session.db, named)
        new = step(writing, meant, act)
        after = judging.reread(writing, meant)
        now = Now(act.at, loading.load_account(writing, meant.identity.account).zone)
        document = {**shown(replace(meant, finding=after), now.today), "new": new}
        people = _people(writing, document)
    if session.style == "json":
        write_json(document, stream)
    else:
        pages.write_said(document, pages.Teller(FindingWords(), people, now.zone), stream)


def shown(meant: Target, today: date) -> Json:
    """A finding with what counts today."""
    finding = meant.finding or Finding(meant.identity.fingerprint, meant.identity, meant.label)
    verdict = {"outcome": meant.outcome, "severity": meant.severity}
    last = finding.last
    if last is not None and last.attested and not meant.form:
        verdict["outcome"] = "manual"
    seen = judged(verdict, finding, today)
    return {
        **finding_document(finding),
        "today": today.isoformat(),
        "machine": verdict,
        "counts_as": seen.counts_as,
        "weighs": seen.weighs,
        "waiver_state": seen.waiver_state,
        "answer_state": seen.answer_state,
        "runs": sum(1 for one in finding.observations if one.outcome == "fail"),
    }


def export_waivers(session: Session, account: str, with_expired: bool, stream: TextIO) -> None:
    """The account's acceptances as the next audit's file of waivers."""
    with session.reading() as (reading, at):
        today = Now(at, loading.load_account(reading, account).zone).today
        document = waivers.waivers_document(known.of_account(reading, account), today, with_expired=with_expired)
    if session.style == "json":
        write_json(document, stream)
    else:
        write_yaml(document, stream)


def _people(reading: Reading, document: Mapping[str, Any]) -> Mapping[str, str]:
    """Names of those who said something, by id; functions and users stand as they are."""
    said: Sequence[Any] = [*document["notes"], document["rating"], document["attestation"], document["waiver"]]
    named = {str(one[name]) for one in said if one for name in ("by", "author", "approver") if name in one}
    return {one: _name(reading, one) for one in named}


def _name(reading: Reading, one: str) -> str:
    kind, _, ident = one.partition(":")
    return loading.name_of(reading, kind, ident) if kind in {"contact", "person"} else one.removeprefix("user:")
