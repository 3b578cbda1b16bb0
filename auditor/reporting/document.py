"""From a stored result to the one thing that templates are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

from auditor.reporting import collecting, overview, words
from auditor.reporting.checkcards import build_check, open_failures, reason_of
from auditor.reporting.model import (
    AreaGroup,
    Check,
    Fact,
    Filters,
    ReasonGroup,
    ReportDocument,
    SeverityGroup,
    WaiverRow,
)
from auditor.reporting.text import clip, one_line, visible

if TYPE_CHECKING:
    from auditor.sdk.rendering import StoredResult

Json: TypeAlias = Mapping[str, Any]

DECIDE_FIRST = 10
SAMPLE_BUDGET = 3_000
SAMPLE_MOST = 20
SAMPLE_LEAST = 5
WAIVER_LIMIT = 500
_COSTS = {"low": 0, "medium": 1, "high": 2}
_WAIVER_ORDER = {"expired": 0, "expiring": 1, "active": 2, "unmatched": 3}


def document_of(stored: StoredResult) -> ReportDocument:
    """The report of a stored result, built once however many renderers ask for it."""
    found = _documents.get(stored)
    if found is None:
        found = _documents[stored] = build(stored.data, stored.inputs(), stored.sha256())
    return found


_documents: WeakKeyDictionary[StoredResult, ReportDocument] = WeakKeyDictionary()


def build(result: Json, inputs: Iterable[Json] | None = None, sha256: str = "") -> ReportDocument:
    """The report of a result (the parsed `result.json`).

    `inputs` are its input records where they were streamed to a file of their own, `sha256` that of its file. The size of the document is
    bounded by the number of checks, never by the number of subjects or devices.
    """
    limit = _sample_limit(result["checks"])
    ordered = sorted(result["checks"], key=lambda check: (words.SEVERITY_RANK[check["severity"]], check["id"]))
    pairs = [(source, build_check(source, limit)) for source in ordered]
    failing = [(source, check) for source, check in pairs if open_failures(source)]
    findings = [check for _, check in failing]
    finding_ids = {check.id for check in findings}
    gaps, gaps_left_out = collecting.gaps(result)
    undecided = [(source, check) for source, check in pairs if check.state in {"unknown", "error"}]
    undecided = [pair for pair in undecided if pair[1].id not in finding_ids]
    return ReportDocument(
        **_about(result, sha256),
        decide_first=_decide_first(failing),
        inputs=overview.inputs(result, result["inputs"] if inputs is None else inputs),
        gaps=gaps,
        gaps_left_out=gaps_left_out,
        findings=_by_severity(findings),
        finding_count=len(findings),
        waived=tuple(check for _, check in pairs if check.state == "fail" and check.id not in finding_ids),
        waivers=_waivers(result),
        waivers_expired=sum(1 for waiver in result["waivers"] if waiver["state"] == "expired"),
        questions=tuple(check for _, check in pairs if check.state == "manual"),
        undecided=_by_reason(undecided),
        undecided_count=len(undecided),
        checklist=_checklist([check for _, check in pairs]),
        check_count=len(pairs),
        filters=_filters([check for _, check in pairs]),
    )


def _about(result: Json, sha256: str) -> dict[str, Any]:
    """What the document says of the run as a whole."""
    run = result["run"]
    failures = (Fact(one_line(plugin["name"]), clip(plugin["message"])) for plugin in run["plugin_failures"])
    return {
        "title": "Kaspersky health check",
        "audited": overview.audited(result),
        "self_audit": run["self_audit"],
        "as_of": words.instant(one_line(run["as_of"])),
        "facts": overview.title_facts(result),
        "headline": overview.headline(result),
        "summary": overview.summary(result),
        "inventory": overview.inventory(result),
        "plugins": tuple(Fact(one_line(plugin["name"]), one_line(plugin["version"])) for plugin in run["plugins"]),
        "plugin_failures": tuple(failures),
        "digests": _digests(run, sha256),
        "affected_file": visible(result["streams"].get("affected", {}).get("file", "result.json")),
        "version": one_line(result["tool"]["version"]),
    }


def _sample_limit(checks: list[Json]) -> int:
    """Subjects shown per check: fewer where many checks need evidence, so that the report stays small."""
    needy = sum(1 for check in checks if check["sample"]) or 1
    return max(SAMPLE_LEAST, min(SAMPLE_MOST, SAMPLE_BUDGET // needy))


def _decide_first(failing: list[tuple[Json, Check]]) -> tuple[Check, ...]:
    """The gravest first; among equals those that cost least to fix."""

    def order(pair: tuple[Json, Check]) -> tuple[int, int, int, str]:
        source, check = pair
        cost = _COSTS[source["effort"]], _COSTS[source["change_risk"]]
        return (words.SEVERITY_RANK[check.severity], *cost, check.id)

    return tuple(check for _, check in sorted(failing, key=order)[:DECIDE_FIRST])


def _by_severity(findings: list[Check]) -> tuple[SeverityGroup, ...]:
    groups = (
        SeverityGroup(code, label, tuple(check for check in findings if check.severity == code))
        for code, label in words.SEVERITIES.items()
    )
    return tuple(group for group in groups if group.checks)


def _by_reason(undecided: list[tuple[Json, Check]]) -> tuple[ReasonGroup, ...]:
    """In the order of the known reasons; a reason that this version does not know keeps its own name."""
    grouped: dict[str, list[Check]] = {}
    for source, check in undecided:
        grouped.setdefault(reason_of(source), []).append(check)
    known = list(words.REASONS)
    ordered = sorted(grouped, key=lambda code: (known.index(code) if code in known else len(known), code))
    return tuple(_reason_group(code, grouped[code]) for code in ordered)


def _reason_group(code: str, checks: list[Check]) -> ReasonGroup:
    label, advice = words.REASONS.get(code, (visible(code) or "No reason stated", ""))
    return ReasonGroup(code, label, advice, tuple(checks))


def _checklist(checks: list[Check]) -> tuple[AreaGroup, ...]:
    grouped: dict[str, list[Check]] = {}
    for check in sorted(checks, key=lambda item: item.id):
        grouped.setdefault(check.product, []).append(check)
    order = [*words.PRODUCTS, *sorted(set(grouped) - set(words.PRODUCTS))]
    return tuple(
        AreaGroup(code, words.product(code), tuple(grouped[code]), _states(grouped[code]))
        for code in order
        if code in grouped
    )


def _states(checks: list[Check]) -> str:
    counts = {code: sum(1 for check in checks if check.state == code) for code in words.OUTCOMES}
    return ", ".join(f"{count} {words.OUTCOMES[code].lower()}" for code, count in counts.items() if count)


def _waivers(result: Json) -> tuple[WaiverRow, ...]:
    titles = {check["id"]: check["title"] for check in result["checks"]}
    ordered = sorted(result["waivers"], key=lambda waiver: (_WAIVER_ORDER[waiver["state"]], waiver["check"]))
    return tuple(_waiver(waiver, titles.get(waiver["check"], "")) for waiver in ordered[:WAIVER_LIMIT])


def _waiver(waiver: Json, title: str) -> WaiverRow:
    subjects = [one_line(name) for name in waiver["subjects"]]
    more = f" and {len(subjects) - 8} more" if len(subjects) > 8 else ""
    return WaiverRow(
        check=one_line(waiver["check"]),
        title=clip(title, 300),
        subjects=clip(", ".join(subjects[:8]), 400) + more or "every subject",
        reason=clip(waiver["reason"], 600),
        approver=clip(one_line(waiver["approver"]), 200),
        expires=words.instant(one_line(waiver["expires"])),
        state=waiver["state"],
        state_label=words.WAIVER_STATES[waiver["state"]],
        matched=words.plural(waiver["matched"], "subject"),
    )


def _digests(run: Json, sha256: str) -> tuple[Fact, ...]:
    rows = [Fact("The result", sha256, "result.json, of which this report is made")] if sha256 else []
    rows.append(Fact("All inputs", one_line(run.get("input_digest", "")), "path and SHA-256 of every input, in order"))
    if "catalogue" in run:
        rows.append(Fact("Check catalogue", one_line(run["catalogue"]["sha256"])))
    rows.append(Fact("Baseline", one_line(run["baseline"]["sha256"])))
    return tuple(rows)


def _filters(checks: list[Check]) -> Filters:
    severities = {check.severity for check in checks}
    states = {check.state for check in checks}
    products = {check.product for check in checks}
    order = [*words.PRODUCTS, *sorted(products - set(words.PRODUCTS))]
    return Filters(
        severities=tuple((code, label) for code, label in words.SEVERITIES.items() if code in severities),
        states=tuple((code, label) for code, label in words.OUTCOMES.items() if code in states),
        products=tuple((code, words.product(code)) for code in order if code in products),
    )
