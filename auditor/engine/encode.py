"""Verdicts as lines of JSON.

Equal content gives equal verdicts up to subject, file and line. So a group's lines are built once per content, with
marks in their place: byte 0x00 for the subject, 0x01 for the file. JSON escapes control characters and values lose
theirs, so the marks cannot occur in data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from auditor.engine.baseline import Selection
from auditor.engine.judge import Judged, message_of, weakest
from auditor.engine.waivers import Waiver
from auditor.model.snapshot import Part, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.views import SubjectView

SUBJECT = b"\x00"
FILE = b"\x01"
LONGEST_VALUE = 2000
"""Characters of a value that evidence keeps; the rest is in the export."""

_ENCODED_KEPT = 64
_PLACEHOLDER_SUBJECT = b'"\\u0000"'
_PLACEHOLDER_FILE = b'"\\u0001"'


def subject_json(ref: SubjectRef) -> bytes:
    """A subject as verdicts show it."""
    shown = {"kind": ref.kind, "key": ref.key, "name": ref.name, "product": ref.product}
    if ref.version:
        shown["version"] = ref.version
    return orjson.dumps(shown)


def shown_value(value: Any) -> tuple[Any, str]:
    """(value, remark): long texts and large lists are cut, with a remark."""
    if isinstance(value, str):
        if "\x00" in value or "\x01" in value:
            value = value.replace("\x00", "\\x00").replace("\x01", "\\x01")
        if len(value) > LONGEST_VALUE:
            return value[:LONGEST_VALUE], f"shortened from {len(value)} characters"
    elif isinstance(value, list | dict):
        text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
        if len(text) > LONGEST_VALUE or b"\\u000" in text:
            return f"{len(value)} entries", "too long to show here"
    return value, ""


def evidence_dict(item: Evidence, files: Sequence[Any], lines: Sequence[int]) -> dict[str, Any]:
    """One piece of evidence as the result stores it; `files` and `lines` are those of the judged parts."""
    shown: dict[str, Any] = {"setting": item.setting}
    note = item.note
    if item.has_value:
        shown["value"], remark = shown_value(item.value)
        note = "; ".join(text for text in (note, remark) if text)
    if item.expected:
        shown["expected"] = item.expected
    if item.met is not None:
        shown["met"] = item.met
    if item.place is not None:
        if item.file:
            shown["file"] = item.file
        elif item.source < len(files):
            shown["file"] = files[item.source]
        if isinstance(item.place, str):
            shown["pointer"] = item.place
        else:
            base = 0 if item.file or item.source >= len(lines) else lines[item.source]
            shown["line"] = item.place + base
    if item.locked is not None:
        shown["locked"] = item.locked
        shown["lock"] = item.lock
    if note:
        shown["note"] = note
    return shown


def verdict_dict(
    selection: Selection, judgement: Judgement, subject: Any, evidence: list[dict[str, Any]]
) -> dict[str, Any]:
    """A verdict as the result stores it."""
    verdict: dict[str, Any] = {
        "check_id": selection.check.id,
        "outcome": judgement.outcome.value,
        "severity": selection.severity.value,
        "confidence": weakest(selection.check.confidence, judgement.confidence).value,
        "subject": subject,
    }
    message = message_of(selection, judgement)
    if message:
        verdict["message"] = message
    if judgement.reason is not None:
        verdict["reason"] = judgement.reason.value
    if judgement.areas:
        verdict["areas"] = list(judgement.areas)
    verdict["evidence"] = evidence
    return verdict


def group_lines(judged: Judged, parts: Sequence[Part]) -> bytes:
    """The lines of a group for parts of one file, with marks for subject and file; remembered by first lines."""
    lines = tuple([part.line for part in parts])
    known: bytes | None = judged.encoded.get(lines)
    if known is None:
        if len(judged.encoded) >= _ENCODED_KEPT:
            judged.encoded.clear()
        marked = _lines(judged, ["\x01"] * len(parts), lines)
        known = marked.replace(_PLACEHOLDER_SUBJECT, SUBJECT).replace(_PLACEHOLDER_FILE, FILE)
        judged.encoded[lines] = known
    return known


def _lines(judged: Judged, files: Sequence[str], lines: Sequence[int]) -> bytes:
    rows = [
        orjson.dumps(
            verdict_dict(
                check.selection, judgement, "\x00", [evidence_dict(item, files, lines) for item in judgement.evidence]
            )
        )
        for check, judgement in judged.pairs()
    ]
    return b"\n".join(rows) + b"\n" if rows else b""


def subject_lines(view: SubjectView, groups: Sequence[Judged], waived: Mapping[str, Waiver], today: str) -> bytes:
    """Every verdict of a subject, one JSON object a line. `waived` names checks with a waiver for this subject."""
    subject = subject_json(view.ref)
    chunks = []
    for judged in groups:
        parts = judged.group.parts_of(view)
        if waived and any(check.id in waived for check in judged.group.checks):
            chunks.append(_waived_lines(judged, parts, waived, today))
            continue
        files = {part.file for part in parts}
        if len(files) <= 1:
            chunk = group_lines(judged, parts)
            chunks.append(chunk.replace(FILE, orjson.dumps(files.pop())) if files else chunk)
        else:
            lines = _lines(judged, [part.file for part in parts], [part.line for part in parts])
            chunks.append(lines.replace(_PLACEHOLDER_SUBJECT, SUBJECT))
    return b"".join(chunks).replace(SUBJECT, subject)


def _waived_lines(judged: Judged, parts: Sequence[Part], waived: Mapping[str, Waiver], today: str) -> bytes:
    files, lines = [part.file for part in parts], [part.line for part in parts]
    rows = []
    for check, judgement in judged.pairs():
        evidence = [evidence_dict(item, files, lines) for item in judgement.evidence]
        verdict = verdict_dict(check.selection, judgement, "\x00", evidence)
        if check.id in waived:
            verdict |= waived[check.id].mark(judgement.outcome, today)
        rows.append(orjson.dumps(verdict).replace(_PLACEHOLDER_SUBJECT, SUBJECT))
    return b"\n".join(rows) + b"\n"
