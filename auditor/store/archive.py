"""The form of a backup: gzip over lines of JSON, the same for every kind of database (docs/store.md).

First a header with counts and the head of the chain, then snapshots, events, personal data and kept files, and
last the SHA-256 of all lines before. Reading trusts nothing: not the counts, not the length of a line, not the order.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from auditor.errors import StoreError

FORMAT = "auditor-store"
VERSION = 1
KINDS = ("snapshot", "event", "personal", "content")
"""In the order in which they stand in the file."""

_LONGEST_LINE = 128 * 1024 * 1024
_AGAIN = "fetch the file again, or use an older backup"
_COMPRESSION = 6

Record = tuple[str, dict[str, Any]]
"""The kind of a line and what it holds."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line: what the rest must come to. `schema` and `tool` say what wrote it, `made_at` when (UTC text)."""

    schema: str
    tool: str
    made_at: str
    head: str
    counts: dict[str, int]

    @property
    def events(self) -> int:
        """How many events there are."""
        return self.counts["event"]


def write_archive(file: Path, header: Header, records: Iterable[Record]) -> None:
    """Write a backup; the counts of the header must be those of the records."""
    counted = hashlib.sha256()
    with file.open("wb") as raw, gzip.GzipFile("", "wb", _COMPRESSION, raw, mtime=0) as packed:

        def write(document: object) -> None:
            line = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
            counted.update(line)
            packed.write(line)

        write({"format": FORMAT, "version": VERSION, **asdict(header)})
        for kind, record in records:
            write({kind: record})
        packed.write(orjson.dumps({"sha256": counted.hexdigest()}, option=orjson.OPT_APPEND_NEWLINE))


class Archive:
    """A backup that is read from its begin to its end, once."""

    def __init__(self, file: Path) -> None:
        self._where = str(file)
        self._counted = hashlib.sha256()
        self._number = 0
        try:
            self._packed = gzip.open(file, "rb")  # noqa: SIM115 - closed by `close`
        except OSError as error:
            raise StoreError(f"cannot be read: {error.strerror}", where=self._where) from error
        try:
            self.header = self._header()
        except BaseException:
            self.close()
            raise

    def records(self) -> Iterator[Record]:
        """Every record; raises `StoreError` at the latest after the last one when anything is not as it must be."""
        left = dict(self.header.counts)
        place = 0
        while True:
            before = self._counted.hexdigest()
            document = self._line()
            kind, value = next(iter(document.items()), ("", None))
            if kind == "sha256":
                break
            if len(document) != 1 or kind not in KINDS[place:] or not isinstance(value, dict):
                raise self._broken("this is no record of a backup, or it stands in the wrong place")
            place = KINDS.index(kind)
            left[kind] -= 1
            if left[kind] < 0:
                raise self._broken(f"there are more lines of the kind {kind} than the header says")
            yield kind, value
        self._end(value, before, left)

    def close(self) -> None:
        """Close the file."""
        self._packed.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _header(self) -> Header:
        document = self._line()
        if document.get("format") != FORMAT:
            raise self._broken("this is not a backup of a store")
        found = document.get("version")
        if found != VERSION or isinstance(found, bool):
            message = f"the backup has format {found!r}, and this version of the tool reads format {VERSION}"
            raise StoreError(message, where=self._where, hint="install the version that made it, or a later one")
        texts = {name: document.get(name) for name in ("schema", "tool", "made_at", "head")}
        counts = document.get("counts")
        if not all(isinstance(text, str) for text in texts.values()) or not _are_counts(counts):
            raise self._broken("the header is not complete")
        return Header(**texts, counts=counts)  # type: ignore[arg-type]  # checked one line above

    def _line(self) -> dict[str, Any]:
        self._number += 1
        try:
            line = self._packed.readline(_LONGEST_LINE)
        except EOFError as error:
            raise self._broken("the file ends too early") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            if self._number == 1:
                hint = "name a file that auditor db backup wrote"
                raise StoreError(f"the file is not gzip, or damaged: {error}", where=self._where, hint=hint) from error
            raise self._broken(f"the file is damaged: {error}") from error
        except OSError as error:
            raise StoreError(f"cannot be read: {error.strerror}", where=self._where) from error
        if not line.endswith(b"\n"):
            too_long = len(line) == _LONGEST_LINE
            raise self._broken("the line is too long" if too_long else "the file ends too early")
        self._counted.update(line)
        try:
            document = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise self._broken("the line is not JSON") from error
        if not isinstance(document, dict):
            raise self._broken("the line is not a JSON object")
        return document

    def _end(self, said: object, counted: str, left: dict[str, int]) -> None:
        if said != counted:
            raise self._broken("the SHA-256 at its end is not that of the lines before: the file was changed")
        missing = ", ".join(f"{count} of the kind {kind}" for kind, count in left.items() if count)
        if missing:
            raise self._broken(f"lines are missing: {missing}")
        try:
            more = self._packed.read(1)
        except EOFError as error:
            raise self._broken("the file ends too early") from error
        except (OSError, zlib.error) as error:
            raise self._broken("something follows its end") from error
        if more:
            raise self._broken("something follows its end")

    def _broken(self, message: str) -> StoreError:
        return StoreError(message, where=f"{self._where}, line {self._number}", hint=_AGAIN)


def _are_counts(counts: object) -> bool:
    if not isinstance(counts, dict) or set(counts) != set(KINDS):
        return False
    return all(type(count) is int and count >= 0 for count in counts.values())
