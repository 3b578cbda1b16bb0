"""Use cases around anti-virus database releases: ask for one, take its steps, look at it.

A request is an incident of a type of its own: answers, severity and the end of the incident are those of any incident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from auditor.accounts import avdb
from auditor.accounts.avdb_facts import Databases, Facts, Promise, Reason, Sample, Step
from auditor.accounts.incidents.lifecycle import OPEN
from auditor.accounts.request_facts import NAME_LIMIT
from auditor.app.accounts.loading import load_account
from auditor.app.avdb_words import AvdbView
from auditor.app.incidents.acting import By, Case, act_of, perform
from auditor.app.incidents.loading import load_incident
from auditor.app.incidents.notices import Notice, about, avdb_key
from auditor.app.incidents.opening import open_incident
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
from auditor.errors import RuleBroken
from auditor.model.events import text_of
from auditor.store.incident_queries import IncidentQueries, Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from auditor.accounts.incidents.state import Incident
    from auditor.accounts.programmes import Programmes
    from auditor.app.incidents.asking import Asked
    from auditor.model.events import NewEvent
    from auditor.store.store import Reading, Writing

SERVICE = "avdb"
LISTED = 1_000
"""Requests that a list shows at most, the latest first."""

Change = Callable[[avdb.Request, datetime], Mapping[str, Any]]
"""What a change records, from the request as it is and the instant of the change."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is stated about the file and its databases; `confirmed` is why the service is included if nobody says.

    `language` is that of the answers.
    """

    reason: Reason
    sample: Sample
    databases: Databases
    confirmed: str = ""
    language: str = "en"


def sample(sha256: str, file_name: str, detection: str, path: Path | None = None) -> Sample:
    """The file that is judged wrongly as stated, or read from the file itself."""
    name, found = named_file(file_name, sha256, path)
    return Sample(found, detection, name)


def request(writing: Writing, asked: Asked, wish: Wish, by: By, programmes: Programmes) -> Told:
    """Open a request. Databases that are not the latest block it at once; nothing is refused for that.

    RuleBroken when the programme does not include the service, or nobody says whether it does.
    """
    act = act_of(writing, asked.account, by)
    found = in_force(writing, asked, act, programmes)
    _check_entitlement(found, wish.confirmed, wish.language)
    stated = checked(replace(asked, title=asked.title or _title(wish), type=avdb.TYPE))
    facts = _facts(stated, wish, found)
    opening = replace(stated.opening(writing, act), request=facts.to_document())
    opened = open_incident(writing, opening, act, programmes)
    ident = opened.outcome.incident.id
    blocked = avdb.block(avdb.opened(facts, act.at))
    if blocked is not None:
        # calls that belong to the submission may be later than it
        perform(writing, ident, by._replace(afterwards=True), lambda case: _events(case, lambda _known, _at: blocked))
    return Told(view_of(writing, ident), opened.outcome.remarks, opened.call)


def step(number: int, note: str = "") -> Change:
    """Step 1 (processing), 2 (release) or 3 (somebody informed the customer)."""
    return lambda known, _at: avdb.step(known, number, note)


def retest(databases: Databases, *, keep_tolerance: bool = False) -> Change:
    """The file was tested again with these databases; `keep_tolerance` goes by the tolerance that was stated before."""

    def make(known: avdb.Request, at: datetime) -> Mapping[str, Any]:
        stated = replace(databases, tolerance=known.databases.tolerance) if keep_tolerance else databases
        return avdb.retest(known, stated, at)

    return make


def reject(reason: str) -> Change:
    """No update is released."""
    return lambda known, _at: avdb.reject(known, reason)


def verify(note: str = "") -> Change:
    """The update judges the file rightly."""
    return lambda known, _at: avdb.verify(known, note)


def close(note: str = "") -> Change:
    """The end."""
    return lambda known, _at: avdb.close(known, note)


def change(writing: Writing, ident: str, by: By, make: Change) -> Told:
    """Record a change of a request and tell whoever the programme says is told; RuleBroken when it is not its turn."""
    done = perform(writing, ident, by, lambda case: _events(case, make))
    return Told(view_of(writing, ident), done.remarks)


def view_of(reading: Reading, ident: str) -> AvdbView:
    """A request as it stands; RuleBroken for an incident of another type."""
    incident = load_incident(reading, ident)
    request = avdb.fold(incident.events)
    return AvdbView(
        incident=incident.id,
        incident_state=incident.state,
        account=incident.account,
        title=incident.title,
        level=incident.level,
        request=request,
        zone=load_account(reading, incident.account).zone,
        names=names_of(reading, {change.actor for change in request.changes}),
    )


def listed(reading: Reading, account: str = "", *, ended: bool = False) -> list[dict[str, Any]]:
    """Requests as lists show them, the latest first; without `ended` only those whose incident is open."""
    states = () if ended else tuple(sorted(OPEN))
    rows = IncidentQueries(reading).listed(Wanted(account=account, types=(avdb.TYPE,), states=states), LISTED)
    return [row["document"] for row in rows]


def _events(case: Case, make: Change) -> list[NewEvent]:
    request = avdb.fold(case.incident.events)
    promise = request.facts.promise
    payload = {**make(request, case.act.at), "informed_by": promise.informed_by}
    events = change_events(case, avdb.CHANGED, payload, after=request.changed_at)
    if not events or promise.informed_by is None or payload["from"] == payload["to"]:
        return events
    return [*events, _notice(case, payload, len(request.changes) + 1)]


def _notice(case: Case, payload: Mapping[str, Any], count: int) -> NewEvent:
    """What the customer is told about a transition, by whom the programme names (RULE-AVDB-3)."""
    incident: Incident = case.incident
    judged = payload.get("databases") or {}
    news = {"avdb_state": payload["to"], "avdb_informs": payload["informed_by"], "changed_at": text_of(case.act.at)}
    if judged:
        news["avdb_databases"] = judged["judgement"]
    notice = Notice(
        key=avdb_key(incident.id, count),
        account=incident.account,
        phrase="avdb_databases" if judged else "avdb_progress",
        to=case.office.reached(("contact",), incident, case.act.now),
        parameters=about(case.clock, **news),
        level=incident.level,
        incident=incident.id,
    )
    return notice.event(case.office, case.act.now)


def _check_entitlement(found: InForce, confirmed: str, language: str) -> None:
    entitled = found.entitled(SERVICE)
    if entitled or (entitled is None and confirmed.strip()):
        return
    speaker, programme = Speaker(language, ZoneInfo("UTC")), programme_name(found, language)
    if entitled is None:
        asked = speaker.say("avdb_entitlement_unknown", programme=programme)
        raise RuleBroken(asked, hint=speaker.say("confirm_hint"))
    refused = speaker.say("avdb_not_entitled", programme=programme)
    raise RuleBroken(found.marked(SERVICE, refused, speaker), hint=speaker.say("avdb_not_entitled_hint"))


def _title(wish: Wish) -> str:
    file = shown(wish.sample.file_name) or wish.sample.sha256
    return f"{shown(wish.sample.detection)}: {file}"[:NAME_LIMIT]


def _facts(asked: Asked, wish: Wish, found: InForce) -> Facts:
    programme = found.programme
    informs = programme.avdb_progress
    steps = tuple(Step(step.number, step.text, step.cell.marks) for step in programme.avdb_steps)
    marks = () if informs.value is None else informs.marks
    return Facts(
        reason=wish.reason,
        sample=wish.sample,
        product=asked.product,
        product_version=asked.product_version,
        databases=wish.databases,
        promise=Promise(programme.name, informs.value, steps, marks),
        entitlement=wish.confirmed if found.entitled(SERVICE) is None else "",
    )
