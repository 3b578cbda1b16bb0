"""Files that are there whole or not at all, whenever the process is killed or the power fails."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from auditor.errors import StoreError


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a new, empty file beside `target`, readable by its owner only; when the block ends well it becomes `target`.

    `StoreError` when `target` exists already: nothing is overwritten.
    """
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        if target.exists():
            raise StoreError(
                "this file exists already", where=str(target), hint="name a new file, nothing is overwritten"
            )
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            yield unfinished
            _sync(unfinished)
            _name(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        hint = "name a file in a folder that you may write to"
        raise StoreError(f"cannot be written: {error.strerror or error}", where=str(target), hint=hint) from error


def _name(unfinished: Path, target: Path) -> None:
    """Two names for a moment: unlike a renaming, that cannot overwrite what someone put there meanwhile."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as that of a USB stick
        unfinished.rename(target)
    with suppress(OSError):  # not every system can do this with a folder
        _sync_folder(target.parent)


def _sync(file: Path) -> None:
    with file.open("r+b") as opened:
        os.fsync(opened.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
