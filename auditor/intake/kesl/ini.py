"""The INI exports of kesl-control: full export, per-task, application, network and schedule files, and kesl.ini."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.errors import BrokenExport
from auditor.intake.kesl.areas import areas_of, settings_of
from auditor.intake.kesl.blocks import LAST_ROOT, Documents, whole_export
from auditor.intake.kesl.sections import LARGE, Placed, Section, sections
from auditor.intake.kesl.subjects import host_subject, task_subject
from auditor.intake.kesl.tree import canonical_task, fingerprint, may_name, task_from_file_name
from auditor.intake.memory import Memory
from auditor.intake.whole_text import text_of_lines
from auditor.model.content import Content, Document, Parcel
from auditor.model.snapshot import Part, Path
from auditor.sdk.reading import Item, Note, Source

# Blanks before a head or a key stay in their line: \s would go on to the end of all empty lines, from each of them.
_EXPORT = re.compile(r"^[^\S\n]*\[\s*(?:AppSettings|NetSettings|MonitoringTask|OnDemandTask|BackupTask)\b", re.M | re.I)
_GENERAL = re.compile(r"^[^\S\n]*\[\s*General\s*\]", re.M | re.I)
_GENERAL_KEYS = re.compile(
    r"^[^\S\n]*(?:PackageType|UseFanotify|KsvlaMode|RevealSensitiveInfoInTraces)\s*=", re.M | re.I
)
_PAIR = re.compile(r"^[ \t]*([A-Za-z][\w.]*)[ \t]*=", re.M)
_HEAD = re.compile(r"^[ \t]*\[([^\]\n]+)\]", re.M)
_WHOLE_HEAD = 65_536
"""Bytes from which on a head may be less than the file, so that asking for its hash would read the file to its end."""

_DOCUMENTS_KEPT = 24


class KeslIniReader:
    """Reads what `kesl-control --export-settings`, `--get-settings`, `--get-schedule` and the like write."""

    name = "kesl-ini"
    formats = ("kesl.export", "kesl.task", "kesl.schedule", "kesl.app", "kesl.net", "kesl.ini")

    def recognise(self, source: Source) -> str:
        """By sections and keys; the name decides only which task an unnamed file belongs to."""
        if _remembered(source) is not None:
            return "kesl.export"
        text = source.head_text
        if text.startswith(("{", "<")):
            return ""
        if _EXPORT.search(text):
            return "kesl.export"
        if _GENERAL.search(text) and _GENERAL_KEYS.search(text):
            return "kesl.ini"
        return _single(text, source.name)

    def read(self, source: Source, format_id: str) -> Iterable[Item]:
        """Parcels and parts of the host; damage is reported after everything readable was handed over."""
        known = _remembered(source) if format_id == "kesl.export" else None
        if known is not None:
            yield from _parcels(source, *known, whole=format_id)
            return
        text = text_of_lines(source)
        known = whole_export(text) if format_id == "kesl.export" else None
        if known is not None:
            _documents[source.digest()] = known
            yield from _parcels(source, *known, whole=format_id)
            return
        # A last line without its end may be cut off inside its value: 3 of 30 would be a wrong fact.
        unended = text[text.rfind("\n") + 1 :]
        found = sections(text[: len(text) - len(unended)])
        if format_id == "kesl.export":
            yield from _export(source, found, text)
        elif format_id == "kesl.ini":
            yield from _kesl_ini(source, found)
        else:
            yield from _single_file(source, found, format_id, text)
        yield from _remarks(found)
        if unended.strip():
            yield Note("the last line has no end and may be cut off: it was not used")
        _raise_damage(found, unended if format_id == "kesl.export" else "")


def _remembered(source: Source) -> tuple[str, Documents] | None:
    """What an equal export stated. A large one is not asked for its hash, which would leave nothing of it to read."""
    return _documents.get(source.digest()) if len(source.head) < _WHOLE_HEAD else None


def _single(text: str, name: str) -> str:
    """Which kind of single file a text is: at least one pair, and a fingerprint or a telling name."""
    keys = [match.group(1).split(".")[0] for match in _PAIR.finditer(text)]
    if not keys:
        return ""
    area = fingerprint(keys, (head.split(".")[0] for head in _HEAD.findall(text)))
    if area is None:
        return "kesl.task" if task_from_file_name(name) and not name.lower().startswith("schedule") else ""
    if area in ("app", "net", "schedule"):
        return f"kesl.{area}"
    return "kesl.task"


_documents: Memory[str, tuple[str, Documents]] = Memory(_DOCUMENTS_KEPT)


def _export(source: Source, found: list[Section], text: str) -> Iterator[Item]:
    version = found[0].values.get(("Version",), "")
    blocks = list(_blocks(found))
    whole = text.endswith("\n") and found[-1].root == (LAST_ROOT,)
    heads: dict[Path, Section] = {}
    placed: dict[str, list[tuple[Content, int]]] = {}
    for number, (line, block) in enumerate(blocks):
        complete = whole or number < len(blocks) - 1
        # A task whose sections stand apart is still that task.
        head = heads.setdefault(block[0].root, block[0])
        areas = areas_of(block, complete, head if head is not block[0] else None)
        for kind, content in areas:
            placed.setdefault(kind, []).append((content, line))
    documents = [(kind, Document(tuple(contents))) for kind, contents in placed.items()]
    if not whole:
        yield Note(f"it does not end with [{LAST_ROOT}] as full exports do: lists of its last block are not judged")
    elif len(text) < LARGE and not any(section.problem or section.repeated for section in found) and _once(found):
        _documents[source.digest()] = version, documents
    damaged = any(section.problem for section in found)
    yield from _parcels(source, version, documents, "kesl.export" if whole and not damaged else "")


def _once(found: list[Section]) -> bool:
    """True when no section stands twice: then there is nothing to remark."""
    return len({section.steps for section in found}) == len(found)


def _parcels(source: Source, version: str, documents: Documents, whole: str) -> Iterator[Parcel]:
    host = host_subject(source, version)
    for kind, document in documents:
        yield Parcel(task_subject(host, kind) if kind else host, document, source.path, whole)


def _blocks(found: list[Section]) -> Iterator[tuple[int, tuple[Section, ...]]]:
    """(1-based first line, sections) of each run of sections that belong together."""
    line, start = 1 + found[0].lines, 0
    block: list[Section] = []
    for section in found[1:]:
        if block and section.root != block[0].root:
            yield start, tuple(block)
            block = []
        if not block:
            start = line
        block.append(section)
        line += section.lines
    if block:
        yield start, tuple(block)


def _kesl_ini(source: Source, found: list[Section]) -> Iterator[Item]:
    host = host_subject(source)
    line = 1 + found[0].lines
    for section in found[1:]:
        area = "ini" if section.steps == ("General",) else f"other.{'.'.join(map(str, section.steps))}"
        for _, settings, offset in settings_of("", area, [(section, (), 0)], section.problem is None):
            yield Part(host, settings, source.path, line + offset)
        line += section.lines


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a single file belongs: an area of the host, or a task that nothing names."""

    task: str
    area: str


