"""What people said about the verdicts of an engagement, and what became of findings: the one door to findings."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from auditor.app.engagements.facts import Human, called
from auditor.app.findings import history, known
from auditor.app.findings.comparing import comparison_document
from auditor.app.findings.results import ReadRun, key_of
from auditor.calendars.zones import load_zone
from auditor.engagement.changes import compare
from auditor.engagement.findings import Finding
from auditor.engagement.rules import local_day
from auditor.model.events import text_of

if TYPE_CHECKING:
    from auditor.engagement.state import Engagement
    from auditor.sdk.rendering import StoredResult
    from auditor.store.store import Reading

Json = dict[str, Any]


def human_of(reading: Reading, found: Engagement, stored: StoredResult, at: datetime) -> Human:
    """Judgements of people about the verdicts of a result, and that result beside the one delivered before.

    Answers and waivers count as of the day of `at` in the engagement's zone.
    """
    findings = known.of_account(reading, found.account)
    day = local_day(at, load_zone(found.zone))
    run = history.read_judged(stored, findings, day)
    earlier = history.earlier_runs(reading, found, findings, at)
    judgements = [_judgement(reading, one, found.id, day) for one in findings if _is_judged(one, found.id, run)]
    return Human(judgements, _compared(earlier, run) if earlier else None)


def _compared(earlier: list[ReadRun], run: ReadRun) -> Json:
    old = earlier[-1]
    found = compare(old.run, run.run, [one.run for one in earlier[:-1]])
    return comparison_document(old, run, found)


def _is_judged(finding: Finding, engagement: str, run: ReadRun) -> bool:
    """Whether the result has this verdict, and a person has said something about it."""
    check = run.checks.get(finding.identity.check)
    if check is None or run.verdicts.get(key_of(finding.identity, check.product)) is None:
        return False
    said = finding.rating or finding.waiver or finding.attestation or finding.incident
    return bool(said or _notes(finding, engagement))


def _notes(finding: Finding, engagement: str) -> list[Any]:
    """Comments for this report: those of other engagements were printed there."""
    return [note for note in finding.notes if note.engagement in {"", engagement}]


def _judgement(reading: Reading, finding: Finding, engagement: str, day: date) -> Json:
    identity = finding.identity
    return {
        "check_id": identity.check,
        "subject": {"kind": identity.kind, "key": identity.key},
        "fingerprint": finding.id,
        "rating": _rating(reading, finding),
        "waiver": _waiver(reading, finding, day),
        "attestation": _attestation(reading, finding, day),
        "notes": [
            {"text": note.text, "by": called(reading, note.by), "at": text_of(note.at)}
            for note in _notes(finding, engagement)
        ],
        "incident": finding.incident or None,
    }


def _rating(reading: Reading, finding: Finding) -> Json | None:
    rating = finding.rating
    if rating is None:
        return None
    return {
        "severity": rating.severity,
        "by": called(reading, rating.by),
        "reason": rating.reason,
        "at": text_of(rating.at),
    }


def _waiver(reading: Reading, finding: Finding, day: date) -> Json | None:
    waiver = finding.waiver
    if waiver is None:
        return None
    return {
        "approver": called(reading, waiver.approver),
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
        "state": waiver.state(day),
        "at": text_of(waiver.at),
    }


def _attestation(reading: Reading, finding: Finding, day: date) -> Json | None:
    given = finding.attestation
    if given is None:
        return None
    return {
        "answer": given.answer,
        "author": called(reading, given.author),
        "on": given.on.isoformat(),
        "evidence": given.evidence,
        "valid_until": given.valid_until.isoformat(),
        "holds": given.holds(day),
        "reason": given.reason,
        "at": text_of(given.at),
    }
