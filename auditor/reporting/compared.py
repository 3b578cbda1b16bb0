"""The comparison with the result before, in people's words: what became of every finding, and how the score moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from auditor.reporting.model import ChangeGroup, ChangeRow, Comparison, Fact, Tally
from auditor.reporting.text import one_line
from auditor.reporting.words import REASONS, SEVERITIES, Words

Json: TypeAlias = Mapping[str, Any]

CHANGES = (
    "regressed", "new", "newly_checked", "waiver_expired", "persisting", "not_comparable", "waived", "fixed",
    "no_longer_applicable",
)  # fmt: skip
"""What is told, what needs attention first."""
ROWS_LIMIT = 40
THINGS_LIMIT = 8
_ARROW = " \u2192 "
_NOTES = (
    "note_unsaid_old", "note_unsaid_new", "note_same", "note_order", "note_baselines", "note_questions",
    "note_self_audit_incomplete",
)  # fmt: skip


def comparison_of(words: Words, document: Json, code: str = "compared") -> Comparison:
    """The section of a report made of a comparison document (`auditor-comparison/1`); `code` says what of."""
    counts = {code: _number(_mapping(document, "counts").get(code)) for code in CHANGES}
    largest = max(counts.values(), default=0) or 1
    before = _mapping(document, "old").get("as_of", "")
    return Comparison(
        code=code,
        heading=words.say(f"{code}_heading"),
        lead=words.say(f"{code}_lead", before=words.instant(one_line(str(before)))),
        scores=tuple(_scores(words, _mapping(document, "score"))),
        counts=tuple(
            Tally(code, words.say(f"change_{code}"), counts[code], round(100 * counts[code] / largest, 1))
            for code in CHANGES
        ),
        groups=tuple(_groups(words, document, counts)),
        notes=tuple(_notes(words, document)),
    )


def _scores(words: Words, score: Json) -> Iterator[Fact]:
    for name in ("before", "after"):
        value = score.get(name)
        yield Fact(words.say(f"score_{name}"), words.say("no_score") if value is None else _decimal(words, value))
    for name in ("customer", "yardstick"):
        value = score.get(name)
        if value is not None:
            yield Fact(words.say(f"score_{name}"), _signed(words, value))


def _decimal(words: Words, value: Any) -> str:
    return words.decimal(float(value)) if isinstance(value, int | float) else one_line(str(value))


def _signed(words: Words, value: Any) -> str:
    if not isinstance(value, int | float):
        return one_line(str(value))
    sign = "+" if value > 0 else "\u2212" if value < 0 else "\u00b1"
    return sign + words.decimal(abs(float(value)))


def _groups(words: Words, document: Json, counts: Mapping[str, int]) -> Iterator[ChangeGroup]:
    found: dict[str, list[Json]] = {}
    listed = document.get("groups")
    for group in listed if isinstance(listed, list) else ():
        if isinstance(group, Mapping):
            found.setdefault(str(group.get("change")), []).append(group)
    for code in CHANGES:
        groups = found.get(code, [])
        if groups:
            rest = len(groups) - ROWS_LIMIT
            yield ChangeGroup(
                change=code,
                label=words.say(f"change_{code}"),
                number=words.number(counts[code]),
                rows=tuple(_row(words, group) for group in groups[:ROWS_LIMIT]),
                left_out=words.say("changes_left_out", rest=words.number(rest)) if rest > 0 else "",
            )


def _row(words: Words, group: Json) -> ChangeRow:
    severity = str(group.get("severity", ""))
    return ChangeRow(
        check=one_line(str(group.get("check", ""))),
        title=words.told(str(group.get("title", "")), 300),
        severity=severity if severity in SEVERITIES else "info",
        severity_label=words.one_of("severity", severity),
        things=_things(words, group),
        number=words.number(_number(group.get("count"))),
        note=_note(words, group),
    )


def _things(words: Words, group: Json) -> str:
    listed = group.get("things")
    rows = [thing for thing in (listed if isinstance(listed, list) else ()) if isinstance(thing, Mapping)]
    called = [words.subject(str(thing.get("key", "")), str(thing.get("name") or "")) for thing in rows[:THINGS_LIMIT]]
    names = [words.clip(name, 80) for name in called]
    shown = [name + _devices(words, thing) for name, thing in zip(names, rows, strict=False)]
    return words.and_more(", ".join(shown), _number(group.get("count")) - len(shown))


def _devices(words: Words, thing: Json) -> str:
    """`(80 of 100 -> 2 of 98)`: a fleet that still fails may have become much better."""
    sides = []
    for side in ("before", "now"):
        found = _mapping(_mapping(thing, "devices"), side)
        failed, judged = _number(found.get("failed")), _number(found.get("judged"))
        if found:
            share = words.percent(failed, judged)
            sides.append(
                words.say("affected_short", failed=words.number(failed), judged=words.number(judged), share=share)
            )
    return f" [{_ARROW.join(sides)}]" if sides else ""


def _note(words: Words, group: Json) -> str:
    why, until = str(group.get("why") or ""), str(group.get("waived_until") or "")
    parts = []
    if why:
        parts.append(words.one_of("reason" if why in REASONS else "why", why))
    if until:
        parts.append(words.say("change_until", day=words.instant(one_line(until))))
    return "; ".join(parts)


def _notes(words: Words, document: Json) -> Iterator[str]:
    listed = document.get("notes")
    for note in listed if isinstance(listed, list) else ():
        if not isinstance(note, Mapping) or note.get("phrase") not in _NOTES:
            continue
        given = _mapping(note, "parameters")
        yield words.say(
            note["phrase"], count=_number(given.get("count")), members=one_line(str(given.get("members", "")))
        )


def _mapping(owner: Json, name: str) -> Json:
    found = owner.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
