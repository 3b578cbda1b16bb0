"""Sorting more lines than memory should hold, by a key that has few values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, BinaryIO

_HELD = 2 << 20
_SLICE = 1 << 20


class Buckets:
    """Takes lines in any order and gives them back bucket by bucket; within a bucket the order stays.

    Up to about `held` characters stay in memory, the rest waits in an unnamed temporary file.
    """

    def __init__(self, held: int = _HELD) -> None:
        self._limit = held
        self._size = 0
        self._lines: dict[str, list[str]] = {}
        self._slices: dict[str, list[tuple[int, int]]] = {}
        self._file: IO[bytes] | None = None

    def add(self, bucket: str, line: str) -> None:
        """Take one line."""
        held = self._lines.get(bucket)
        if held is None:
            held = self._lines[bucket] = []
        held.append(line)
        self._size += len(line)
        if self._size > self._limit:
            self._spill()

    def _spill(self) -> None:
        if self._file is None:
            import tempfile

            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by write
        for bucket, lines in self._lines.items():
            data = "".join(lines).encode()
            self._slices.setdefault(bucket, []).append((self._file.tell(), len(data)))
            self._file.write(data)
        self._lines.clear()
        self._size = 0

    def write(self, order: Iterable[str], out: BinaryIO) -> None:
        """Write the buckets of `order`, then any others by name; everything is given back once."""
        for bucket in dict.fromkeys([*order, *sorted({*self._slices, *self._lines})]):
            for start, length in self._slices.get(bucket, ()):
                self._copy(start, length, out)
            out.write("".join(self._lines.get(bucket, ())).encode())
        if self._file is not None:
            self._file.close()
        self._lines, self._slices, self._file, self._size = {}, {}, None, 0

    def _copy(self, start: int, length: int, out: BinaryIO) -> None:
        assert self._file is not None  # noqa: S101  # there are slices
        self._file.seek(start)
        while length:
            data = self._file.read(min(length, _SLICE))
            out.write(data)
            length -= len(data)
