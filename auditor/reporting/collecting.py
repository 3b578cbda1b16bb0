"""What to collect next: one entry for each thing to do, however many areas it brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from auditor.reporting import words
from auditor.reporting.model import Gap
from auditor.reporting.text import clip, one_line

Json: TypeAlias = Mapping[str, Any]

GAP_LIMIT = 40
CHECKS_PER_GAP = 12
NAMES_PER_GAP = 10
AREAS_PER_GAP = 12


def gaps(result: Json) -> tuple[tuple[Gap, ...], str]:
    """What to collect, what most checks wait for first, and a note of those that are not shown.

    Areas that one step brings are one entry. Steps of the same product with the same commands are one step.
    """
    merged: dict[tuple[str, ...], list[Json]] = {}
    for gap in result["gaps"]:
        merged.setdefault(_key(gap), []).append(gap)
    built = sorted((_gap(group) for group in merged.values()), key=_order)
    rest = len(built) - GAP_LIMIT
    return tuple(built[:GAP_LIMIT]), f"{rest} more are in result.json." if rest > 0 else ""


def _key(gap: Json) -> tuple[str, ...]:
    if not gap["steps"]:
        return (gap["product"],)
    step = gap["steps"][0]
    return (step["id"], step["title"], *step["commands"])


def _order(gap: Gap) -> tuple[bool, int, str, str]:
    """What cannot be exported comes last."""
    return (not gap.title, -len(gap.checks) - gap.more_checks, gap.product, gap.title)


def _gap(group: list[Json]) -> Gap:
    checks = sorted({check for gap in group for check in gap["checks"]})
    steps = group[0]["steps"]
    first: Json = steps[0] if steps else {"title": "", "commands": (), "save_as": ""}
    lines = tuple(clip(line) for line in first["commands"])
    is_prose = first.get("how") == "clicks"
    common = [step for step in steps[1:] if all(step in gap["steps"] for gap in group)]
    return Gap(
        product=one_line(", ".join(dict.fromkeys(words.product(gap.get("chapter", gap["product"])) for gap in group))),
        title=clip(one_line(first["title"]), 300),
        commands=() if is_prose else lines,
        advice=lines if is_prose else (),
        save_as=one_line(first["save_as"]),
        instead=tuple(clip(one_line(step["title"]), 300) for step in common),
        areas=_listed([one_line(text) for text in words.areas(gap["area"] for gap in group)]),
        subjects=_subjects(group),
        checks=tuple(one_line(check) for check in checks[:CHECKS_PER_GAP]),
        more_checks=max(0, len(checks) - CHECKS_PER_GAP),
        waiting=words.plural(len(checks), "check waits", "checks wait"),
    )


def _subjects(group: list[Json]) -> str:
    """Names of those that lack it. An older result states numbers only."""
    names = list(dict.fromkeys(name for gap in group for name in gap.get("names", ())))
    total = max([len(names), *(gap["subjects"] for gap in group if gap.get("names"))], default=0)
    shown = [clip(one_line(name), 80) for name in names[:NAMES_PER_GAP]]
    rest = total - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if shown and rest > 0 else "")


def _listed(items: Sequence[str]) -> str:
    rest = len(items) - AREAS_PER_GAP
    return ", ".join(items[:AREAS_PER_GAP]) + (f" and {rest} more" if rest > 0 else "")
