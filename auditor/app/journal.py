"""A file to which steps of a run are appended, each whole or not at all, and from which none can be taken or changed.

A step carries the seal of all before it (HMAC with a key of this user): what was cut, altered, exchanged or written by
somebody else ends the journal there. Reading a pickle runs code, so nothing is read that does not bear the seal.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from auditor.errors import AuditorError

_SEAL = hashlib.sha256().digest_size
_LENGTH = 8


class Journal:
    """Steps of two parts: a head, which is read to know how far the work is, and a body, which is read when it is used.

    `key` is the user's, `subject` all that the steps depend on.
    """

    def __init__(self, path: Path, key: bytes, subject: bytes) -> None:
        self._path = path
        self._key = key
        self._start = self._last = hmac.new(key, b"journal" + subject, hashlib.sha256).digest()
        self._file: BinaryIO | None = None
        self._end = 0

    def heads(self) -> Iterator[Any]:
        """The heads of all steps up to the first that is not whole; what is appended from then on follows the last."""
        for head, _ in self._steps():
            yield pickle.loads(head)  # noqa: S301  # sealed with this user's own key

    def bodies(self) -> Iterator[Any]:
        """The bodies of the same steps. AuditorError when they are no longer all there."""
        end = self._end
        for _, body in self._steps():
            yield pickle.loads(body)  # noqa: S301  # sealed with this user's own key
        if self._end != end:
            raise AuditorError("it changed while it was read", where=str(self._path), hint="start again")

    def append(self, head: Any, body: Any) -> None:
        """Keep one more step; it outlives the process from here on. OSError when it cannot be written."""
        pieces = pickle.dumps(head), pickle.dumps(body)
        seal = self._seal(self._last, *pieces)
        file = self._opened()
        for data in (*map(_length_of, pieces), seal, *pieces):
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
        self._last = seal
        self._end = file.tell()

    def clear(self) -> None:
        """Forget all steps."""
        self._last, self._end = self._start, 0
        self._opened().truncate(0)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self) -> BinaryIO:
        """The file behind its last whole step."""
        if self._file is None:
            self._file = self._path.open("r+b" if self._path.exists() else "w+b")
            self._file.truncate(self._end)
        self._file.seek(self._end)
        return self._file

    def _steps(self) -> Iterator[tuple[bytes, bytes]]:
        self._last, self._end = self._start, 0
        try:
            file = self._path.open("rb")
        except OSError:
            return
        with file:
            while (pieces := self._next(file)) is not None:
                yield pieces

    def _next(self, file: BinaryIO) -> tuple[bytes, bytes] | None:
        front = file.read(2 * _LENGTH + _SEAL)
        lengths = [int.from_bytes(front[place : place + _LENGTH], "big") for place in (0, _LENGTH)]
        if len(front) < 2 * _LENGTH + _SEAL or sum(lengths) > os.fstat(file.fileno()).st_size - file.tell():
            return None
        head, body = map(file.read, lengths)
        seal = front[2 * _LENGTH :]
        if not hmac.compare_digest(seal, self._seal(self._last, head, body)):
            return None
        self._last, self._end = seal, file.tell()
        return head, body

    def _seal(self, before: bytes, head: bytes, body: bytes) -> bytes:
        seal = hmac.new(self._key, before + _length_of(head), hashlib.sha256)
        seal.update(head)
        seal.update(body)
        return seal.digest()


def _length_of(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH, "big")
