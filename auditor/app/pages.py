"""The documentation page of a check, in Markdown: `auditor checks show` and docs/checks are made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from auditor.app.wording import Words, code, settings_of
from auditor.sdk.check import Check
from auditor.sdk.mapping import LogicalSetting

ALIKE = 2
"""Examples of one outcome and reason that a page shows."""

BAR = "\\|"
"""A bar inside a table."""

LONGEST_EXAMPLE = 240
"""Characters of an example's data that a page shows; the check file has the rest."""

_SPECIAL = str.maketrans({"<": "\\<", "*": "\\*", "|": "\\|"})


def page(check: Check, logical: Mapping[str, LogicalSetting] | None = None) -> str:
    """One check as a page; `logical` adds where logical settings are looked for. The same check gives the same page."""
    lines = [
        f"# {check.id}: {prose(check.title)}",
        "",
        *_facts(check),
        *_expected(check, logical or {}),
        *_parameters(check),
        *_section("Why it matters", [prose(check.raw["rationale"])]),
        *_section("Recommendation", [prose(check.raw["recommendation"])]),
        *_section("How to set it", _steps(check)),
        *_section("How to verify", [prose(check.raw["verify"])]),
        *_section("Sources", [f"- {_source(reference)}" for reference in check.raw["references"]]),
        *_examples(check),
    ]
    return "\n".join(lines).rstrip() + "\n"


def prose(text: str) -> str:
    """Text of a check file that must not be taken for markup."""
    return text.strip().translate(_SPECIAL)


def form_of(check: Check) -> str:
    """How the check decides, for people."""
    if check.is_fleet:
        return "fleet (devices judged one by one, one verdict for each server)"
    names = {
        "expect": "expect (predicate)",
        "schema": "schema (settings that belong together)",
        "python": f"python ({code(check.raw.get('python'))})",
        "manual": "manual (a person answers)",
    }
    return names[check.form]


def _facts(check: Check) -> Iterator[str]:
    raw = check.raw
    severity = raw["severity"] + (f": {prose(raw['severity_reason'])}" if "severity_reason" in raw else "")
    facts = {
        "Severity": severity,
        "Confidence": raw["confidence"],
        "Product": raw["product"] + (f" {prose(raw['versions'])}" if "versions" in raw else ""),
        "Judged": code(check.subject),
        "Area": check.area,
        "Form": form_of(check),
        "Revision": str(raw["revision"]),
        "Effort": raw["effort"],
        "Change risk": raw["change_risk"],
        "Tags": ", ".join(raw["tags"]) or "none",
    }
    if raw.get("frameworks"):
        facts["Frameworks"] = ", ".join(
            f"{item['name']} {item.get('version', '')} {item['id']}".replace("  ", " ") for item in raw["frameworks"]
        )
    if raw.get("aliases"):
        facts["Earlier ids"] = ", ".join(raw["aliases"])
    yield "| | |"
    yield "| --- | --- |"
    for name, value in facts.items():
        yield f"| {name} | {value} |"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield from lines


def _expected(check: Check, logical: Mapping[str, LogicalSetting]) -> Iterator[str]:
    words, raw = Words(check), check.raw
    if "when" in raw:
        yield from _section("Applies when", list(words.predicate(raw["when"])))
    yield from _section("What is expected", list(_body(check, words)))
    places = [_places(logical[name]) for name in settings_of(check) if name in logical]
    if places:
        yield from _section("Where the data stand", places)


def _body(check: Check, words: Words) -> Iterator[str]:
    raw = check.raw
    if check.form == "manual":
        yield f"{prose(raw['manual']['question'])}"
        yield ""
        yield f"Evidence: {prose(raw['manual']['evidence'])}"
        return
    if check.form == "python":
        yield f"{prose(check.title)}. Decided by {code(raw['python'])} over several settings or subjects."
        return
    if check.form == "schema":
        needs = ", ".join(code(name) for name in raw["schema"]["needs"])
        yield f"In area {code(raw['schema']['area'])} (unknown when one of these is absent: {needs}):"
        yield ""
        yield from words.schema(raw["schema"]["schema"])
        return
    if check.is_fleet:
        if "where" in raw:
            yield "Devices with:"
            yield ""
            yield from words.predicate(raw["where"])
            yield ""
        yield "Each device:"
        yield ""
    yield from words.predicate(raw["expect"])
    if check.is_fleet:
        yield ""
        yield f"At most {words.share(raw['fleet']['max_share'])} of the judged devices may fail."


def _places(setting: LogicalSetting) -> str:
    title = f"- {code(setting.name)}: {prose(setting.title)}"
    if not setting.places:
        return f"{title}. Where the product keeps it is not publicly known; until it is mapped the verdict is unknown."
    found = dict.fromkeys(code(place["setting"]) for place in setting.places)
    return f"{title}; looked for in {', '.join(found)}"


def _parameters(check: Check) -> Iterator[str]:
    params: Mapping[str, Any] = check.raw.get("params", {})
    if params:
        yield from _section("Parameters", ["| name | type | default | meaning |", "| --- | --- | --- | --- |"])
    for name, entry in params.items():
        yield f"| {code(name)} | {entry['type']} | {code(_compact(entry['default']))} | {prose(entry['meaning'])} |"


def _steps(check: Check) -> list[str]:
    return [f"{number}. {prose(step)}" for number, step in enumerate(check.raw["remediation"], 1)]


def _source(reference: Mapping[str, str]) -> str:
    title = prose(reference["title"]).replace("[", "\\[").replace("]", "\\]")
    return f"[{title}]({reference['url']})" if "url" in reference else title


def _compact(value: Any) -> str:
    return orjson.dumps(value).decode()


def _examples(check: Check) -> Iterator[str]:
    shown: Counter[tuple[str, str]] = Counter()
    rows = []
    for example in check.examples:
        kind = (example["outcome"], example.get("reason", ""))
        shown[kind] += 1
        if shown[kind] <= ALIKE:
            rows.append(_example(example))
    total = len(check.examples)
    some = "" if len(rows) == total else f", {len(rows)} of {total}; the check file has all"
    yield from _section("Examples", [f"Run as tests{some}.", "", "| outcome | data |", "| --- | --- |", *rows])


def _example(example: Mapping[str, Any]) -> str:
    outcome = example["outcome"] + (f" ({example['reason']})" if "reason" in example else "")
    data = {key: value for key, value in example.items() if key not in ("outcome", "reason", "name")}
    text = _compact(data["given"] if data.keys() == {"given"} else data)
    if len(text) > LONGEST_EXAMPLE:
        text = f"{text[:LONGEST_EXAMPLE]} ..."
    name = f"{prose(example['name'])}: " if "name" in example else ""
    return f"| {outcome} | {name}{code(text.replace('|', BAR))} |"
