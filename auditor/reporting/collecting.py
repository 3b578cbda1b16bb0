"""What to collect next: one entry for each thing to do, however many areas it brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from auditor.reporting.model import Gap
from auditor.reporting.text import one_line
from auditor.reporting.words import KIND_RANK, Words, product

Json: TypeAlias = Mapping[str, Any]

GAP_LIMIT = 40
CHECKS_PER_GAP = 12
NAMES_PER_GAP = 10
AREAS_PER_GAP = 12
_KINDS = frozenset(kind.partition(".")[2] for kind in KIND_RANK)
"""Where nothing of a kind is in the inputs, the kind itself is what is missing: `host` of a `kesl.host`."""


def gaps(words: Words, result: Json) -> tuple[tuple[Gap, ...], str]:
    """What to collect, what most checks wait for first, and a note of those that are not shown.

    Areas that one step brings are one entry. Steps of the same product with the same commands are one step.
    """
    merged: dict[tuple[str, ...], list[Json]] = {}
    for gap in result["gaps"]:
        merged.setdefault(_key(gap), []).append(gap)
    first = not result["inventory"]
    ordered = sorted(merged.values(), key=lambda group: _order(group, absent_first=first))
    built = [_gap(words, group) for group in ordered]
    rest = len(built) - GAP_LIMIT
    return tuple(built[:GAP_LIMIT]), words.say("gaps_left_out", rest=rest) if rest > 0 else ""


def _key(gap: Json) -> tuple[str, ...]:
    if _is_absent(gap):
        return ("", _chapter(gap))
    if not gap["steps"]:
        return (gap["product"],)
    step = gap["steps"][0]
    return (step["id"], step["title"], *step["commands"])


def _is_absent(gap: Json) -> bool:
    """Nothing of the product is there: no single step would do, its chapter of the guide tells them all."""
    return not gap["steps"] and gap["area"] in _KINDS


def _chapter(gap: Json) -> str:
    """The product whose chapter of the guide has the steps. An older result does not state it."""
    return str(gap.get("chapter", gap["product"]))


def _order(group: list[Json], *, absent_first: bool) -> tuple[int, int, str, str]:
    """What most checks wait for comes first, what cannot be exported last.

    A product of which nothing is there may simply not be in use, so it follows what is known to be there; where
    nothing at all is there, it leads.
    """
    first, steps = group[0], group[0]["steps"]
    rank = 1 if steps else 3
    if _is_absent(first):
        rank = 0 if absent_first else 2
    waiting = len({check for gap in group for check in gap["checks"]})
    return rank, -waiting, product(_chapter(first)), steps[0]["title"] if steps else ""


def _gap(words: Words, group: list[Json]) -> Gap:
    if _is_absent(group[0]):
        return _absent(words, group)
    checks = _checks(group)
    steps = group[0]["steps"]
    first: Json = steps[0] if steps else {"title": "", "commands": (), "save_as": ""}
    is_prose = first.get("how") == "clicks"
    lines = tuple(words.told(line) if is_prose else words.call(line) for line in first["commands"])
    common = [step for step in steps[1:] if all(step in gap["steps"] for gap in group)]
    return Gap(
        product=one_line(", ".join(dict.fromkeys(product(_chapter(gap)) for gap in group))),
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


def _absent(words: Words, group: list[Json]) -> Gap:
    chapter, checks = _chapter(group[0]), _checks(group)
    what = _listed(words, [one_line(text) for text in words.areas(gap["area"] for gap in group)])
    language = "" if words.language == "en" else f" --language {words.language}"
    return Gap(
        product=one_line(product(chapter)),
        title=words.say("gap_absent", what=what),
        commands=(f"auditor guide --product {one_line(chapter)}{language}",),
        advice=(),
        save_as="",
        instead=(),
        areas=what,
        subjects="",
        checks=tuple(one_line(check) for check in checks[:CHECKS_PER_GAP]),
        more_checks=max(0, len(checks) - CHECKS_PER_GAP),
        waiting=words.say("waiting", count=len(checks)),
    )


def _checks(group: list[Json]) -> list[str]:
    return sorted({check for gap in group for check in gap["checks"]})


def _subjects(words: Words, group: list[Json]) -> str:
    """Names of those that lack it. An older result states numbers only."""
    names = list(dict.fromkeys(name for gap in group for name in gap.get("names", ())))
    total = max([len(names), *(gap["subjects"] for gap in group if gap.get("names"))], default=0)
    shown = [words.clip(one_line(name), 80) for name in names[:NAMES_PER_GAP]]
    return words.and_more(", ".join(shown), total - len(shown))


def _listed(words: Words, items: Sequence[str]) -> str:
    return words.and_more(", ".join(items[:AREAS_PER_GAP]), len(items) - AREAS_PER_GAP)
