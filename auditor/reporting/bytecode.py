"""Compiled templates, kept between runs.

An entry is used only for the very same source (its SHA-1 is in the entry), versions of Jinja2, Python and this tool.
Entries are code: they are read and written only in a folder that nobody else can write to.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2 import __version__ as jinja_version
from jinja2.bccache import Bucket

from auditor import __version__
from auditor.files import replacing


class TemplateCache(BytecodeCache):
    """Files `template-*.bin` in a folder. Best effort: what cannot be read or written is compiled anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._usable = _made(folder) and _is_private(folder)

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"template-{__version__}-{jinja_version}-{bucket.key}.bin"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read an entry, if there is one."""
        if not self._usable:
            return
        try:
            with self._path(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        except Exception:  # noqa: BLE001  # pickle and marshal fail in many ways on damaged data
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write an entry beside its place and put it there."""
        if not self._usable:
            return
        with suppress(OSError), replacing(self._path(bucket)) as file:
            bucket.write_bytecode(file)


def _made(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return True


def _is_private(folder: Path) -> bool:
    """True when the folder is the user's own and nobody else may write there. Other systems guard the profile."""
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
