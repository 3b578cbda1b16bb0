"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PARTIAL = ".partial"
_HALF_WRITTEN = re.compile(rf"(?:\.[0-9a-f]+)?{re.escape(_PARTIAL)}$")


def meant(name: str) -> str:
    """The name that a file is to have while it is being written, or was when its process died; others as they are."""
    return _HALF_WRITTEN.sub("", name)


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[BinaryIO]:
    """Write a file beside its place and put it there when the block has ended: until then, the earlier one stays.

    It keeps the permissions of the earlier one; a link is replaced, not followed. `durable`: it survives a power cut,
    too, once the block has ended.
    """
    partial = path.with_name(f"{path.name}.{os.urandom(4).hex()}{_PARTIAL}")
    try:
        with partial.open("xb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if path.is_file() and not path.is_symlink():
            partial.chmod(stat.S_IMODE(path.stat().st_mode))
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    if durable:
        _sync_folder(path.parent)


def write_whole(path: Path, data: bytes, *, durable: bool = False) -> None:
    """The same for content that is at hand."""
    with replacing(path, durable=durable) as file:
        file.write(data)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every system can do this with a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
