"""Members of a tar archive, read in place as one stream."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from typing import IO, cast

from auditor.errors import BrokenExport, ExportError
from auditor.intake.budget import Budget
from auditor.intake.collector import Leftovers, is_collector, is_listed
from auditor.intake.feed import Feed
from auditor.intake.limits import MIB
from auditor.intake.members import Names, left_alone
from auditor.intake.sources import MemberSource, OpenSource
from auditor.model.inputs import InputRecord

_BLOCK = 512
_SKIP = MIB
_LARGEST_HEADER = MIB  # of one member, with the headers that extend it
_MOST_GLOBALS = 1_000  # tarfile copies what global headers state for each member
_MOST_DIGITS = 300  # tarfile's patterns take the square of a row of digits in time; file names have at most 255
_WHERE_DIGITS = bytes(byte in b"0123456789" for byte in range(256))
# everything that tarfile is known to raise for damaged or contradictory archives
_DAMAGE = (tarfile.TarError, ValueError, IndexError, KeyError, OverflowError, RecursionError, TypeError)


class _Forward:
    """What tarfile reads headers from: a stream that only goes forward, with small reads only.

    tarfile asks for extended headers of any size and number, and follows sizes that lead backwards for ever. Here the
    headers of one member have a largest size together, and every step goes forward.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._headers = 0
        self.position = 0
        self.last = b""

    def next_member(self) -> None:
        """The headers of another member begin."""
        self._headers = 0

    def tell(self) -> int:
        """Bytes handed out or passed over so far."""
        return self.position

    def seek(self, position: int) -> int:
        """Passes over the bytes before `position`; never goes back."""
        while self.position < position and self.take(min(_SKIP, position - self.position)):
            pass
        return self.position

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes of a header; fewer only at the end of the archive."""
        if not 0 <= size <= _LARGEST_HEADER:
            raise self.damaged(f"a header claims {size} bytes")
        self._headers += size
        if self._headers > _LARGEST_HEADER:
            raise self.damaged(f"the headers of one member claim more than {_LARGEST_HEADER} bytes")
        pieces = []
        while size > 0 and (piece := self.take(size)):
            pieces.append(piece)
            size -= len(piece)
        self.last = b"".join(pieces)
        if b"\x01" * _MOST_DIGITS in self.last.translate(_WHERE_DIGITS):
            raise self.damaged(f"a header holds {_MOST_DIGITS} digits in a row")
        return self.last

    def take(self, size: int) -> bytes:
        """The next bytes, at most `size`; b"" at the end."""
        data = self._read(size)
        self.position += len(data)
        return data

    def damaged(self, message: str) -> BrokenExport:
        """The error for damage at the present position."""
        return BrokenExport(
            message, where=f"byte {self.position} of the archive, unpacked", hint="copy or pack the archive again"
        )


def tar_members(
    source: OpenSource, read: Callable[[int], bytes], budget: Budget
) -> Iterator[MemberSource | InputRecord]:
    """Members in the order of the archive; each is valid until the next one is asked for.

    `read` hands out the unpacked tar. Raises ExportError where the archive is damaged: members before stay.
    """
    stream = _Forward(read)
    names = Names(source)
    leftovers = Leftovers(source.path) if is_collector(source.name) else None
    try:
        for info in _headers(stream):
            budget.admit()
            if leftovers is not None and not is_listed(info.name):
                leftovers.count(info)
            elif not info.isdir():
                path = names.shown(info.name)
                record = left_alone(info.name, path, _kind(info))
                yield record or _member(source, stream, info, path)
        _check_end(stream)
    except ExportError:
        yield from _leftovers(leftovers)
        raise
    yield from _leftovers(leftovers)


def _leftovers(leftovers: Leftovers | None) -> Iterator[InputRecord]:
    if leftovers is not None and leftovers.number:
        yield leftovers.record()


def _headers(stream: _Forward) -> Iterator[tarfile.TarInfo]:
    try:
        archive = tarfile.TarFile(fileobj=cast(IO[bytes], stream), errors="surrogateescape", encoding="utf-8")
        while (info := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # tarfile would remember every member
            if info.size < 0:
                raise stream.damaged("a member of negative size")
            if len(archive.pax_headers) > _MOST_GLOBALS:
                raise stream.damaged(f"global headers state more than {_MOST_GLOBALS} things")
            yield info
            stream.next_member()
    except _DAMAGE as error:
        raise stream.damaged(f"the tar archive is cut off or damaged ({error})") from error


def _check_end(stream: _Forward) -> None:
    """tarfile takes a damaged header, and a missing end mark, for the end: neither may pass in silence."""
    if len(stream.last) < _BLOCK:
        raise stream.damaged("the tar archive ends without its end mark: it may be cut off")
    if any(stream.last):
        raise stream.damaged("the header of the next member is damaged")
    while rest := stream.take(_SKIP):
        if rest.count(0) != len(rest):
            raise stream.damaged("something follows the end mark of the tar archive; it was not read")


def _kind(info: tarfile.TarInfo) -> str:
    if info.issym():
        return "a symbolic link"
    if info.islnk():
        return "a hard link"
    if info.issparse():
        return "packed as a sparse file"
    if not info.isreg():
        return "no regular file"
    return ""


def _member(source: OpenSource, stream: _Forward, info: tarfile.TarInfo, path: str) -> MemberSource:
    def start() -> Feed:
        stream.seek(info.offset_data)
        left = info.size

        def read(size: int) -> bytes:
            nonlocal left
            if left == 0:
                return b""
            data = stream.take(min(size, left))
            if not data:
                raise stream.damaged("the archive ends inside this member")
            left -= len(data)
            return data

        return Feed(read, _nothing, source.limits, info.size)

    return MemberSource(path, source.limits, start, source.origin)


def _nothing() -> None:
    """The stream belongs to the archive: a member has nothing to close."""
