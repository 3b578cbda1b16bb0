"""Use cases around private patches: ask for one, take its steps, keep the list of an account's patches.

A request is an incident of a type of its own: answers, severity and the end of the incident are those of any incident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from auditor.accounts import private_patches as patches
from auditor.accounts.incidents.lifecycle import OPEN
from auditor.accounts.private_patches import Facts, PatchFile, Phase
from auditor.accounts.request_facts import checked_text
from auditor.app.accounts.contacts import authorised
from auditor.app.accounts.loading import load_account
from auditor.app.incidents.acting import By, Case, act_of, perform
from auditor.app.incidents.following import Remark
from auditor.app.incidents.loading import load_clock, load_incident
from auditor.app.incidents.opening import open_incident
from auditor.app.patch_words import PatchView
from auditor.app.request_changes import (
    InForce,
    Told,
    change_events,
    checked,
    in_force,
    named_file,
    names_of,
    programme_name,
)
from auditor.app.request_words import Speaker, shown
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import NewEvent, text_of
from auditor.store.incident_queries import IncidentQueries, Wanted

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from auditor.accounts.programmes import Programmes
    from auditor.app.incidents.asking import Asked
    from auditor.store.store import Reading, Writing

SERVICE = "private_patch"
STREAM = "patch"
LISTED = 1_000
"""Requests that a list shows at most, the latest first."""

Change = Callable[[patches.Request], Mapping[str, Any]]
"""What a change records, from the request as it is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is stated about the product's support. `confirmed` is why patches are included if nobody says.

    `language` is that of the answers.
    """

    phase: Phase
    phase_source: str = ""
    confirmed: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PublicPatch:
    """A patch that is there for everybody and was received by an account."""

    product: str
    version: str
    file: PatchFile


def request(writing: Writing, asked: Asked, wish: Wish, by: By, programmes: Programmes) -> Told:
    """Open a request where programme and support phase allow one; a limited phase comes with a remark.

    RuleBroken where they do not, or where nobody has said whether they do.
    """
    act = act_of(writing, asked.account, by)
    found = in_force(writing, asked, act, programmes)
    stated = checked(replace(asked, type=patches.TYPE))
    confirmed = wish.confirmed if found.entitled(SERVICE) is None else ""
    facts = Facts(stated.product, stated.product_version, wish.phase, wish.phase_source, confirmed)
    remarks = _decided(found, facts, wish)
    opening = replace(stated.opening(writing, act), request=facts.to_document())
    opened = open_incident(writing, opening, act, programmes)
    view = view_of(writing, opened.outcome.incident.id)
    return Told(view, [*remarks, *opened.outcome.remarks], opened.call)


def change(writing: Writing, ident: str, by: By, make: Change) -> Told:
    """Record a change of a request; RuleBroken when it is not its turn."""
    done = perform(writing, ident, by, lambda case: _events(case, make))
    return Told(view_of(writing, ident), done.remarks)


def triage(phase: Phase | None, note: str = "") -> Change:
    """Engineers look at it; the phase may be stated anew."""
    return lambda known: patches.triage(known, phase, note)


def accept(note: str = "") -> Change:
    """The patch will be attempted."""
    return lambda known: patches.accept(known, note)


def decline(reason: str) -> Change:
    """The patch will not be made."""
    return lambda known: patches.decline(known, reason)


def built(note: str = "") -> Change:
    """The patch exists."""
    return lambda known: patches.built(known, note)


def confirm(note: str = "") -> Change:
    """The patch does what it should."""
    return lambda known: patches.confirm(known, note)


def accept_terms(writing: Writing, ident: str, by: By, accepted_by: str) -> Told:
    """A contact of the account accepts the terms of the licence: `accepted_by`, else the contact who acts."""
    account = load_incident(writing, ident).account
    who = _accepting(writing, account, accepted_by or by.actor, act_of(writing, account, by).at)
    return change(writing, ident, by, lambda known: patches.accept_terms(known, who))


def deliver(writing: Writing, ident: str, by: By, file: PatchFile) -> Told:
    """Hand the patch over: it comes into the account's list of patches in the same transaction."""

    def decide(case: Case) -> list[NewEvent]:
        request = patches.fold(case.incident.events)
        events = _events(case, lambda known: patches.deliver(known, file))
        if not events:
            return []
        document = _patch(case.incident.account, file, request.facts.product, request.facts.product_version)
        delivered = {"incident": case.incident.id, "visibility": "private", "delivered_at": text_of(case.act.at)}
        return [*events, _saved(f"{case.incident.account}-{case.incident.id}", {**document, **delivered}, case)]

    done = perform(writing, ident, by, decide)
    return Told(view_of(writing, ident), done.remarks)


