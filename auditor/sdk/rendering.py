"""What an author of a renderer implements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Protocol


class StoredResult(Protocol):
    """A stored result (`auditor schema result`) with its streamed arrays."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The document `result.json`."""

    def sha256(self) -> str:
        """SHA-256 of the file `result.json`, "" when it was never stored: a report that shows it names its result."""

    def verdicts(self) -> Iterator[Mapping[str, Any]]:
        """Every verdict, inline or streamed."""

    def inputs(self) -> Iterator[Mapping[str, Any]]:
        """Every input, inline or streamed."""

    def affected(self) -> Iterator[Mapping[str, Any]]:
        """Every device that failed a fleet check or could not be judged."""

    def engagement(self) -> Mapping[str, Any] | None:
        """The document `engagement.json` (`auditor schema engagement`) of a delivered result; None for a self-audit."""


class Renderer(Protocol):
    """Turns a stored result into one file. The same result gives the same bytes."""

    name: str
    file_name: str

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Write the file."""
