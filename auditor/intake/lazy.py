"""Readers that are imported when a file needs them, so that start-up stays short."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import cast

from auditor.sdk.reading import Item, Reader, Source


class LazyReader:
    """Stands for `module:Class`.

    `estate` marks readers whose files together describe one installation. `names` are beginnings of file names without
    which the real reader need not even be asked.
    """

    def __init__(self, target: str, *, estate: bool = False, names: tuple[str, ...] = ()) -> None:
        self.name = target
        self.estate = estate
        self._names = names
        self._reader: Reader | None = None

    def recognise(self, source: Source) -> str:
        """Ask the real reader."""
        if self._names and not source.name.lower().startswith(self._names):
            return ""
        return self._real().recognise(source)

    def read(self, source: Source, format_id: str) -> Iterable[Item]:
        """Let the real reader read."""
        return self._real().read(source, format_id)

    def _real(self) -> Reader:
        if self._reader is None:
            module, _, attribute = self.name.partition(":")
            self._reader = cast(Reader, getattr(import_module(module), attribute)())
        return self._reader
