"""Full exports block by block, the short way: for whole files in which nothing is odd.

Exports of one version write the same keys on the same lines. So which settings stand on which line is worked out once
for each sequence of keys (a layout), by reading one such block the long way; of a further block with the same keys only
the values are taken. Whatever is unusual (a line that is no pair, a key or a section that stands twice, a file that
breaks off) is left to the long way: `whole_export` then answers None.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, count
from operator import ne
from sys import intern

from auditor.intake.kesl.areas import areas_of
from auditor.intake.kesl.sections import LARGE, parse_line, sections
from auditor.intake.memory import Memory, Parsed
from auditor.model.content import Content, Document, Entry, EntryKind, Form, Layout
from auditor.model.snapshot import Path, PathStep, Settings, Value

Documents = list[tuple[str, Document]]
"""(task of an administrator or "" for the host itself, what the export states about it)."""

LAST_ROOT = "BackupTask"
"""The last block of a full export as seen; a file that ends elsewhere may have been cut off between two lines."""

_HEADS = tuple(f"\n[{root}]\n" for root in ("AppSettings", "NetSettings", LAST_ROOT))
_TASKS_LOOKED_FOR = 300
_TASK_HEADS = tuple(
    tuple(f"\n[{root}.item_{number:04}]\n" for number in range(_TASKS_LOOKED_FOR))
    for root in ("MonitoringTask", "OnDemandTask")
)
"""First sections of blocks. A block with a head that is not among them is found to be odd, as it holds two roots."""

_IDENTITY = {("TaskName",), ("TaskType",)}
"""Keys whose values decide which task a block is about, so that they belong to the layout."""

_LINES_KEPT = 8_192
_BLOCKS_KEPT = 512
_LAYOUTS_KEPT = 512
_FORMS_KEPT = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One block as it was read, line by line, with the key of each line."""

    kind: _Kind
    content: Content
    lines: Sequence[str]
    keys: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """What all blocks with the same keys share: `kind` as in Documents, `root` as in Section.

    `layout` is None where they have to be read the long way.
    """

    kind: str
    root: Path
    layout: Layout | None


def _entry(line: str) -> tuple[str, str]:
    """(key, redacted value); section heads and identifying keys are keys as a whole, blank lines have none.

    Raises ValueError for a line that has to be looked at closer.
    """
    if line[:1] == "[" and line[-1:] == "]":
        return intern(line), ""
    if line[:1] in ("[", " ", "\t"):
        raise ValueError(line)
    pair = parse_line(line)
    if pair is None:
        return "", ""
    steps, value = pair
    name = line.partition("=")[0]
    return intern(f"{name}={value}" if steps in _IDENTITY else name), value


_lines = Parsed(_entry, _LINES_KEPT)
_blocks: Memory[str, Block] = Memory(_BLOCKS_KEPT)
_latest: Memory[tuple[str, int], Block] = Memory(_LAYOUTS_KEPT)
_kinds: Memory[tuple[str, ...], _Kind] = Memory(_LAYOUTS_KEPT)
_forms: Memory[tuple[object, ...], Form] = Memory(_FORMS_KEPT)
_entries: Memory[tuple[tuple[Path, ...], tuple[Path, ...]], EntryKind] = Memory(_FORMS_KEPT)
_firsts: Memory[str, str] = Memory(16)


def whole_export(text: str) -> tuple[str, Documents] | None:
    """(version, documents) of a full export in which nothing is odd; None for any other."""
    if text[-1:] != "\n" or text[:1] in ("[", " ", "\t") or len(text) >= LARGE:
        return None
    cuts = _cuts(text)
    if not cuts:
        return None
    first = text[: cuts[0]]
    pieces = [text[start + 1 : end] for start, end in zip(cuts, [*cuts[1:], len(text) - 1], strict=True)]
    version = _version(first)
    if version is None:
        return None
    line = first.count("\n") + 2
    placed: dict[str, list[tuple[Content, int]]] = {}
    root: Path = ()
    for piece, known in zip(pieces, _blocks.get_all(pieces), strict=True):
        block = known or _read(piece)
        if block is None:
            return None
        placed.setdefault(block.kind.kind, []).append((block.content, line))
        line += len(block.lines)
        root = block.kind.root
    if root != (LAST_ROOT,):
        return None
    return version, [(kind, Document(tuple(contents))) for kind, contents in placed.items()]


def _cuts(text: str) -> list[int]:
    """Where blocks begin, each at the end of the line before: searching for heads is cheaper than looking at lines."""
    cuts = [at for head in _HEADS if (at := text.find(head)) >= 0]
    for heads in _TASK_HEADS:
        at = 0
        for head in heads:
            at = text.find(head, at)
            if at < 0:
                break
            cuts.append(at)
    return sorted(cuts)


def _version(first: str) -> str | None:
    """The version that the lines before the first section state; None when there is more to say about them."""
    known = _firsts.get(first)
    if known is None:
        [head, *others] = sections(first)
        if others or head.problem is not None or head.repeated:
            return None
        known = _firsts[first] = head.values.get(("Version",), "")
    return known


