"""From a stored result to the one thing that templates are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

from auditor.reporting import collecting, engagement, overview
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
from auditor.reporting.text import one_line, visible
from auditor.reporting.words import OUTCOMES, PRODUCTS, REASONS, SEVERITIES, SEVERITY_RANK, Words, product

if TYPE_CHECKING:
    from auditor.phrases.texts import Texts
    from auditor.sdk.rendering import StoredResult

Json: TypeAlias = Mapping[str, Any]

DECIDE_FIRST = 10
SAMPLE_BUDGET = 3_000
SAMPLE_MOST = 20
SAMPLE_LEAST = 5
WAIVER_LIMIT = 500
_COSTS = {"low": 0, "medium": 1, "high": 2}
_WAIVER_ORDER = {"expired": 0, "expiring": 1, "active": 2, "unmatched": 3}


def document_of(stored: StoredResult, language: str = "en", texts: Texts | None = None) -> ReportDocument:
    """The report of a stored result in a language, built once however many renderers ask for it.

    `texts` are those of its content in that language.
    """
    made = _documents.setdefault(stored, {})
    asked = language, texts
    if asked not in made:
        words = Words(language, texts)
        made[asked] = build(stored.data, stored.inputs(), stored.sha256(), words, stored.engagement())
    return made[asked]


_documents: WeakKeyDictionary[StoredResult, dict[tuple[str, Texts | None], ReportDocument]] = WeakKeyDictionary()


def build(
    result: Json,
    inputs: Iterable[Json] | None = None,
    sha256: str = "",
    words: Words | None = None,
    agreed: Json | None = None,
) -> ReportDocument:
    """The report of a result (the parsed `result.json`), in English where no words are given.

    `inputs` are its input records where they were streamed to a file of their own, `sha256` that of its file, `agreed`
    is `engagement.json`. Its size is bounded by the number of checks, never by that of subjects or devices.
    """
    words = words or Words()
    human = engagement.Human(words, agreed, result["run"]["as_of"])
    pairs = _pairs(words, result, human)
    failing = [(source, check) for source, check in pairs if open_failures(source)]
    findings = [check for _, check in failing]
    finding_ids = {check.id for check in findings}
    gaps, gaps_left_out = collecting.gaps(words, result)
    undecided = [pair for pair in pairs if pair[1].state in {"unknown", "error"} and pair[1].id not in finding_ids]
    return ReportDocument(
        **_about(words, result, sha256),
        **_engaged(human, result["run"]["self_audit"] and agreed is None),
        decide_first=_decide_first(failing),
        inputs=overview.inputs(words, result, result["inputs"] if inputs is None else inputs),
        gaps=gaps,
        gaps_left_out=gaps_left_out,
        findings=_by_severity(words, findings),
        finding_count=len(findings),
        waived=tuple(check for _, check in pairs if check.state == "fail" and check.id not in finding_ids),
        questions=tuple(check for _, check in pairs if check.state == "manual"),
        undecided=_by_reason(words, undecided),
        undecided_count=len(undecided),
        checklist=_checklist(words, [check for _, check in pairs]),
        check_count=len(pairs),
        filters=_filters(words, [check for _, check in pairs]),
        partly_english=words.partly_english,  # known now that everything was said
    )


def _engaged(human: engagement.Human, self_audit: bool) -> dict[str, Any]:
    """What the document says of the engagement."""
    return {
        "self_audit": self_audit,
        "cover": human.cover(),
        "comparison": human.comparison(),
        "since_self_audit": human.since_self_audit(),
    }


def _pairs(words: Words, result: Json, human: engagement.Human) -> list[tuple[Json, Check]]:
    """Every check of the result with how it is shown: the gravest first, then by id."""
    limit = _sample_limit(result["checks"])
    ordered = sorted(result["checks"], key=lambda check: (SEVERITY_RANK[check["severity"]], check["id"]))
    return [(source, human.added_to(build_check(words, source, limit), source)) for source in ordered]


def _about(words: Words, result: Json, sha256: str) -> dict[str, Any]:
    """What the document says of the run as a whole."""
    run = result["run"]
    failures = (Fact(one_line(plugin["name"]), words.told(plugin["message"])) for plugin in run["plugin_failures"])
    return {
        "language": words.language,
        "title": words.say("title"),
        "audited": overview.audited(words, result),
        "as_of": words.instant(one_line(run["as_of"])),
        "facts": overview.title_facts(words, result),
        "headline": overview.headline(words, result),
        "summary": overview.summary(words, result),
        "inventory": overview.inventory(words, result),
        "waivers": _waivers(words, result),
        "waivers_expired": sum(1 for waiver in result["waivers"] if waiver["state"] == "expired"),
        "plugins": tuple(Fact(one_line(plugin["name"]), one_line(plugin["version"])) for plugin in run["plugins"]),
        "plugin_failures": tuple(failures),
        "digests": _digests(words, run, sha256),
        "affected_file": visible(result["streams"].get("affected", {}).get("file", "result.json")),
        "verdicts_file": visible(result["streams"].get("verdicts", {}).get("file", "result.json")),
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
        return (SEVERITY_RANK[check.severity], *cost, check.id)

    return tuple(check for _, check in sorted(failing, key=order)[:DECIDE_FIRST])


def _by_severity(words: Words, findings: list[Check]) -> tuple[SeverityGroup, ...]:
    groups = (
        SeverityGroup(code, label, tuple(check for check in findings if check.severity == code))
        for code, label in words.labels("severity", SEVERITIES).items()
    )
    return tuple(group for group in groups if group.checks)


def _by_reason(words: Words, undecided: list[tuple[Json, Check]]) -> tuple[ReasonGroup, ...]:
    """In the order of the known reasons; a reason that this version does not know keeps its own name."""
    grouped: dict[str, list[Check]] = {}
    for source, check in undecided:
        grouped.setdefault(reason_of(source), []).append(check)
    ordered = sorted(grouped, key=lambda code: (REASONS.index(code) if code in REASONS else len(REASONS), code))
    return tuple(_reason_group(words, code, grouped[code]) for code in ordered)


def _reason_group(words: Words, code: str, checks: list[Check]) -> ReasonGroup:
    if code not in REASONS:
        return ReasonGroup(code, visible(code) or words.say("reason_none"), "", tuple(checks))
    return ReasonGroup(code, words.say(f"reason_{code}"), words.say(f"advice_{code}"), tuple(checks))


def _checklist(words: Words, checks: list[Check]) -> tuple[AreaGroup, ...]:
    grouped: dict[str, list[Check]] = {}
    for check in sorted(checks, key=lambda item: item.id):
        grouped.setdefault(check.product, []).append(check)
    order = [*PRODUCTS, *sorted(set(grouped) - set(PRODUCTS))]
    return tuple(
        AreaGroup(code, product(code), tuple(grouped[code]), _states(words, grouped[code]))
        for code in order
        if code in grouped
    )


def _states(words: Words, checks: list[Check]) -> str:
    counts = {code: sum(1 for check in checks if check.state == code) for code in OUTCOMES}
    return ", ".join(words.count_of(count, words.say(f"outcome_{code}")) for code, count in counts.items() if count)


def _waivers(words: Words, result: Json) -> tuple[WaiverRow, ...]:
    titles = {check["id"]: check["title"] for check in result["checks"]}
    ordered = sorted(result["waivers"], key=lambda waiver: (_WAIVER_ORDER[waiver["state"]], waiver["check"]))
    return tuple(_waiver(words, waiver, titles.get(waiver["check"], "")) for waiver in ordered[:WAIVER_LIMIT])


def _waiver(words: Words, waiver: Json, title: str) -> WaiverRow:
    subjects = [one_line(name) for name in waiver["subjects"]]
    listed = words.and_more(words.clip(", ".join(subjects[:8]), 400), len(subjects) - 8)
    return WaiverRow(
        check=one_line(waiver["check"]),
        title=words.told(title, 300),
        subjects=listed or words.say("every_subject"),
        reason=words.clip(waiver["reason"], 600),
        approver=words.clip(one_line(waiver["approver"]), 200),
        expires=words.instant(one_line(waiver["expires"])),
        state=waiver["state"],
        state_label=words.say(f"waiver_{waiver['state']}"),
        matched=words.say("waiver_matched", count=waiver["matched"]),
    )


def _digests(words: Words, run: Json, sha256: str) -> tuple[Fact, ...]:
    rows = [Fact(words.say("digest_result"), sha256, words.say("digest_result_note"))] if sha256 else []
    inputs = one_line(run.get("input_digest", ""))
    rows.append(Fact(words.say("digest_inputs"), inputs, words.say("digest_inputs_note")))
    if "catalogue" in run:
        rows.append(Fact(words.say("digest_catalogue"), one_line(run["catalogue"]["sha256"])))
    rows.append(Fact(words.say("digest_baseline"), one_line(run["baseline"]["sha256"])))
    return tuple(rows)


def _filters(words: Words, checks: list[Check]) -> Filters:
    severities = {check.severity for check in checks}
    states = {check.state for check in checks}
    products = {check.product for check in checks}
    order = [*PRODUCTS, *sorted(products - set(PRODUCTS))]
    return Filters(
        severities=tuple(
            (code, label) for code, label in words.labels("severity", SEVERITIES).items() if code in severities
        ),
        states=tuple((code, label) for code, label in words.labels("outcome", OUTCOMES).items() if code in states),
        products=tuple((code, product(code)) for code in order if code in products),
    )
