"""Unpacking gzip as a stream, with the place of damage."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from auditor.errors import BrokenExport
from auditor.intake.budget import Meter

_CHUNK = 64 * 1024
_GZIP = 31  # zlib: expect a gzip header, check length and CRC at the end


class Gunzip:
    """Reads the content of a gzip file of one or more parts.

    Raises BrokenExport with the byte offset in the packed file when it is cut off or damaged, LimitExceeded when it
    grows too much.
    """

    def __init__(self, packed: BinaryIO, meter: Meter) -> None:
        self._packed = packed
        self._meter = meter
        self._unpacker = zlib.decompressobj(_GZIP)
        self._waiting = b""  # packed bytes that were read and not used yet
        self._kept = b""  # unpacked bytes that were looked at by `peek`
        self._offset = 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes; b"" at the proper end."""
        if self._kept:
            data, self._kept = self._kept[:size], self._kept[size:]
            return data
        while not self._unpacker.eof or self._next_part():
            if not self._waiting and not self._fill():
                raise BrokenExport("the compressed data are cut off", where=f"byte {self._offset}")
            data = self._unpack(size)
            if data:
                self._meter.count(len(data), self._offset - len(self._waiting))
                return data
        return b""

    def peek(self, size: int) -> bytes:
        """The next `size` bytes (fewer only at the end), which stay to be read."""
        pieces = []
        while size > 0 and (piece := self.read(size)):
            pieces.append(piece)
            size -= len(piece)
        self._kept = b"".join(pieces) + self._kept
        return self._kept

    def _fill(self) -> bool:
        self._waiting = self._packed.read(_CHUNK)
        self._offset += len(self._waiting)
        return bool(self._waiting)

    def _unpack(self, size: int) -> bytes:
        try:
            data = self._unpacker.decompress(self._waiting, size)
        except zlib.error as error:
            raise BrokenExport(
                f"the compressed data are damaged ({error})", where=f"byte {self._offset - len(self._waiting)}"
            ) from error
        self._waiting = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
        return data

    def _next_part(self) -> bool:
        """After the end of one part: is there another? Zero bytes in between are padding."""
        while True:
            self._waiting = self._waiting.lstrip(b"\0")
            if self._waiting:
                self._unpacker = zlib.decompressobj(_GZIP)
                return True
            if not self._fill():
                return False
