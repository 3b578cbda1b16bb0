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
        data = pickle.dumps((pickle.dumps(head), pickle.dumps(body)))
        seal = self._seal(self._last, data)
        file = self._opened()
        file.write(len(data).to_bytes(_LENGTH, "big") + seal + data)
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
            while (data := self._next(file)) is not None:
                head, body = pickle.loads(data)  # noqa: S301  # its seal was looked at
                yield head, body

    def _next(self, file: BinaryIO) -> bytes | None:
        front = file.read(_LENGTH + _SEAL)
        length = int.from_bytes(front[:_LENGTH], "big")
        if len(front) < _LENGTH + _SEAL or length > os.fstat(file.fileno()).st_size - file.tell():
            return None
        data = file.read(length)
        seal = front[_LENGTH:]
        if not hmac.compare_digest(seal, self._seal(self._last, data)):
            return None
        self._last, self._end = seal, file.tell()
        return data

    def _seal(self, before: bytes, data: bytes) -> bytes:
        return hmac.new(self._key, before + data, hashlib.sha256).digest()
