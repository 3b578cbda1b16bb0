"""A finding over the years: what machines said, and what people added to it. Nothing a person says hides the verdict.

A finding is known by account, product, check, thing and setting: a rename, another value or other words change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from auditor.engagement.comparison import Change
from auditor.errors import RuleBroken
from auditor.model.events import Event, canonical, instant_of, text_of

CLOSED = frozenset({Change.FIXED, Change.NO_LONGER_APPLICABLE, Change.SAME_GOOD, Change.UNDECIDED})
ANSWERS = ("pass", "fail", "not_applicable")
"""What an answer to an interview question can say."""

MACHINE = "machine"
"""In place of a severity: a person's rating is taken back."""


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

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What a run tells apart: there is one verdict of a check for each thing, whatever the check looks at."""
        return self.product, self.check, self.kind, self.key


@dataclass(frozen=True, slots=True)
class Label:
    """Words of the last run, for lists: what people call the thing, the check's title and the area it belongs to."""

    name: str = ""
    title: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a delivered run said; `outcome` is "absent" where it has no verdict. `change` is what that means.

    `check_hash` is that of the check's document, `meaning` names what it asks for and `revision` counts that.
    `attested`: the outcome is a person's answer. `why` explains NOT_COMPARABLE.
    """

    engagement: str
    version: int
    at: datetime
    outcome: str
    severity: str
    change: Change
    check_hash: str = ""
    revision: int = 0
    meaning: str = ""
    attested: bool = False
    why: str = ""


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

    def holds(self, today: date) -> bool:
        """Whether the finding is still accepted."""
        return today <= self.expires


@dataclass(frozen=True, slots=True)
class Attestation:
    """An answer to an interview question. `evidence` says what was shown, `valid_until` its last day."""

    answer: str
    author: str
    on: date
    evidence: str
    valid_until: date
    at: datetime
    reason: str = ""

    def holds(self, today: date) -> bool:
        """Whether it is valid on that day."""
        return self.on <= today <= self.valid_until


@dataclass(frozen=True, slots=True)
class Note:
    """A comment that is printed in the report."""

    text: str
    by: str
    at: datetime
    engagement: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding after all its events. `incident` is the last request that it became part of.

    `settled` names the engagement that found it fixed while that request was still worked on.
    """

    id: str
    identity: Identity
    label: Label = Label()
    observations: tuple[Observation, ...] = ()
    notes: tuple[Note, ...] = ()
    rating: Rating | None = None
    waiver: Acceptance | None = None
    attestation: Attestation | None = None
    incident: str = ""
    settled: str = ""

    @property
    def last(self) -> Observation | None:
        """The latest delivered observation, None before the first delivery."""
        return self.observations[-1] if self.observations else None

    @property
    def is_open(self) -> bool:
        """Whether a delivered run found it and none since has shown it gone."""
        return self.found is not None

    @property
    def found(self) -> Observation | None:
        """The latest run that found it, None when it is closed. What could not be compared closes nothing."""
        for seen in reversed(self.observations):
            if seen.change is Change.NOT_COMPARABLE:
                continue
            return seen if seen.outcome == "fail" and seen.change not in CLOSED else None
        return None

    @property
    def since(self) -> datetime | None:
        """When it was first found, without having been gone in between; None when it is closed."""
        first = None
        for seen in reversed(self.observations):
            if seen.change in CLOSED:
                break
            first = seen.at if seen.outcome == "fail" else first
        return first if self.is_open else None

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
    found = Finding(ordered[0].subject, Identity(account=ordered[0].account, **about["identity"]), _label(about))
    for event in ordered:
        step = _STEPS.get(event.type)
        if step is not None:
            found = step(found, event)
    return found


def about(identity: Identity, label: Label) -> dict[str, Any]:
    """What the payload of each event of a finding says it is about."""
    named = {key: getattr(identity, key) for key in ("product", "check", "kind", "key", "setting")}
    return {"identity": named, "name": label.name, "title": label.title, "area": label.area}


