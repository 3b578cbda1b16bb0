"""Anti-virus database releases on request: a file is judged wrongly, and an update shall judge it rightly.

Steps are taken in their order: a group of specialists processes the request (1), the update is released with
priority (2). The programme says who keeps the customer informed (3); where it promises nobody, nobody is promised.
Databases that are not the latest block a request until they are updated and the file is tested again.

All functions are pure: they say what an `avdb_changed` event must hold, or refuse with RuleBroken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias, cast

from auditor.accounts.avdb_facts import Databases, Facts, Judgement
from auditor.accounts.request_facts import TEXT_LIMIT, Change, changes_of, check_move, checked_text, opening, plain
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import Event

State: TypeAlias = Literal[
    "new", "blocked_old_databases", "step1_processing", "step2_released", "verified", "closed", "rejected"
]

TYPE: Final = "avdb_release"
CHANGED = "avdb_changed"

TRANSITIONS: Mapping[State, tuple[State, ...]] = {
    "new": ("blocked_old_databases", "step1_processing"),
    "blocked_old_databases": ("new", "closed"),
    "step1_processing": ("step2_released", "rejected"),
    "step2_released": ("verified",),
    "verified": ("closed",),
    "closed": (),
    "rejected": (),
}
"""A blocked request is new again once the file was tested with the latest databases, or closed: updating was enough."""

_STEPS: Mapping[int, State] = {1: "step1_processing", 2: "step2_released"}
_INFORM = 3


@dataclass(frozen=True, slots=True)
class Request:
    """A request after all that happened to it. `databases` are those stated last, `judgement` how they were judged."""

    facts: Facts
    databases: Databases
    judgement: Judgement
    state: State
    submitted_at: datetime
    changes: tuple[Change, ...] = ()

    @property
    def changed_at(self) -> datetime:
        """The instant of the last change, or of the submission."""
        return self.changes[-1].at if self.changes else self.submitted_at

    def step_taken(self, number: int) -> Change | None:
        """The change with which a step was taken; None while it was not."""
        return next((change for change in self.changes if change.payload.get("step") == number), None)

    @property
    def informing_is_due(self) -> bool:
        """Whether the update is released, and nobody has informed the customer although somebody is promised to."""
        promised = self.facts.promise.informed_by is not None
        return promised and self.state == "step2_released" and self.step_taken(_INFORM) is None


def opened(facts: Facts, at: datetime) -> Request:
    """A request as it is submitted."""
    return Request(facts, facts.databases, facts.databases.judge(at), "new", at)


def fold(events: Sequence[Event]) -> Request:
    """The request of an incident after all its events; RuleBroken for an incident of another type."""
    submitted = opening(events, TYPE, "auditor avdb list")
    facts = Facts.from_document(submitted.payload["request"])
    databases, judgement = facts.databases, facts.databases.judge(submitted.at)
    changes = tuple(changes_of(events, CHANGED))
    state = changes[-1].after if changes else "new"
    for change in changes:
        if "databases" in change.payload:
            judged = change.payload["databases"]
            databases, judgement = Databases.from_document(judged), judged["judgement"]
    return Request(facts, databases, judgement, cast(State, state), submitted.at, changes)


def block(request: Request) -> dict[str, Any] | None:
    """The change that blocks a new request whose databases are not the latest; None when they are."""
    if request.judgement == "latest":
        return None
    judged = {**request.databases.to_document(), "judgement": request.judgement}
    return {**_to(request, "blocked_old_databases"), "databases": judged}


def retest(request: Request, databases: Databases, at: datetime) -> dict[str, Any]:
    """The file was tested again: with the latest databases the request is new again, else it stays blocked."""
    check_move(
        TRANSITIONS[request.state],
        request.state,
        "new",
        "only a request that is blocked by its databases is tested again",
    )
    judgement = databases.judge(at)
    judged = {**databases.to_document(), "judgement": judgement}
    after = "new" if judgement == "latest" else request.state
    return {"from": request.state, "to": after, "step": None, "databases": judged}


def step(request: Request, number: int, note: str = "") -> dict[str, Any]:
    """Take step 1 (processing), 2 (release) or 3 (somebody informed the customer about the release)."""
    if number == _INFORM:
        return _inform(request, note)
    if number not in _STEPS:
        raise UsageProblem(f"there is no step {number}", hint="there are 1, 2 and 3")
    return {**_to(request, _STEPS[number], _order(request, number)), "step": number, **_noted(note)}


def reject(request: Request, reason: str) -> dict[str, Any]:
    """The specialists release no update, for a reason."""
    said = checked_text("the reason", reason, TEXT_LIMIT)
    return {**_to(request, "rejected", "a request is rejected while it is processed, after step 1"), "reason": said}


def verify(request: Request, note: str = "") -> dict[str, Any]:
    """The customer has seen that the update judges the file rightly."""
    return {**_to(request, "verified", "an update is verified once it is released, after step 2"), **_noted(note)}


def close(request: Request, note: str = "") -> dict[str, Any]:
    """The end: the update was verified, or updating the databases was enough."""
    hint = "a request is closed once it is verified, or blocked by old databases and solved by updating them"
    return {**_to(request, "closed", hint), **_noted(note)}


def _inform(request: Request, note: str) -> dict[str, Any]:
    promise = request.facts.promise
    if promise.informed_by is None:
        message = f"{promise.programme} promises no information about the release, so there is no step 3"
        raise RuleBroken(message, hint="auditor avdb status tells how the request stands")
    if request.state != "step2_released":
        message = f"step 3 follows step 2, and the request is {plain(request.state)}"
        raise RuleBroken(message, hint="step 3 records that somebody informed the customer of the released update")
    if request.step_taken(_INFORM):
        raise RuleBroken("step 3 was taken already", hint="next comes auditor avdb verify")
    return {"from": request.state, "to": request.state, "step": _INFORM, **_noted(note)}


def _order(request: Request, number: int) -> str:
    if request.state == "blocked_old_databases":
        return "update the databases, test the file again and state the result with auditor avdb retest"
    if request.step_taken(number):
        return f"step {number} was taken already"
    return "steps are taken in the order 1, 2, 3"


def _to(request: Request, after: State, hint: str = "") -> dict[str, Any]:
    check_move(TRANSITIONS[request.state], request.state, after, hint)
    return {"from": request.state, "to": after, "step": None}


def _noted(note: str) -> dict[str, Any]:
    return {"note": checked_text("the note", note, TEXT_LIMIT, required=False)}
