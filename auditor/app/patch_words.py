"""A request for a private patch, and the list of an account's patches, as text, JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from auditor.accounts import private_patches
from auditor.app.request_words import Speaker, change_document, shown
from auditor.model.events import instant_of, text_of

COLUMNS = ("id", "visibility", "name", "sha256", "product", "version", "delivered_at", "incident", "account")


@dataclass(frozen=True, slots=True)
class PatchView:
    """A request with what is around it: the incident it is, whose it is, its programme, the zone of the account, and
    what those are called who act.
    """

    incident: str
    incident_state: str
    account: str
    title: str
    level: int
    programme: str
    request: private_patches.Request
    zone: ZoneInfo
    names: Mapping[str, str]


def document(view: PatchView) -> dict[str, Any]:
    """The request as JSON holds it; what is unknown is null."""
    request = view.request
    terms, file = request.terms, request.file
    return {
        "incident": view.incident,
        "incident_state": view.incident_state,
        "account": view.account,
        "title": view.title,
        "level": view.level,
        "programme": view.programme,
        "state": request.state,
        "submitted_at": text_of(request.submitted_at),
        **request.facts.to_document(),
        "phase": request.phase,
        "effort": Speaker("en", view.zone).say("patch_effort"),
        "terms": None if terms is None else {"accepted_by": terms.accepted_by, "at": text_of(terms.at)},
        "file": None if file is None else {"name": file.name, "sha256": file.sha256},
        "changes": [change_document(change) for change in request.changes],
    }


def lines(view: PatchView, language: str) -> Iterator[str]:
    """The request for people. That efforts are commercially reasonable and nothing is promised is always said."""
    speaker, request, facts = Speaker(language, view.zone, view.names), view.request, view.request.facts
    product = shown(f"{facts.product} {facts.product_version}")
    yield speaker.say("patch_title", incident=view.incident)
    yield speaker.line("state", speaker.say(f"patch_state_{request.state}"))
    yield speaker.line("product", product)
    phase = speaker.say(f"patch_phase_name_{request.phase}")
    if facts.phase_source:
        phase = speaker.say("value_source", value=phase, source=shown(facts.phase_source))
    yield speaker.line("phase", phase)
    for reason in private_patches.decide(request.phase, entitled=True).reasons:
        yield speaker.say(reason, product=product)
    yield speaker.line("programme", shown(view.programme))
    if facts.entitlement:
        yield speaker.line("entitlement", shown(facts.entitlement))
    yield speaker.say("patch_effort")
    yield speaker.say("patch_lifecycle")
    yield speaker.line("terms", _terms(request, speaker))
    if request.file is not None:
        yield speaker.line("patch", shown(request.file.name))
        yield speaker.line("sha256", request.file.sha256)
    ready = request.state == "built" and request.terms is not None
    coming = "built_terms" if ready else request.state
    yield speaker.line("next", speaker.say(f"patch_next_{coming}", incident=view.incident))
    yield from speaker.history("patch", request.changes)


def row(view_document: Mapping[str, Any], speaker: Speaker) -> str:
    """One line of a list of requests, from the document of an incident."""
    state = speaker.say(f"patch_state_{view_document['patch'] or 'requested'}")
    return f"{view_document['id']}  {view_document['account']}  {state}  {shown(view_document['title'])}"


def patch_line(patch: Mapping[str, Any], speaker: Speaker) -> str:
    """One line of the list of patches."""
    text = speaker.say(
        "patch_line",
        file=shown(patch["name"]),
        visibility=speaker.say(f"patch_visibility_{patch['visibility']}"),
        product=shown(f"{patch['product']} {patch['version']}".strip()),
        delivered=speaker.at(instant_of(patch["delivered_at"])),
        sha256=patch["sha256"],
    )
    return speaker.say("patch_line_incident", line=text, incident=patch["incident"]) if patch["incident"] else text


def patch_row(patch: Mapping[str, Any]) -> list[str]:
    """The cells of COLUMNS."""
    return [str(patch[name] or "") for name in COLUMNS]


def _terms(request: private_patches.Request, speaker: Speaker) -> str:
    if request.terms is None:
        return speaker.say("patch_terms_open")
    who, at = speaker.who(request.terms.accepted_by), speaker.at(request.terms.at)
    return speaker.say("patch_terms_accepted", who=who, at=at)
