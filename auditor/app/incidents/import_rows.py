"""Rows of an import: one event each, from CSV or NDJSON, every value checked and every mistake told with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from auditor.errors import ContentError, UsageProblem

_SUBMISSION = ("title", "level", "reported_by")
_SUBMISSION_MORE = (
    "account", "channel", "kind", "request_type", "description", "product", "product_version", "contract",
    "override_reason",
)  # fmt: skip

TYPES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "submitted": (_SUBMISSION, _SUBMISSION_MORE),
    "phone_called": (("by",), ("line",)),
    "acknowledged_auto": ((), ()),
    "qualified_answer": (("text",), ("author", "wanted")),
    "info_requested": (("wanted",), ()),
    "info_received": (("text",), ()),
    "severity_changed": (("level", "reason"), ()),
    "kind_changed": (("kind", "reason"), ("override_reason",)),
    "escalated": (("reason",), ("to",)),
    "resolved": (("text",), ()),
    "reopened": (("reason",), ()),
    "closed": ((), ()),
    "cancelled": (("reason",), ()),
    "note": (("text",), ("internal",)),
    "linked": (("relation", "other"), ()),
}
"""Type of an event -> the columns it needs, and those it may have besides `incident`, `type`, `at`, `actor`.

The order is that of events at one instant.
"""

_ALWAYS, _MAY = ("incident", "type", "at"), ("actor", "account")
COLUMNS = tuple(
    dict.fromkeys([*_ALWAYS, *_MAY, *(name for needed, more in TYPES.values() for name in (*needed, *more))])
)
_LISTS = ("wanted", "to")
_FLAGS = {"true": True, "false": False}
_RANK = {name: place for place, name in enumerate(TYPES)}


@dataclass(frozen=True, slots=True)
class Row:
    """One event as the file states it. `incident` names an incident of the store, or by a number from elsewhere."""

    line: int
    incident: str
    type: str
    at: str
    actor: str
    account: str
    values: Mapping[str, Any]

    @property
    def content(self) -> tuple[Any, ...]:
        """What the event says, for putting those of one instant in an order that does not depend on the file."""
        return _RANK[self.type], self.actor, orjson.dumps(self.values, option=orjson.OPT_SORT_KEYS)


def read_rows(path: Path) -> tuple[list[Row], list[str]]:
    """The rows of a file, and its mistakes. UsageProblem or ContentError when it cannot be read at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError("not UTF-8", where=f"{path}, byte {error.start}") from error
    rows: list[Row] = []
    mistakes: list[str] = []
    stated = _objects(text) if text.lstrip().startswith("{") else _table(text, str(path))
    for line, values in stated:
        if isinstance(values, str):
            mistakes.append(f"line {line}: {values}")
            continue
        found = list(_mistakes(values))
        mistakes += [f"line {line}: {mistake}" for mistake in found]
        if not found:
            rows.append(_row(line, values))
    return rows, mistakes


def _objects(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            values = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            yield line, f"no JSON: {error}"
            continue
        yield line, values if isinstance(values, dict) else "a JSON object is needed, one in each line"


def _table(text: str, where: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        _check_header(header, where)
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) not in {0, len(header)}:
                yield line, f"{len(cells)} cells, and the header has {len(header)}"
            elif any(cells):
                yield line, _cells(dict(zip(header, cells, strict=True)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ContentError(f"no CSV: {error}", where=f"{where}, line {reader.line_num}") from error


def _check_header(header: list[str], where: str) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in _ALWAYS if name not in header]
    doubled = [name for name in header if header.count(name) > 1]
    for names, problem in ((unknown, "unknown"), (missing, "missing"), (doubled, "doubled")):
        if names:
            hint = f"columns are {', '.join(COLUMNS)}"
            raise ContentError(f"columns {problem}: {', '.join(names)}", where=f"{where}, line 1", hint=hint)


def _cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """Cells as values: empty ones are left out, lists are parted at semicolons, levels are numbers."""
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        if not cell:
            continue
        if name in _LISTS:
            values[name] = [part.strip() for part in cell.split(";") if part.strip()]
        elif name == "level" and cell.isdecimal():
            values[name] = int(cell)
        elif name == "internal" and cell in _FLAGS:
            values[name] = _FLAGS[cell]
        else:
            values[name] = cell
    return values


def _mistakes(values: Mapping[str, Any]) -> Iterator[str]:
    kind = values.get("type")
    for name in _ALWAYS:
        if not values.get(name):
            yield f"{name} is missing"
    if kind is None:
        return
    if not isinstance(kind, str) or kind not in TYPES:
        yield f"there is no type {kind!r}; there are {', '.join(TYPES)}"
        return
    needed, more = TYPES[kind]
    for name in needed:
        if values.get(name) in (None, "", []):
            yield f"{kind} needs {name}"
    for name, value in values.items():
        if name not in {*_ALWAYS, *_MAY, *needed, *more}:
            yield f"{kind} has no {name!r}"
        elif not _fits(name, value):
            yield f"{name}: {value!r} does not fit"


def _fits(name: str, value: Any) -> bool:
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name == "level":
        return type(value) is int and 1 <= value <= 4
    return type(value) is bool if name == "internal" else isinstance(value, str)


def _row(line: int, values: dict[str, Any]) -> Row:
    known = {name: values.get(name) or "" for name in (*_ALWAYS, *_MAY)}
    rest = {name: value for name, value in values.items() if name not in known}
    return Row(line, values=rest, **known)
