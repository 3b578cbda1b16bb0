"""What became of every input file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class InputStatus(StrEnum):
    """Every file ends in exactly one of these."""

    READ = "read"
    UNREADABLE = "unreadable"  # recognised; `hint` says what to export instead
    UNKNOWN = "unknown"  # not recognised
    BROKEN = "broken"  # damaged, or not to be opened; what stood before the damage was kept
    SKIPPED = "skipped"  # a limit


@dataclass(slots=True)
class InputRecord:
    """One input file: name as shown (`acme.zip!kesl/web01.ini`), hash, and what was made of it.

    `sha256` is empty only when the file could not be opened or a limit forbade reading it. `values` counts the
    scalar values that the reader took over; `notes` are its remarks, such as what it left alone. `where` is the line,
    byte offset or pointer of a problem.
    """

    path: str
    status: InputStatus
    size: int = 0
    sha256: str = ""
    format: str = ""
    product: str = ""
    subjects: list[str] = field(default_factory=list)
    values: int = 0
    message: str = ""
    where: str = ""
    hint: str = ""
    collected_at: str = ""
    notes: list[str] = field(default_factory=list)
