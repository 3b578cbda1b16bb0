"""Private patches: who may ask for one, how it is made with commercially reasonable efforts, and how it is delivered.

Nothing here names a day on which a patch will come: none is promised. Whether one may be asked for depends on the
programme and on the phase of the product's support; a patch is delivered once somebody has accepted the terms of the
licence.

All functions are pure: they say what a `patch_changed` event must hold, or refuse with RuleBroken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias, cast, get_args

from auditor.accounts.request_facts import (
    TEXT_LIMIT,
    Change,
    changes_of,
    check_move,
    checked_entitlement,
    checked_file_name,
    checked_sha256,
    checked_text,
    opening,
    plain,
)
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import Event, text_of

Phase: TypeAlias = Literal["full", "limited", "unsupported", "unknown"]
State: TypeAlias = Literal["requested", "triage", "accepted", "declined", "built", "delivered", "confirmed"]
Answer: TypeAlias = Literal["allow", "warn", "ask", "refuse"]

TYPE: Final = "private_patch"
CHANGED = "patch_changed"
PHASES: tuple[Phase, ...] = get_args(Phase)

TRANSITIONS: Mapping[State, tuple[State, ...]] = {
    "requested": ("triage",),
    "triage": ("accepted", "declined"),
    "accepted": ("built",),
    "declined": (),
    "built": ("delivered",),
    "delivered": ("confirmed",),
    "confirmed": (),
}

_BEFORE_DELIVERY: frozenset[State] = frozenset({"requested", "triage", "accepted", "built"})
_BY_PHASE: Mapping[Phase, tuple[Answer, str]] = {
    "full": ("allow", ""),
    "limited": ("warn", "patch_at_discretion"),
    "unsupported": ("refuse", "patch_unsupported"),
    "unknown": ("ask", "patch_phase_unknown"),
}
_GRAVER: tuple[Answer, ...] = ("allow", "warn", "ask", "refuse")


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a patch may be asked for. `reasons` are names of phrases, the gravest first."""

    answer: Answer
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is requested. `phase` is that of the product's support as a person stated it, `phase_source` where it was
    read; `entitlement` is why the request was taken although nobody says whether the service is included.
    """

    product: str
    product_version: str
    phase: Phase
    phase_source: str = ""
    entitlement: str = ""

    def __post_init__(self) -> None:
        if self.phase not in PHASES:
            raise UsageProblem(f"there is no phase {self.phase!r}", hint=f"there are {', '.join(PHASES)}")
        object.__setattr__(self, "product", checked_text("the product", self.product))
        object.__setattr__(self, "product_version", checked_text("the product's version", self.product_version))
        source = checked_text("the source of the phase", self.phase_source, TEXT_LIMIT, required=False)
        object.__setattr__(self, "phase_source", source)
        object.__setattr__(self, "entitlement", checked_entitlement(self.entitlement))

    def to_document(self) -> dict[str, Any]:
        """JSON-able: `request` of the `submitted` event."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Facts:
        """The facts that `to_document` wrote."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class PatchFile:
    """A patch that was handed over: the name of its file and its SHA-256. UsageProblem for what can be neither."""

    name: str
    sha256: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", checked_file_name("the name of the patch", self.name))
        object.__setattr__(self, "sha256", checked_sha256(self.sha256))


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the licence were accepted: by whom, and when."""

    accepted_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """A request after all that happened to it. `phase` is the one stated last."""

    facts: Facts
    phase: Phase
    state: State
    submitted_at: datetime
    terms: Terms | None = None
    file: PatchFile | None = None
    changes: tuple[Change, ...] = ()

    @property
    def changed_at(self) -> datetime:
        """The instant of the last change, or of the submission."""
        return self.changes[-1].at if self.changes else self.submitted_at


