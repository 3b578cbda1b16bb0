"""INI text as kesl-control writes it: sections of `Name=Value` lines, read once per distinct section.

Hosts that share a policy export sections that are equal to the letter, so a section is parsed once and the same object
is handed out for equal text; so is a block (a task with its lists). Both memories are bounded.

Rules (vendor topic 201432): blanks around `=` do not count, there are no comments inside values (`;` separates parts of
StartTime), `%` means nothing, names are compared without case, list entries are numbered `item_0000`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from auditor.intake.kesl.tree import spelling
from auditor.intake.memory import Memory, Parsed
from auditor.intake.redaction import redact_text, redact_value
from auditor.model.snapshot import Path, PathStep, Value

_LINES_KEPT = 16_384
_SECTIONS_KEPT = 1_536
LARGE = 65_536
"""Characters from which on text is not remembered: what is that large does not repeat, and would fill the memory."""

DEEPEST = 64
"""Levels of a section or key. Real exports have about six."""

Steps = tuple[PathStep, ...]


@dataclass(slots=True, eq=False)
class Section:
    """One section: its name as steps, its values, and what is wrong with it.

    `root` names the block that it belongs to: `MonitoringTask.item_0003` of `MonitoringTask.item_0003.Settings`.
    `body` are its lines after the head, `lines` how many the section takes in the file, head included. `repeated` holds
    later values of keys that stand more than once. `problem` is (line in the section, words), `size` its characters.
    """

    steps: Steps
    values: dict[Steps, str]
    body: list[str]
    lines: int
    repeated: dict[Steps, str] = field(default_factory=dict)
    problem: tuple[int, str] | None = None
    size: int = 0
    root: Steps = field(init=False)
    _lines_of: dict[Steps, int] | None = None
    _entry: dict[str, Value] | None = None

    def __post_init__(self) -> None:
        steps = self.steps
        self.root = steps[:2] if len(steps) > 1 and isinstance(steps[1], int) else steps[:1]

    def entry(self) -> dict[str, Value]:
        """The section's own keys as a tree; always the same object, so that what was judged stays judged."""
        if self._entry is None:
            root: dict[PathStep, Value] = {}
            for key, value in self.values.items():
                if len(key) == 1:
                    root[key[0]] = value
                else:
                    _branch(root, key[:-1])[key[-1]] = value
            self._entry = _lists(root)
        return self._entry

    def line_of(self, key: Steps) -> int:
        """The line of a key inside the section (0: its head), of the first value below it where it is a list."""
        if self._lines_of is None:
            self._lines_of = self._find_lines()
        return self._lines_of.get(key, 0)

    def _find_lines(self) -> dict[Steps, int]:
        offset = 1 if self.steps else 0
        keys = [_key_of(line) for line in self.body]
        found: dict[Steps, int] = {}
        if all(len(key) < 2 for key in keys):
            for number, key in enumerate(keys):
                if key:
                    found.setdefault(key, number + offset)
            return found
        positions = positions_in([*keys])
        for number, key in enumerate(keys):
            for depth in range(len(key)):
                found.setdefault(renumbered(key, positions)[: depth + 1], number + offset)
        return found


def _key_of(line: str) -> Steps:
    """The key that a line states, () for one that states none."""
    try:
        pair = _line_memory[line]
    except ValueError:
        return ()
    return pair[0] if pair is not None else ()


def parse_line(line: str) -> tuple[Steps, str] | None:
    """(key, redacted value) of `Name=Value`; None for a blank line or a comment, ValueError for anything else."""
    stripped = line.strip()
    if not stripped or stripped[0] in "#;":
        return None
    name, equals, value = stripped.partition("=")
    name = name.strip()
    if not equals or not name:
        raise ValueError(line)
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    steps = _name_memory[name]
    if len(steps) > DEEPEST:
        raise ValueError(line)
    return steps, str(redact_value(str(steps[0]), value))


