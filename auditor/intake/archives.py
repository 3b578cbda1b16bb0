"""Which inputs are archives, told by content, and how each kind is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from auditor.intake.budget import Budget, Meter
from auditor.intake.feed import Feed
from auditor.intake.gunzip import Gunzip
from auditor.intake.sources import MemberSource, OpenSource
from auditor.model.inputs import InputRecord, InputStatus

_MAGIC = {
    b"PK": ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip")),
    b"\x1f\x8b": ((b"\x1f\x8b\x08", "gz"),),
    b"BZ": ((b"BZh", "bzip2"),),
    b"\xfd7": ((b"\xfd7zXZ\x00", "xz"),),
    b"7z": ((b"7z\xbc\xaf\x27\x1c", "7z"),),
    b"Ra": ((b"Rar!\x1a\x07", "rar"),),
    b"(\xb5": ((b"(\xb5/\xfd", "zstd"),),
}
_TAR_MARK = slice(257, 262)
_REFUSED = frozenset({"bzip2", "xz", "7z", "rar", "zstd"})


def archive_kind(head: bytes) -> str:
    """`zip`, `gz`, `tar` or another kind of archive; "" for anything else."""
    for magic, kind in _MAGIC.get(head[:2], ()):
        if head.startswith(magic):
            return kind
    return "tar" if head[_TAR_MARK] == b"ustar" else ""


def refusal(source: OpenSource, kind: str) -> InputRecord | None:
    """The record of an archive of a kind that is not opened: nobody knows what it holds."""
    if kind not in _REFUSED:
        return None
    return InputRecord(
        source.path,
        InputStatus.BROKEN,
        sha256=source.sha256,
        size=source.size,
        format=f"archive.{kind}",
        message=f"{kind} archives are not opened",
        hint="pack the files as zip or tar.gz, or unpack them into a folder",
    )


def archive_members(source: OpenSource, kind: str, budget: Budget) -> Iterator[MemberSource | InputRecord]:
    """What is in the archive. Raises ExportError where it is damaged or a limit is reached."""
    if kind == "zip":
        from auditor.intake.zips import zip_members  # most runs meet no archive, and its library takes time to load

        return zip_members(source, budget)
    if kind == "tar":
        return _tar_members(source, source.open().read, budget)
    return _gzip_members(source, budget)


def _tar_members(
    source: OpenSource, read: Callable[[int], bytes], budget: Budget
) -> Iterator[MemberSource | InputRecord]:
    from auditor.intake.tars import tar_members

    return tar_members(source, read, budget)


def _gzip_members(source: OpenSource, budget: Budget) -> Iterator[MemberSource | InputRecord]:
    """The members of a tar.gz, or the one file of any other gzip file."""
    unpacked = Gunzip(source.open(), Meter(budget))
    if unpacked.peek(512)[_TAR_MARK] == b"ustar":
        yield from _tar_members(source, unpacked.read, budget)
        return
    budget.admit()
    inner = source.name[:-3] if source.name.lower().endswith(".gz") and len(source.name) > 3 else source.name

    def start() -> Feed:
        return Feed(unpacked.read, _nothing, source.limits)

    yield MemberSource(f"{source.path}!{inner}", source.limits, start, source.origin)


def _nothing() -> None:
    """The packed file belongs to the archive's source."""
