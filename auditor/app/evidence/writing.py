"""Files of lines that appear in a folder only once they are complete."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Any

from auditor.model.canonical import canonical


class LineFile:
    """Writes JSON lines beside the file of that name and puts them in its place when asked to.

    A context manager: lines that were not kept leave nothing behind.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(path.name + ".partial")
        self._hash = hashlib.sha256()
        self.lines = 0
        self.bytes = 0

    def __enter__(self) -> LineFile:
        self._file = self._partial.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._partial.unlink(missing_ok=True)

    def add(self, document: Any) -> None:
        """Write one line."""
        data = canonical(document) + b"\n"
        self._file.write(data)
        self._hash.update(data)
        self.lines += 1
        self.bytes += len(data)

    def described(self) -> dict[str, Any]:
        """How a manifest names the lines so far."""
        return {"file": self._path.name, "sha256": self._hash.hexdigest(), "lines": self.lines, "bytes": self.bytes}

    def keep(self) -> None:
        """Put the file in its place."""
        self._file.close()
        self._partial.replace(self._path)
