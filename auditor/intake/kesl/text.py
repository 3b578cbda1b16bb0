"""The console output of kesl-control, kics-control and kess-control, saved as text.

Read are `--app-info`, `--get-task-list`, `--get-task-state` and `-L --query`. Each line is split at its first colon;
labels are looked up in `labels`, unknown ones are kept as they stand. Where a meaning is only inferred the line is
also kept under its own label, so that a person can see what the verdict rests on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from auditor.errors import UnreadableExport
from auditor.intake.kesl import labels
from auditor.intake.kesl.labels import Label, fold
from auditor.intake.kesl.paths import AGENT_VERSION, product_of
from auditor.intake.kesl.subjects import host_subject, task_subject
from auditor.intake.kesl.tree import canonical_task, task_from_file_name
from auditor.intake.redaction import mask_tail, redact_text, redact_value
from auditor.intake.whole_text import text_of_lines
from auditor.model.snapshot import Part, Path, Settings, SubjectRef
from auditor.sdk.reading import Item, Note, Source

APP_INFO, TASK_LIST, TASK_STATE, LICENCE, AGENT = (
    "kesl.app-info",
    "kesl.task-list",
    "kesl.task-state",
    "kesl.licence",
    "agent.version",
)
_TABLES = {APP_INFO: labels.APP_INFO, TASK_LIST: labels.TASKS, TASK_STATE: labels.TASKS, LICENCE: labels.LICENCE}
_NAMES = {
    APP_INFO: re.compile(r"app[-_ ]?info", re.IGNORECASE),
    TASK_LIST: re.compile(r"task[-_ ]?list", re.IGNORECASE),
    LICENCE: re.compile(r"licen[sc]e", re.IGNORECASE),
}
_HEAD_LINES = 400
_MOST_DIFFERING = 100
_RUSSIAN_DATE = re.compile(r"^(\d\d)\.(\d\d)\.(\d{4})(?:,? (\d\d:\d\d(?::\d\d)?))?$")
_ISO_LIKE = re.compile(r"^(\d{4}-\d\d-\d\d),? (\d\d:\d\d:\d\d)(?: ?(UTC))?$")
_SERIAL = re.compile(r"[0-9A-F]{4}-[0-9A-F]{6}-[0-9A-F]{8}", re.IGNORECASE)
_PRODUCTS = (
    ("industrial cybersecurity", "kics-linux"),
    ("embedded systems security", "kess-linux"),
    ("endpoint security", "kesl"),
)


@dataclass(slots=True)
class Line:
    """One non-blank line: 0-based number, label and value as they stand; `label` is empty when there is no colon."""

    number: int
    label: str
    value: str


@dataclass(slots=True)
class Block:
    """Values of one area under construction, with the line of each."""

    values: dict[str, object] = field(default_factory=dict)
    places: dict[Path, int] = field(default_factory=dict)

    def put(self, line: int, key: str, value: str, group: str = "") -> bool:
        """Store a value; a second, different one for the same key makes both visible and the key unusable.

        False when the same was already said.
        """
        target = self.values
        path: Path = (key,)
        if group:
            nested = self.values.setdefault(group, {})
            if not isinstance(nested, dict):
                group = f"{group} (group)"
                nested = self.values.setdefault(group, {})
            target, path = nested, (group, key)  # type: ignore[assignment]
        before = target.get(key)
        if before is None:
            target[key] = value
            self.places[path] = line
        elif isinstance(before, list):
            if value in before:
                return False
            if len(before) < _MOST_DIFFERING:  # what differs is unusable: all of it would be sought again and again
                before.append(value)
        elif before == value:
            return False
        else:
            target[key] = [before, value]
        return True


@dataclass(slots=True)
class Tally:
    """What the notes of a file are made of; `stray` are the numbers of lines that have no label."""

    unknown: list[str] = field(default_factory=list)
    inferred: list[str] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    repeated: int = 0

    def notes(self) -> Iterator[Note]:
        """One note for each kind that occurred, with a sample."""
        if self.unknown:
            shown = ", ".join(self.unknown[:5])
            yield Note(f"{len(self.unknown)} unknown label(s) kept as they stand: {shown}")
        if self.inferred:
            shown = ", ".join(dict.fromkeys(self.inferred))
            yield Note(f"{len(self.inferred)} line(s) read by an inferred label or word, also kept raw: {shown}")
        if self.headings:
            yield Note(f"{len(self.headings)} heading or message line(s): {', '.join(self.headings[:5])}")
        if self.repeated:
            yield Note(f"{self.repeated} line(s) repeat what another one says")
        if self.stray:
            shown = ", ".join(str(number + 1) for number in self.stray[:10])
            yield Note(f"{len(self.stray)} line(s) without a label left alone: line {shown}")


def split_lines(text: str) -> list[Line]:
    """The non-blank lines, each split at its first colon."""
    result = []
    for number, raw in enumerate(text.split("\n")):
        if raw.strip():
            label, colon, value = raw.partition(":")
            result.append(Line(number, " ".join(label.split()) if colon else "", (value if colon else raw).strip()))
    return result


def product_by_name(name: str) -> str:
    """The product code of a product name such as "Kaspersky Endpoint Security 12.1 for Linux"; empty when unknown."""
    lowered = name.lower()
    return next((code for words, code in _PRODUCTS if "kaspersky" in lowered and words in lowered), "")


def read_date(value: str, lang: str) -> str:
    """A date in a form that checks understand; text that could be read in two ways stays as it is.

    `2026-12-31, 10:00:00 UTC` becomes `2026-12-31T10:00:00Z`, and for Russian output only `31.12.2026 10:00` becomes
    `2026-12-31T10:00:00`. A form without a time zone gets none.
    """
    plain = _ISO_LIKE.match(value)
    if plain is not None:
        return f"{plain[1]}T{plain[2]}{'Z' if plain[3] else ''}"
    match = _RUSSIAN_DATE.match(value) if lang == "ru" else None
    if match is None:
        return value
    day, month, year, clock = match.groups()
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return value
    if clock is None:
        return f"{year}-{month}-{day}"
    return f"{year}-{month}-{day}T{clock if clock.count(':') == 2 else clock + ':00'}"


def canonical_value(label: Label, value: str) -> tuple[str, str]:
    """(value as checks read it, how well that reading is known); an unknown word stays as printed."""
    if label.kind == "yesno":
        return labels.YES_NO.get(value.lower(), value), label.grade
    if label.kind == "state":
        word, grade = labels.STATES.get(value.lower(), (value, label.grade))
        return word, grade if grade == labels.INFERRED else label.grade
    if label.kind == "date":
        return read_date(value, label.lang), label.grade
    return value, label.grade


def put_labelled(block: Block, line: Line, table: dict[str, Label], tally: Tally, group: str = "") -> None:
    """Store one line under its canonical key, and under its own label where the meaning is unknown or inferred."""
    known = table.get(fold(line.label))
    label = redact_text(line.label)
    if known is None:
        fresh = block.put(line.number, label, redact_value(line.label, line.value), group)
        tally.unknown.append(label)
        tally.repeated += not fresh
        return
    value, grade = canonical_value(known, line.value)
    serial = known.kind == "serial"
    clean = mask_tail(value) if serial else redact_value(label, value)
    tally.repeated += not block.put(line.number, known.key, clean, group)
    if grade == labels.INFERRED:
        tally.inferred.append(label)
        if label != known.key:
            raw = mask_tail(line.value) if serial else redact_value(label, line.value)
            block.put(line.number, label, raw, group)


class KeslTextReader:
    """Reads console output; see the module text."""

    name = "kesl-text"
    formats = (APP_INFO, TASK_LIST, TASK_STATE, LICENCE, AGENT)

    def recognise(self, source: Source) -> str:
        """The format id by the labels in the head; the name decides only for output in another language."""
        if source.name.lower() == AGENT_VERSION:
            return AGENT
        head = source.head_text
        if head.lstrip()[:1] in ("{", "[", "<") or "\x00" in head:
            return ""
        lines = split_lines("\n".join(head.split("\n")[:_HEAD_LINES]))
        return _by_content(lines, source) or _by_name(lines, source)

    def read(self, source: Source, format_id: str) -> Iterable[Item]:
        """The parts that the output states, then notes on what was not understood."""
        if format_id == AGENT:
            text = " ".join(redact_text(text_of_lines(source)).split())
            return [Note(f"Network Agent version number, not decoded: {text[:200]}")]
        lines = split_lines(text_of_lines(source))
        if format_id == TASK_LIST:
            return list(_read_tasks(source, lines))
        if format_id == TASK_STATE:
            return list(_read_state(source, lines))
        return list(_read_flat(source, lines, format_id))


def _by_content(lines: list[Line], source: Source) -> str:
    if _is_app_info(lines):
        return APP_INFO
    if _is_task_list(lines, source):
        return TASK_LIST
    if _is_licence(lines, source):
        return LICENCE
    return TASK_STATE if _is_task_state(lines, source) else ""


def _is_app_info(lines: list[Line]) -> bool:
    found = {fold(line.label): line.value for line in lines if fold(line.label) in labels.APP_INFO}
    own = [label for label in found if label not in labels.COMMON]
    named = any(
        labels.APP_INFO[label].key == "ProductName" and product_by_name(value) for label, value in found.items()
    )
    versioned = any(
        labels.APP_INFO[label].key == "Version" and re.match(r"\d+\.\d+", value) for label, value in found.items()
    )
    strong = [label for label in own if labels.APP_INFO[label].key in ("DatabasesLoaded", "DatabasesDate")]
    return (named and (versioned or bool(own))) or (versioned and len(own) >= 1) or len(strong) >= 2


def _is_task_list(lines: list[Line], source: Source) -> bool:
    hinted = bool(_NAMES[TASK_LIST].search(source.name))
    for first, second in pairwise(lines):
        if _key(first) == "TaskName" and _key(second) == "TaskId" and second.value.isdigit():
            return hinted or canonical_task(first.value) is not None
    return False


def _is_licence(lines: list[Line], source: Source) -> bool:
    found = {fold(line.label) for line in lines} & labels.LICENCE.keys()
    headed = any(_is_heading(line) and fold(line.label or line.value) in labels.LICENCE_GROUPS for line in lines)
    return len(found) >= 2 and (headed or bool(_NAMES[LICENCE].search(source.name)))


def _is_task_state(lines: list[Line], source: Source) -> bool:
    states = [line for line in lines if _key(line) == "State" and line.value.lower() in labels.STATES]
    named = any(_key(line) == "TaskName" and canonical_task(line.value) for line in lines)
    return len(states) == 1 and (named or _state_task(source) is not None)


def _by_name(lines: list[Line], source: Source) -> str:
    """For another language: a telling name, next to other files of the product or with the product's name in it."""
    if sum(1 for line in lines if line.label) < 2:
        return ""
    if not product_of(source.path) and not any("kaspersky" in line.value.lower() for line in lines):
        return ""
    return next((format_id for format_id, pattern in _NAMES.items() if pattern.search(source.name)), "")