def steps_of(name: str) -> Steps:
    """("ScanScope", 0, "Path") for `ScanScope.item_0000.Path`, keys in their documented spelling."""
    steps: list[PathStep] = []
    if "@" in name:  # names are shown as areas and paths
        name = redact_text(name)
    for word in name.split("."):
        digits = word[5:]
        if word[:5].lower() == "item_" and digits.isascii() and digits.isdigit() and len(digits) < 10:
            steps.append(int(digits))
        else:
            steps.append(spelling(word))
    return tuple(steps)


_name_memory = Parsed(steps_of, _LINES_KEPT)
_line_memory = Parsed(parse_line, _LINES_KEPT)
_section_memory: Memory[str, Section] = Memory(_SECTIONS_KEPT)


def sections(text: str) -> list[Section]:
    """The sections of a text with folded line ends, in order; the first holds the keys before any head.

    Equal section text gives the same object. Damage is noted in `Section.problem`, never raised.
    """
    if "\n " in text or "\n\t" in text or text[:1] in (" ", "\t"):
        text = "\n".join(line.strip() for line in text.split("\n"))
    memory = _section_memory
    first, *rest = text.split("\n[") if text[:1] != "[" else ("", *("\n" + text).split("\n[")[1:])
    found = [_read_section(first, headless=True)]
    if text[:1] == "[":
        found[0].lines = 0
    for chunk in rest:
        section = memory.get(chunk)
        if section is None:
            section = _read_section(chunk, headless=False)
            if section.size < LARGE:
                memory[chunk] = section
        found.append(section)
    return found


def _read_section(chunk: str, *, headless: bool) -> Section:
    body = chunk.split("\n")
    steps: Steps = ()
    problem = None
    if not headless:
        head = body.pop(0).rstrip()
        if head[-1:] == "]":
            steps = steps_of(head[:-1].strip())
        else:
            problem = (0, f"section head [{_shown(head)} is not closed")
            steps = steps_of(head)
        if len(steps) > DEEPEST:
            problem = (0, f"section head [{_shown(head)}... is nested deeper than {DEEPEST} levels")
            return Section(steps[:DEEPEST], {}, [], len(body) + 1, problem=problem, size=len(chunk))
    section = Section(steps, {}, body, len(body) + (0 if headless else 1), problem=problem, size=len(chunk))
    try:
        pairs = [pair for pair in map(_line_memory.__getitem__, body) if pair is not None]
    except ValueError:
        _read_damaged(section)
        return section
    section.values = dict(pairs)
    if len(section.values) != len(pairs):
        _find_repeated(section, pairs)
    return section


def _read_damaged(section: Section) -> None:
    """Keep the good lines; name the first that is neither a section head nor `Name=Value`."""
    pairs = []
    for number, line in enumerate(section.body, 0 if not section.steps else 1):
        try:
            pair = _line_memory[line]
        except ValueError:
            section.problem = section.problem or (number, f"neither a section nor Name=Value: {_shown(line)!r}")
        else:
            if pair is not None:
                pairs.append(pair)
    section.values = dict(pairs)
    if len(section.values) != len(pairs):
        _find_repeated(section, pairs)


def _shown(line: str) -> str:
    """The beginning of a damaged line for a message: redacted before it is cut, as a cut hides what a secret is."""
    return redact_text(line)[:60]


def _find_repeated(section: Section, pairs: list[tuple[Steps, str]]) -> None:
    """The first value of a key stays; a later one that differs is kept apart, so that neither wins silently."""
    section.values = {}
    for key, value in pairs:
        if key not in section.values:
            section.values[key] = value
        elif section.values[key] != value:
            section.repeated[key] = value


