"""The first broken link, with what was expected and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.errors import EvidenceError


class BrokenLink(EvidenceError):
    """A link of the chain that does not hold. `details` are further lines: the verdict, the place."""

    def __init__(
        self, message: str, *, where: str, expected: str = "", found: str = "", details: Sequence[str] = ()
    ) -> None:
        super().__init__(message, where=where)
        self.expected = expected
        self.found = found
        self.details = tuple(details)

    @property
    def lines(self) -> list[str]:
        """What to print below the sentence."""
        pair = [("expected", self.expected), ("found", self.found)]
        return [*(f"{name:9}{text}" for name, text in pair if text), *self.details]


class NotComparable(EvidenceError):
    """A step that was asked for cannot be made here; that says nothing about the chain."""


def broken(error: EvidenceError) -> BrokenLink:
    """Any error about the chain as a broken link."""
    return error if isinstance(error, BrokenLink) else BrokenLink(error.message, where=error.where)
