"""Lines of JSON that stay in memory while they are few and go to a file when they are many."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

import orjson


class Spool:
    """Collects lines for one array of the result. `limit` counts what the caller counts (subjects, devices)."""

    def __init__(self, folder: Path, name: str, limit: int) -> None:
        self.name = name
        self._path = folder / f"{name}.ndjson"
        self._limit = limit
        self._held: list[bytes] = []
        self._file: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self._counted = 0
        self._bytes = 0

    def add(self, data: bytes, counted: int = 1) -> None:
        """Take lines, each ended by a newline; blocks of a file may cut them, and the next goes on."""
        if not data:
            return
        self._counted += counted
        if self._file is None and self._counted <= self._limit:
            self._held.append(data)
            return
        if self._file is None:
            self._file = self._path.open("wb")
            for earlier in self._held:
                self._write(earlier)
            self._held.clear()
        self._write(data)

    def _write(self, data: bytes) -> None:
        assert self._file is not None  # noqa: S101  # opened by add
        self._file.write(data)
        self._hash.update(data)
        self._bytes += len(data)

    def close(self) -> None:
        """Let go of the file; what was not finished by now is no part of a result."""
        if self._file is not None:
            self._file.close()

    def finish(self, lines: int = 0) -> tuple[orjson.Fragment, dict[str, object] | None]:
        """(the array for the result, how it is named there when it was streamed).

        `lines` were added in all: where it is not told, as many as were counted.
        """
        if self._file is None:
            self._path.unlink(missing_ok=True)  # of an earlier, larger run
            held = b"".join(self._held).rstrip(b"\n")
            return orjson.Fragment(b"[" + held.replace(b"\n", b",") + b"]"), None
        self.close()
        stream = {
            "file": self._path.name,
            "sha256": self._hash.hexdigest(),
            "lines": lines or self._counted,
            "bytes": self._bytes,
        }
        return orjson.Fragment(b"[]"), stream
