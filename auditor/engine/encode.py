"""Verdicts as lines of JSON.

Equal content gives equal verdicts up to subject, file and lines. So the lines of a group are built once per content,
as a template: byte 0x00 stands for the subject, 0x01 for the file, %d for each line number. JSON escapes control
characters and values lose theirs, so the marks cannot occur in data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from auditor.engine.baseline import Selection
from auditor.engine.clusters import Cluster, Holder, Judging
from auditor.engine.groups import Judged, Sight
from auditor.engine.waivers import Waiver
from auditor.model.outcomes import Confidence, Outcome
from auditor.model.snapshot import Part, Path, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.views import SubjectView, place_in

LONGEST_VALUE = 2000
"""Characters of a value that evidence keeps; the rest is in the export."""

MOST_EVIDENCE = 20
FEW_EVIDENCE = 4
"""Pieces of evidence of a failing verdict, and of any other."""

_SUBJECT, _FILE, _LINE = "\x00", "\x01", "\x02"
_MARKS = str.maketrans({mark: f"\\x0{ord(mark)}" for mark in (_SUBJECT, _FILE, _LINE)})


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


_SUBJECT_JSON, _FILE_JSON, _LINE_JSON = (orjson.dumps(mark) for mark in (_SUBJECT, _FILE, _LINE))


def subject_json(ref: SubjectRef) -> bytes:
    """A subject as verdicts show it; a product that its kind does not tell (a sister product) is named."""
    shown = {"kind": ref.kind, "key": ref.key, "name": ref.name}
    if ref.product != ref.kind.partition(".")[0]:
        shown["product"] = ref.product
    return orjson.dumps(shown)


def shown_value(value: Any) -> tuple[Any, str]:
    """(value, remark): long texts and large lists are cut, with a remark."""
    if isinstance(value, str):
        if _SUBJECT in value or _FILE in value or _LINE in value:
            value = value.translate(_MARKS)
        if len(value) > LONGEST_VALUE:
            return value[:LONGEST_VALUE], f"shortened from {len(value)} characters"
    elif isinstance(value, (list, dict)):  # a union costs three times as much
        text = dumps(value, orjson.OPT_NON_STR_KEYS)
        if len(text) > LONGEST_VALUE or b"\\u000" in text:
            return f"{len(value)} entries", "too long to show here"
    return value, ""


def evidence_dict(item: Evidence, parts: Sequence[Part], *, marked: bool = False) -> dict[str, Any]:
    """One piece of evidence as the result stores it; `parts` are those judged. `marked`: marks for file and line."""
    shown: dict[str, Any] = {"setting": item.setting}
    note = item.note
    if item.has_value:
        shown["value"], remark = shown_value(item.value)
        note = f"{note}; {remark}" if note and remark else note or remark
    if item.expected:
        shown["expected"] = item.expected
    if item.met is not None:
        shown["met"] = item.met
    if item.path is not None:
        part = parts[item.source]
        shown["file"] = _FILE if marked else part.file
        _add_place(shown, _LINE if marked else place_in(part, item.path), marked)
    elif item.file:
        shown["file"] = item.file
        _add_place(shown, item.place, False)
    if item.locked is not None:
        shown["locked"] = item.locked
        shown["lock"] = item.lock
    if note:
        shown["note"] = note
    return shown


def _add_place(shown: dict[str, Any], place: int | str | None, marked: bool) -> None:
    if place is not None:
        shown["line" if marked or isinstance(place, int) else "pointer"] = place


def evidence_rows(judgement: Judgement, parts: Sequence[Part], *, marked: bool = False) -> list[dict[str, Any]]:
    """The evidence of a judgement: what decides first, the rest counted."""
    kept = evidence_kept(judgement)
    shown = [evidence_dict(item, parts, marked=marked) for item in kept]
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
    """Lines with marks; `slots` are (part, path) of each %d."""

    text: bytes
    slots: tuple[tuple[int, Path], ...]


def _judgement_template(selection: Selection, judgement: Judgement, parts: Sequence[Part]) -> Template:
    known: Template | None = judgement.template
    if known is None:
        row = _row(selection, judgement, parts, marked=True).replace(b"%", b"%%").replace(_LINE_JSON, b"%d")
        text = row.replace(_SUBJECT_JSON, b"\x00").replace(_FILE_JSON, b"\x01")
        kept = evidence_kept(judgement)
        slots = tuple((item.source, item.path) for item in kept if item.path is not None)
        known = judgement.template = Template(text, slots)
    return known


def template_of(judged: Judged, parts: Sequence[Part]) -> Template:
    """The lines of a group, built once per judged content."""
    known: Template | None = judged.template
    if known is None:
        pieces = [_judgement_template(check.selection, judgement, parts) for check, judgement in judged.pairs()]
        slots = tuple(slot for piece in pieces for slot in piece.slots)
        known = judged.template = Template(b"".join([piece.text for piece in pieces]), slots)
    return known


def _row(selection: Selection, judgement: Judgement, parts: Sequence[Part], *, marked: bool = False) -> bytes:
    evidence = evidence_rows(judgement, parts, marked=marked)
    verdict = verdict_dict(selection, judgement, _SUBJECT, evidence)
    return dumps(verdict, orjson.OPT_APPEND_NEWLINE)


def _rows(judged: Judged, parts: Sequence[Part]) -> bytes:
    rows = [_row(check.selection, judgement, parts) for check, judgement in judged.pairs()]
    return b"".join(rows).replace(_SUBJECT_JSON, b"\x00")


_NO_LINES = "no lines"


def _lines_inside(template: Template, parts: Sequence[Part]) -> Any:
    """(part, line inside it) of each slot; _NO_LINES when one of the places is no line number."""
    found = []
    for source, path in template.slots:
        locate = parts[source].settings.locate
        place = locate(path) if locate is not None else None
        if type(place) is not int:
            return _NO_LINES
        found.append((source, place))
    return found


def sight_lines(sight: Sight, parts: Sequence[Part]) -> bytes:
    """The lines of judged content where it stands, with marks for subject and file."""
    template = template_of(sight.judged, parts)
    if sight.lines is None:
        sight.lines = _lines_inside(template, parts)
    if sight.lines is _NO_LINES:
        return _rows(sight.judged, parts)
    return template.text % tuple([parts[source].line + line for source, line in sight.lines])


def cluster_lines(cluster: Cluster, holder: Holder, first: int, file: str) -> bytes:
    """The lines of a cluster whose holder begins on the line `first`, with marks for subject and file."""
    rendered = cluster.rendered
    if rendered is not None and rendered[0] == first:
        known: bytes = rendered[1]
        return known
    if cluster.template is None:
        cluster.template = _cluster_template(cluster, holder)
    text, slots, lines = cluster.template
    if slots is _NO_LINES:
        return b"".join(_pieces(cluster, holder, first, file))
    if lines is None:  # what it holds stands elsewhere in every file
        offsets = holder.offsets
        wandering: bytes = text % tuple([first + offsets[item] + line for item, line in slots])
        return wandering
    found: bytes = text % tuple([first + line for line in lines])
    cluster.uses += 1
    if cluster.uses > 1:  # what is seen once only is not worth keeping
        cluster.rendered = (first, found)
    return found


def _cluster_template(cluster: Cluster, holder: Holder) -> tuple[bytes, Any, Any]:
    """The lines of a cluster with %d for each line number: (text, (item, line inside it) of each, line in the holder).

    The last is None where the items of other files stand at other distances.
    """
    if cluster.laid:
        return _laid_template(cluster, holder)
    texts, slots = [], []
    for sight, spots in zip(cluster.sights, cluster.spots, strict=True):
        if not _has_lines(sight, spots, holder):
            return b"", _NO_LINES, None
        texts.append(sight.judged.template.text)
        slots += [(spots[source], line) for source, line in sight.lines]
    if not cluster.steady:
        return b"".join(texts), slots, None
    offsets = holder.offsets
    return b"".join(texts), slots, [offsets[item] + line for item, line in slots]


def _laid_template(cluster: Cluster, holder: Holder) -> tuple[bytes, Any, Any]:
    """The same for content of a layout, where each group's lines were worked out when they were met first."""
    for one, spots in zip(cluster.laid, cluster.spots, strict=True):
        if one.lines is None:
            if not _has_lines(one.sight, spots, holder):
                return b"", _NO_LINES, None
            offsets = holder.offsets
            one.text = one.sight.judged.template.text
            one.lines = [offsets[spots[source]] + line for source, line in one.sight.lines]
    return b"".join([one.text for one in cluster.laid]), (), [line for one in cluster.laid for line in one.lines]


