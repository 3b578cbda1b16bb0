"""A verdict with what people say about it laid over it: both stay visible, and it is said which one counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditor.engagement.findings import Acceptance, Attestation, Finding, Note, Rating


@dataclass(frozen=True, slots=True)
class Judged:
    """What a machine said (`outcome`, `severity`) and what counts (`counts_as`, `weighs`).

    `waiver` with `waiver_state` (active, expiring, expired; "" for none) and `until` (its last day) may come from the
    audit's own file, where only `until` is known. `answer_state` is valid or expired, "" without an answer. `incident`
    is the request that the finding became part of.
    """

    outcome: str
    severity: str
    counts_as: str
    weighs: str
    waiver_state: str = ""
    until: str = ""
    waiver: Acceptance | None = None
    rating: Rating | None = None
    answer_state: str = ""
    answer: Attestation | None = None
    notes: tuple[Note, ...] = ()
    incident: str = ""

    @property
    def waived(self) -> bool:
        """Whether it is accepted now."""
        return self.waiver_state in {"active", "expiring"}


def judged(verdict: Mapping[str, Any], finding: Finding | None, today: date) -> Judged:
    """Lay a finding (None: nobody said anything) over a verdict of a result.

    An answer takes the place of a question only while it is valid. A waiver speaks of failures only; one that holds
    wins over one that has expired, whether it stands with the account or in the audit's file.
    """
    outcome, severity = verdict["outcome"], verdict["severity"]
    answer = finding.attestation if finding is not None and outcome == "manual" else None
    valid = answer is not None and answer.holds(today)
    counts_as = answer.answer if answer is not None and valid else outcome
    rating = finding.rating if finding is not None else None
    state, until, waiver = _waiver(verdict, finding, today) if counts_as == "fail" else ("", "", None)
    return Judged(
        outcome=outcome,
        severity=severity,
        counts_as=counts_as,
        weighs=severity if rating is None else rating.severity,
        waiver_state=state,
        until=until,
        waiver=waiver,
        rating=rating,
        answer_state="" if answer is None else "valid" if valid else "expired",
        answer=answer,
        notes=() if finding is None else finding.notes,
        incident="" if finding is None else finding.incident,
    )


def _waiver(verdict: Mapping[str, Any], finding: Finding | None, today: date) -> tuple[str, str, Acceptance | None]:
    """(state, last day, the account's waiver) of what covers a failure."""
    own = finding.waiver if finding is not None else None
    if own is not None and own.holds(today):
        return own.state(today), own.expires.isoformat(), own
    stated = verdict.get("waived")
    if stated is not None:
        # The run compared its last day with the day as of which it judged.
        return "active", str(stated["expires"]), None
    if own is not None:
        return "expired", own.expires.isoformat(), own
    expired = verdict.get("waiver_expired", "")
    return ("expired", str(expired), None) if expired else ("", "", None)
