"""A request for an anti-virus database release as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from auditor.accounts import avdb
from auditor.accounts.avdb_facts import Facts, Step
from auditor.accounts.programme_words import words
from auditor.app.request_words import Speaker, change_document, shown
from auditor.calendars.durations import Duration
from auditor.model.events import text_of


@dataclass(frozen=True, slots=True)
class AvdbView:
    """A request with what is around it: the incident it is, whose it is, the zone of the account, and what those are
    called who act.
    """

    incident: str
    incident_state: str
    account: str
    title: str
    level: int
    request: avdb.Request
    zone: ZoneInfo
    names: Mapping[str, str]


def document(view: AvdbView) -> dict[str, Any]:
    """The request as JSON holds it; what is unknown is null."""
    request, facts = view.request, view.request.facts
    return {
        "incident": view.incident,
        "incident_state": view.incident_state,
        "account": view.account,
        "title": view.title,
        "level": view.level,
        "state": request.state,
        "submitted_at": text_of(request.submitted_at),
        **facts.to_document(),
        **request.databases.to_document(),
        "databases": request.judgement,
        "steps": [_step_document(request, step) for step in facts.promise.steps],
        "changes": [change_document(change) for change in request.changes],
    }


def lines(view: AvdbView, language: str) -> Iterator[str]:
    """The request for people."""
    speaker, request, facts = Speaker(language, view.zone, view.names), view.request, view.request.facts
    yield speaker.say("avdb_title", incident=view.incident)
    yield speaker.line("state", speaker.say(f"avdb_state_{request.state}"))
    yield speaker.line("reason", speaker.say(f"avdb_reason_{facts.reason}"))
    yield speaker.line("product", shown(f"{facts.product} {facts.product_version}"))
    yield speaker.line("file", speaker.stated(facts.sample.file_name))
    yield speaker.line("sha256", facts.sample.sha256)
    yield speaker.line("detection", shown(facts.sample.detection))
    yield from _database_lines(request, speaker)
    yield speaker.line("programme", shown(facts.promise.programme))
    if facts.entitlement:
        yield speaker.line("entitlement", shown(facts.entitlement))
    yield from _step_lines(request, speaker)
    yield speaker.line("informs", informant(facts, speaker))
    coming = ["avdb_next_inform"] if request.informing_is_due else []
    coming.append(f"avdb_next_{request.state}")
    yield speaker.line("next", " ".join(speaker.say(name, incident=view.incident) for name in coming))
    yield from speaker.history("avdb", request.changes)


def row(view_document: Mapping[str, Any], speaker: Speaker) -> str:
    """One line of a list, from the document of an incident."""
    state = speaker.say(f"avdb_state_{view_document['avdb'] or 'new'}")
    return f"{view_document['id']}  {view_document['account']}  {state}  {shown(view_document['title'])}"


def informant(facts: Facts, speaker: Speaker) -> str:
    """Who informs about progress, or that the programme promises nobody."""
    if facts.promise.informed_by is None:
        return speaker.say("avdb_informs_nobody", programme=shown(facts.promise.programme))
    return speaker.marked(speaker.say(f"avdb_informs_{facts.promise.informed_by}"), facts.promise.marks)


def _database_lines(request: avdb.Request, speaker: Speaker) -> Iterator[str]:
    databases = request.databases
    date = speaker.released(databases.date)
    if databases.source:
        date = speaker.say("value_source", value=date, source=shown(databases.source))
    yield speaker.line("databases", date)
    yield speaker.line("latest", speaker.released(databases.latest))
    if databases.tolerance:
        yield speaker.line("tolerance", str(Duration(int(databases.tolerance.total_seconds()), business=False)))
    yield speaker.say(f"avdb_databases_{request.judgement}")


def _step_lines(request: avdb.Request, speaker: Speaker) -> Iterator[str]:
    steps = request.facts.promise.steps
    if steps:
        yield f"{speaker.say('label_steps')}:"
    for step in steps:
        text = speaker.marked(shown(words(step.text, speaker.language)), step.marks)
        taken = request.step_taken(step.number)
        if taken is None:
            yield f"  {speaker.say('step_open', number=step.number, text=text)}"
        else:
            at, actor = speaker.at(taken.at), speaker.who(taken.actor)
            yield f"  {speaker.say('step_taken', number=step.number, text=text, at=at, actor=actor)}"


def _step_document(request: avdb.Request, step: Step) -> dict[str, Any]:
    taken = request.step_taken(step.number)
    return {
        "number": step.number,
        "text": words(step.text, "en"),
        "marks": list(step.marks),
        "taken_at": None if taken is None else text_of(taken.at),
        "taken_by": None if taken is None else taken.actor,
    }
