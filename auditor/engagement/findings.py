"""A finding over the years: what machines said, and what people added to it. Nothing a person says hides the verdict.

A finding is known by account, product, check, thing and setting: a rename, another value or other words change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from auditor.engagement.comparison import Change
from auditor.errors import RuleBroken
from auditor.model.events import Event, canonical, text_of

CLOSED = frozenset({Change.FIXED, Change.NO_LONGER_APPLICABLE, Change.SAME_GOOD, Change.UNDECIDED})
ANSWERS = ("pass", "fail", "not_applicable")
"""What an answer to an interview question can say."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a finding is about. `kind` and `key` name the thing as the result does; `setting` is "" for none."""

    account: str
    product: str
    check: str
    kind: str
    key: str
    setting: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hex."""
        parts = [self.account, self.product, self.check, self.kind, self.key, self.setting]
        return hashlib.sha256(canonical(parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class Observation:
    """What a delivered run said. `change` is what that means beside the earlier ones."""

    engagement: str
    version: int
    at: datetime
    outcome: str
    severity: str
    change: Change
    check_hash: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """Another severity than the machine's, by a person and with a reason."""

    severity: str
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A waiver: accepted until the end of `expires`."""

    approver: str
    reason: str
    expires: date
    at: datetime

    def state(self, today: date) -> str:
        """`active`, `expiring` in its last 30 days, `expired` from the day after."""
        left = (self.expires - today).days
        return "expired" if left < 0 else "expiring" if left <= 30 else "active"


@dataclass(frozen=True, slots=True)
class Attestation:
    """An answer to an interview question. `evidence` says what was shown, `valid_until` its last day."""

    answer: str
    author: str
    on: date
    evidence: str
    valid_until: date
    at: datetime

    def holds(self, today: date) -> bool:
        """Whether it is still valid."""
        return today <= self.valid_until


@dataclass(frozen=True, slots=True)
class Note:
    """A comment that is printed in the report."""

    text: str
    by: str
    at: datetime
    engagement: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding after all its events. `title` and `name` are words of the last run, for lists."""

    id: str
    identity: Identity
    name: str = ""
    observations: tuple[Observation, ...] = ()
    notes: tuple[Note, ...] = ()
    rating: Rating | None = None
    waiver: Acceptance | None = None
    attestation: Attestation | None = None
    incident: str = ""

    @property
    def last(self) -> Observation | None:
        """The latest delivered observation, None before the first delivery."""
        return self.observations[-1] if self.observations else None

    @property
    def is_open(self) -> bool:
        """Whether a delivered run found it and none since has shown it gone."""
        for seen in reversed(self.observations):
            if seen.change is Change.NOT_COMPARABLE:
                continue
            return seen.outcome == "fail" and seen.change not in CLOSED
        return False

    @property
    def severity(self) -> str:
        """The severity that counts: a person's, else the machine's."""
        if self.rating is not None:
            return self.rating.severity
        return self.last.severity if self.last is not None else ""


def fold(events: Iterable[Event]) -> Finding:
    """The finding after its events, in the order in which they happened."""
    ordered = sorted(events, key=lambda event: event.order)
    if not ordered:
        raise RuleBroken("a finding begins with an event")
    about = ordered[0].payload["about"]
    found = Finding(
        ordered[0].subject, Identity(account=ordered[0].account, **about["identity"]), about.get("name", "")
    )
    for event in ordered:
        step = _STEPS.get(event.type)
        if step is not None:
            found = step(found, event)
    return found


def about(identity: Identity, name: str) -> dict[str, Any]:
    """What the payload of each event of a finding says it is about."""
    named = {key: getattr(identity, key) for key in ("product", "check", "kind", "key", "setting")}
    return {"identity": named, "name": name}


def _observed(found: Finding, event: Event) -> Finding:
    payload = event.payload
    seen = Observation(
        payload["engagement"], payload["version"], event.at, payload["outcome"], payload["severity"],
        Change(payload["change"]), payload.get("check_hash", ""),
    )  # fmt: skip
    # A corrected delivery takes the place of the version before it.
    kept = tuple(one for one in found.observations if one.engagement != seen.engagement)
    return replace(found, observations=(*kept, seen), name=payload["about"].get("name") or found.name)


def _noted(found: Finding, event: Event) -> Finding:
    note = Note(event.payload["text"], event.actor, event.at, event.payload.get("engagement", ""))
    return replace(found, notes=(*found.notes, note))


def _rated(found: Finding, event: Event) -> Finding:
    rating = Rating(event.payload["to"], event.actor, event.payload["reason"], event.at)
    return replace(found, rating=None if event.payload["to"] == "" else rating)


def _waived(found: Finding, event: Event) -> Finding:
    payload = event.payload
    until = date.fromisoformat(payload["expires"])
    return replace(found, waiver=Acceptance(payload["approver"], payload["reason"], until, event.at))


def _unwaived(found: Finding, _event: Event) -> Finding:
    return replace(found, waiver=None)


def _attested(found: Finding, event: Event) -> Finding:
    payload = event.payload
    given = Attestation(
        payload["answer"], payload["author"], date.fromisoformat(payload["on"]), payload["evidence"],
        date.fromisoformat(payload["valid_until"]), event.at,
    )  # fmt: skip
    return replace(found, attestation=given)


def _promoted(found: Finding, event: Event) -> Finding:
    return replace(found, incident=event.payload["incident"])


_STEPS: Mapping[str, Callable[[Finding, Event], Finding]] = {
    "observed": _observed,
    "noted": _noted,
    "rated": _rated,
    "waived": _waived,
    "unwaived": _unwaived,
    "attested": _attested,
    "promoted": _promoted,
}


def finding_row(events: Iterable[Event]) -> dict[str, Any]:
    """Columns of the table `finding`; `document` is what lists show, as JSON values."""
    found = fold(events)
    last = found.last
    return {
        "id": found.id,
        "account": found.identity.account,
        "check_id": found.identity.check,
        "product": found.identity.product,
        "is_open": found.is_open,
        "severity": found.severity,
        "engagement": last.engagement if last is not None else "",
        "incident": found.incident or None,
        "document": finding_document(found),
    }


def finding_document(found: Finding) -> dict[str, Any]:
    """The finding as JSON values: the machine's word and people's beside each other."""
    return {
        "id": found.id,
        **about(found.identity, found.name),
        "open": found.is_open,
        "severity": found.severity,
        "observations": [_plain(seen) for seen in found.observations],
        "notes": [_plain(note) for note in found.notes],
        "rating": None if found.rating is None else _plain(found.rating),
        "waiver": None if found.waiver is None else _plain(found.waiver),
        "attestation": None if found.attestation is None else _plain(found.attestation),
        "incident": found.incident,
    }


def _plain(value: Observation | Note | Rating | Acceptance | Attestation) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name in value.__slots__:
        member = getattr(value, name)
        shown[name] = text_of(member) if isinstance(member, datetime) else member
        if isinstance(member, date) and not isinstance(member, datetime):
            shown[name] = member.isoformat()
    return shown
