"""The first page in data: headline, numbers, what was looked at, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from auditor.reporting import words
from auditor.reporting.model import (
    Fact,
    Headline,
    InputRow,
    Inputs,
    InventoryRow,
    Summary,
    Tally,
)
from auditor.reporting.text import clip, one_line, visible

Json: TypeAlias = Mapping[str, Any]

LITTLE = 0.5
"""Below this decided share a run without findings gives no picture, and the headline says so."""
TROUBLED_LIMIT = 200
LISTED_LIMIT = 300
NAMES_LIMIT = 8


_NOT_JUDGED = frozenset({"ksc.contents", "ksc.effective_policy", "ksc.device", "xml.document"})


def tallies(counts: Json, labels: Any, notes: Any = None) -> tuple[Tally, ...]:
    """One line per label in the order of `labels`; codes that the labels do not know come last, as they stand."""
    codes = [*labels, *sorted(set(counts) - set(labels))]
    largest = max([counts.get(code, 0) for code in codes], default=0) or 1
    return tuple(
        Tally(
            code=code,
            label=labels.get(code, visible(code)),
            number=counts.get(code, 0),
            width=round(100 * counts.get(code, 0) / largest, 1),
            note=(notes or {}).get(code, ""),
        )
        for code in codes
    )


def headline(result: Json) -> Headline:
    """The sentence that a hurried reader takes away. Never a clean bill when little was decided."""
    summary = result["summary"]
    decided, decidable = summary["decided"], summary["decidable"]
    by_severity = summary["findings_by_severity"]
    findings = sum(by_severity.values())
    grave = by_severity.get("critical", 0) + by_severity.get("high", 0)
    share = words.percent(decided, decidable)
    known = f"{share} of what applies could be decided"
    if not result["checks"]:
        return Headline("Nothing was judged: no check was selected", "open")
    if decided == 0:
        why = "nothing applied" if decidable == 0 else "the data to judge by is missing"
        return Headline(f"Nothing could be decided: {why}", "open", "This is no statement about the protection.")
    if grave:
        return Headline(f"{words.plural(grave, 'critical or high finding')}; {known}", "bad", _others(findings - grave))
    if findings:
        return Headline(f"{words.plural(findings, 'finding')}, none critical or high; {known}", "bad")
    return _without_findings(summary, share)


def _others(count: int) -> str:
    return f"{words.plural(count, 'further finding')} of lower severity." if count else ""


def _without_findings(summary: Json, share: str) -> Headline:
    waived = f"{words.plural(summary.get('waived', 0), 'failing subject')} waived." if summary.get("waived") else ""
    if summary["decided"] < LITTLE * summary["decidable"]:
        text = f"Too little is known: only {share} of what applies could be decided"
        return Headline(text, "open", _join(f"No findings in that part. {waived}"))
    tone = "calm" if summary["complete"] else "open"
    return Headline(f"No findings in the {share} of what applies that could be decided", tone, waived)


def _join(text: str) -> str:
    return " ".join(text.split())


def summary(result: Json) -> Summary:
    """The numbers of the first page."""
    source = result["summary"]
    decided, decidable = source["decided"], source["decidable"]
    return Summary(
        severities=tallies(source["findings_by_severity"], words.SEVERITIES),
        states=tallies(source["checks_by_state"], words.OUTCOMES, words.OUTCOME_MEANINGS),
        decided=decided,
        decidable=decidable,
        decided_share=words.percent(decided, decidable),
        decided_width=round(100 * decided / decidable, 1) if decidable else 0.0,
        findings=source["findings"],
        waived=source.get("waived", 0),
        complete=source["complete"],
        incomplete_because=tuple(clip(reason) for reason in source.get("incomplete_because", ())),
    )


def audited(result: Json) -> str:
    """What was audited, in one line: `Kaspersky Security Center (1 server, 12 policies); ...`.

    What no check judges is left to the table.
    """
    by_product: dict[str, list[str]] = {}
    for row in _by_kind(result["inventory"]):
        if row["kind"] in _NOT_JUDGED:
            continue
        phrase = f"{row['count']:,} {words.kind(row['kind'], row['count'])}"
        by_product.setdefault(row["product"], []).append(phrase)
    parts = [f"{words.product(code)} ({', '.join(phrases)})" for code, phrases in by_product.items()]
    return one_line("; ".join(parts)) or "Nothing that could be recognised"


def inventory(result: Json) -> tuple[InventoryRow, ...]:
    """One line per product and kind of subject."""
    return tuple(
        InventoryRow(
            product=one_line(words.product(row["product"])),
            kind=one_line(words.kind(row["kind"], row["count"])),
            number=row["count"],
            versions=_versions(row["kind"], row["versions"]),
            names=_some(row["names"], row["count"]),
        )
        for row in _by_kind(result["inventory"])
    )


def _by_kind(rows: Iterable[Json]) -> list[Json]:
    """Products in the order of the result; within each, kinds in the order of people."""
    products = {product: rank for rank, product in enumerate(dict.fromkeys(row["product"] for row in rows))}
    ranks = words.KIND_RANK
    return sorted(rows, key=lambda row: (products[row["product"]], ranks.get(row["kind"], len(ranks)), row["kind"]))


def _versions(kind: str, versions: dict[str, int]) -> str:
    if kind not in words.WITH_VERSION and not any(versions):
        return ""
    known = [f"{one_line(name)} ({count:,})" for name, count in versions.items() if name]
    if "" in versions:
        known.append(f"not stated ({versions['']:,})")
    return ", ".join(known[:NAMES_LIMIT]) + (
        f" and {len(known) - NAMES_LIMIT} more" if len(known) > NAMES_LIMIT else ""
    )


def _some(names: Sequence[str], total: int) -> str:
    shown = [one_line(name)[:80] for name in names[:NAMES_LIMIT]]
    rest = max(total, len(names)) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest > 0 and shown else "")


def inputs(result: Json, rows: Iterable[Json]) -> Inputs:
    """The input files, read in one pass that keeps only what is shown."""
    troubled: list[Json] = []
    listed: list[Json] = []
    total = trouble = 0
    for row in rows:
        total += 1
        if row["status"] != "read":
            trouble += 1
            if len(troubled) < TROUBLED_LIMIT:
                troubled.append(row)
        if len(listed) < LISTED_LIMIT:
            listed.append(row)
    order = list(words.INPUT_STATUSES)
    troubled.sort(key=lambda row: (order.index(row["status"]), row["path"]))
    return Inputs(
        total=total,
        statuses=tallies(result["summary"].get("inputs_by_status", {}), words.INPUT_STATUSES),
        troubled=tuple(_input(row) for row in troubled),
        listed=tuple(_input(row) for row in listed),
        left_out=_left_out(result, total - len(listed), trouble - len(troubled)),
    )


def _left_out(result: Json, listed: int, troubled: int) -> str:
    if listed <= 0 and troubled <= 0:
        return ""
    where = result["streams"].get("inputs", {}).get("file", "result.json")
    return one_line(f"{max(listed, troubled):,} more files are not shown here; {where} names every one.")


def _input(row: Json) -> InputRow:
    subjects = row.get("subjects", [])
    return InputRow(
        path=clip(one_line(row["path"]), 300),
        status=row["status"],
        status_label=words.INPUT_STATUSES[row["status"]],
        what=one_line(_what(row)),
        size=words.size(row["size"]),
        sha256=one_line(row["sha256"]),
        subjects=_some(subjects, len(subjects)),
        message=clip(row.get("message", ""), 500),
        place=one_line(row.get("where", "")),
        hint=clip(row.get("hint", ""), 500),
        notes=tuple(clip(note, 300) for note in row.get("notes", ())[:6]),
        collected=words.instant(one_line(row.get("collected_at", ""))),
    )


def _what(row: Json) -> str:
    parts = [row.get("format", "")]
    if "values" in row and row["status"] in {"read", "broken"}:
        parts.append(words.plural(row["values"], "value"))
    return ", ".join(part for part in parts if part)


def title_facts(result: Json) -> tuple[Fact, ...]:
    """Baseline, date and tool of the title block."""
    run, tool = result["run"], result["tool"]
    baseline = run["baseline"]
    catalogue = run.get("catalogue", {})
    chosen = f"{catalogue['selected']:,} of {catalogue['checks']:,} checks" if catalogue else ""
    return (
        Fact(
            "As of",
            words.instant(one_line(run["as_of"])),
            words.AS_OF_SOURCES.get(run["as_of_source"], run["as_of_source"]),
        ),
        Fact("Baseline", one_line(baseline["title"]), f"{one_line(baseline['id'])}, revision {baseline['revision']}"),
        Fact("Catalogue", chosen, "selected by the baseline"),
        Fact("Tool", one_line(f"{tool['name']} {tool['version']}")),
    )
