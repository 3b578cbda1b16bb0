"""Making a report: built from what is recorded, rendered, and kept in one transaction, once.

A report goes by the events up to one number of the chain, its basis. It is built and rendered while others may write;
only then a transaction looks whether somebody else has made it meanwhile, and keeps it if nobody has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from auditor.accounts.accounts import Account
from auditor.accounts.reports.building import build
from auditor.accounts.reports.heading import Heading
from auditor.accounts.reports.material import Terms
from auditor.app.accounts.saving import Act
from auditor.app.actors import check_actor
from auditor.app.service_reports import history
from auditor.app.service_reports.alerts import late_events
from auditor.app.service_reports.asking import Ask
from auditor.app.service_reports.gathering import account_at, gather, present_terms
from auditor.app.service_reports.people import usual_recipients
from auditor.errors import RuleBroken
from auditor.model.events import NewEvent, text_of
from auditor.store.report_queries import ReportQueries

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.store.store import Reading, Store, Writing

_SAME = frozenset({"id", "version", "corrects", "correction_reason", "made_at", "due_at", "late"})
"""What versions of a report may differ in although they say the same."""


class Renders(Protocol):
    """Makes files of documents, as `ServiceRenderer` does."""

    def render(self, document: Mapping[str, Any], form: str, language: str, /) -> bytes:
        """The file as bytes."""


@dataclass(frozen=True, slots=True)
class File:
    """A rendered file. `language` is "" for JSON, which has none."""

    language: str
    format: str
    sha256: str
    content: bytes

    def to_document(self) -> dict[str, str]:
        """What the event says of it."""
        return {"language": self.language, "format": self.format, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Made:
    """A report and whether it is new; one that was made before is given back as it is."""

    id: str
    account: str
    kind: str
    period: str
    new: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Tools:
    """What making needs besides the store: programmes for the terms of contracts, and templates."""

    programmes: Callable[[], Programmes]
    renderer: Callable[[], Renders]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A report that is built and not kept yet. `known` are the versions that there were."""

    ask: Ask
    heading: Heading
    account: Account
    document: dict[str, Any]
    basis: int
    terms: Sequence[Terms]
    known: Sequence[str]
    recipients: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.heading.report_id(self.account.id)


def make(store: Store, ask: Ask, act: Act, tools: Tools) -> Made:
    """Make a report, or give back the one there is.

    A new version is made when `ask.correct` says why, and of a report on demand when there is more to say than before.
    UsageProblem for a period that has not begun or a day whose cut-off has not come.
    """
    ask.check()
    with store.reading() as reading:
        check_actor(reading, act.actor)
        draft = _drafted(reading, ask, act.at, tools)
    if isinstance(draft, Made):
        return draft
    files = _rendered(draft, tools.renderer())
    with store.writing() as writing:
        known = ReportQueries(writing).versions(ask.account, ask.kind, draft.heading.key)
        if known != draft.known:
            return _overtaken(writing, ask, known)
        _keep(writing, draft, files, act)
    return Made(draft.id, ask.account, ask.kind, draft.heading.key, new=True, late=draft.heading.late)


def _drafted(reading: Reading, ask: Ask, now: datetime, tools: Tools) -> _Draft | Made:
    queries, basis = ReportQueries(reading), reading.head()[0]
    known = queries.versions(ask.account, ask.kind, ask.heading(now).key)
    if known and not ask.correct and ask.kind != "on_demand":
        return _existing(reading, known[-1])
    if ask.correct and not known:
        raise RuleBroken("there is no report that could be corrected", hint="make it first, without a reason")
    account = account_at(reading, ask.account, basis)
    terms = present_terms(reading, account, tools.programmes(), basis)
    material = gather(reading, account, terms, ask.span(account, now), basis)
    heading = ask.heading(now, len(known) + 1, known[-1] if known else "")
    document = build(heading, material, ask.selection)
    if known and not ask.correct and _says_the_same(reading, known[-1], document):
        return _existing(reading, known[-1])
    recipients = ask.recipients or usual_recipients(reading, ask.account, now)
    return _Draft(ask, heading, account, document, basis, terms, known, recipients)


def _says_the_same(reading: Reading, ident: str, document: Mapping[str, Any]) -> bool:
    """Whether a report on demand has nothing new to say; when it was made does not count."""
    return _essence(history.document(reading, ident)) == _essence(document)


def _essence(document: Mapping[str, Any]) -> dict[str, Any]:
    essence = {name: value for name, value in document.items() if name not in _SAME}
    if document.get("complete") is False:
        essence["period"] = {**document["period"], "to": None}
    return essence


def _rendered(draft: _Draft, renderer: Renders) -> list[File]:
    """Every file that is asked for; the JSON document is always among them."""
    ask = draft.ask
    languages = ask.languages or draft.account.languages
    wanted = [(form, language) for form in ask.formats if form != "json" for language in dict.fromkeys(languages)]
    files = []
    for form, language in [("json", ""), *dict.fromkeys(wanted)]:
        content = renderer.render(draft.document, form, language)
        files.append(File(language, form, hashlib.sha256(content).hexdigest(), content))
    return files


def _keep(writing: Writing, draft: _Draft, files: Sequence[File], act: Act) -> None:
    for file in files:
        writing.keep_content(file.sha256, file.content)
    terms = {one.contract.id: writing.keep_snapshot("policy", one.policy.to_document()) for one in draft.terms}
    made = {**_payload(draft), "files": [file.to_document() for file in files], "terms": terms}
    event = NewEvent("report", draft.id, "made", act.at, act.actor, made, draft.account.id)
    writing.append(event, *(late_events(writing, draft.heading, draft.account, act.at) if draft.heading.late else ()))


def _payload(draft: _Draft) -> dict[str, Any]:
    heading, period = draft.heading, draft.document["period"]
    return {
        "account": draft.account.id,
        "kind": heading.kind,
        "period": heading.key,
        "version": heading.version,
        "zone": period["zone"],
        "from": period["from"],
        "to": period["to"],
        "due_at": None if heading.due_at is None else text_of(heading.due_at),
        "definition": heading.definition or None,
        "definition_name": heading.definition_name or None,
        "recipients": list(draft.recipients),
        "corrects": heading.corrects or None,
        "why": heading.why or None,
        "selection": {
            "filters": draft.ask.selection.filters.to_document(),
            "columns": list(draft.ask.selection.columns),
        },
        "basis": draft.basis,
    }


def _overtaken(writing: Writing, ask: Ask, known: Sequence[str]) -> Made:
    if ask.correct or not known:
        raise RuleBroken("somebody else has made a version meanwhile", hint="look at it, and ask again if need be")
    return _existing(writing, known[-1])


def _existing(reading: Reading, ident: str) -> Made:
    document = reading.document("report", ident) or {}
    late = any(one["type"] == "late" for one in document["sendings"])
    return Made(ident, document["account"], document["kind"], document["period"], new=False, late=late)
