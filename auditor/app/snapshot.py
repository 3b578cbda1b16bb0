"""The normalised snapshot: everything that was read, one line of JSON for each part, in the order of reading.

Line 1 says what the file is. Nothing is written twice: a value stands in the line of the part (or device) that it was
read with, under the subject that it belongs to. See docs/intake.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from auditor import __version__
from auditor.engine.encode import dumps
from auditor.errors import UsageProblem
from auditor.files import meant, replacing
from auditor.model.snapshot import Lock, Part, Rows, SubjectRef
from auditor.model.snapshot import Path as Steps
from auditor.sdk.values import TYPE_WORDS
from auditor.sdk.views import place_in

SCHEMA = "auditor-snapshot/1"

Json = dict[str, Any]
_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS


@contextmanager
def writing(target: Path | None) -> Iterator[SnapshotWriter | None]:
    """What writes a snapshot, which is there whole when the block has ended; None where none is wanted.

    UsageProblem where it cannot be written.
    """
    with ExitStack() as stack:
        if target is None:
            yield None
            return
        try:
            file = stack.enter_context(replacing(target))
        except OSError as error:
            raise UsageProblem(f"cannot be written: {error.strerror}", where=str(target)) from error
        yield SnapshotWriter(target, file)


class SnapshotWriter:
    """Writes what is read; `target` is where the file will lie."""

    def __init__(self, target: Path, file: BinaryIO) -> None:
        self._target = target
        self._file = file
        self._write({"schema": SCHEMA, "tool": {"name": "auditor", "version": __version__}})

    def part(self, part: Part, subject: SubjectRef) -> None:
        """One part under the subject that it belongs to."""
        settings = part.settings
        line = _subject(subject) | {"area": settings.area}
        if settings.facet:
            line["facet"] = settings.facet
        line["file"] = part.file
        place = place_in(part, ())
        line["line" if isinstance(place, int) else "pointer"] = part.line if place is None else place
        line["complete"] = settings.complete
        line["values"] = settings.values
        if settings.locks:
            line["locks"] = _locks(settings.locks)
        self._write(line)

    def rows(self, rows: Rows) -> None:
        """A batch of devices, a line each."""
        for index, record in enumerate(rows.records):
            self._write(
                {
                    "kind": rows.kind,
                    "product": rows.product,
                    "server": rows.server,
                    "area": "row",
                    "listing": rows.listing,
                    "file": rows.file,
                    "pointer": rows.place(index),
                    "complete": True,
                    "values": _unwrapped(record),
                }
            )

    def is_own(self, path: str) -> bool:
        """Whether a file is this snapshot, or one of an earlier run in the same place: no input."""
        folder, name = os.path.split(path)
        return meant(name) == self._target.name and os.path.realpath(folder) == os.path.realpath(self._target.parent)

    def _write(self, line: Json) -> None:
        self._file.write(dumps(line, _LINE))


def _subject(ref: SubjectRef) -> Json:
    return {"kind": ref.kind, "key": ref.key, "name": ref.name, "product": ref.product, "version": ref.version}


def _locks(locks: Mapping[Steps, Lock]) -> list[Json]:
    """The locks in the order in which the reader met them."""
    return [
        {
            "path": list(path),
            "own": lock.own,
            "above": lock.above,
            "inherited": lock.inherited,
            "policy": lock.policy,
            "group": lock.group,
        }
        for path, lock in locks.items()
    ]


_TYPED = {"type", "value"}


def _unwrapped(value: Any) -> Any:
    """Bare values instead of typed wrappers of Security Center, at every level."""
    if isinstance(value, Mapping):
        if value.keys() == _TYPED and value["type"] in TYPE_WORDS:
            return _unwrapped(value["value"])
        return {name: _unwrapped(item) for name, item in value.items()}
    return [_unwrapped(item) for item in value] if isinstance(value, list) else value
