"""What a tick has done, one thing at a time, so that nothing piles up however late it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from auditor.store.store import Store

What: TypeAlias = Literal[
    "escalated", "listed", "reminded", "expired", "proposed", "told", "superseded", "report", "problem"
]


@dataclass(frozen=True, slots=True)
class Done:
    """One thing. `subject` is the incident, report or key of a notification, `text` says it in words."""

    what: What
    subject: str
    account: str
    text: str
    details: dict[str, Any] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "done": self.what,
            "subject": self.subject,
            "account": self.account or None,
            "text": self.text,
            **self.details,
        }


Job: TypeAlias = Callable[["Store", datetime], Iterator[Done]]
"""Does all of one kind that is due at an instant, in short transactions."""
