"""What kesl-control writes with `--json`, read without knowing its layout.

No vendor text describes that layout. Object members and dotted names are followed alike, arrays and `item_0000` members
become lists, booleans become Yes and No and numbers keep their decimal text: the result is the tree of the INI twin.
A document whose top-level names are those of neither the full export nor a settings file is not guessed at.

Also read: `--app-info --json`, whose member names are the labels of the text output (so does the vendor's container
service read it), and the container's `GET /status` answer (topic 256753).
"""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from auditor.errors import BrokenExport, ExportError, UnreadableExport
from auditor.intake.kesl import labels
from auditor.intake.kesl.labels import fold
from auditor.intake.kesl.sections import DEEPEST, Section, Steps, build_tree, steps_of
from auditor.intake.kesl.subjects import host_subject, task_subject
from auditor.intake.kesl.text import Block, Line, Tally, host_of_output, output_part, put_labelled
from auditor.intake.kesl.tree import KNOWN_KEYS, canonical_task, fingerprint, may_name, task_from_file_name
from auditor.intake.redaction import redact_tree
from auditor.intake.whole_text import text_of_values
from auditor.model.pointers import below
from auditor.model.snapshot import Part, Path, PathStep, Settings, SubjectRef, Value
from auditor.sdk.reading import Item, Note, Source

SETTINGS, APP_INFO, STATUS = "kesl.json", "kesl.app-info-json", "kesl.status-json"
_ROOTS = ("AppSettings", "NetSettings", "MonitoringTask", "OnDemandTask", "BackupTask")
_TASK_ROOTS = _ROOTS[2:]
_OTHER_PRODUCT = re.compile(r'"(?:PxgRetVal|PxgError|ksc-openapi-call/\d+)"')
_EXPORT_NAME = re.compile(rf'"(?:[\w.]*\.)?(?:{"|".join(_ROOTS)})(?:\.[\w.]*)?"\s*:', re.IGNORECASE)
_NAME = re.compile(r'"([^"\\\n]{1,120})"\s*:')
_ENOUGH = 3
_ASK = (
    "export the settings again without --json (INI): LANG=en_US.UTF-8 kesl-control --export-settings --file export.ini"
)


class KeslJsonReader:
    """Reads the JSON twins of the INI exports and of the application information."""

    name = "kesl-json"
    formats = (SETTINGS, APP_INFO, STATUS)

    def recognise(self, source: Source) -> str:
        """By member names in the head; a JSON text that speaks of none of the product's names is something else."""
        head = source.head_text.lstrip()
        if head[:1] != "{" or _OTHER_PRODUCT.search(head):
            return ""
        if _EXPORT_NAME.search(head):
            return SETTINGS
        names = [match[1] for match in _NAME.finditer(head)]
        if "product info" in names:
            return STATUS
        known = {label.key for name in names if (label := labels.APP_INFO.get(fold(name)))}
        if len(known) > 1 and known & {"DatabasesLoaded", "DatabasesDate", "LicenseExpirationDate"}:
            return APP_INFO
        return SETTINGS if _is_single(head, names) or _is_named(source.name, head) else ""

    def read(self, source: Source, format_id: str) -> Iterable[Item]:
        """The areas that the document states; UnreadableExport when its layout is not the expected one."""
        document = _redacted(load(text_of_values(source)))
        if format_id == APP_INFO:
            return list(_labelled(source, document, labels.APP_INFO, ""))
        if format_id == STATUS:
            inner = document.get("product info")
            if not isinstance(inner, dict):
                raise _unknown_layout()
            return list(_labelled(source, inner, labels.STATUS, "/product info"))
        rows = list(_rows(document))
        roots = {row.steps[0] for row in rows}
        if roots & set(_ROOTS):
            return list(_export(source, rows))
        return list(_single(source, rows))


def _is_single(head: str, names: list[str]) -> bool:
    """One settings area at the top level; or, wrapped or cut off, names that only this product writes like that."""
    with contextlib.suppress(ExportError):
        top = load(head)
        groups = [name for name, child in top.items() if isinstance(child, dict | list)]
        if fingerprint([str(steps_of(name)[0]) for name in top], groups) is not None:
            return True
    words = [str(step) for name in names for step in steps_of(name)]
    exact = {name for name in names if KNOWN_KEYS.get(name.lower()) == name}
    return len(exact) >= _ENOUGH and fingerprint(words, words) is not None


def _is_named(name: str, head: str) -> bool:
    """Settings of a task whose keys tell nothing, by the name of the file, where they stand at the top as in INI."""
    with contextlib.suppress(ExportError):
        top = {str(steps_of(key)[0]): child for key, child in load(head).items()}
        known = [key for key, child in top.items() if key.lower() in KNOWN_KEYS and not isinstance(child, dict | list)]
        return bool(known) and _task_of(name) is not None
    return False


