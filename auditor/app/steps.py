"""What is kept of work on archives and dumps: what was judged, never what still waits to be.

Files are not kept: an archive or dump is read again as far as something of it still waits (parts of subjects that are
not judged yet), and what became of its items the first time tells what to do with them the second time. A reader may
hand out the same settings in one item or in several, depending on what it remembers, so those are not counted: they
are told by their subjects. Batches of rows depend on the file alone, and are counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from auditor.app.work import Share

Place = tuple[int, int]
"""Number of a deferred file, number of an input in it: members of an archive, or the file itself."""

Key = tuple[str, str]
"""Kind and key of a subject."""


class Stale(Exception):
    """What is read now is not what was read when the work was kept."""


@dataclass(slots=True)
class Items:
    """What became of the items of one input, or of the first of them.

    `subjects` are those of an archive that its items belong to, in the order of the items, each with its number among
    all subjects of archives. `batches` counts those of rows, which hold so many `rows`; those in `waiting` wait for the
    whole. `parts`: further items are parts that wait for it.
    """

    subjects: list[tuple[Key, int]] = field(default_factory=list)
    batches: int = 0
    rows: int = 0
    waiting: list[int] = field(default_factory=list)
    parts: bool = False

    def note_subject(self, key: Key, number: int) -> None:
        """An item belongs to this subject."""
        if not self.subjects or self.subjects[-1] != (key, number):
            self.subjects.append((key, number))

    def note_batch(self, rows: int, *, waits: bool) -> None:
        """A batch of so many rows was judged, or waits."""
        if waits:
            self.waiting.append(self.batches)
        self.batches += 1
        self.rows += rows

    def any_waits(self, judged: int) -> bool:
        """True when something of them waits, now that the first `judged` subjects are judged."""
        return self.parts or bool(self.waiting) or any(number >= judged for _, number in self.subjects)


@dataclass(slots=True)
class Visit:
    """One input that was read, and its line among the inputs.

    `refused`: it could not be read to its end, and how far it was read counts towards the limits of its archive.
    """

    place: Place
    items: Items
    line: bytes
    refused: bool

    def waits(self, judged: int, file: int) -> bool:
        """True when it has to be read again, now that `judged` subjects are judged and the files before `file` read."""
        return self.items.any_waits(judged) or (self.refused and self.place[0] >= file)


@dataclass(slots=True)
class Step:
    """How far the work was, and what came to be known since the step before.

    `place` is the first input that was not read to its end, `items` what became of its first items; `judged` counts
    subjects of archives, `settled` those of the estate, which are judged at the end. `read` tells by number of the
    file how much of it was seen and its SHA-256.
    """

    place: Place
    items: Items
    judged: int
    settled: int
    read: dict[int, tuple[int, str]]
    visits: list[Visit]
    keys: list[Key]
    names: dict[tuple[str, str], list[Any]]
    devices: bytes


@dataclass(slots=True)
class Work:
    """What a step brought: a share of the result, the lines of devices, and samples by check and server."""

    share: Share
    affected: list[bytes]
    samples: list[tuple[int, str, list[Any]]]


@dataclass(slots=True)
class Past:
    """Where a killed run was: its last step, and what is needed of all before. Without steps: the beginning."""

    place: Place = (0, 0)
    items: Items = field(default_factory=Items)
    judged: int = 0
    settled: int = 0
    read: dict[int, tuple[int, str]] = field(default_factory=dict)
    visits: dict[Place, Visit] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    names: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    devices: bytes = b""

    def add(self, step: Step) -> None:
        """Go on to a later step."""
        self.place, self.items, self.judged, self.settled = step.place, step.items, step.judged, step.settled
        self.read.update(step.read)
        self.visits.update((visit.place, visit) for visit in step.visits)
        self.keys += step.keys
        for listing, found in step.names.items():
            self.names.setdefault(listing, []).extend(found)
        self.devices = step.devices

    def prune(self) -> None:
        """Leave out the inputs of which nothing waits any more."""
        self.visits = {at: visit for at, visit in self.visits.items() if visit.waits(self.judged, self.place[0])}
