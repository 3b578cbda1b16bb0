"""Items that are read a second time, told apart from those that were never read."""

from __future__ import annotations

from auditor.app.steps import Items, Key


class Again:
    """Goes through an input once more, item by item, along what became of its items the first time."""

    def __init__(self, items: Items) -> None:
        self._subjects = list(items.subjects)
        self._waiting = frozenset(items.waiting)
        self._batches = items.batches
        self._left = items.rows
        self._at = -1
        self._batch = 0
        self._strange = False

    @property
    def met(self) -> bool:
        """True when all that was known was met again, in its order. Of the last subject there may be more."""
        return not self._strange and self._at >= len(self._subjects) - 1 and self._batch >= self._batches

    def batch(self, rows: int) -> bool | None:
        """Of the next batch of so many rows: whether it waited; None when it was not read before."""
        self._batch += 1
        if self._batch > self._batches:
            return None
        self._left -= rows
        self._strange = self._strange or (self._batch == self._batches and self._left != 0)
        return self._batch - 1 in self._waiting

    def number(self, key: Key) -> int | None:
        """The number of the subject that the next item belongs to; None when it was not met before."""
        if self._at < 0 or self._at >= len(self._subjects) or self._subjects[self._at][0] != key:
            self._at += 1
        if self._at >= len(self._subjects):
            return None
        known, number = self._subjects[self._at]
        self._strange = self._strange or known != key
        return number
