"""The sections of a result that sum a run up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auditor.app.plugins import PluginFailure
from auditor.app.wording import looked_at
from auditor.engine.baseline import Selection
from auditor.engine.ledger import SAMPLE, Ledger, can_be_collected
from auditor.intake.guide import Guide, Step, chapter_of
from auditor.model.outcomes import Outcome, Reason

Json = dict[str, Any]

STATE_ORDER = (
    Outcome.ERROR,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.MANUAL,
    Outcome.PASS,
    Outcome.NOT_LICENSED,
    Outcome.NOT_APPLICABLE,
)
"""The state of a check is its gravest outcome over all subjects."""

_COPIED = ("revision", "title", "rationale", "recommendation", "remediation", "effort", "change_risk", "verify")


def checks_section(selections: Mapping[str, Selection], ledger: Ledger) -> list[Json]:
    """Every selected check with its texts, state, counts and sample."""
    return [_check_row(selection, ledger) for _, selection in sorted(selections.items())]


def _check_row(selection: Selection, ledger: Ledger) -> Json:
    check, raw = selection.check, selection.check.raw
    counts = ledger.counts.get(check.id, Counter())
    state = next((outcome for outcome in STATE_ORDER if counts.get(outcome.value)), Outcome.UNKNOWN)
    sample = [*ledger.failing.get(check.id, ()), *ledger.open.get(check.id, ())][:SAMPLE]
    row: Json = {
        "id": check.id,
        "sha256": check.sha256,
        **{name: raw[name] for name in _COPIED},
        "severity": selection.severity.value,
        "confidence": check.confidence.value,
        "product": check.product,
        "area": check.area,
        "subject": check.subject,
        "form": check.form,
        "settings": looked_at(check),
        "origin": check.origin,
        "state": state.value,
        "counts": {outcome.value: counts[outcome.value] for outcome in STATE_ORDER if counts.get(outcome.value)},
        "waived": ledger.waived.get(check.id, 0),
        "sample": sample,
        "references": raw["references"],
        "tags": raw["tags"],
        "frameworks": raw.get("frameworks", []),
        "gate": selection.mandatory,
    }
    if selection.severity_reason:
        row["severity_reason"] = selection.severity_reason
    if selection.params:
        row["params"] = dict(selection.params)
    if "versions" in raw:
        row["versions"] = raw["versions"]
    if "manual" in raw:
        row["question"] = raw["manual"]["question"]
        row["question_evidence"] = raw["manual"]["evidence"]
    return row


def inventory_section(ledger: Ledger) -> list[Json]:
    """What was found, per product and kind of subject; devices that streamed by are counted, not named."""
    found = [
        {
            "product": product,
            "kind": kind,
            "count": sum(versions.values()),
            "versions": dict(sorted(versions.items())),
            "names": ledger.names.get((product, kind), []),
        }
        for (product, kind), versions in ledger.subjects.items()
    ]
    rows: Counter[str] = Counter()
    for (kind, _), number in ledger.rows.items():
        rows[kind] += number
    for kind, number in rows.items():
        if number:
            family = kind.partition(".")[0]
            found.append({"product": family, "kind": kind, "count": number, "versions": {}, "names": []})
    return sorted(found, key=lambda row: (row["product"], row["kind"]))


GAP_NAMES = 10
"""Subjects that a gap names."""


def gaps_section(ledger: Ledger, guide: Guide) -> list[Json]:
    """What would have to be collected, the gap that blocks most checks first."""
    found = []
    for (product, kind, area), checks in ledger.gaps.items():
        steps = _steps(guide, product, kind, area)
        found.append(
            {
                "product": product,
                "chapter": chapter_of(product, kind),
                "area": area,
                "checks": sorted(checks),
                "subjects": max(checks.values()),
                "names": _gap_names(ledger, area, checks),
                "steps": [
                    {
                        "id": step.id,
                        "title": step.title,
                        "how": step.how,
                        "commands": commands_of(step),
                        "save_as": step.save_as,
                    }
                    for step in steps
                ],
            }
        )
    return sorted(found, key=lambda gap: (-len(gap["checks"]), gap["product"], gap["area"]))


def _steps(guide: Guide, product: str, kind: str, area: str) -> list[Step]:
    """The steps that bring an area; a server's check may name other subjects of the server, or its devices, by area."""
    chapter = chapter_of(product, kind)
    family = kind.partition(".")[0]
    other = f"{family}.host" if area == "row" else f"{family}.{area}"
    return guide.steps_for(chapter, area, kind) or guide.steps_for(chapter, area, other)


