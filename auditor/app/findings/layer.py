"""What a delivery prints beside the result: what people said of its verdicts, what became of earlier findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from auditor.app.engagements.circles import load_engagement
from auditor.app.engagements.facts import called
from auditor.app.findings import comparing, known
from auditor.app.findings.history import earlier_runs, read_judged
from auditor.app.findings.results import key_of
from auditor.app.findings.self_audits import since_self_audit
from auditor.calendars.zones import load_zone
from auditor.engagement.changes import compare
from auditor.engagement.findings import finding_document
from auditor.engagement.rules import local_day

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.app.findings.results import ReadRun
    from auditor.engagement.findings import Finding
    from auditor.engagement.state import Engagement
    from auditor.sdk.rendering import StoredResult
    from auditor.store.store import Reading

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """`judgements`, `comparison` and `self_audit` of the document `engagement.json`.

    There is no comparison without an earlier delivery, and no `self_audit` without one that was received.
    """

    judgements: list[Json]
    comparison: Json | None
    self_audit: Json | None


def human_layer(reading: Reading, engagement: str, result: StoredResult, at: datetime) -> Layer:
    """What people said until `at` about what the result judged, and the result beside all earlier deliveries."""
    found = load_engagement(reading, engagement)
    findings = known.of_account(reading, found.account)
    day = local_day(at, load_zone(found.zone))
    run = read_judged(result, findings, day)
    earlier = earlier_runs(reading, found, at)
    comparison = None
    if earlier:
        made = compare(earlier[-1].run, run.run, [one.run for one in earlier[:-1]])
        comparison = comparing.comparison_document(earlier[-1], run, made)
    judgements = [_judgement(reading, one, found, day) for one in findings if _speaks_of(one, run)]
    self_audit = since_self_audit(reading, found, run, earlier, at)
    return Layer([one for one in judgements if _says_something(one)], comparison, self_audit)


def _speaks_of(finding: Finding, run: ReadRun) -> bool:
    check = run.checks.get(finding.identity.check)
    return check is not None and key_of(finding.identity, check.product) in run.verdicts


def _judgement(reading: Reading, finding: Finding, found: Engagement, day: date) -> Json:
    document = finding_document(finding)
    waiver, answer = finding.waiver, finding.attestation
    return {
        "check_id": finding.identity.check,
        "subject": {"kind": finding.identity.kind, "key": finding.identity.key},
        "fingerprint": finding.id,
        "rating": _named(reading, document["rating"], "by"),
        "waiver": None
        if waiver is None
        else _named(reading, document["waiver"], "approver") | {"state": waiver.state(day)},
        "attestation": None
        if answer is None
        else _named(reading, document["attestation"], "author")
        | {"state": "valid" if answer.holds(day) else "expired"},
        "notes": [
            _named(reading, shown, "by")
            for shown, note in zip(document["notes"], finding.notes, strict=True)
            if note.engagement == found.id or (not note.engagement and note.at >= found.requested_at)
        ],
        "incident": finding.incident or None,
    }


def _named(reading: Reading, shown: Mapping[str, Any] | None, who: str) -> Any:
    """With people by name: the document is the only place of a delivery where names stand."""
    return None if shown is None else {**shown, who: called(reading, shown[who])}


def _says_something(judgement: Json) -> bool:
    return any(judgement[name] for name in ("rating", "waiver", "attestation", "notes", "incident"))