def _has_lines(sight: Sight, spots: Sequence[int], holder: Holder) -> bool:
    """Make sure of a sight's template and lines; False when its places are no line numbers."""
    if sight.judged.template is None or sight.lines is None:
        parts = [Part(_NOBODY, holder.item(spot)[0], "", 0) for spot in spots]
        template = template_of(sight.judged, parts)
        if sight.lines is None:
            sight.lines = _lines_inside(template, parts)
    return sight.lines is not _NO_LINES


def _pieces(cluster: Cluster, holder: Holder, first: int, file: str) -> Iterator[bytes]:
    for sight, spots in zip(cluster.sights, cluster.spots, strict=True):
        found = map(holder.item, spots)
        yield sight_lines(sight, [Part(_NOBODY, settings, file, first + offset) for settings, offset in found])


_NOBODY = SubjectRef("", "", "", "")
"""Parts that are only asked for lines belong to nobody yet."""


def subject_lines(view: SubjectView, judging: Judging, waived: Mapping[str, Waiver], today: str) -> bytes:
    """Every verdict of a subject, one JSON object a line. `waived` names checks with a waiver for this subject."""
    files = {judging.file} if judging.stands and not judging.seen else view.files()
    several = len(files) > 1
    chunks = []
    for cluster, holder, first in judging.stands:
        if waived:
            for sight, spots in zip(cluster.sights, cluster.spots, strict=True):
                chunks.append(_waived_lines(sight.judged, judging.parts_of(holder, spots, first), waived, today))
        else:
            chunk = cluster_lines(cluster, holder, first, judging.file)
            chunks.append(_with_file(chunk, judging.file) if several else chunk)
    for sight, parts in judging.seen:
        judged = sight.judged
        if waived and any(check.id in waived for check in judged.group.checks):
            chunks.append(_waived_lines(judged, parts, waived, today))
        elif several and len({part.file for part in parts}) > 1:
            chunks.append(_rows(judged, parts))
        else:
            chunk = sight_lines(sight, parts)
            chunks.append(_with_file(chunk, parts[0].file) if several and parts else chunk)
    lines = b"".join(chunks)
    if len(files) == 1:
        lines = _with_file(lines, files.pop())
    return lines.replace(b"\x00", subject_json(view.ref))


