"""Reading the files of a delivery that may be hostile: plain names only, no links, nothing larger than expected."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from auditor.errors import EvidenceError

MANIFEST_BYTES = 16 << 20
"""Largest manifest that is read."""

RESULT_BYTES = 512 << 20
"""Largest result.json that is read."""

LINE_BYTES = 32 << 20
"""Longest line of a file of lines."""

_CHUNK = 1 << 20
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


def is_plain(name: str) -> bool:
    """Whether a name is that of a file in the folder itself: no separator, no drive, nothing invisible."""
    return name not in {"", ".", ".."} and name.isprintable() and not any(sign in name for sign in "/\\:")


class Folder:
    """The folder of a delivery. Everything raises EvidenceError that names the file."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise EvidenceError("is no folder", where=str(path), hint="name the folder that holds manifest.json")
        self.path = path

    def open(self, name: str, size: int | None = None) -> BinaryIO:
        """An open regular file of the folder; `size` is what it must have, in bytes."""
        if not is_plain(name):
            raise EvidenceError("is not the plain name of a file beside manifest.json", where=repr(name)[:200])
        try:
            handle = os.open(self.path / name, _FLAGS)
        except OSError as error:
            raise EvidenceError(_why(self.path / name, error), where=name) from error
        status = os.fstat(handle)
        problem = ""
        if not stat.S_ISREG(status.st_mode):
            problem = "is no regular file"
        elif size is not None and status.st_size != size:
            problem = f"has {status.st_size} bytes, the manifest states {size}"
        if problem:
            os.close(handle)
            raise EvidenceError(problem, where=name)
        return os.fdopen(handle, "rb")

    def read(self, name: str, most: int) -> bytes:
        """The whole file, at most `most` bytes."""
        with self.open(name) as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(size + 1) if size <= most else b""
        if size > most or len(data) > size:
            raise EvidenceError(f"is larger than {most if size > most else size} bytes", where=name)
        return data

    def digest(self, name: str) -> tuple[str, int]:
        """(SHA-256, bytes) of a file of any size."""
        whole, size = hashlib.sha256(), 0
        with self.open(name) as file:
            while chunk := file.read(_CHUNK):
                whole.update(chunk)
                size += len(chunk)
        return whole.hexdigest(), size

    def holds(self, name: str, text: bytes) -> bool:
        """Whether the bytes of a file contain `text`."""
        before = b""
        with self.open(name) as file:
            while chunk := file.read(_CHUNK):
                if text in before + chunk:
                    return True
                before = (before + chunk)[-len(text) :]
        return False

    def records(self, name: str) -> Generator[Any]:
        """The JSON values of a file of lines."""
        for number, line in enumerate(self.lines(name), 1):
            yield parsed(line, f"{name}, line {number}")

    def lines(self, name: str) -> Generator[bytes]:
        """The lines of a file, without their ends; an unfinished last line is an error."""
        with self.open(name) as file:
            number = 0
            while line := file.readline(LINE_BYTES):
                number += 1
                if not line.endswith(b"\n"):
                    cut = "is longer than allowed" if len(line) >= LINE_BYTES else "has no end: the file was cut off"
                    raise EvidenceError(cut, where=f"{name}, line {number}")
                yield line[:-1]

    def others(self, known: set[str]) -> list[str]:
        """Names of what else lies in the folder, sorted."""
        with os.scandir(self.path) as found:
            return sorted(entry.name for entry in found if entry.name not in known)


def parsed(data: bytes, where: str) -> Any:
    """JSON; EvidenceError when it is none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise EvidenceError(f"is no JSON: {error}", where=where) from error


def _why(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return "is a symbolic link, and none is followed"
    return "is missing" if isinstance(error, FileNotFoundError) else f"cannot be opened: {error.strerror}"
