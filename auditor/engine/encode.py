"""Verdicts as lines of JSON.

Equal content gives equal verdicts up to subject, file and lines. So the lines of a group are built once per content,
as a template: byte 0x00 stands for the subject, 0x01 for the file, %d for each line number. JSON escapes control
characters and values lose theirs, so the marks cannot occur in data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from auditor.engine.baseline import Selection
from auditor.engine.judge import Judged, message_of, weakest
from auditor.engine.waivers import Waiver
from auditor.model.outcomes import Outcome
from auditor.model.snapshot import Part, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.views import SubjectView

LONGEST_VALUE = 2000
"""Characters of a value that evidence keeps; the rest is in the export."""

MOST_EVIDENCE = 20
FEW_EVIDENCE = 4
"""Pieces of evidence of a failing verdict, and of any other."""

_SUBJECT, _FILE, _LINE = "\x00", "\x01", "\x02"
_MARKS = str.maketrans({mark: f"\\x0{ord(mark)}" for mark in (_SUBJECT, _FILE, _LINE)})


def _json_of(mark: str) -> bytes:
    return orjson.dumps(mark)


def subject_json(ref: SubjectRef) -> bytes:
    """A subject as verdicts show it; its product and version stand in the inventory."""
    return orjson.dumps({"kind": ref.kind, "key": ref.key, "name": ref.name})


def shown_value(value: Any) -> tuple[Any, str]:
    """(value, remark): long texts and large lists are cut, with a remark."""
    if isinstance(value, str):
        if _SUBJECT in value or _FILE in value or _LINE in value:
            value = value.translate(_MARKS)
        if len(value) > LONGEST_VALUE:
            return value[:LONGEST_VALUE], f"shortened from {len(value)} characters"
    elif isinstance(value, list | dict):
        text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
        if len(text) > LONGEST_VALUE or b"\\u000" in text:
            return f"{len(value)} entries", "too long to show here"
    return value, ""


def evidence_dict(item: Evidence, files: Sequence[Any], lines: Sequence[Any]) -> dict[str, Any]:
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
        _add_place(shown, item, files, lines)
    if item.locked is not None:
        shown["locked"] = item.locked
        shown["lock"] = item.lock
    if note:
        shown["note"] = note
    return shown


def _add_place(shown: dict[str, Any], item: Evidence, files: Sequence[Any], lines: Sequence[Any]) -> None:
    relative = not item.file and item.source < len(files)
    if item.file or relative:
        shown["file"] = item.file or files[item.source]
    if isinstance(item.place, str):
        shown["pointer"] = item.place
    elif relative:
        base = lines[item.source]
        shown["line"] = base if base == _LINE else base + item.place
    else:
        shown["line"] = item.place


def evidence_rows(judgement: Judgement, files: Sequence[Any], lines: Sequence[Any]) -> list[dict[str, Any]]:
    """The evidence of a judgement: what decides first, the rest counted."""
    kept = evidence_kept(judgement)
    shown = [evidence_dict(item, files, lines) for item in kept]
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
    selection: Selection, judgement: Judgement, subject: Any, evidence: list[dict[str, Any]]
) -> dict[str, Any]:
    """A verdict as the result stores it."""
    verdict: dict[str, Any] = {
        "check_id": selection.check.id,
        "outcome": judgement.outcome.value,
        "severity": selection.severity.value,
        "subject": subject,
    }
    confidence = weakest(selection.check.confidence, judgement.confidence)
    if confidence is not selection.check.confidence:
        verdict["confidence"] = confidence.value
    message = message_of(selection, judgement)
    if message:
        verdict["message"] = message
    if judgement.reason is not None:
        verdict["reason"] = judgement.reason.value
    if judgement.areas:
        verdict["areas"] = list(judgement.areas)
    verdict["evidence"] = evidence
    return verdict


@dataclass(frozen=True, slots=True)
class Template:
    """The lines of a group with marks; `slots` are (part, relative line) of each %d."""

    text: bytes
    slots: tuple[tuple[int, int], ...]

    def fill(self, parts: Sequence[Part]) -> bytes:
        """The lines for parts that stand at certain lines of their files."""
        return self.text % tuple([parts[source].line + line for source, line in self.slots])


def template_of(judged: Judged, parts: Sequence[Part]) -> Template:
    """Built once per judged content."""
    known: Template | None = judged.template
    if known is None:
        marks = [_LINE] * len(parts)
        rows = _rows(judged, [_FILE] * len(parts), marks)
        text = b"".join(rows).replace(b"%", b"%%").replace(_json_of(_LINE), b"%d")
        slots = tuple(
            (item.source, item.place)
            for judgement in judged.judgements
            for item in evidence_kept(judgement)
            if isinstance(item.place, int) and not item.file and item.source < len(parts)
        )
        text = text.replace(_json_of(_SUBJECT), b"\x00").replace(_json_of(_FILE), b"\x01")
        known = judged.template = Template(text, slots)
    return known


def _rows(judged: Judged, files: Sequence[str], lines: Sequence[Any]) -> list[bytes]:
    return [
        orjson.dumps(
            verdict_dict(check.selection, judgement, _SUBJECT, evidence_rows(judgement, files, lines)),
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for check, judgement in judged.pairs()
    ]


def subject_lines(view: SubjectView, groups: Sequence[Judged], waived: Mapping[str, Waiver], today: str) -> bytes:
    """Every verdict of a subject, one JSON object a line. `waived` names checks with a waiver for this subject."""
    chunks = []
    several = len({part.file for held in view.parts.values() for part in held}) > 1
    file = b""
    for judged in groups:
        parts = judged.group.parts_of(view)
        if waived and any(check.id in waived for check in judged.group.checks):
            chunks.append(_waived_lines(judged, parts, waived, today))
        elif several and len({part.file for part in parts}) > 1:
            rows = _rows(judged, [part.file for part in parts], [part.line for part in parts])
            chunks.append(b"".join(rows).replace(_json_of(_SUBJECT), b"\x00"))
        else:
            chunk = template_of(judged, parts).fill(parts)
            if parts:
                file = orjson.dumps(parts[0].file)
                chunk = chunk.replace(b"\x01", file) if several else chunk
            chunks.append(chunk)
    lines = b"".join(chunks)
    if not several:
        lines = lines.replace(b"\x01", file)
    return lines.replace(b"\x00", subject_json(view.ref))


def _waived_lines(judged: Judged, parts: Sequence[Part], waived: Mapping[str, Waiver], today: str) -> bytes:
    files, lines = [part.file for part in parts], [part.line for part in parts]
    rows = []
    for check, judgement in judged.pairs():
        verdict = verdict_dict(check.selection, judgement, _SUBJECT, evidence_rows(judgement, files, lines))
        if check.id in waived:
            verdict |= waived[check.id].mark(judgement.outcome, today)
        rows.append(orjson.dumps(verdict).replace(_json_of(_SUBJECT), b"\x00"))
    return b"\n".join(rows) + b"\n"
