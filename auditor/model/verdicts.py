"""What a check says about one subject, before it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.model.outcomes import Confidence, Outcome, Reason
from auditor.model.snapshot import Path


@dataclass(slots=True)
class Evidence:
    """One value that a judgement rests on, and where it stands. Made by the million: not frozen, never changed.

    `path` says where inside part number `source` among those judged the value stands; file and line are worked out
    when a verdict is written, so that equal content can be judged once. With `file` the place is given at once: a line
    (int, 1-based) or a pointer (str). `has_value` tells an absent key from a null.
    """

    setting: str
    value: Any = None
    has_value: bool = False
    expected: str = ""
    met: bool | None = None
    source: int = 0
    path: Path | None = None
    file: str = ""
    place: int | str | None = None
    locked: bool | None = None
    lock: str = ""
    note: str = ""


@dataclass(slots=True, eq=False)
class Judgement:
    """Outcome of one check for one subject's content.

    `message` names an entry of the check's `messages`, `params` fill it, or the piece of evidence that it is about
    (`current`); `areas` would have to be collected. `template` is a note of the writer.
    """

    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    reason: Reason | None = None
    message: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    current: Evidence | None = None
    areas: tuple[str, ...] = ()
    confidence: Confidence | None = None
    template: Any = field(default=None, repr=False)
