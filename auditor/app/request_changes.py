"""Use cases that requests for database releases and for private patches share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.accounts.incidents.acts import recorded
from auditor.accounts.request_facts import check_order, checked_text
from auditor.app.accounts.contracts import programme_of, terms_at
from auditor.app.accounts.loading import name_of
from auditor.app.request_words import Speaker, shown
from auditor.errors import RuleBroken, UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.contracts import Contract
    from auditor.accounts.incidents.acts import Act
    from auditor.accounts.policy import Policy
    from auditor.accounts.programmes import Programme, Programmes
    from auditor.app.incidents.acting import Case
    from auditor.app.incidents.asking import Asked
    from auditor.app.incidents.following import Remark
    from auditor.model.events import NewEvent
    from auditor.store.store import Reading, Writing

DESCRIPTION_LIMIT = 20_000
_CHUNK = 1 << 20


class InForce(NamedTuple):
    """What holds for a request: the contract (None: standard support), its terms and its programme."""

    contract: Contract | None
    policy: Policy
    programme: Programme

    def entitled(self, service: str) -> bool | None:
        """Whether a service is included; None when nobody says."""
        return self.policy.entitlements.get(service)

    def marked(self, service: str, text: str, speaker: Speaker) -> str:
        """A sentence about whether a service is included, with the marks and the note of what it rests on."""
        settled = {} if self.contract is None else self.contract.overrides.get("entitlements", {})
        cell = self.programme.entitlements[service]
        if service in settled or not cell.marks:
            return text
        return speaker.marked(text, cell.marks, cell.note_in(speaker.language))


class Told(NamedTuple):
    """What became of a command: the view of the request, and what else there is to know."""

    view: Any
    remarks: Sequence[Remark] = ()
    call: Any = None


def in_force(writing: Writing, asked: Asked, act: Act, programmes: Programmes) -> InForce:
    """What holds for a request at the instant of the act."""
    contract, policy = terms_at(writing, asked.account, act.at, programmes, asked.contract)
    return InForce(contract, policy, programme_of(contract, programmes))


def programme_name(found: InForce, language: str) -> str:
    """The name of the programme, safe to look at."""
    return shown(found.programme.name_in(language))


def checked(asked: Asked) -> Asked:
    """The request with texts that can be stored: UsageProblem for those that are missing or too long."""
    return replace(
        asked,
        title=checked_text("the title", asked.title),
        description=checked_text("the description", asked.description, DESCRIPTION_LIMIT, required=False),
        product=checked_text("the product", asked.product),
        product_version=checked_text("the product's version", asked.product_version),
    )


def names_of(reading: Reading, actors: Iterable[str]) -> dict[str, str]:
    """What people are called who act: name and id, only the id once the name was erased."""
    found = {}
    for actor in actors:
        kind, _, ident = actor.partition(":")
        name = name_of(reading, kind, ident) if kind in {"person", "contact"} else ident
        found[actor] = shown(actor if name == ident else f"{name} ({ident})")
    return found


def change_events(case: Case, kind: str, payload: Mapping[str, Any], *, after: datetime) -> list[NewEvent]:
    """The event of a change, which must not be earlier than `after`, the change before it; none when it is known.

    RuleBroken for a cancelled incident, for an instant in the future and for one that contradicts what is recorded.
    """
    if case.incident.state == "cancelled":
        raise RuleBroken(f"{case.incident.id} was cancelled", hint="open a new request")
    check_order(case.act.at, after)
    return recorded(case.incident, case.act, kind, payload)


def named_file(name: str, sha256: str, path: Path | None) -> tuple[str, str]:
    """Name and SHA-256 of a file as stated, or read from the file, piece by piece; a stated name counts more.

    UsageProblem when the file cannot be read, or has another SHA-256 than the stated one.
    """
    if path is None:
        return name, sha256
    found = _digest(path)
    if sha256 and sha256.strip().lower() != found:
        raise UsageProblem(f"the SHA-256 of the file is {found}", where=str(path), hint="another one was stated")
    return name or path.name, found


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise UsageProblem(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    return digest.hexdigest()
