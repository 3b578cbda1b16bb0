"""Verdicts as the result stores them.

Verdicts that are to be written for many subjects hold marks in place of what differs. JSON escapes control characters
and values lose theirs, so these marks cannot occur in data; what marks a text nobody can guess.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Any

import orjson

from auditor.engine.baseline import Selection
from auditor.model.outcomes import Confidence, Outcome
from auditor.model.snapshot import Part, Path, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.views import place_in

LONGEST_VALUE = 2000
"""Characters of a value that evidence keeps; the rest is in the export."""

MOST_EVIDENCE = 20
FEW_EVIDENCE = 4
"""Pieces of evidence of a failing verdict, and of any other."""

SUBJECT, FILE, LINE = "\x00", "\x01", "\x02"
TEXT = f"text-{os.urandom(16).hex()}"
_PLAIN = re.compile(r'[^\x00-\x1f"\\\ud800-\udfff]{0,500}').fullmatch
_MARKS = str.maketrans({mark: f"\\x0{ord(mark)}" for mark in (SUBJECT, FILE, LINE)})


class Marks(IntEnum):
    """What is marked in place of being stated: nothing, file and line of values, or texts that are shown as well."""

    NONE = 0
    PLACES = 1
    TEXTS = 2


def dumps(value: Any, option: int = 0) -> bytes:
    """JSON; what JSON cannot hold (lone surrogates, huge integers, foreign objects) is written as text."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError:
        return orjson.dumps(_holdable(value), option=option)


def _holdable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, bool | float | orjson.Fragment):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    if isinstance(value, Mapping):
        return {_holdable(str(key)): _holdable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_holdable(item) for item in value]
    return _holdable(str(value))


def is_plain(text: str) -> bool:
    """True for a text that JSON writes as it is, alone or inside a sentence, and that is short enough to be shown."""
    return _PLAIN(text) is not None


def subject_json(ref: SubjectRef) -> bytes:
    """A subject as verdicts show it; a product that its kind does not tell (a sister product) is named."""
    shown = {"kind": ref.kind, "key": ref.key, "name": ref.name}
    if ref.product != ref.kind.partition(".")[0]:
        shown["product"] = ref.product
    return orjson.dumps(shown)


def shown_value(value: Any) -> tuple[Any, str]:
    """(value, remark): long texts and large lists are cut, with a remark."""
    if isinstance(value, str):
        if SUBJECT in value or FILE in value or LINE in value:
            value = value.translate(_MARKS)
        if len(value) > LONGEST_VALUE:
            return value[:LONGEST_VALUE], f"shortened from {len(value)} characters"
    elif isinstance(value, (list, dict)):  # a union costs three times as much
        text = dumps(value, orjson.OPT_NON_STR_KEYS)
        if len(text) > LONGEST_VALUE or b"\\u000" in text:
            return f"{len(value)} entries", "too long to show here"
    return value, ""


def evidence_dict(item: Evidence, parts: Sequence[Part], marks: Marks = Marks.NONE) -> dict[str, Any]:
    """One piece of evidence; `parts` are those judged."""
    shown: dict[str, Any] = {"setting": item.setting}
    note = item.note
    if item.has_value:
        value, remark = shown_value(item.value)
        shown["value"] = _marked(value) if marks is Marks.TEXTS and item.path is not None and not remark else value
        note = f"{note}; {remark}" if note and remark else note or remark
    if item.expected:
        shown["expected"] = item.expected
    if item.met is not None:
        shown["met"] = item.met
    if item.path is not None:
        part = parts[item.source]
        shown["file"] = FILE if marks else part.file
        _add_place(shown, LINE if marks else place_in(part, item.path))
    elif item.file:
        shown["file"] = item.file
        _add_place(shown, item.place)
    if item.locked is not None:
        shown["locked"] = item.locked
        shown["lock"] = item.lock
    if note:
        shown["note"] = note
    return shown


