"""A folder of messages (.eml) that any mail system can pick up, each of them put there exactly once.

A message is first written into the subfolder `.staged`, while the transaction that books it as mailed is still open,
and moved into the folder after that transaction was kept. Whoever finds a staged message that is booked moves it, too:
a process that dies between booking and moving loses nothing, and moving the same file twice is impossible.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from auditor.errors import AuditorError

_STAGED = ".staged"
_HALF_WRITTEN = 3600.0
"""Seconds after which a file is not being written any more."""
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


def file_name(key: str) -> str:
    """The name of a message's file: readable, and unique because the digest of the key is part of it."""
    readable = _UNSAFE.sub("-", key).strip("-")[:80]
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.eml"


class OutboxFailure(AuditorError):
    """The outbox cannot be written to, perhaps only for now: the disk is full, a network folder is away."""


class Outbox:
    """The folder `path`; it is made when it does not exist. OutboxFailure when it cannot be written to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._staged = path / _STAGED
        with self._told():
            self._staged.mkdir(parents=True, exist_ok=True)

    def stage(self, key: str, content: bytes) -> str:
        """Write a message where nobody picks it up yet; returns the name that it will have. Safe after a power cut."""
        name = file_name(key)
        part = self._staged / f"{name}.{os.getpid()}.part"
        with self._told():
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._staged / name)
            _sync(self._staged)
        return name

    def release(self, name: str) -> None:
        """Move a staged message to where it is picked up; nothing happens when somebody else has moved it already."""
        with self._told(), suppress(FileNotFoundError):
            (self._staged / name).rename(self.path / name)
            _sync(self.path)

    def content(self, name: str) -> bytes:
        """A staged message; empty when somebody has moved it meanwhile."""
        try:
            return (self._staged / name).read_bytes()
        except FileNotFoundError:
            return b""

    def tidy(self) -> None:
        """Take away what processes that died have half written; nobody writes for so long."""
        oldest = time.time() - _HALF_WRITTEN
        for part in self._staged.glob("*.part"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < oldest:
                    part.unlink()

    def staged(self) -> list[str]:
        """Messages that were written and not moved: their writer is still at work, or it died."""
        return sorted(path.name for path in self._staged.glob("*.eml"))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutboxFailure(f"the outbox cannot be written: {error.strerror}", where=str(self.path)) from error


def _sync(folder: Path) -> None:
    """Make a rename last; systems that cannot open a folder (Windows) do so by themselves."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
