"""The first page in data: headline, numbers, what was looked at, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from auditor.reporting.model import (
    Fact,
    Headline,
    InputRow,
    Inputs,
    InventoryRow,
    Summary,
    Tally,
)
from auditor.reporting.text import one_line, visible
from auditor.reporting.words import INPUT_STATUSES, KIND_RANK, OUTCOMES, SEVERITIES, WITH_VERSION, Words, product

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


def headline(words: Words, result: Json) -> Headline:
    """The sentence that a hurried reader takes away. Never a clean bill when little was decided."""
    summary = result["summary"]
    decided, decidable = summary["decided"], summary["decidable"]
    by_severity = summary["findings_by_severity"]
    findings = sum(by_severity.values())
    grave = by_severity.get("critical", 0) + by_severity.get("high", 0)
    share = words.percent(decided, decidable)
    if not result["checks"]:
        return Headline(words.say("h_not_selected"), "open")
    if decided == 0:
        why = "h_not_applied" if decidable == 0 else "h_no_data"
        return Headline(words.say(why), "open", words.say("h_no_statement"))
    if grave:
        others = words.say("h_others", count=findings - grave) if findings > grave else ""
        return Headline(words.say("h_grave", count=grave, share=share), "bad", others)
    if findings:
        return Headline(words.say("h_findings", count=findings, share=share), "bad")
    return _without_findings(words, summary, share)


def _without_findings(words: Words, summary: Json, share: str) -> Headline:
    waived = words.say("h_waived", count=summary["waived"]) if summary.get("waived") else ""
    if summary["decided"] < LITTLE * summary["decidable"]:
        detail = _join(f"{words.say('h_none_there')} {waived}")
        return Headline(words.say("h_little", share=share), "open", detail)
    if not summary["complete"]:
        return Headline(words.say("h_clean", share=share), "open", waived)
    found = "h_clean_all" if summary["decided"] == summary["decidable"] else "h_clean"
    return Headline(words.say(found, share=share), "calm", waived)


def _join(text: str) -> str:
    return " ".join(text.split())


def summary(words: Words, result: Json) -> Summary:
    """The numbers of the first page."""
    source = result["summary"]
    decided, decidable = source["decided"], source["decidable"]
    return Summary(
        severities=tallies(source["findings_by_severity"], words.labels("severity", SEVERITIES)),
        states=tallies(source["checks_by_state"], words.labels("outcome", OUTCOMES), words.labels("meaning", OUTCOMES)),
        decided=decided,
        decidable=decidable,
        decided_share=words.percent(decided, decidable),
        decided_width=round(100 * decided / decidable, 1) if decidable else 0.0,
        findings=source["findings"],
        waived=source.get("waived", 0),
        complete=source["complete"],
        incomplete_because=tuple(words.phrase(reason) for reason in source.get("incomplete_because", ())),
    )


def audited(words: Words, result: Json) -> str:
    """What was audited, in one line: `Kaspersky Security Center (1 server, 12 policies); ...`.

    What no check judges is left to the table.
    """
    by_product: dict[str, list[str]] = {}
    for row in _by_kind(result["inventory"]):
        if row["kind"] in _NOT_JUDGED:
            continue
        phrase = words.counted(row["kind"], row["count"])
        by_product.setdefault(row["product"], []).append(phrase)
    parts = [f"{product(code)} ({', '.join(phrases)})" for code, phrases in by_product.items()]
    return one_line("; ".join(parts)) or words.say("nothing_recognised")


def inventory(words: Words, result: Json) -> tuple[InventoryRow, ...]:
    """One line per product and kind of subject."""
    return tuple(
        InventoryRow(
            product=one_line(product(row["product"])),
            kind=one_line(words.kind(row["kind"], row["count"])),
            number=row["count"],
            versions=_versions(words, row["kind"], row["versions"]),
            names=_some(words, row["names"], row["count"]),
        )
        for row in _by_kind(result["inventory"])
    )


def _by_kind(rows: Iterable[Json]) -> list[Json]:
    """Products in the order of the result; within each, kinds in the order of people."""
    products = {product: rank for rank, product in enumerate(dict.fromkeys(row["product"] for row in rows))}
    ranks = KIND_RANK
    return sorted(rows, key=lambda row: (products[row["product"]], ranks.get(row["kind"], len(ranks)), row["kind"]))


def _versions(words: Words, kind: str, versions: dict[str, int]) -> str:
    if kind not in WITH_VERSION and not any(versions):
        return ""
    known = [f"{one_line(name)} ({words.number(count)})" for name, count in versions.items() if name]
    if "" in versions:
        known.append(words.say("version_not_stated", number=words.number(versions[""])))
    return words.and_more(", ".join(known[:NAMES_LIMIT]), len(known) - NAMES_LIMIT)


def _some(words: Words, names: Sequence[str], total: int) -> str:
    shown = [one_line(name)[:80] for name in names[:NAMES_LIMIT]]
    rest = max(total, len(names)) - len(shown)
    return words.and_more(", ".join(shown), rest)


def inputs(words: Words, result: Json, rows: Iterable[Json]) -> Inputs:
    """The input files, read in one pass that keeps little more than what is shown."""
    held: dict[str, list[Json]] = {status: [] for status in INPUT_STATUSES if status != "read"}
    listed: list[Json] = []
    total = trouble = 0
    for row in rows:
        total += 1
        if row["status"] != "read":
            trouble += 1
            if len(held[row["status"]]) < TROUBLED_LIMIT:
                held[row["status"]].append(row)
        if len(listed) < LISTED_LIMIT:
            listed.append(row)
    # broken files first, however many others there are: nothing else in the report names them
    troubled = [row for found in held.values() for row in sorted(found, key=lambda row: str(row["path"]))]
    troubled = troubled[:TROUBLED_LIMIT]
    return Inputs(
        total=total,
        statuses=tallies(result["summary"].get("inputs_by_status", {}), words.labels("status", INPUT_STATUSES)),
        troubled=tuple(_input(words, row) for row in troubled),
        listed=tuple(_input(words, row) for row in listed),
        left_out=_left_out(words, result, total - len(listed), trouble - len(troubled)),
    )


def _left_out(words: Words, result: Json, listed: int, troubled: int) -> str:
    if listed <= 0 and troubled <= 0:
        return ""
    where = result["streams"].get("inputs", {}).get("file", "result.json")
    return one_line(words.say("inputs_left_out", rest=words.number(max(listed, troubled)), file=where))


def _input(words: Words, row: Json) -> InputRow:
    subjects = row.get("subjects", [])
    return InputRow(
        path=words.clip(one_line(row["path"]), 300),
        status=row["status"],
        status_label=words.say(f"status_{row['status']}"),
        what=one_line(_what(words, row)),
        size=words.size(row["size"]),
        sha256=one_line(row["sha256"]),
        subjects=_some(words, subjects, len(subjects)),
        message=words.told(row.get("message", ""), 500),
        place=one_line(row.get("where", "")),
        hint=words.told(row.get("hint", ""), 500),
        notes=tuple(words.told(note, 300) for note in row.get("notes", ())[:6]),
        collected=words.instant(one_line(row.get("collected_at", ""))),
    )


def _what(words: Words, row: Json) -> str:
    parts = [row.get("format", "")]
    if "values" in row and row["status"] in {"read", "broken"}:
        parts.append(words.say("values", count=row["values"]))
    return ", ".join(part for part in parts if part)


def title_facts(words: Words, result: Json) -> tuple[Fact, ...]:
    """Baseline, date and tool of the title block."""
    run, tool = result["run"], result["tool"]
    baseline = run["baseline"]
    catalogue = run.get("catalogue", {})
    chosen = ""
    if catalogue:
        selected, checks = words.number(catalogue["selected"]), words.number(catalogue["checks"])
        chosen = words.say("catalogue_value", selected=selected, checks=checks)
    note = words.say("baseline_note", id=one_line(baseline["id"]), revision=baseline["revision"])
    return (
        Fact(
            words.say("fact_as_of"),
            words.instant(one_line(run["as_of"])),
            words.one_of("as_of", run["as_of_source"]),
        ),
        Fact(words.say("fact_baseline"), one_line(words.known(baseline["title"])), note),
        Fact(words.say("fact_catalogue"), chosen, words.say("catalogue_note")),
        Fact(words.say("fact_tool"), one_line(f"{tool['name']} {tool['version']}")),
    )
