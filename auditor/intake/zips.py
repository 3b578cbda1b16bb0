"""Members of a zip archive, read in place."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

from auditor.errors import BrokenExport, UnreadableExport
from auditor.intake.budget import Budget, Meter
from auditor.intake.feed import Feed
from auditor.intake.limits import Limits
from auditor.intake.members import Names, left_alone
from auditor.intake.sources import MemberSource, OpenSource
from auditor.model.inputs import InputRecord, InputStatus

DAMAGE = (
    zipfile.BadZipFile,  # no directory, headers that contradict each other, a wrong checksum
    zlib.error,  # packed data that are none
    EOFError,  # a member that ends too early
    NotImplementedError,  # a compression, a version or an encryption that zipfile does not know
    RuntimeError,  # an encrypted member
    ValueError,  # places before the file's beginning, names that are not UTF-8
    OverflowError,  # ZIP64 places beyond what a file can have
)
"""What zipfile raises, by design or by accident, when it reads a damaged or contradictory archive."""
_ENTRY = b"PK\x01\x02"
_READABLE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_UNICODE_NAME = 0x800
_UNIX = 3


class _CountedDirectory:
    """The file under a ZipFile: stops it from building a list of millions of members."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._entries = 0
        self.loading = True
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable
        self.close = file.close

    def read(self, size: int = -1) -> bytes:
        """As the file; while the directory is loaded, which is held whole, its size and its entries are bounded."""
        if self.loading and size > self._limits.max_file_bytes:
            raise self._limits.exceeded("max_file_bytes", f"the archive claims a directory of {size} bytes")
        data = self._file.read(size)
        if self.loading:
            self._entries += data.count(_ENTRY)
            if self._entries > self._limits.max_archive_members:
                raise self._limits.exceeded("max_archive_members", "the archive lists more members")
        return data


def zip_members(source: OpenSource, budget: Budget) -> Iterator[MemberSource | InputRecord]:
    """Members in the order of their names. Raises ExportError when the archive as a whole cannot be read."""
    file = _CountedDirectory(source.seekable(), budget.limits)
    try:
        archive = _opened(file)
        file.loading = False
        whole = Meter(budget)
        names = Names(source)
        for info in sorted(archive.infolist(), key=lambda info: (info.filename, info.header_offset)):
            budget.admit()
            name = _name(info)
            if not info.is_dir():
                path = names.shown(name)
                record = _left_alone(info, name, path)
                yield record or _member(source, archive, info, path, whole)
    finally:
        file.close()


def _opened(file: _CountedDirectory) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(cast(IO[bytes], file))
    except DAMAGE as error:
        raise BrokenExport(
            f"the zip archive is cut off or damaged ({error})", hint="copy or download the archive again"
        ) from error
    if "[Content_Types].xml" in archive.NameToInfo:
        raise UnreadableExport("an office document, not an export", hint="save the table as text: JSON, XML or CSV")
    return archive


def _name(info: zipfile.ZipInfo) -> str:
    """The name as written; without the Unicode mark many packers still write UTF-8."""
    name = info.orig_filename
    if not info.flag_bits & _UNICODE_NAME:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name
    return name


def _left_alone(info: zipfile.ZipInfo, name: str, path: str) -> InputRecord | None:
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    record = left_alone(name, path, _kind(mode))
    if record is not None:
        return record
    if info.flag_bits & _ENCRYPTED:
        return _closed(path, "it is encrypted", "pack the files again without a password")
    if info.compress_type not in _READABLE:
        return _closed(
            path,
            f"it is packed with zip method {info.compress_type}",
            "pack the files again with the ordinary method (deflate)",
        )
    return None


def _closed(path: str, message: str, hint: str) -> InputRecord:
    return InputRecord(path, InputStatus.BROKEN, message=message, hint=hint)


def _kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "no regular file"
    return ""


def _member(
    source: OpenSource, archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, whole: Meter
) -> MemberSource:
    limits = source.limits
    packed_archive = max(source.size, 1)

    def start() -> Feed:
        meter = Meter(Budget(limits))  # the ratio of this member; its bytes are spent by `whole`
        try:
            stream = archive.open(info)
        except DAMAGE as error:
            raise _damaged(info, error) from error

        def read(size: int) -> bytes:
            try:
                data = stream.read(size)
            except DAMAGE as error:
                raise _damaged(info, error) from error
            meter.count(len(data), info.compress_size)
            whole.count(len(data), packed_archive)
            return data

        return Feed(read, stream.close, limits, info.file_size)

    return MemberSource(path, limits, start, source.origin)


def _damaged(info: zipfile.ZipInfo, error: Exception) -> BrokenExport:
    return BrokenExport(
        f"the zip member is damaged ({error or type(error).__name__})",
        where=f"byte {info.header_offset} of the archive",
        hint="pack or copy the archive again",
    )
