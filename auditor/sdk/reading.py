"""What an author of a reader implements, and what it is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Protocol, TypeAlias

from auditor.model.content import Parcel
from auditor.model.snapshot import Collected, Part, Rows


class Note(str):
    """A remark of a reader about the file that the intake report shows ("3 unknown keys kept")."""

    __slots__ = ()


Item: TypeAlias = Part | Parcel | Rows | Collected | Note


class Source(Protocol):
    """One export file or archive member, opened safely. Nothing here ever extracts to disk or follows links."""

    @property
    def path(self) -> str:
        """As shown to people and written in evidence: relative to what was named, `!` before an archive member."""

    @property
    def name(self) -> str:
        """Last component of the path."""

    @property
    def host(self) -> str:
        """The device that path and name suggest ("web01" for `web01/export.ini` or `web01_app-info.txt`)."""

    @property
    def size(self) -> int:
        """Bytes, unpacked."""

    @property
    def head(self) -> bytes:
        """The first 64 KiB at most."""

    @property
    def head_text(self) -> str:
        """The head decoded by BOM, UTF-16 without BOM guessed from NULs, else UTF-8; undecodable bytes replaced."""

    def read(self) -> bytes:
        """The whole file; LimitExceeded when larger than the limit for whole-file readers."""

    def text(self) -> str:
        """The whole file as text, line ends folded to newline; BrokenExport with the byte offset when not decodable."""

    def digest(self) -> str:
        """SHA-256 of the whole file, hexadecimal."""

    def open(self) -> BinaryIO:
        """A stream over the file for readers that need not hold it whole."""


class Reader(Protocol):
    """Recognises and reads one family of exports.

    `recognise` looks at the head (content first; the name is only a hint where content cannot decide) and answers a
    format id such as `kesl.export`, or "" when the file is something else. `read` yields parts, rows, the collection
    time and notes. It raises BrokenExport, UnreadableExport or LimitExceeded; what it yielded before stays.
    It never fills in defaults, never guesses a subject, and redacts secrets before it yields. A reader whose files
    describe one installation together (a server's dump) has the attribute `estate = True`: its subjects are judged
    when every file was read.
    """

    @property
    def name(self) -> str:
        """How messages call the reader."""

    def recognise(self, source: Source) -> str:
        """The format id, or ""."""

    def read(self, source: Source, format_id: str) -> Iterable[Item]:
        """What the file states."""
