"""What to collect next: one entry for each thing to do, however many areas it brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from auditor.reporting.model import Gap
from auditor.reporting.text import one_line
from auditor.reporting.words import Words, product

Json: TypeAlias = Mapping[str, Any]

GAP_LIMIT = 40
CHECKS_PER_GAP = 12
NAMES_PER_GAP = 10
AREAS_PER_GAP = 12


def gaps(words: Words, result: Json) -> tuple[tuple[Gap, ...], str]:
    """What to collect, what most checks wait for first, and a note of those that are not shown.

    Areas that one step brings are one entry. Steps of the same product with the same commands are one step.
    """
    merged: dict[tuple[str, ...], list[Json]] = {}
    for gap in result["gaps"]:
        merged.setdefault(_key(gap), []).append(gap)
    built = sorted((_gap(words, group) for group in merged.values()), key=_order)
    rest = len(built) - GAP_LIMIT
    return tuple(built[:GAP_LIMIT]), words.say("gaps_left_out", rest=rest) if rest > 0 else ""


def _key(gap: Json) -> tuple[str, ...]:
    if not gap["steps"]:
        return (gap["product"],)
    step = gap["steps"][0]
    return (step["id"], step["title"], *step["commands"])


def _order(gap: Gap) -> tuple[bool, int, str, str]:
    """What cannot be exported comes last."""
    return (not gap.title, -len(gap.checks) - gap.more_checks, gap.product, gap.title)


def _gap(words: Words, group: list[Json]) -> Gap:
    checks = sorted({check for gap in group for check in gap["checks"]})
    steps = group[0]["steps"]
    first: Json = steps[0] if steps else {"title": "", "commands": (), "save_as": ""}
    is_prose = first.get("how") == "clicks"
    lines = tuple(words.told(line) if is_prose else words.call(line) for line in first["commands"])
    common = [step for step in steps[1:] if all(step in gap["steps"] for gap in group)]
    return Gap(
        product=one_line(", ".join(dict.fromkeys(product(gap.get("chapter", gap["product"])) for gap in group))),
        title=words.told(one_line(first["title"]), 300),
        commands=() if is_prose else lines,
        advice=lines if is_prose else (),
        save_as=one_line(first["save_as"]),
        instead=tuple(words.told(one_line(step["title"]), 300) for step in common),
        areas=_listed(words, [one_line(text) for text in words.areas(gap["area"] for gap in group)]),
        subjects=_subjects(words, group),
        checks=tuple(one_line(check) for check in checks[:CHECKS_PER_GAP]),
        more_checks=max(0, len(checks) - CHECKS_PER_GAP),
        waiting=words.say("waiting", count=len(checks)),
    )


def _subjects(words: Words, group: list[Json]) -> str:
    """Names of those that lack it. An older result states numbers only."""
    names = list(dict.fromkeys(name for gap in group for name in gap.get("names", ())))
    total = max([len(names), *(gap["subjects"] for gap in group if gap.get("names"))], default=0)
    shown = [words.clip(one_line(name), 80) for name in names[:NAMES_PER_GAP]]
    return words.and_more(", ".join(shown), total - len(shown))


def _listed(words: Words, items: Sequence[str]) -> str:
    return words.and_more(", ".join(items[:AREAS_PER_GAP]), len(items) - AREAS_PER_GAP)
