"""Bounded memories for content that repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """At most 2 x `size` entries, of which what was not used for two generations is forgotten.

    When the young generation is full it becomes the old one; a hit brings back.
    """

    __slots__ = ("_old", "_size", "_young")

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The remembered value, or None."""
        found = self._young.get(key)
        if found is None and self._old:
            found = self._old.pop(key, None)
            if found is not None:
                self[key] = found
        return found

    def get_all(self, keys: Sequence[K]) -> list[V | None]:
        """The remembered values of several keys."""
        found = list(map(self._young.get, keys))
        return [self.get(key) if value is None else value for key, value in zip(keys, found, strict=True)]

    def __setitem__(self, key: K, value: V) -> None:
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
        self._young[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._young or key in self._old

    def __len__(self) -> int:
        return len(self._young) + len(self._old)


LONGEST_KEPT = 1_024
"""Characters of a text that is remembered: longer ones hardly repeat, and would fill the memory."""


class Parsed(dict[str, V]):
    """Text -> what `parse` makes of it, for short pieces such as lines; all are forgotten when there are too many."""

    __slots__ = ("_parse", "_size")

    def __init__(self, parse: Callable[[str], V], size: int) -> None:
        super().__init__()
        self._parse = parse
        self._size = size

    def __missing__(self, text: str) -> V:
        made = self._parse(text)
        if len(text) <= LONGEST_KEPT:
            if len(self) >= self._size:
                self.clear()
            self[text] = made
        return made
