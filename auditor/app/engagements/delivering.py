"""Handing an engagement over: the result is frozen, signed and recorded, each version once.

Files are made first, while others may write. Then one transaction looks again whether everything still holds and
nothing that the files tell was recorded meanwhile, puts the folder in its place and records it. Writers of the store
follow one another, so of two processes one delivers; a process that dies in between leaves a folder of which the store
says nothing, and the next attempt replaces it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from auditor.accounts.reports.heading import report_id
from auditor.app.accounts.saving import Act, Subject
from auditor.app.engagements import facts, freezing
from auditor.app.engagements.circles import STREAM, circle_of, load_engagement
from auditor.app.engagements.day import check_window
from auditor.app.engagements.facts import Version
from auditor.app.engagements.negotiating import append, require
from auditor.app.engagements.receiving import EXPORTS
from auditor.app.findings import history
from auditor.app.findings.layer import human_layer
from auditor.app.service_reports.people import usual_recipients
from auditor.errors import ResultError, RuleBroken, StoreError, UsageProblem
from auditor.model.events import NewEvent, instant_of, text_of
from auditor.store.account_queries import AccountQueries
from auditor.store.report_queries import ReportQueries

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.app.engagements.workplace import Workplace
    from auditor.app.evidence.signing import SigningKey
    from auditor.engagement.state import Engagement
    from auditor.reporting.reader import StoredResult
    from auditor.store.store import Reading, Writing

KIND = "health_check"
TOLD = ("finding", "contact", "person", "account", "contract", "calendar")
"""Streams that the files go by besides the engagement itself: judgements, names, dates."""
MOST_KEPT = 64 * 1024 * 1024
"""Bytes of a file beyond which the store does not keep it; its hash is recorded all the same."""
Json = dict[str, Any]


class Outdated(RuleBroken):
    """Something was recorded between draft and delivery, a judgement for example: the files would not tell it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery that is not recorded yet.

    `seen` and `basis` are the numbers of the last events that it goes by: of the engagement, and of the store.
    """

    found: Engagement
    version: Version
    period: str
    stored: StoredResult
    document: Json
    seal_facts: Json
    seen: int
    basis: int

    @property
    def previous(self) -> str:
        """SHA-256 of the manifest that is corrected, "" for a first delivery."""
        return self.found.deliveries[-1].manifest if self.version.corrects else ""

    @property
    def languages(self) -> list[str]:
        """Languages of the reports: the customer's, then English."""
        return list(dict.fromkeys([self.found.language, "en"]))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which engagement is delivered; with `correct` a new version of what was delivered, `reason` says why."""

    engagement: str
    correct: bool = False
    reason: str = ""


def draft(reading: Reading, asked: Asked, place: Workplace, programmes: Programmes, at: datetime) -> Draft:
    """Everything that is delivered, checked; RuleBroken or ResultError when something does not hold."""
    found = load_engagement(reading, asked.engagement)
    version = _version(found, asked, at)
    period = _period(reading, found, programmes, at)
    stored = _result(reading, found, place)
    human = human_layer(reading, found.id, stored, at)
    return Draft(
        found=found,
        version=version,
        period=period,
        stored=stored,
        document=facts.document(reading, found, version, human, programmes),
        seal_facts=_seal_facts(reading, found, version),
        seen=_last_event(reading, found.id),
        basis=reading.head()[0],
    )


def freeze(made: Draft, place: Workplace, key: SigningKey) -> freezing.Frozen:
    """The files of the delivery, signed, in a folder that is not in place yet."""
    wrapping = freezing.Wrapping(made.document, made.languages, made.seal_facts, key, made.previous)
    return freezing.freeze(place, made.version.number, made.stored, wrapping)


def keep(writing: Writing, made: Draft, frozen: freezing.Frozen, place: Workplace, act: Act) -> None:
    """Look again, record the delivery and put its folder in place.

    RuleBroken when somebody was faster, Outdated when the files have to be made anew.
    """
    from auditor.reporting.reader import load_result

    found = load_engagement(writing, made.found.id)
    if len(found.deliveries) >= made.version.number:
        raise RuleBroken(f"{found.id} was delivered as version {found.deliveries[-1].version} meanwhile")
    recorded = AccountQueries(writing).recorded_after(made.basis, found.account, TOLD)
    if recorded or _last_event(writing, found.id) != made.seen:
        hint = "deliver it again when nobody is judging"
        raise Outdated(f"judgements or facts of {found.id} were recorded while its files were made", hint=hint)
    _refuse_second(writing, found, made.period)
    files = _keep_files(writing, frozen)
    append(writing, Subject(STREAM, found.id, found.account), "delivered", _delivered(made, frozen), act)
    writing.append(_report(writing, made, files, act))
    history.observe(writing, found.id, made.version.number, load_result(frozen.folder), act)
    freezing.put_in_place(frozen, place.delivered(made.version.number))


def close(writing: Writing, ident: str, reason: str, act: Act) -> Engagement:
    """End a delivered engagement; RuleBroken in any other state."""
    found = load_engagement(writing, ident)
    require(found, ("delivered",), "close")
    append(writing, Subject(STREAM, ident, found.account), "closed", {"reason": reason}, act)
    return load_engagement(writing, ident)


# --- what has to hold --------------------------------------------------------------------------------------------


def _version(found: Engagement, asked: Asked, at: datetime) -> Version:
    done = found.deliveries
    if not asked.correct:
        if done:
            raise RuleBroken(
                f"{found.id} was delivered already, as version {done[-1].version} at {text_of(done[-1].at)}",
                hint=f"auditor engagement deliver {found.id} --correct --reason ...",
            )
        require(found, ("in_progress",), "deliver")
        return Version(1, 0, "", at)
    if not done:
        raise RuleBroken(f"{found.id} was not delivered yet: there is nothing to correct", hint="leave out --correct")
    require(found, ("delivered", "closed"), "correct")
    if not asked.reason.strip():
        raise UsageProblem("a correction needs a reason", hint="state --reason; it is printed in the report")
    return Version(done[-1].version + 1, done[-1].version, asked.reason.strip(), at)


def _period(reading: Reading, found: Engagement, programmes: Programmes, at: datetime) -> str:
    """The entitlement period that the delivery uses up; "" when a named person took on that there is none."""
    window = facts.held_window(reading, found)
    period = circle_of(reading, found, programmes, at).period_of(window.day)
    if period is not None:
        _refuse_second(reading, found, period.key)
        return period.key
    if found.overridden("entitlement") is not None:
        return ""
    raise RuleBroken(
        f"no contract of {found.account} that includes a Health Check covers {window.day.isoformat()}",
        hint=f"auditor contract list --account {found.account}",
    )


def _refuse_second(reading: Reading, found: Engagement, period: str) -> None:
    """RuleBroken when another engagement has used the period up (INV-6), unless a named person took that on."""
    if not period or found.overridden("once") is not None:
        return
    for ident, other in reading.documents(STREAM, account=found.account).items():
        if ident != found.id and any(done["period"] == period for done in other["deliveries"]):
            raise RuleBroken(
                f"{ident} was delivered in the period that begins on {period}: there is one Health Check a period",
                hint=f"a named person may take it on: auditor engagement override {found.id} --rule once",
            )


def _result(reading: Reading, found: Engagement, place: Workplace) -> StoredResult:
    """The result of this engagement, made in its window from what was received."""
    from auditor.reporting.reader import load_result

    again = f"auditor engagement start {found.id}"
    noted = place.notes().get("result")
    if noted is None or not (place.out / "result.json").is_file():
        raise RuleBroken(f"there is no result of {found.id} on this computer", hint=again)
    stored = load_result(place.out)
    stored.verify()
    if stored.sha256() != noted["sha256"]:
        message = "is not the result that the engagement made: its SHA-256 is another one"
        raise ResultError(message, where=str(place.out / "result.json"), hint=again)
    check_window(found, facts.held_window(reading, found), instant_of(noted["made_at"]))
    check_inputs(stored.inputs(), _received_files(reading, found), again)
    return stored


def check_inputs(audited: Iterable[Mapping[str, Any]], received: Iterable[Mapping[str, Any]], hint: str) -> None:
    """RuleBroken that names the first file that was audited in another form than it was received in, or not at all."""
    waiting: dict[str, list[str]] = {}
    for one in received:
        waiting.setdefault(one["path"], []).append(one["sha256"])
    for one in audited:
        known = waiting.get(one["path"])
        if not known:
            raise RuleBroken(f"{one['path']} was audited, but not received", hint=f"receive it, then {hint}")
        if one["sha256"] not in known:
            raise RuleBroken(
                f"{one['path']} was audited with SHA-256 {one['sha256'][:16]}, but received with {known[0][:16]}",
                hint=f"receive it again, then {hint}",
            )
        known.remove(one["sha256"])
    left = next((path for path, known in waiting.items() if known), None)
    if left is not None:
        raise RuleBroken(f"{left} was received, but not audited", hint=hint)


def _received_files(reading: Reading, found: Engagement) -> list[Json]:
    manifest = _manifest(reading, found)
    files: list[Json] = manifest["files"]
    return files


def _manifest(reading: Reading, found: Engagement) -> Json:
    """What came in last: exports take the place of those before them."""
    came = [one["manifest"] for one in found.received if one.get("kind", EXPORTS) == EXPORTS]
    if not came:
        raise RuleBroken(f"no exports of {found.id} were received", hint=f"auditor engagement receive {found.id} PATH")
    content = ReportQueries(reading).content(came[-1])
    if content is None:
        raise StoreError(f"the manifest {came[-1][:16]} of {found.id} is missing", hint="auditor db check")
    return dict(orjson.loads(content))


def _last_event(reading: Reading, ident: str) -> int:
    return max(event.seq for event in reading.events(STREAM, ident))


# --- what is recorded --------------------------------------------------------------------------------------------


def _seal_facts(reading: Reading, found: Engagement, version: Version) -> Json:
    """What the signed manifest says of the engagement: ids, no names."""
    manifest = _manifest(reading, found)
    roots = dict.fromkeys(one["path"].partition("/")[0].partition("!")[0] for one in manifest["files"])
    arrival = {"source": manifest["source"], "received_at": manifest["received_at"]}
    return {
        "engagement": found.id,
        "account": found.account,
        "version": version.number,
        "corrects": version.corrects or None,
        "delivered_at": text_of(version.at),
        "received": [{"path": root, **arrival} for root in roots],
    }


def _delivered(made: Draft, frozen: freezing.Frozen) -> Json:
    return {
        "version": made.version.number,
        "corrects": made.version.corrects,
        "reason": made.version.reason,
        "period": made.period,
        "manifest": frozen.manifest,
        "result": frozen.result,
        "reports": [file.to_document() for file in frozen.files],
    }


def _keep_files(writing: Writing, frozen: freezing.Frozen) -> tuple[list[Json], list[Json]]:
    """Files that the store keeps, and those that are too large for it."""
    kept: list[Json] = []
    large: list[Json] = []
    for file in frozen.files:
        path = frozen.folder / file.name
        if path.stat().st_size > MOST_KEPT:
            large.append(file.to_document())
            continue
        writing.keep_content(file.sha256, path.read_bytes())
        kept.append(file.to_document())
    return kept, large


def _report(writing: Writing, made: Draft, files: tuple[list[Json], list[Json]], act: Act) -> NewEvent:
    """The event that puts the delivery into the report history."""
    found, version = made.found, made.version
    key = f"{made.period or found.start_day}_{found.id}"
    window = made.document["engagement"]["window"]
    payload = {
        "account": found.account,
        "kind": KIND,
        "period": key,
        "version": version.number,
        "zone": found.zone,
        "from": window["from"],
        "to": window["to"],
        "due_at": None,
        "definition": None,
        "definition_name": None,
        "selection": {"filters": {}, "columns": []},
        "recipients": list(usual_recipients(writing, found.account, act.at)),
        "files": files[0],
        "not_kept": files[1],
        "corrects": report_id(found.account, KIND, key, version.corrects) if version.corrects else None,
        "why": version.reason or None,
        "basis": made.basis,
        "terms": {},
        "engagement": found.id,
    }
    ident = report_id(found.account, KIND, key, version.number)
    return NewEvent("report", ident, "made", act.at, act.actor, payload, found.account)
