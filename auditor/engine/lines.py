"""Verdicts as lines of JSON.

Equal content gives equal verdicts up to subject, file and lines, and content whose texts are alike up to these texts.
So the lines of a group are built once per content, as a template: byte 0x00 stands for the subject, 0x01 for the file,
%d for each line number, %b for each text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from auditor.engine.baseline import Selection
from auditor.engine.clusters import Cluster, Holder, Judging, Stand
from auditor.engine.encode import (
    FILE,
    LINE,
    SUBJECT,
    TEXT,
    Marks,
    dumps,
    evidence_kept,
    evidence_rows,
    marked_texts,
    subject_json,
    verdict_dict,
)
from auditor.engine.groups import Judged, Sight
from auditor.engine.waivers import Waiver
from auditor.model.snapshot import Part, Path, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.views import SubjectView

_SUBJECT_JSON, _FILE_JSON, _LINE_JSON = (orjson.dumps(mark) for mark in (SUBJECT, FILE, LINE))


@dataclass(frozen=True, slots=True)
class Slot:
    """What a mark of a template stands for: the line of a place in one of the parts, or the text there (`shown`)."""

    source: int
    path: Path
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """Lines with marks; `slots` tell of each %d and %b, in their order."""

    text: bytes
    slots: tuple[Slot, ...]


def _judgement_template(selection: Selection, judgement: Judgement, parts: Sequence[Part], alike: bool) -> Template:
    known: Template | None = judgement.template
    if known is None:
        marks = Marks.TEXTS if alike else Marks.PLACES
        verdict = verdict_dict(selection, judgement, SUBJECT, evidence_rows(judgement, parts, marks), marks)
        row = dumps(verdict, orjson.OPT_APPEND_NEWLINE).replace(b"%", b"%%").replace(_LINE_JSON, b"%d")
        text = row.replace(_SUBJECT_JSON, b"\x00").replace(_FILE_JSON, b"\x01").replace(TEXT.encode(), b"%b")
        slots = [*_said(judgement.current, verdict), *_slots(judgement, marks)]
        known = judgement.template = Template(text, tuple(slots))
    return known


def _said(item: Evidence | None, verdict: Mapping[str, Any]) -> list[Slot]:
    """The texts that a message shows, as often as it shows them."""
    marks = str(verdict.get("message", "")).count(TEXT)
    shown = [Slot(item.source, path, shown=True) for path in marked_texts(item)] if item is not None and marks else []
    return shown * (marks // len(shown)) if shown else []


def _slots(judgement: Judgement, marks: Marks) -> Iterator[Slot]:
    for item in evidence_kept(judgement):
        if item.path is not None:
            if marks is Marks.TEXTS:
                yield from [Slot(item.source, path, shown=True) for path in marked_texts(item)]
            yield Slot(item.source, item.path)


def template_of(judged: Judged, parts: Sequence[Part]) -> Template:
    """The lines of a group, built once per judged content."""
    known: Template | None = judged.template
    if known is None:
        alike = judged.alike
        pieces = [_judgement_template(check.selection, found, parts, alike) for check, found in judged.pairs()]
        slots = tuple(slot for piece in pieces for slot in piece.slots)
        known = judged.template = Template(b"".join([piece.text for piece in pieces]), slots)
    return known


def _row(selection: Selection, judgement: Judgement, parts: Sequence[Part]) -> bytes:
    verdict = verdict_dict(selection, judgement, SUBJECT, evidence_rows(judgement, parts))
    return dumps(verdict, orjson.OPT_APPEND_NEWLINE)


def _rows(judged: Judged, parts: Sequence[Part]) -> bytes:
    rows = [_row(check.selection, judgement, parts) for check, judgement in judged.pairs()]
    return b"".join(rows).replace(_SUBJECT_JSON, b"\x00")


_NO_LINES = "no lines"


def _lines_inside(template: Template, parts: Sequence[Part]) -> Any:
    """(part, line inside it, is the text shown?) of each slot; _NO_LINES when one of the places is no line number."""
    found = []
    for slot in template.slots:
        locate = parts[slot.source].settings.locate
        place = locate(slot.path) if locate is not None else None
        if type(place) is not int:
            return _NO_LINES
        found.append((slot.source, place, slot.shown))
    return found


def sight_lines(sight: Sight, parts: Sequence[Part]) -> bytes:
    """The lines of judged content where it stands, with marks for subject and file."""
    template = template_of(sight.judged, parts)
    if sight.lines is None:
        sight.lines = _lines_inside(template, parts)
    if sight.lines is _NO_LINES:
        return _rows(sight.judged, parts)
    return template.text % tuple([parts[source].line + line for source, line, _ in sight.lines])


@dataclass(slots=True)
class _Lines:
    """The lines of a cluster as a template: %d for line numbers, to be put in first, and then, where there are texts,
    %b for these.

    `lines` and `shown` tell where they stand: numbers of lines in the holder, or pairs of item and line inside it
    where the items of other files stand at other distances (`apart`). `known`: as it was written, by first line.
    """

    text: bytes
    lines: Sequence[Any]
    shown: Sequence[Any]
    apart: bool = False
    known: dict[int, bytes] = field(default_factory=dict)
    uses: int = 0


_RENDERED_KEPT = 4


def cluster_lines(stand: Stand, judging: Judging) -> bytes:
    """The lines of a cluster where it stands, with marks for subject and file."""
    cluster, holder, first = stand
    if cluster.template is None:
        cluster.template = _cluster_template(cluster, holder)
    template: _Lines | str = cluster.template
    if isinstance(template, str):
        return b"".join(sight_lines(*judging.told(stand, index)) for index in range(len(cluster.sights)))
    if template.apart:
        return _wandering(template, holder, first)
    found = template.known.get(first)
    if found is None:
        found = template.text % tuple([first + line for line in template.lines])
        template.uses += 1
        if template.uses > 1:  # what is seen once only is not worth keeping
            if len(template.known) >= _RENDERED_KEPT:
                template.known.clear()
            template.known[first] = found
    if template.shown:
        texts = holder.texts
        return found % tuple([texts[line].encode() for line in template.shown])
    return found


def _wandering(template: _Lines, holder: Holder, first: int) -> bytes:
    offsets = holder.offsets
    text: bytes = template.text % tuple([first + offsets[item] + line for item, line in template.lines])
    return text % tuple([holder.text(item, line).encode() for item, line in template.shown]) if template.shown else text


def _cluster_template(cluster: Cluster, holder: Holder) -> _Lines | str:
    """The lines of a cluster as a template; _NO_LINES where a place is no line number."""
    pieces, slots = [], []
    for sight, spots in zip(cluster.sights, cluster.spots, strict=True):
        if not _has_lines(sight, spots, holder):
            return _NO_LINES
        pieces.append(sight.judged.template.text)
        slots += [(spots[source], line, shown) for source, line, shown in sight.lines]
    text, texts = b"".join(pieces), [(item, line) for item, line, shown in slots if shown]
    lines = [(item, line) for item, line, shown in slots if not shown]
    if texts and not cluster.own:
        text = _MARK.sub(_later, text)
    elif texts:
        said = iter([holder.text(item, line).encode().replace(b"%", b"%%") for item, line in texts])
        text, texts = _MARK.sub(lambda mark: next(said) if mark[0] == b"%b" else mark[0], text), []
    if not cluster.steady:
        return _Lines(text, lines, texts, apart=True)
    offsets = holder.offsets
    return _Lines(text, [offsets[item] + line for item, line in lines], [offsets[item] + line for item, line in texts])


_MARK = re.compile(rb"%[%bd]")


def _later(mark: re.Match[bytes]) -> bytes:
    """A mark that is put in before others: these have to survive it."""
    return {b"%%": b"%%%%", b"%b": b"%%b", b"%d": b"%d"}[mark[0]]


def _has_lines(sight: Sight, spots: Sequence[int], holder: Holder) -> bool:
    """Make sure of a sight's template and lines; False when its places are no line numbers."""
    if sight.judged.template is None or sight.lines is None:
        parts = [Part(_NOBODY, holder.item(spot)[0], "", 0) for spot in spots]
        template = template_of(sight.judged, parts)
        if sight.lines is None:
            sight.lines = _lines_inside(template, parts)
    return sight.lines is not _NO_LINES


_NOBODY = SubjectRef("", "", "", "")
"""Parts that are only asked for lines belong to nobody yet."""


def subject_lines(view: SubjectView, judging: Judging, waived: Mapping[str, Waiver], today: str) -> bytes:
    """Every verdict of a subject, one JSON object a line. `waived` names checks with a waiver for this subject."""
    files = {judging.file} if judging.stands and not judging.seen else view.files()
    several = len(files) > 1
    chunks = []
    for stand in judging.stands:
        if waived:
            for index in range(len(stand[0].sights)):
                sight, parts = judging.told(stand, index)
                chunks.append(_waived_lines(sight.judged, parts, waived, today))
        else:
            chunk = cluster_lines(stand, judging)
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
        verdict = verdict_dict(check.selection, judgement, SUBJECT, evidence_rows(judgement, parts))
        if check.id in waived:
            verdict |= waived[check.id].mark(judgement.outcome, today)
        rows.append(dumps(verdict).replace(_SUBJECT_JSON, b"\x00"))
    return b"\n".join(rows) + b"\n"
