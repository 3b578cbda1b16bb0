"""What a check says about one subject, before it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.model.outcomes import Confidence, Outcome, Reason


@dataclass(slots=True)
class Evidence:
    """One value that a judgement rests on, and where it stands. Made by the million: not frozen, never changed.

    `place` is a line (int), a pointer (str), or None when the setting is absent. With `file` the line is the file's
    own, 1-based; without it the line counts from the first line of the part number `source` among those judged.
    `has_value` tells an absent key from a null.
    """

    setting: str
    value: Any = None
    has_value: bool = False
    expected: str = ""
    met: bool | None = None
    source: int = 0
    place: int | str | None = None
    file: str = ""
    locked: bool | None = None
    lock: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Outcome of one check for one subject's content.

    `message` names an entry of the check's `messages`, `params` fill it; `areas` would have to be collected.
    """

    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    reason: Reason | None = None
    message: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    areas: tuple[str, ...] = ()
    confidence: Confidence | None = None