def decide(phase: Phase, entitled: bool | None, confirmed: str = "") -> Decision:
    """Whether a patch may be asked for, by phase and entitlement (None: nobody says; `confirmed` is why it holds).

    A programme that does not include patches is no matter of confirming.
    """
    found = [_BY_PHASE[phase]]
    if entitled is False:
        found.append(("refuse", "patch_not_entitled"))
    elif entitled is None and not confirmed.strip():
        found.append(("ask", "patch_entitlement_unknown"))
    found.sort(key=lambda one: _GRAVER.index(one[0]), reverse=True)
    return Decision(found[0][0], tuple(reason for _, reason in found if reason))


def fold(events: Sequence[Event]) -> Request:
    """The request of an incident after all its events; RuleBroken for an incident of another type."""
    submitted = opening(events, TYPE, "auditor patch requests")
    facts = Facts.from_document(submitted.payload["request"])
    phase, terms, file, state = facts.phase, None, None, "requested"
    changes = tuple(changes_of(events, CHANGED))
    for change in changes:
        state = change.after
        phase = change.payload.get("phase") or phase
        if "accepted_by" in change.payload:
            terms = Terms(change.payload["accepted_by"], change.at)
        if "sha256" in change.payload:
            file = PatchFile(change.payload["name"], change.payload["sha256"])
    return Request(facts, phase, cast(State, state), submitted.at, terms, file, changes)


def triage(request: Request, phase: Phase | None = None, note: str = "") -> dict[str, Any]:
    """Engineers look at the request; they may state the phase anew, as products grow old."""
    stated = {} if phase is None else {"phase": phase}
    return {**_to(request, "triage"), **stated, **_noted(note)}


def accept(request: Request, note: str = "") -> dict[str, Any]:
    """The patch will be attempted; RuleBroken when the phase stated last does not allow it."""
    change = _to(request, "accepted", "a request is accepted or declined in triage")
    if decide(request.phase, True).answer not in {"allow", "warn"}:
        message = f"the support phase of {request.facts.product} {request.facts.product_version} is {request.phase}"
        raise RuleBroken(message, hint="decline the request, and advise an upgrade to a supported version")
    return {**change, **_noted(note)}


def decline(request: Request, reason: str) -> dict[str, Any]:
    """The patch will not be made, for a reason."""
    change = _to(request, "declined", "a request is accepted or declined in triage")
    return {**change, "reason": checked_text("the reason", reason, TEXT_LIMIT)}


def built(request: Request, note: str = "") -> dict[str, Any]:
    """The patch exists."""
    return {**_to(request, "built"), **_noted(note)}


def accept_terms(request: Request, accepted_by: str) -> dict[str, Any]:
    """Somebody (`contact:ID`, `person:ID` or `user:NAME`) accepts the terms of the licence; once, before delivery."""
    if request.terms is not None:
        message = f"the terms were already accepted by {request.terms.accepted_by} at {text_of(request.terms.at)}"
        raise RuleBroken(message, hint="nothing more is needed for the delivery")
    if request.state not in _BEFORE_DELIVERY:
        message = f"a request that is {plain(request.state)} needs no acceptance of terms any more"
        raise RuleBroken(message, hint="terms are accepted before the delivery")
    who = checked_text("who accepts the terms", accepted_by)
    return {"from": request.state, "to": request.state, "accepted_by": who}


def deliver(request: Request, file: PatchFile) -> dict[str, Any]:
    """The patch is handed over; RuleBroken while nobody has accepted the terms of the licence."""
    change = _to(request, "delivered", "a patch is delivered once it is built")
    if request.terms is None:
        message = "nobody has accepted the terms of the licence yet"
        raise RuleBroken(message, hint="record who did with auditor patch accept-terms")
    return {**change, "name": file.name, "sha256": file.sha256}


def confirm(request: Request, note: str = "") -> dict[str, Any]:
    """The customer has seen that the patch does what it should."""
    return {**_to(request, "confirmed", "a patch is confirmed once it is delivered"), **_noted(note)}


def _to(request: Request, after: State, hint: str = "") -> dict[str, Any]:
    check_move(TRANSITIONS[request.state], request.state, after, hint)
    return {"from": request.state, "to": after}


def _noted(note: str) -> dict[str, Any]:
    return {"note": checked_text("the note", note, TEXT_LIMIT, required=False)}