def _task_of(name: str) -> str | None:
    """The predefined task of which a file of this name holds the settings."""
    named = task_from_file_name(name)
    is_other = any(word in name.lower() for word in ("state", "schedule"))
    return None if named is None or named[1] is None or is_other else canonical_task(named[1])


def load(text: str) -> dict[str, Any]:
    """The JSON object in a text, numbers as their decimal text; BrokenExport with the offset when it is damaged."""
    try:
        document = json.loads(
            text, parse_int=str, parse_float=str, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        raise BrokenExport(f"not valid JSON: {error.msg}", where=f"character {error.pos}", hint=_ASK) from error
    except RecursionError as error:
        raise BrokenExport("nested too deeply", hint=_ASK) from error
    if not isinstance(document, dict):
        raise _unknown_layout()
    return document


def _redacted(document: dict[str, Any]) -> dict[str, Any]:
    """The document without secrets; BrokenExport for what could be parsed and is too deep to be walked."""
    try:
        return cast("dict[str, Any]", redact_tree(document)[0])
    except RecursionError as error:
        raise BrokenExport("nested too deeply", hint=_ASK) from error


def _no_constant(word: str) -> Any:
    raise BrokenExport(f"{word} is no JSON value", hint=_ASK)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Neither of two members of one name may win silently."""
    result = dict(pairs)
    if len(result) != len(pairs):
        twice = next(name for name, number in Counter(name for name, _ in pairs).items() if number > 1)
        raise BrokenExport(f"the member {twice[:60]!r} stands twice in one object", hint=_ASK)
    return result


def _unknown_layout() -> UnreadableExport:
    return UnreadableExport("a JSON form of KESL settings whose layout is not known", hint=_ASK)


@dataclass(slots=True)
class _Row:
    """One leaf: steps in documented spelling, value as the INI twin would state it, JSON pointer."""

    steps: Steps
    value: Value
    pointer: str


def _rows(node: Any, steps: Steps = (), pointer: str = "") -> Iterator[_Row]:
    if len(steps) > DEEPEST:
        raise BrokenExport("nested too deeply", where=pointer[:200], hint=_ASK)
    if isinstance(node, dict) and node:
        for name, child in node.items():
            yield from _rows(child, (*steps, *steps_of(name)), below(pointer, name))
    elif isinstance(node, list) and node:
        for index, child in enumerate(node):
            yield from _rows(child, (*steps, index), f"{pointer}/{index}")
    elif steps:
        yield _Row(steps, _scalar(node), pointer)


def _scalar(value: Any) -> Value:
    return ("Yes" if value else "No") if isinstance(value, bool) else value


def _export(source: Source, rows: list[_Row]) -> Iterator[Item]:
    """The full export: host areas, and one block per task."""
    version = next((str(row.value) for row in rows if row.steps == ("Version",)), "")
    host = host_subject(source, version)
    blocks: dict[Steps, list[_Row]] = {}
    stray: list[str] = []
    for row in rows:
        if len(row.steps) > 1:
            blocks.setdefault(_root(row.steps), []).append(row)
        elif row.steps != ("Version",):
            stray.append(row.pointer)
    for root, inner in blocks.items():
        if root[0] in _TASK_ROOTS:
            yield from _task(source, host, root, inner)
        else:
            area = {"AppSettings": "app", "NetSettings": "net"}.get(str(root[0]), f"other.{root[0]}")
            yield from _area(source, host, area, _cut(inner, 1))
    if stray:
        yield Note(f"{len(stray)} top-level member(s) left alone: {', '.join(stray[:5])}")


def _root(steps: Steps) -> Steps:
    return steps[:2] if isinstance(steps[1], int) else steps[:1]


def _cut(rows: list[_Row], depth: int) -> list[_Row]:
    return [_Row(row.steps[depth:], row.value, row.pointer) for row in rows]


def _task(source: Source, host: SubjectRef, root: Steps, rows: list[_Row]) -> Iterator[Item]:
    """The three areas of a task: what it is, its settings, its schedule."""
    groups: dict[str, list[_Row]] = {"state": [], "task": [], "schedule": []}
    for row in _cut(rows, len(root)):
        first = row.steps[0] if row.steps else ""
        if first in ("Settings", "Schedule"):
            groups["task" if first == "Settings" else "schedule"].extend(_cut([row], 1))
        else:
            groups["state"].append(row)
    identity = {row.steps: str(row.value) for row in groups["state"]}
    name, kind = identity.get(("TaskName",), ""), identity.get(("TaskType",), "")
    known = canonical_task(name, kind) or ("Backup" if root[0] == "BackupTask" else None)
    subject = host if known else task_subject(host, name or f"{root[0]}-{root[-1]}")
    for group, inner in groups.items():
        if inner:
            yield from _area(source, subject, f"{group}.{known}" if known else group, inner)


def _single(source: Source, rows: list[_Row]) -> Iterator[Item]:
    """The twin of `--get-settings`, `--get-schedule`, `--get-app-settings` or `--get-net-settings`."""
    host = host_subject(source)
    names = [str(row.steps[0]) for row in rows]
    found = fingerprint(names, [str(row.steps[0]) for row in rows if len(row.steps) > 1])
    if found is None and _task_of(source.name) is not None:
        found = "task"
    if found is None:
        raise _unknown_layout()
    if found in ("app", "net"):
        yield from _area(source, host, found, rows)
        return
    group = "schedule" if found == "schedule" else "task"
    named = task_from_file_name(source.name)
    task = named[1] if named else None
    if group == "task" and (task is None or canonical_task(task) is None) and may_name(found, named):
        task = found.removeprefix("task.")
    known = canonical_task(task) if task else None
    if known:
        yield from _area(source, host, f"{group}.{known}", rows)
        return
    yield from _area(source, task_subject(host, task or f"unnamed ({source.name})"), group, rows)
    if task is None:
        yield Note("the file does not tell which task it belongs to; name it like task_2_Scan_My_Computer.json")


@dataclass(slots=True)
class _Content:
    """Rows of one area on their way into a tree: the first value of a path, later different ones, empty groups."""

    values: dict[Steps, Value] = field(default_factory=dict)
    repeated: dict[Steps, Value] = field(default_factory=dict)
    groups: list[Steps] = field(default_factory=list)

    def add(self, row: _Row) -> None:
        if row.value == {}:
            self.groups.append(row.steps)
        elif row.steps not in self.values:
            self.values[row.steps] = row.value
        elif self.values[row.steps] != row.value:
            self.repeated[row.steps] = row.value


def _area(source: Source, subject: SubjectRef, area: str, rows: list[_Row]) -> Iterator[Item]:
    """One part; a second one with the other values where names that differ only in case contradict each other."""
    content = _Content()
    for row in rows:
        content.add(row)
    pointers = _pointers(rows)
    yield Part(subject, _settings(area, content.values, content.groups, pointers), source.path, 1)
    if content.repeated:
        yield Part(subject, _settings(area, content.repeated, [], pointers), source.path, 1)
        names = ", ".join(".".join(map(str, steps)) for steps in list(content.repeated)[:5])
        yield Note(f"stated twice with different values, so not judged: {names}")


def _settings(area: str, values: dict[Steps, Value], groups: list[Steps], pointers: dict[Path, str]) -> Settings:
    sections = [Section(steps, {}, [], 0) for steps in groups if steps]
    sections.append(Section((), cast("dict[Steps, str]", values), [], 0))
    tree = build_tree([(section, section.steps, 0) for section in sections])
    return Settings(area, tree.values, locate=lambda path: _point(pointers, path))


def _pointers(rows: list[_Row]) -> dict[Path, str]:
    """Path in the finished tree -> JSON pointer; numbered members are counted the way the tree counts them."""
    numbers: dict[Steps, set[int]] = {}
    for row in rows:
        for depth, step in enumerate(row.steps):
            if isinstance(step, int):
                numbers.setdefault(row.steps[:depth], set()).add(step)
    ranks = {parent: {number: rank for rank, number in enumerate(sorted(found))} for parent, found in numbers.items()}

    def place(depth: int, step: PathStep, steps: Steps) -> PathStep:
        return ranks[steps[:depth]][step] if isinstance(step, int) else step

    return {tuple(place(depth, step, row.steps) for depth, step in enumerate(row.steps)): row.pointer for row in rows}


def _point(pointers: dict[Path, str], path: Path) -> str:
    """The pointer of a value; of a list or group, that of its first value."""
    if path in pointers:
        return pointers[path]
    return next((pointer for place, pointer in pointers.items() if place[: len(path)] == path), "")


def _labelled(source: Source, members: dict[str, Any], table: dict[str, labels.Label], prefix: str) -> Iterator[Item]:
    """Application information: member names are labels, in whichever language the command ran."""
    block, tally = Block(), Tally()
    left: list[str] = []
    pointers: dict[int, str] = {}
    for number, (label, value) in enumerate(members.items()):
        plain = _scalar(value)
        if isinstance(plain, str):
            pointers[number] = below(prefix, label)
            put_labelled(block, Line(number, label, plain.strip()), table, tally)
        else:
            left.append(label)
    if block.values:
        places = dict(block.places)
        part = output_part(source, host_of_output(source, block), "info", block)
        part.settings.locate = lambda path: pointers.get(places.get(path, -1), prefix or "/")
        yield part
    yield from tally.notes()
    if left:
        yield Note(f"{len(left)} member(s) that are no text left alone: {', '.join(left[:5])}")
