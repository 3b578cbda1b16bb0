"""The INI exports of kesl-control: full export, per-task, application, network and schedule files, and kesl.ini."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.errors import BrokenExport
from auditor.intake.kesl.sections import LARGE, Placed, Section, build_tree, sections
from auditor.intake.kesl.tree import canonical_task, fingerprint, task_from_file_name
from auditor.intake.memory import Memory
from auditor.model.snapshot import Content, Parcel, Part, Path, Settings, SubjectRef
from auditor.sdk.reading import Item, Note, Source

_EXPORT = re.compile(r"^\s*\[\s*(?:AppSettings|NetSettings|MonitoringTask|OnDemandTask|BackupTask)\b", re.M | re.I)
_GENERAL = re.compile(r"^\s*\[\s*General\s*\]", re.M | re.I)
_GENERAL_KEYS = re.compile(r"^\s*(?:PackageType|UseFanotify|KsvlaMode|RevealSensitiveInfoInTraces)\s*=", re.M | re.I)
_PAIR = re.compile(r"^[ \t]*([A-Za-z][\w.]*)[ \t]*=", re.M)
_HEAD = re.compile(r"^[ \t]*\[([^\]\n]+)\]", re.M)
_BLOCKS_KEPT = 512
_DOCUMENTS_KEPT = 24
# The last section of a full export as seen; a file that ends elsewhere may have been cut off between two lines.
_LAST_ROOT = "BackupTask"

Area = tuple[str, Settings, int]
"""(kind of subject or "" for the host, content, line of the content's first line inside the block)"""


class KeslIniReader:
    """Reads what `kesl-control --export-settings`, `--get-settings`, `--get-schedule` and the like write."""

    name = "kesl-ini"
    formats = ("kesl.export", "kesl.task", "kesl.schedule", "kesl.app", "kesl.net", "kesl.ini")

    def recognise(self, source: Source) -> str:
        """By sections and keys; the name decides only which task an unnamed file belongs to."""
        text = source.head_text
        if text[:1] in "{<" and text[:1]:
            return ""
        if _EXPORT.search(text):
            return "kesl.export"
        if _GENERAL.search(text) and _GENERAL_KEYS.search(text):
            return "kesl.ini"
        return _single(text, source.name)

    def read(self, source: Source, format_id: str) -> Iterable[Item]:
        """Parcels and parts of the host; damage is reported after everything readable was handed over."""
        known = _documents.get(source.digest()) if format_id == "kesl.export" else None
        if known is not None:
            yield from _parcels(source, *known)
            return
        text = source.text()
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


def _ref(source: Source, version: str = "") -> SubjectRef:
    return SubjectRef("kesl.host", source.host, source.host, product_of_path(source.path), version)


def product_of_path(path: str) -> str:
    """The sister product that a folder of the support collector names; KESL otherwise."""
    folders = {part.lower() for part in re.split(r"[/!]", path)[:-1]}
    if folders & {"kics", "kics4linux", "kics-linux"}:
        return "kics-linux"
    return "kess-linux" if folders & {"kess", "kess4linux", "kess-linux"} else "kesl"


_Placed = list[tuple[str, Content, int]]
"""(task of an administrator or "", content, 1-based line) of each block of an export."""

_documents: Memory[str, tuple[str, _Placed]] = Memory(_DOCUMENTS_KEPT)


def _export(source: Source, found: list[Section], text: str) -> Iterator[Item]:
    version = found[0].values.get(("Version",), "")
    blocks = list(_blocks(found))
    whole = text.endswith("\n") and found[-1].root == (_LAST_ROOT,)
    heads: dict[Path, Section] = {}
    placed: _Placed = []
    for number, (line, block) in enumerate(blocks):
        complete = whole or number < len(blocks) - 1
        # A task whose sections stand apart is still that task.
        head = heads.setdefault(block[0].root, block[0])
        areas = _areas(block, complete, head if head is not block[0] else None)
        placed.extend((kind, content, line) for kind, content in areas)
    if not whole:
        yield Note(f"it does not end with [{_LAST_ROOT}] as full exports do: lists of its last block are not judged")
    elif len(text) < LARGE and not any(section.problem or section.repeated for section in found) and _once(found):
        _documents[source.digest()] = version, placed
    yield from _parcels(source, version, placed)


def _once(found: list[Section]) -> bool:
    """True when no section stands twice: then there is nothing to remark."""
    return len({section.steps for section in found}) == len(found)


def _parcels(source: Source, version: str, placed: _Placed) -> Iterator[Parcel]:
    host = _ref(source, version)
    for kind, content, line in placed:
        yield Parcel(_task_subject(host, kind) if kind else host, content, source.path, line)


def _task_subject(host: SubjectRef, task: str) -> SubjectRef:
    return SubjectRef("kesl.task", f"{host.key}/{task}", f"{host.name}: {task}", host.product, host.version)


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


_block_memory: Memory[tuple[tuple[Section, ...], bool, Section | None], list[tuple[str, Content]]] = Memory(
    _BLOCKS_KEPT
)
_content_memory: Memory[tuple[object, ...], list[tuple[Settings, int]]] = Memory(_BLOCKS_KEPT)


def _areas(block: tuple[Section, ...], complete: bool, named: Section | None) -> list[tuple[str, Content]]:
    """(task of an administrator or "", content) of a block; equal blocks give the same objects, so that they are
    judged once.

    `named` is the section that names the task where it stands in an earlier block.
    """
    key = (block, complete, named)
    known = _block_memory.get(key)
    if known is None:
        sound = complete and not any(section.problem for section in block)
        found: dict[str, list[tuple[Settings, int]]] = {}
        for kind, settings, offset in _read_block(block, sound, named):
            found.setdefault(kind, []).append((settings, offset))
        known = [(kind, Content(tuple(items))) for kind, items in found.items()]
        if sum(section.size for section in block) < LARGE:
            _block_memory[key] = known
    return known


def _read_block(block: tuple[Section, ...], complete: bool, named: Section | None) -> Iterator[Area]:
    root = str(block[0].root[0]) if block[0].root else ""
    placed = list(_placed(block))
    if root in ("AppSettings", "NetSettings"):
        area = "app" if root == "AppSettings" else "net"
        yield from _settings("", area, [(section, section.steps[1:], head) for section, head in placed], complete)
    elif root in ("MonitoringTask", "OnDemandTask", "BackupTask"):
        yield from _task(block[0].root, placed, complete, named)
    else:
        name = f"other.{root}"
        yield from _settings("", name, [(section, section.steps[1:], head) for section, head in placed], complete)


def _placed(block: tuple[Section, ...]) -> Iterator[tuple[Section, int]]:
    head = 0
    for section in block:
        yield section, head
        head += section.lines


def _task(root: Path, placed: list[tuple[Section, int]], complete: bool, named: Section | None) -> Iterator[Area]:
    depth = len(root)
    groups: dict[str, list[Placed]] = {"state": [], "task": [], "schedule": []}
    for section, head in placed:
        inner = section.steps[depth:]
        if not inner:
            groups["state"].append((section, (), head))
        elif inner[0] == "Settings":
            groups["task"].append((section, inner[1:], head))
        elif inner[0] == "Schedule":
            groups["schedule"].append((section, inner[1:], head))
        else:
            groups["state"].append((section, inner, head))
    identity = dict(named.values) if named is not None else {}
    identity |= {key: value for section, _, _ in groups["state"] for key, value in section.values.items()}
    name, kind = identity.get(("TaskName",), ""), identity.get(("TaskType",), "")
    known = canonical_task(name, kind) or ("Backup" if root[0] == "BackupTask" else None)
    for group, sources in groups.items():
        if sources:
            area = f"{group}.{known}" if known else group
            yield from _settings("" if known else name or f"{root[0]}-{root[-1]}", area, sources, complete)


def _settings(kind: str, area: str, sources: list[Placed], complete: bool) -> Iterator[Area]:
    """The content of an area in facets: its own keys, and each list or group by itself."""
    facets: dict[str, list[Placed]] = {"": []}
    for placed in sources:
        steps = placed[1]
        facets.setdefault(str(steps[0]) if steps else "", []).append(placed)
    for facet, found in facets.items():
        start = found[0][2] if found else sources[0][2]
        for settings, offset in _content(area, facet, [(s, steps, head - start) for s, steps, head in found], complete):
            yield kind, settings, start + offset


def _content(area: str, facet: str, sources: list[Placed], complete: bool) -> list[tuple[Settings, int]]:
    """(content, line of its relative line 0); equal sections at equal distances give the same objects."""
    key = (area, facet, complete, *[item for section, _, head in sources for item in (section, head)])
    known = _content_memory.get(key)
    if known is None:
        known = []
        for layer in _layers(sources):
            tree = build_tree(layer)
            locate = tree.locate if layer else None
            known.append((Settings(area, tree.values, complete, locate=locate, facet=facet), 0))
        for section, steps, head in sources:
            if section.repeated:
                # A second part with the other values: the lookup then sees two statements and answers "conflict".
                twin = Section(section.steps, section.repeated, section.body, section.lines)
                other = build_tree([(twin, steps, head)])
                known.append((Settings(area, other.values, complete, locate=other.locate, facet=facet), 0))
        if sum(section.size for section, _, _ in sources) < LARGE:
            _content_memory[key] = known
    return known


def _layers(sources: list[Placed]) -> list[list[Placed]]:
    """The sections, those of a name that stood before in a layer of their own: a later one must not overwrite it."""
    layers: list[list[Placed]] = [[]]
    times: dict[Path, int] = {}
    for placed in sources:
        number = times[placed[1]] = times.get(placed[1], -1) + 1
        if number == len(layers):
            layers.append([])
        layers[number].append(placed)
    return layers


def _kesl_ini(source: Source, found: list[Section]) -> Iterator[Item]:
    host = _ref(source)
    line = 1 + found[0].lines
    for section in found[1:]:
        area = "ini" if section.steps == ("General",) else f"other.{'.'.join(map(str, section.steps))}"
        for _, settings, offset in _settings("", area, [(section, (), 0)], section.problem is None):
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
        if area is not None and not area.endswith("?"):
            return _Target("", area)
    if task is None:
        return _Target(f"unnamed ({source.name})", kind)
    known = canonical_task(task)
    return _Target("", f"{kind}.{known}") if known else _Target(task, kind)


def _single_file(source: Source, found: list[Section], format_id: str, text: str) -> Iterator[Item]:
    target = _target(source, found, format_id)
    host = _ref(source)
    subject = _task_subject(host, target.task) if target.task else host
    complete = text.endswith("\n") and not any(section.problem for section in found)
    sources: list[Placed] = []
    head = 0
    for section in found:
        sources.append((section, section.steps, head))
        head += section.lines
    for _, settings, offset in _settings("", target.area, sources, complete):
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
    if unended.strip() and found[-1].root != (_LAST_ROOT,):
        words = "the export ends inside a line and before its last section: it was cut off"
        raise BrokenExport(words, where=f"line {line - 1}", hint="export the settings again")