def _label(said: Mapping[str, Any]) -> Label:
    return Label(said.get("name", ""), said.get("title", ""), said.get("area", ""))


def _observed(found: Finding, event: Event) -> Finding:
    payload = event.payload
    seen = Observation(
        at=event.at,
        change=Change(payload["change"]),
        **{name: payload[name] for name in ("engagement", "version", "outcome", "severity")},
        **{name: payload[name] for name in _OPTIONAL if name in payload},
    )
    label = _label(payload["about"])
    settled = "" if seen.outcome == "fail" else found.settled
    found = replace(found, label=label if label.name else found.label, settled=settled)
    return replace(found, observations=_with(found.observations, seen))


def _with(observations: tuple[Observation, ...], seen: Observation) -> tuple[Observation, ...]:
    """A corrected delivery takes the place of the version before it."""
    for place, known in enumerate(observations):
        if known.engagement == seen.engagement:
            return (*observations[:place], seen, *observations[place + 1 :])
    return (*observations, seen)


def _noted(found: Finding, event: Event) -> Finding:
    note = Note(event.payload["text"], event.actor, event.at, event.payload.get("engagement", ""))
    return replace(found, notes=(*found.notes, note))


def _rated(found: Finding, event: Event) -> Finding:
    rating = Rating(event.payload["to"], event.actor, event.payload["reason"], event.at)
    return replace(found, rating=None if rating.severity == MACHINE else rating)


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
        date.fromisoformat(payload["valid_until"]), event.at, payload.get("reason", ""),
    )  # fmt: skip
    return replace(found, attestation=given)


def _promoted(found: Finding, event: Event) -> Finding:
    return replace(found, incident=event.payload["incident"], settled="")


def _settled(found: Finding, event: Event) -> Finding:
    return replace(found, settled=event.payload["engagement"])


_STEPS: Mapping[str, Callable[[Finding, Event], Finding]] = {
    "observed": _observed,
    "noted": _noted,
    "rated": _rated,
    "waived": _waived,
    "unwaived": _unwaived,
    "attested": _attested,
    "promoted": _promoted,
    "settled": _settled,
}
_OPTIONAL = ("check_hash", "revision", "meaning", "attested", "why")


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
        "account": found.identity.account,
        **about(found.identity, found.label),
        "open": found.is_open,
        "since": None if found.since is None else text_of(found.since),
        "severity": found.severity,
        "observations": [_plain(seen) for seen in found.observations],
        "notes": [_plain(note) for note in found.notes],
        "rating": None if found.rating is None else _plain(found.rating),
        "waiver": None if found.waiver is None else _plain(found.waiver),
        "attestation": None if found.attestation is None else _plain(found.attestation),
        "incident": found.incident,
        "settled": found.settled,
    }


def finding_of(document: Mapping[str, Any]) -> Finding:
    """The finding that `finding_document` wrote."""
    return Finding(
        document["id"],
        Identity(account=document["account"], **document["identity"]),
        _label(document),
        tuple(_read(Observation, seen) for seen in document["observations"]),
        tuple(_read(Note, note) for note in document["notes"]),
        _read(Rating, document["rating"]),
        _read(Acceptance, document["waiver"]),
        _read(Attestation, document["attestation"]),
        document["incident"],
        document["settled"],
    )


def _plain(value: Observation | Note | Rating | Acceptance | Attestation) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for field in fields(value):
        member = getattr(value, field.name)
        if isinstance(member, datetime):
            member = text_of(member)
        shown[field.name] = member.isoformat() if isinstance(member, date) else member
    return shown


_READERS: Mapping[str, Callable[[str], Any]] = {
    "at": instant_of,
    "on": date.fromisoformat,
    "expires": date.fromisoformat,
    "valid_until": date.fromisoformat,
    "change": Change,
}


def _read(kind: Callable[..., Any], shown: Mapping[str, Any] | None) -> Any:
    if shown is None:
        return None
    return kind(**{name: _READERS[name](value) if name in _READERS else value for name, value in shown.items()})
