"""What `auditor db check` found wrong."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.events import Event

_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was stored: `place` says where (an event, a row), `message` what."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def named(event: Event) -> str:
    """How an event is called: its number, what it is about, and its type."""
    return f"event {event.seq} ({event.stream} {event.subject}, {event.type})"


def shortened(value: object) -> str:
    """A value as text that fits into a line."""
    text = repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