def _target(source: Source, found: list[Section], format_id: str) -> _Target:
    kind = format_id.removeprefix("kesl.")
    if kind in ("app", "net"):
        return _Target("", kind)
    named = task_from_file_name(source.name)
    task = named[1] if named else None
    if kind == "task" and (task is None or canonical_task(task) is None):
        area = fingerprint([str(key[0]) for key in found[0].values], [str(s.steps[0]) for s in found[1:] if s.steps])
        if area is not None and may_name(area, named):
            return _Target("", area)
    if task is None:
        return _Target(f"unnamed ({source.name})", kind)
    known = canonical_task(task)
    return _Target("", f"{kind}.{known}") if known else _Target(task, kind)


def _single_file(source: Source, found: list[Section], format_id: str, text: str) -> Iterator[Item]:
    target = _target(source, found, format_id)
    host = host_subject(source)
    subject = task_subject(host, target.task) if target.task else host
    complete = text.endswith("\n") and not any(section.problem for section in found)
    sources: list[Placed] = []
    head = 0
    for section in found:
        sources.append((section, section.steps, head))
        head += section.lines
    for _, settings, offset in settings_of("", target.area, sources, complete):
        yield Part(subject, settings, source.path, 1 + offset)
    if target.task.startswith("unnamed"):
        yield Note("the file does not tell which task it belongs to; name it like task_2_Scan_My_Computer.ini")


def _remarks(found: list[Section]) -> Iterator[Note]:
    repeated = [".".join(map(str, (*section.steps, *key))) for section in found for key in section.repeated]
    times = Counter(section.steps for section in found)
    repeated += [".".join(map(str, steps)) for steps, number in times.items() if number > 1]
    if repeated:
        yield Note(f"stated twice, so not judged where the values differ: {', '.join(repeated[:5])}")


def _raise_damage(found: list[Section], unended: str) -> None:
    """BrokenExport for the first damaged line, or for a full export that was cut off inside a line."""
    line = 1
    for section in found:
        if section.problem is not None:
            number, words = section.problem
            raise BrokenExport(words, where=f"line {line + number}", hint="export the settings again")
        line += section.lines
    if unended.strip() and found[-1].root != (LAST_ROOT,):
        words = "the export ends inside a line and before its last section: it was cut off"
        raise BrokenExport(words, where=f"line {line - 1}", hint="export the settings again")