def _read(piece: str) -> Block | None:
    lines = piece.split("\n")
    similar = lines[0], len(lines)
    model = _latest.get(similar)
    try:
        block = _like(model, lines) if model is not None else None
        block = block or _anew(piece, lines)
    except ValueError:
        return None
    if block is not None:
        _blocks[piece] = _latest[similar] = block
    return block


def _like(model: Block, lines: Sequence[str]) -> Block | None:
    """A block that differs from another in values alone; None where a key differs."""
    texts = list(model.content.texts)
    for number in compress(count(), map(ne, lines, model.lines)):
        key, text = _lines[lines[number]]
        if key != model.keys[number]:
            return None
        texts[number] = text
    return Block(model.kind, Content(layout=model.kind.layout, texts=texts), lines, model.keys)


def _anew(piece: str, lines: Sequence[str]) -> Block | None:
    keys, texts = zip(*map(_lines.__getitem__, lines), strict=True)
    kind = _kinds.get(keys)
    if kind is None:
        kind = _kinds[keys] = _ODD if _states_twice(keys) else _kind_of(piece, texts)
    return None if kind.layout is None else Block(kind, Content(layout=kind.layout, texts=texts), lines, keys)


def _states_twice(keys: Sequence[str]) -> bool:
    """Whether a section has a key twice: then the values decide whether it contradicts itself, not the layout."""
    seen: set[str] = set()
    for key in keys:
        if key[:1] == "[":
            seen.clear()
        elif key:
            name = key.partition("=")[0].strip().casefold()
            if name in seen:
                return True
            seen.add(name)
    return False


def _kind_of(piece: str, texts: Sequence[str]) -> _Kind:
    found = tuple(sections(piece)[1:])
    odd = any(section.problem or section.repeated for section in found)
    if odd or len({section.steps for section in found}) < len(found) or len({section.root for section in found}) != 1:
        return _ODD
    areas = areas_of(found, True, None)
    if len(areas) != 1:
        return _ODD
    [(kind, content)] = areas
    forms = [(form_of(settings, offset, texts), offset) for settings, offset in content.items]
    known = [(form, offset) for form, offset in forms if form is not None]
    if len(known) < len(forms):
        return _ODD
    return _Kind(kind, found[0].root, Layout(tuple(known), sum(len(form.lines) for form, _ in known)))


_ODD = _Kind("", (), None)


def form_of(settings: Settings, offset: int, texts: Sequence[str]) -> Form | None:
    """The form of settings that were read the long way; None where a value is not the text on its line."""
    locate = settings.locate
    if locate is None:
        return None
    places: dict[Path, int] = {}
    lines: list[tuple[Path, int]] = []
    for path, value in _nodes((), settings.values):
        line = locate(path)
        if not isinstance(line, int):
            return None
        places[path] = line
        if isinstance(value, str):
            if texts[offset + line] != value:
                return None
            lines.append((path, line))
    key = (settings.area, settings.facet, *places.items(), *lines)
    known = _forms.get(key)
    if known is None:
        tree = _tree((), settings.values, places)
        known = _forms[key] = Form(settings.area, settings.facet, tree, places, tuple(lines))
    return known


def _nodes(path: Path, value: Value) -> Iterator[tuple[Path, Value]]:
    """Every list, group and value of a tree with its path."""
    yield path, value
    for step, child in _children(value):
        yield from _nodes((*path, step), child)


def _tree(path: Path, value: Value, places: Mapping[Path, int]) -> Value:
    """The same tree with lines in place of values."""
    if isinstance(value, str):
        return places[path]
    if isinstance(value, list):
        return [_entry_of((*path, number), child, places) for number, child in enumerate(value)]
    return {name: _tree((*path, name), child, places) for name, child in value.items()}


def _entry_of(path: Path, value: Value, places: Mapping[Path, int]) -> Value:
    """An entry of a list: entries that look alike share their memory, wherever they stand."""
    if not isinstance(value, dict):
        return _tree(path, value, places)
    inner = [place for place, _ in _nodes((), value)]
    texts = [place for place, child in _nodes((), value) if isinstance(child, str)]
    key = (tuple(inner), tuple(texts))
    kind = _entries.get(key)
    if kind is None:
        numbers = {place: number for number, place in enumerate(texts)}
        kind = _entries[key] = EntryKind(_numbered((), value, numbers))
    return Entry(kind, tuple([places[(*path, *place)] for place in texts]))


def _numbered(path: Path, value: Value, numbers: Mapping[Path, int]) -> Value:
    if isinstance(value, list):
        return [_numbered((*path, step), child, numbers) for step, child in enumerate(value)]
    if isinstance(value, dict):
        return {name: _numbered((*path, name), child, numbers) for name, child in value.items()}
    return numbers[path]


def _children(value: Value) -> Iterable[tuple[PathStep, Value]]:
    return value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