def add_public(writing: Writing, account: str, patch: PublicPatch, by: By) -> dict[str, Any]:
    """Note a public patch that the account received; RuleBroken when it is in the list already."""
    act = act_of(writing, account, by)
    if act.at > act.now:
        raise RuleBroken(f"{text_of(act.at)} lies in the future", hint="give the time at which it was received")
    ident = f"{account}-{patch.file.sha256}"
    if writing.document(STREAM, ident) is not None:
        raise RuleBroken("a patch of this SHA-256 is in the list already", hint=f"auditor patch list {account}")
    product, version = checked_text("the product", patch.product), checked_text("the version", patch.version)
    document = _patch(account, patch.file, product, version)
    document |= {"incident": None, "visibility": "public", "delivered_at": text_of(act.at)}
    writing.append(NewEvent(STREAM, ident, "saved", act.at, act.actor, document, account))
    return {"id": ident, **document}


def patch_list(reading: Reading, account: str) -> list[dict[str, Any]]:
    """Every patch that the account received, public and private, in the order in which they came."""
    load_account(reading, account)
    found = [{"id": ident, **one} for ident, one in reading.documents(STREAM, account=account).items()]
    return sorted(found, key=lambda one: (one["delivered_at"], one["id"]))


def view_of(reading: Reading, ident: str) -> PatchView:
    """A request as it stands; RuleBroken for an incident of another type."""
    incident = load_incident(reading, ident)
    request = patches.fold(incident.events)
    return PatchView(
        incident=incident.id,
        incident_state=incident.state,
        account=incident.account,
        title=incident.title,
        level=incident.level,
        programme=load_clock(reading, incident).policy.programme_name,
        request=request,
        zone=load_account(reading, incident.account).zone,
        names=names_of(reading, _people(request)),
    )


def listed(reading: Reading, account: str = "", *, ended: bool = False) -> list[dict[str, Any]]:
    """Requests as lists show them, the latest first; without `ended` only those whose incident is open."""
    states = () if ended else tuple(sorted(OPEN))
    rows = IncidentQueries(reading).listed(Wanted(account=account, types=(patches.TYPE,), states=states), LISTED)
    return [row["document"] for row in rows]


def patch_file(name: str, sha256: str, path: Path | None = None) -> PatchFile:
    """A patch as stated, or read from its file."""
    return PatchFile(*named_file(name, sha256, path))


def _events(case: Case, make: Change) -> list[NewEvent]:
    request = patches.fold(case.incident.events)
    return change_events(case, patches.CHANGED, make(request), after=request.changed_at)


def _decided(found: InForce, facts: Facts, wish: Wish) -> list[Remark]:
    decision = patches.decide(wish.phase, found.entitled(SERVICE), wish.confirmed)
    speaker = Speaker(wish.language, ZoneInfo("UTC"))
    product = shown(f"{facts.product} {facts.product_version}")
    said = [
        speaker.say(reason, product=product, programme=programme_name(found, wish.language))
        for reason in decision.reasons
    ]
    if decision.answer in {"allow", "warn"}:
        return [Remark(reason, text) for reason, text in zip(decision.reasons, said, strict=True)]
    gravest = decision.reasons[0]
    hint = "confirm_hint" if gravest == "patch_entitlement_unknown" else f"{gravest}_hint"
    text = found.marked(SERVICE, said[0], speaker) if gravest == "patch_not_entitled" else said[0]
    raise RuleBroken(text, hint=speaker.say(hint))


def _accepting(writing: Writing, account: str, named: str, at: datetime) -> str:
    kind, colon, ident = named.partition(":")
    kind, ident = (kind, ident) if colon else ("contact", named)
    if kind != "contact" or not authorised(writing, account, ident, at):
        message = f"{named!r} is no authorised contact of {account}: terms are accepted by the customer"
        hint = f"state --by CONTACT; auditor contact list {account} shows those that there are"
        raise UsageProblem(message, hint=hint)
    return f"contact:{ident}"


def _people(request: patches.Request) -> set[str]:
    accepted = {request.terms.accepted_by} if request.terms else set()
    return {change.actor for change in request.changes} | accepted


def _patch(account: str, file: PatchFile, product: str, version: str) -> dict[str, Any]:
    return {"account": account, "product": product, "version": version, "name": file.name, "sha256": file.sha256}


def _saved(ident: str, document: Mapping[str, Any], case: Case) -> NewEvent:
    return NewEvent(STREAM, ident, "saved", case.act.at, case.act.actor, document, case.incident.account)
