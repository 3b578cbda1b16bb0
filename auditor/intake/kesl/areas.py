"""The areas of a block of sections: application, network, or one task with its state, settings and schedule."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.intake.kesl.sections import LARGE, Placed, Section, build_tree
from auditor.intake.kesl.tree import canonical_task
from auditor.intake.memory import Memory
from auditor.model.content import Content
from auditor.model.snapshot import Path, Settings

_BLOCKS_KEPT = 512

Area = tuple[str, Settings, int]
"""(kind of subject or "" for the host, content, line of the content's first line inside the block)"""

_block_memory: Memory[tuple[tuple[Section, ...], bool, Section | None], list[tuple[str, Content]]] = Memory(
    _BLOCKS_KEPT
)
_content_memory: Memory[tuple[object, ...], list[tuple[Settings, int]]] = Memory(_BLOCKS_KEPT)


def areas_of(block: tuple[Section, ...], complete: bool, named: Section | None) -> list[tuple[str, Content]]:
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
        yield from settings_of("", area, [(section, section.steps[1:], head) for section, head in placed], complete)
    elif root in ("MonitoringTask", "OnDemandTask", "BackupTask"):
        yield from _task(block[0].root, placed, complete, named)
    else:
        name = f"other.{root}"
        yield from settings_of("", name, [(section, section.steps[1:], head) for section, head in placed], complete)


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
            yield from settings_of("" if known else name or f"{root[0]}-{root[-1]}", area, sources, complete)


def settings_of(kind: str, area: str, sources: list[Placed], complete: bool) -> Iterator[Area]:
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
