"""One input at a time: a file on disk or a member of an archive, as readers see it (auditor.sdk.reading.Source).

Nothing is opened before somebody looks at the content. Up to 1 MiB is then read at once and kept; anything larger is
a single pass (see feed.py), of which the beginning is kept so that readers can recognise the file first.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable
from hashlib import sha256
from typing import BinaryIO, cast

from auditor.errors import BrokenExport, ExportError
from auditor.intake.decoding import decode, decode_head
from auditor.intake.feed import Feed, FeedStream, cannot_read
from auditor.intake.hosts import host_of
from auditor.intake.limits import KIB, MIB, Limits

HEAD = 64 * KIB
WHOLE = MIB
_BUFFER = 256 * KIB
# O_NOFOLLOW: a link put in place after the folder was listed is refused; O_NONBLOCK: so is a pipe, without waiting
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


class OpenSource(ABC):
    """What files and members share. `path` is as shown; `origin` are folders above it that are not shown.

    Raises ExportError from everything that looks at the content.
    """

    __slots__ = (
        "_data", "_failed", "_feed", "_first", "_head_text", "_host", "_sha256", "_text", "limits", "origin", "path"
    )  # fmt: skip

    def __init__(self, path: str, limits: Limits, origin: tuple[str, ...] = ()) -> None:
        self.path = path
        self.limits = limits
        self.origin = origin
        self._data: bytes | None = None  # the whole content, once known
        self._feed: Feed | None = None  # the single pass, when the content was too large to be read at once
        self._first = b""  # what was pulled from the feed before anybody asked for a stream
        self._failed: ExportError | None = None  # why it cannot be opened; said again to whoever asks again
        self._text: str | None = None
        self._head_text: str | None = None
        self._sha256: str | None = None
        self._host = ""

    @abstractmethod
    def _begin(self) -> None:
        """Opens the input: sets `_data` (whole content), or `_feed` and `_first`."""

    @property
    def name(self) -> str:
        """Last component of the path."""
        return self.path[max(self.path.rfind("/"), self.path.rfind("!")) + 1 :]

    @property
    def host(self) -> str:
        """The device that the path suggests."""
        if not self._host:
            self._host = host_of((*self.origin, *self.path.replace("!", "/").split("/")))
        return self._host

    @property
    def size(self) -> int:
        """Bytes, unpacked: counted when the content was read to its end, else as declared."""
        if self._data is not None:
            return len(self._data)
        feed = self._opened()
        if feed is None:
            return len(self._data or b"")
        return feed.count if feed.ended else max(feed.declared, feed.count)

    @property
    def head(self) -> bytes:
        """The first 64 KiB at most."""
        if self._data is None and self._feed is None:
            self._opened()
        data = self._first if self._data is None else self._data
        return data if len(data) <= HEAD else data[:HEAD]

    @property
    def head_text(self) -> str:
        """The head as text for recognition; what does not decode is replaced."""
        if self._head_text is None:
            self._head_text = decode_head(self.head)
        return self._head_text

    def read(self) -> bytes:
        """The whole content; LimitExceeded beyond the limit for whole-file readers."""
        if self._data is None:
            feed = self._opened()
            if feed is not None:
                self._data = self._read_all(feed)
        data = self._data or b""
        if len(data) > self.limits.max_file_bytes:
            raise self._too_large(len(data))
        return data

    def text(self) -> str:
        """The whole content as text, line ends folded; BrokenExport with the byte offset when not decodable."""
        if self._text is None:
            self._text = decode(self.read())
        return self._text

    def open(self) -> BinaryIO:
        """A stream over the content, from its beginning. A large input can be streamed once."""
        feed = self._opened()
        if self._data is not None or feed is None:
            return io.BytesIO(self._data or b"")
        if feed.declared > self.limits.max_stream_bytes:
            raise self.limits.exceeded("max_stream_bytes", f"the file has {feed.declared} bytes")
        self._require_beginning(feed)
        return cast(BinaryIO, io.BufferedReader(FeedStream(self._first, feed), _BUFFER))

    def digest(self) -> str:
        """SHA-256 of the content, reading what the readers left. Raises ExportError where that shows damage."""
        if self._sha256 is None:
            feed = self._opened()
            if feed is None:
                self._sha256 = sha256(self._data or b"").hexdigest()
            else:
                self._sha256 = self._drain(feed)
        return self._sha256

    @property
    def sha256(self) -> str:
        """The digest, or "" where the content could not be read to its end."""
        try:
            return self.digest()
        except ExportError:
            return ""

    def read_so_far(self) -> tuple[int, str]:
        """How many bytes of the content anybody has seen yet, and their SHA-256."""
        if self._feed is not None:
            return self._feed.count, self._feed.hexdigest()
        data = self._data or b""
        return len(data), sha256(data).hexdigest()

    def begins_with(self, size: int, digest: str) -> bool:
        """Whether the first `size` bytes, at which somebody stopped reading before, have this SHA-256.

        Size 0 means that it could not be opened. For a source that nobody looked at yet; it is closed afterwards.
        """
        try:
            feed = self._opened()
            while feed is not None and feed.count < size and feed.pull(min(WHOLE, size - feed.count)):
                pass
        except ExportError:
            return size == 0
        finally:
            self.close()
        return self.read_so_far() == (size, digest)

    def close(self) -> None:
        """Lets go of the file. Content that was not read by now can no longer be read."""
        if self._feed is not None:
            self._feed.close()

    def seekable(self) -> BinaryIO:
        """The content with random access, for archives that need it."""
        return io.BytesIO(self.read())

    def _opened(self) -> Feed | None:
        """The feed of an opened input, None when its whole content is at hand."""
        if self._data is None and self._feed is None:
            if self._failed is not None:
                raise self._failed
            try:
                self._begin()
            except ExportError as error:
                self._failed = error
                raise
        return self._feed

    def _pull_first(self, feed: Feed, wanted: int) -> None:
        """Keeps the beginning of the feed: all of it when it ends within `wanted` bytes."""
        chunks = []
        while feed.count <= wanted:
            chunk = feed.pull(wanted + 1 - feed.count)
            if not chunk:
                break
            chunks.append(chunk)
        first = b"".join(chunks)
        if feed.ended:
            self._data = first
        else:
            self._first = first
        self._feed = feed

    def _read_all(self, feed: Feed) -> bytes:
        limit = self.limits.max_file_bytes
        if feed.declared > limit:
            raise self._too_large(feed.declared)
        self._require_beginning(feed)
        chunks = [self._first]
        while chunk := feed.pull(WHOLE):
            chunks.append(chunk)
            if feed.count > limit:
                raise self._too_large(feed.count)
        return b"".join(chunks)

    def _require_beginning(self, feed: Feed) -> None:
        if feed.ended or feed.count != len(self._first):
            message = f"{self.path} was read already, or the walk has left it: read a source at once, and once"
            raise RuntimeError(message)

    def _drain(self, feed: Feed) -> str:
        if not feed.ended and feed.declared > self.limits.max_stream_bytes:
            feed.close()
            raise self.limits.exceeded("max_stream_bytes", f"the file has {feed.declared} bytes")
        while feed.pull(WHOLE):
            pass
        return feed.hexdigest()

    def _too_large(self, size: int) -> ExportError:
        return self.limits.exceeded("max_file_bytes", f"the file has {size} bytes or more")


class FileSource(OpenSource):
    """A regular file on disk. Until something looks at its content it is not opened and can be pickled."""

    __slots__ = ("_identity", "os_path")

    def __init__(self, os_path: str, path: str, limits: Limits, origin: tuple[str, ...] = ()) -> None:
        self.os_path = os_path
        # not super().__init__(): this runs once for each of 100,000 files
        self.path = path
        self.limits = limits
        self.origin = origin
        self._data = self._feed = self._failed = self._text = self._head_text = self._sha256 = None
        self._first = b""
        self._host = ""

    def again(self) -> FileSource:
        """The same file, not opened yet."""
        return FileSource(self.os_path, self.path, self.limits, self.origin)

    def peek(self, size: int) -> bytes:
        """The first bytes, of which nothing is kept; b"" where there are none: reading it tells what is wrong."""
        try:
            handle = os.open(self.os_path, _FLAGS)
            try:
                return os.read(handle, size)
            finally:
                os.close(handle)
        except OSError:
            return b""

    def _begin(self) -> None:
        try:
            handle = os.open(self.os_path, _FLAGS)
        except OSError as error:
            raise cannot_read(error) from error
        keep = False
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise BrokenExport("it is no regular file any more", hint="repeat the audit on a copy")
            if status.st_size <= WHOLE:
                self._data = _read_exactly(handle, status.st_size)
            else:
                keep = True
                self._identity = (status.st_dev, status.st_ino, status.st_size)
                self._begin_feed(handle, status.st_size)
        except OSError as error:
            raise cannot_read(error) from error
        finally:
            if not keep:
                os.close(handle)

    def _begin_feed(self, handle: int, size: int) -> None:
        def read(wanted: int) -> bytes:
            return os.read(handle, wanted)

        def close() -> None:
            os.close(handle)

        self._pull_first(Feed(read, close, self.limits, size), HEAD)

    def released(self) -> FileSource:
        """The same file to be read later: unopened, so that neither content nor a handle is held. Closes this one."""
        self.close()
        return FileSource(self.os_path, self.path, self.limits, self.origin)

    def seekable(self) -> BinaryIO:
        """The content with random access; a large file is hashed first and not held in memory."""
        self.digest()
        if self._data is not None:
            return io.BytesIO(self._data)
        try:
            handle = os.open(self.os_path, _FLAGS)
            status = os.fstat(handle)
        except OSError as error:
            raise cannot_read(error) from error
        if (status.st_dev, status.st_ino, status.st_size) != self._identity:
            os.close(handle)
            raise BrokenExport("it changed while it was read", hint="repeat the audit on a copy")
        return os.fdopen(handle, "rb")


class MemberSource(OpenSource):
    """A member of an archive, read in place. Larger ones are valid until the walk goes on."""

    __slots__ = ("_start",)

    def __init__(self, path: str, limits: Limits, start: Callable[[], Feed], origin: tuple[str, ...] = ()) -> None:
        super().__init__(path, limits, origin)
        self._start = start

    def _begin(self) -> None:
        self._pull_first(self._start(), WHOLE)

    def leave(self) -> None:
        """The walk goes on: what was not read is read for its hash, as later members may stand behind it."""
        with contextlib.suppress(ExportError):
            self.digest()
        self.close()


def _read_exactly(handle: int, size: int) -> bytes:
    data = os.read(handle, size)
    while len(data) < size:
        more = os.read(handle, size - len(data))
        if not more:  # the file shrank meanwhile
            break
        data += more
    return data
