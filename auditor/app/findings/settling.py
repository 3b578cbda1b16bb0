"""Requests whose findings were found fixed: a person is told that they can be resolved, nothing resolves itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.accounts.incidents.lifecycle import OPEN
from auditor.engagement.findings import finding_of

if TYPE_CHECKING:
    from auditor.engagement.findings import Finding
    from auditor.store.store import Reading


@dataclass(frozen=True, slots=True)
class Proposal:
    """An open request of which `fixed` of `all` findings are gone; worth resolving when none is left.

    `engagement` is the latest one that found one of them fixed.
    """

    incident: str
    title: str
    fixed: int
    all: int
    engagement: str

    @property
    def complete(self) -> bool:
        """Whether every finding of the request is fixed."""
        return self.fixed == self.all


def is_open(reading: Reading, incident: str) -> bool:
    """Whether the request is still worked on; "" is none."""
    document = reading.document("incident", incident) if incident else None
    return document is not None and document["state"] in OPEN


def proposals(reading: Reading, findings: Iterable[Finding]) -> list[Proposal]:
    """Open requests with fixed findings, by number. `findings` are all of the account."""
    parts: dict[str, list[Finding]] = {}
    for found in findings:
        if found.incident:
            parts.setdefault(found.incident, []).append(found)
    made = []
    for incident, own in sorted(parts.items()):
        settled = [found for found in own if found.settled]
        document = reading.document("incident", incident) if settled else None
        if document is not None and document["state"] in OPEN:
            made.append(Proposal(incident, document["title"], len(settled), len(own), _latest(settled)))
    return made


def promoted_proposals(reading: Reading, account: str) -> list[Proposal]:
    """The proposals of an account, without looking at findings that never became part of a request."""
    from auditor.store.finding_queries import FindingQueries

    return proposals(reading, (finding_of(document) for document in FindingQueries(reading).promoted(account)))


def _latest(settled: Iterable[Finding]) -> str:
    """The engagement that delivered last among those that found findings fixed."""
    seen = [
        (one.at, one.engagement) for found in settled for one in found.observations if one.engagement == found.settled
    ]
    return max(seen)[1] if seen else ""
