"""The sections of a result that sum a run up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from auditor.app.plugins import PluginFailure
from auditor.app.wording import looked_at
from auditor.engine.baseline import Selection
from auditor.engine.ledger import NAMES_KEPT, SAMPLE, Ledger
from auditor.intake.guide import Guide, Step, chapter_of
from auditor.model.outcomes import Outcome

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


def gaps_section(ledger: Ledger, guide: Guide) -> list[Json]:
    """What would have to be collected, the gap that blocks most checks first.

    What a subject's own full export does not hold cannot be collected, and nobody is asked for such an export twice.
    """
    found: dict[tuple[str, str, str, tuple[Step, ...]], tuple[Counter[str], list[str]]] = {}
    for (product, kind, area, whole), checks in ledger.gaps.items():
        known = _steps(guide, product, kind, area)
        steps = guide.left(known, area, (whole,)) if whole else known
        if steps or not known:
            counts, names = found.setdefault((product, kind, area, tuple(steps)), (Counter(), []))
            counts.update(checks)
            names += ledger.lacking.get((product, kind, area, whole), ())
    rows: list[Json] = [
        {
            "product": product,
            "chapter": chapter_of(product, kind),
            "area": area,
            "checks": sorted(checks),
            "subjects": max(checks.values()),
            "names": list(dict.fromkeys(names))[:NAMES_KEPT],
            "steps": [_step_row(step) for step in steps],
        }
        for (product, kind, area, steps), (checks, names) in found.items()
    ]
    return sorted(rows, key=lambda row: (-len(row["checks"]), row["product"], row["area"], len(row["steps"])))


def _step_row(step: Step) -> Json:
    return {
        "id": step.id,
        "title": step.title,
        "how": step.how,
        "commands": commands_of(step),
        "save_as": step.save_as,
    }


def _steps(guide: Guide, product: str, kind: str, area: str) -> list[Step]:
    """The steps that bring an area; a server's check may name other subjects of the server, or its devices, by area."""
    chapter = chapter_of(product, kind)
    family = kind.partition(".")[0]
    other = f"{family}.host" if area == "row" else f"{family}.{area}"
    return guide.steps_for(chapter, area, kind) or guide.steps_for(chapter, area, other)


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