def _key(line: Line) -> str:
    known = labels.TASKS.get(fold(line.label))
    return known.key if known else ""


def _state_task(source: Source) -> tuple[int | None, str | None] | None:
    """The task that the name of a task-state file states."""
    return task_from_file_name(source.name) if "state" in source.name.lower() else None


def _read_flat(source: Source, lines: list[Line], format_id: str) -> Iterator[Item]:
    """Application info and licence: one area of the host."""
    block, tally, group = Block(), Tally(), ""
    for line in lines:
        if format_id == LICENCE and _is_heading(line):
            heading = redact_text(line.label or line.value)
            group = labels.LICENCE_GROUPS.get(fold(heading), heading)
            tally.headings.append(heading)
        elif not line.label:
            tally.stray.append(line.number)
        else:
            put_labelled(block, line, _TABLES[format_id], tally, group)
    if format_id == LICENCE:
        _note_keys(block, {line.number for line in lines if _SERIAL.fullmatch(line.value)})
    subject = host_of_output(source, block)
    if block.values:
        yield output_part(source, subject, "info" if format_id == APP_INFO else "licence", block)
    yield from tally.notes()


def _note_keys(block: Block, serials: set[int]) -> None:
    """`ActiveKeyPresent` and `ReserveKeyPresent` are Yes when a key is shown; that none is shown proves nothing.

    `serials` are the lines that show one: "Reserve key: not added" has a value, too.
    """
    for key, group in (("ActiveKey", ""), ("ReserveKey", "Reserve")):
        path: Path = (group, key) if group else (key,)
        if block.places.get(path) in serials:
            block.put(block.places[path], f"{key}Present", "Yes", group)


