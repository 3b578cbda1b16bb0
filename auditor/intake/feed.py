"""Bytes of one input, read once from front to back, hashed and counted on the way."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.errors import BrokenExport, ExportError, UnreadableExport
from auditor.intake.limits import Limits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Feed:
    """The single pass over one input.

    `read(n)` is the raw source: at most n bytes, b"" at the end; it raises ExportError for damage. `declared` is the
    size somebody claims (0: nobody does); it is never trusted for more than refusing early. After an error every
    further pull raises the same error, so that damage cannot be read past.
    """

    __slots__ = ("_close", "_closed", "_error", "_hash", "_limits", "_read", "count", "declared", "ended")

    def __init__(
        self, read: Callable[[int], bytes], close: Callable[[], None], limits: Limits, declared: int = 0
    ) -> None:
        self._read = read
        self._close = close
        self._limits = limits
        self._hash = hashlib.sha256()
        self._error: ExportError | None = None
        self.declared = declared
        self.count = 0
        self.ended = False  # read to its end, so that count and hash are those of the whole
        self._closed = False

    def pull(self, size: int) -> bytes:
        """The next bytes, at most `size`; b"" at the end."""
        if self._error is not None:
            raise self._error
        if self.ended:
            return b""
        if self._closed:
            raise UnreadableExport("it was left before it was read to its end")
        try:
            data = self._next(size)
        except ExportError as error:
            self._error = error
            self.close()
            raise
        if not data:
            self.ended = True
            self.close()
        return data

    def _next(self, size: int) -> bytes:
        try:
            data = self._read(size)
        except OSError as error:
            raise cannot_read(error) from error
        self._hash.update(data)
        self.count += len(data)
        if self.count > self._limits.max_stream_bytes:
            raise self._limits.exceeded("max_stream_bytes", "the file goes on and on")
        return data

    def close(self) -> None:
        """Gives the raw source back. The rest can no longer be read."""
        if not self._closed:
            self._closed = True
            self._close()

    def hexdigest(self) -> str:
        """SHA-256 of what was pulled so far."""
        return self._hash.hexdigest()


class FeedStream(io.RawIOBase):
    """A feed as a binary stream, beginning with bytes that were pulled already."""

    def __init__(self, first: bytes, feed: Feed) -> None:
        super().__init__()
        self._first = memoryview(first)
        self._feed = feed

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fills the buffer with the next bytes; 0 at the end."""
        target = memoryview(buffer).cast("B")
        if self._first:
            size = min(len(target), len(self._first))
            target[:size] = self._first[:size]
            self._first = self._first[size:]
            return size
        data = self._feed.pull(len(target))
        target[: len(data)] = data
        return len(data)


def cannot_read(error: OSError) -> BrokenExport:
    """The error for an input that the operating system does not hand out: nobody knows what it holds."""
    reason = error.strerror or type(error).__name__
    return BrokenExport(
        f"it cannot be opened: {reason}", hint="check that the file can be read by the user who runs the audit"
    )