@dataclass(slots=True, eq=False)
class Tree:
    """The values of one area, with the sections they came from: (section, steps before its keys, line of its head)."""

    values: dict[str, Value]
    sources: list[Placed]
    _by_prefix: dict[Path, tuple[Section, int]] | None = None

    def locate(self, path: Path) -> int:
        """The line of a value inside the block, 0-based; for a list or group, of its first section."""
        if len(self.sources) == 1 and not self.sources[0][1]:
            return self.sources[0][2] + self.sources[0][0].line_of(path)
        if self._by_prefix is None:
            positions = positions_in([prefix for _, prefix, _ in self.sources])
            self._by_prefix = {}
            for section, prefix, head in self.sources:
                place = renumbered(prefix, positions)
                for depth in range(len(place) + 1):
                    self._by_prefix.setdefault(place[:depth], (section, head))
                self._by_prefix[place] = (section, head)
        for depth in range(len(path), -1, -1):
            found = self._by_prefix.get(path[:depth])
            if found is not None:
                section, head = found
                return head + section.line_of(path[depth:])
        return self.sources[0][2]


Placed = tuple[Section, Steps, int]
"""(section, steps before its keys, line of its head inside the block)"""


def build_tree(sources: list[Placed]) -> Tree:
    """Nest the values of sections below their steps; numbered entries become lists, ordered by their numbers."""
    if len(sources) == 1 and not sources[0][1]:
        return Tree(sources[0][0].entry(), sources)
    prefixes = [prefix for _, prefix, _ in sources]
    if len(set(prefixes)) == len(prefixes) and all(len(prefix) == 2 for prefix in prefixes):
        return Tree(_list_of_sections(sources), sources)
    root: dict[PathStep, Value] = {}
    for section, prefix, _ in sources:
        if prefix:
            _branch(root, prefix)
        for key, value in section.values.items():
            node = _branch(root, (*prefix, *key[:-1]))
            if isinstance(node.get(key[-1]), dict):
                node[key[-1]][""] = value
            else:
                node[key[-1]] = value
    return Tree(_lists(root), sources)


def _list_of_sections(sources: list[Placed]) -> dict[str, Value]:
    """The usual shape of a list: one section an entry, `ScanScope.item_0000` and on."""
    root: dict[PathStep, dict[PathStep, Value]] = {}
    for section, (name, number), _ in sources:
        root.setdefault(name, {})[number] = section.entry()
    return {
        str(name): [found[number] for number in sorted(found, key=_by_number)]
        if all(isinstance(number, int) for number in found)
        else {str(number): child for number, child in found.items()}
        for name, found in root.items()
    }


def _by_number(step: PathStep) -> int:
    return int(step)


def _branch(node: dict[PathStep, Value], steps: Steps) -> dict[PathStep, Value]:
    for step in steps:
        child = node.get(step)
        if not isinstance(child, dict):
            child = node[step] = {} if child is None else {"": child}
        node = child
    return node


def _lists(node: dict[PathStep, Value]) -> dict[str, Value]:
    """A tree whose numbered children have become lists."""
    return {str(step): _folded(child) for step, child in node.items()}


def _folded(child: Value) -> Value:
    if not isinstance(child, dict):
        return child
    if child and all(isinstance(step, int) for step in child):
        return [_folded(child[step]) for step in sorted(child)]
    return _lists(child)


def positions_in(paths: Sequence[Path]) -> dict[tuple[Path, int], int]:
    """(list, number in the file) -> position: numbers only order, they may have gaps."""
    numbers: dict[Path, set[int]] = {}
    for path in paths:
        for depth, step in enumerate(path):
            if isinstance(step, int):
                numbers.setdefault(path[:depth], set()).add(step)
    return {
        (parent, number): position for parent, found in numbers.items() for position, number in enumerate(sorted(found))
    }


def renumbered(path: Path, positions: dict[tuple[Path, int], int]) -> Path:
    """A path with positions in place of the file's numbers."""
    return tuple(
        positions.get((path[:depth], step), step) if isinstance(step, int) else step for depth, step in enumerate(path)
    )