def _is_heading(line: Line) -> bool:
    """In licence output a line without a value starts a group.

    Even under a known label: "Reserve key:" may head the values of that key, and a value must never be taken for one
    of the active key by mistake.
    """
    return not line.label or not line.value


def _read_tasks(source: Source, lines: list[Line]) -> Iterator[Item]:
    """The task list: a name line starts a task."""
    tally = Tally()
    blocks: list[Block] = []
    for line in lines:
        starts = _key(line) == "TaskName"
        if starts:
            blocks.append(Block())
        if not line.label or not blocks:
            tally.stray.append(line.number)
        else:
            put_labelled(blocks[-1], line, labels.TASKS, tally)
    for block in blocks:
        first = block.places[("TaskName",)] + 1
        yield _task_part(source, block, str(block.values["TaskName"]) or f"unnamed (line {first})")
    yield from tally.notes()


def _read_state(source: Source, lines: list[Line]) -> Iterator[Item]:
    """One task's state; the task is named by the output or by the file."""
    block, tally = Block(), Tally()
    for line in lines:
        if line.label:
            put_labelled(block, line, labels.TASKS, tally)
        else:
            tally.stray.append(line.number)
    stated = block.values.get("TaskName")
    by_file = _state_task(source)
    task = stated if isinstance(stated, str) and stated else by_file[1] if by_file else None
    if not task:
        raise UnreadableExport(
            "the state of a task, but not of which", hint="name the file after the task: task-state_<Name>.txt"
        )
    yield _task_part(source, block, task)
    yield from tally.notes()


def _task_part(source: Source, block: Block, task: str) -> Part:
    """The state of a predefined task belongs to the host, that of an administrator's task to the task."""
    known = canonical_task(task)
    if known is not None:
        return output_part(source, host_of_output(source, Block()), f"state.{known}", block)
    return output_part(source, task_subject(host_subject(source), task), "state", block)


def host_of_output(source: Source, block: Block) -> SubjectRef:
    """The installation; the output's own product name is worth more than the folder."""
    name, version = block.values.get("ProductName"), block.values.get("Version")
    product = product_by_name(name) if isinstance(name, str) else ""
    found = re.match(r"\d+(?:\.\d+)+", version) if isinstance(version, str) else None
    number = found[0] if found else ""
    return replace(host_subject(source), product=product, version=number) if product else host_subject(source, number)


def output_part(source: Source, subject: SubjectRef, area: str, block: Block) -> Part:
    """The part made of a finished block; lines count from the top of the file."""
    places = dict(block.places)
    return Part(subject, Settings(area, block.values, locate=lambda path: places.get(path, 0)), source.path, 1)
