"""Requests whose findings were found fixed: a person is told that they can be resolved, nothing resolves itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.accounts.incidents.lifecycle import OPEN

if TYPE_CHECKING:
    from auditor.engagement.findings import Finding
    from auditor.store.store import Reading


@dataclass(frozen=True, slots=True)
class Proposal:
    """An open request of which `fixed` of `all` findings are gone; worth resolving when none is left."""

    incident: str
    title: str
    fixed: int
    all: int

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
        settled = sum(1 for found in own if found.settled)
        document = reading.document("incident", incident) if settled else None
        if document is not None and document["state"] in OPEN:
            made.append(Proposal(incident, document["title"], settled, len(own)))
    return made