def _gap_names(ledger: Ledger, area: str, checks: Iterable[str]) -> list[str]:
    """Some of the subjects that lack an area, as the samples of the checks show them."""
    names: dict[str, None] = {}
    for check_id in sorted(checks):
        for verdict in ledger.open.get(check_id, ()):
            subject = verdict["subject"]
            helps = can_be_collected(subject["kind"], Reason(verdict["reason"])) if "reason" in verdict else False
            if helps and area in verdict.get("areas", ()) and subject["key"] != "-":
                names[subject["name"]] = None
    return list(names)[:GAP_NAMES]


def commands_of(step: Step) -> list[str]:
    """What to run or call, one a line."""
    calls = [f"{call.method} {call.request}" + (f"  for each {call.each}" if call.each else "") for call in step.calls]
    return [*step.commands, *calls]


def summary_section(
    checks: Sequence[Json], ledger: Ledger, statuses: Mapping[str, int], failures: Sequence[PluginFailure]
) -> Json:
    """Counts over the run, how much could be decided, and whether it was complete."""
    verdicts: Counter[str] = Counter()
    for counts in ledger.counts.values():
        verdicts.update(counts)
    decided = verdicts["pass"] + verdicts["fail"]
    decidable = decided + verdicts["unknown"] + verdicts["manual"] + verdicts["error"]
    severities: Counter[str] = Counter()
    for check in checks:
        if check["counts"].get("fail", 0) > check["waived"]:
            severities[check["severity"]] += 1
    waived = sum(ledger.waived.values())
    reasons = incomplete_because(checks, verdicts, decided, statuses, failures)
    return {
        "verdicts": {outcome.value: verdicts[outcome.value] for outcome in Outcome},
        "decided": decided,
        "decidable": decidable,
        "decided_share": round(decided / decidable, 4) if decidable else None,
        "checks_by_state": dict(Counter(check["state"] for check in checks)),
        "findings_by_severity": {name: severities[name] for name in ("critical", "high", "medium", "low", "info")},
        "findings": verdicts["fail"] - waived,
        "waived": waived,
        "complete": not reasons,
        "incomplete_because": reasons,
        "inputs_by_status": dict(sorted(statuses.items())),
    }


def incomplete_because(
    checks: Sequence[Json],
    verdicts: Mapping[str, int],
    decided: int,
    statuses: Mapping[str, int],
    failures: Sequence[PluginFailure],
) -> list[str]:
    """Why a complete run was impossible, in words; empty when it was not."""
    reasons = []
    if not decided:
        reasons.append("nothing could be decided")
    for status, words in (("broken", "could be read only in part or not at all"), ("skipped", "left out")):
        if statuses.get(status):
            reasons.append(f"{statuses[status]} input{'s' * (statuses[status] != 1)} {words}")
    if verdicts.get("error"):
        reasons.append(f"{verdicts['error']} verdicts are errors of the check itself")
    mandatory = [check["id"] for check in checks if check["gate"] and check["counts"].get("unknown")]
    if mandatory:
        reasons.append(f"mandatory checks could not be decided: {', '.join(mandatory)}")
    reasons.extend(f"plugin {failure.name} could not be loaded" for failure in failures)
    return reasons