def _marked(value: Any) -> Any:
    """A value with marks for its texts."""
    if isinstance(value, str):
        return TEXT if is_plain(value) else value
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return {key: _marked(item) for key, item in value.items()} if isinstance(value, dict) else value


def marked_texts(item: Evidence) -> Iterator[Path]:
    """Where the texts stand that are marked in a piece of evidence, in the order of the marks."""
    if item.path is not None and item.has_value and not shown_value(item.value)[1]:
        yield from _plain_in(item.path, item.value)


def _plain_in(path: Path, value: Any) -> Iterator[Path]:
    if isinstance(value, str):
        if is_plain(value):
            yield path
    elif isinstance(value, list | dict):
        for step, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _plain_in((*path, step), child)


def _add_place(shown: dict[str, Any], place: int | str | None) -> None:
    if place is not None:
        shown["line" if isinstance(place, int) or place == LINE else "pointer"] = place


def evidence_rows(judgement: Judgement, parts: Sequence[Part], marks: Marks = Marks.NONE) -> list[dict[str, Any]]:
    """The evidence of a judgement: what decides first, the rest counted."""
    kept = evidence_kept(judgement)
    shown = [evidence_dict(item, parts, marks) for item in kept]
    left = len(judgement.evidence) - len(kept)
    if left:
        shown.append({"setting": "", "note": f"and {left} more settings that were looked at"})
    return shown


def evidence_kept(judgement: Judgement) -> Sequence[Evidence]:
    """The pieces that are written down: those that are not as they should be come first when not all fit."""
    most = MOST_EVIDENCE if judgement.outcome is Outcome.FAIL else FEW_EVIDENCE
    if len(judgement.evidence) <= most:
        return judgement.evidence
    return sorted(judgement.evidence, key=lambda item: item.met is not False)[:most]


def verdict_dict(
    selection: Selection,
    judgement: Judgement,
    subject: Any,
    evidence: list[dict[str, Any]],
    marks: Marks = Marks.NONE,
) -> dict[str, Any]:
    """One verdict with its evidence."""
    verdict: dict[str, Any] = {
        "check_id": selection.check.id,
        "outcome": judgement.outcome.value,
        "severity": selection.severity.value,
        "subject": subject,
    }
    confidence = weakest(selection.check.confidence, judgement.confidence)
    if confidence is not selection.check.confidence:
        verdict["confidence"] = confidence.value
    message = message_of(selection, judgement, marks)
    if message:
        verdict["message"] = message
    if judgement.reason is not None:
        verdict["reason"] = judgement.reason.value
    if judgement.areas:
        verdict["areas"] = list(judgement.areas)
    verdict["evidence"] = evidence
    return verdict


def message_of(selection: Selection, judgement: Judgement, marks: Marks = Marks.NONE) -> str:
    """The sentence of a judgement in English; an unfilled place is left visible rather than raising."""
    template = selection.check.raw.get("messages", {}).get(judgement.message, "")
    if not template:
        return ""
    params = judgement.params if judgement.current is None else _about(judgement.current, marks)
    try:
        return str(template).format_map(_Visible(params))
    except (ValueError, IndexError, AttributeError):
        return str(template)


def _about(item: Evidence, marks: Marks) -> dict[str, Any]:
    """What a message can tell of the piece of evidence that it is about."""
    value, remark = shown_value(item.value) if item.has_value else ("absent", "")
    if marks is Marks.TEXTS and item.has_value and item.path is not None and not remark:
        value = _marked(value)
    current = dumps(value).decode() if isinstance(value, list | dict) else value
    return {"setting": item.setting, "current": current, "expected": item.expected}


class _Visible(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


_RANK = {confidence: rank for rank, confidence in enumerate(Confidence)}


def weakest(stated: Confidence, judged: Confidence | None) -> Confidence:
    """The lower of what a check states and what its data bear."""
    return stated if judged is None or _RANK[judged] <= _RANK[stated] else judged