def _with_file(lines: bytes, file: str) -> bytes:
    return lines.replace(b"\x01", orjson.dumps(file))


def _waived_lines(judged: Judged, parts: Sequence[Part], waived: Mapping[str, Waiver], today: str) -> bytes:
    rows = []
    for check, judgement in judged.pairs():
        verdict = verdict_dict(check.selection, judgement, _SUBJECT, evidence_rows(judgement, parts))
        if check.id in waived:
            verdict |= waived[check.id].mark(judgement.outcome, today)
        rows.append(dumps(verdict).replace(_SUBJECT_JSON, b"\x00"))
    return b"\n".join(rows) + b"\n"


def message_of(selection: Selection, judgement: Judgement) -> str:
    """The sentence of a judgement in English; an unfilled place is left visible rather than raising."""
    template = selection.check.raw.get("messages", {}).get(judgement.message, "")
    if not template:
        return ""
    try:
        return str(template).format_map(_Visible(judgement.params))
    except (ValueError, IndexError, AttributeError):
        return str(template)


class _Visible(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


_RANK = {confidence: rank for rank, confidence in enumerate(Confidence)}


def weakest(stated: Confidence, judged: Confidence | None) -> Confidence:
    """The lower of what a check states and what its data bear."""
    return stated if judged is None or _RANK[judged] <= _RANK[stated] else judged
