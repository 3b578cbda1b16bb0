"""What is kept of work on archives and dumps: what was judged, never what still waits to be.

Files are not kept: an archive or dump is read again as far as something of it still waits (parts of subjects that are
not judged yet), and the fate that each item met the first time tells what to do with it the second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

from auditor.app.work import Share

Place = tuple[int, int]
"""Number of a deferred file, number of an input in it: members of an archive, or the file itself."""

PART, DONE, WAITING = -1, -2, -3
"""Fates of items: a part that waits for the whole, rows that were judged, rows that wait. Any other is the number of
the subject that an item belongs to, counted over all archives.
"""


class Stale(Exception):
    """What is read now is not what was read when the work was kept."""


@dataclass(slots=True)
class Visit:
    """One input that was read: the fates of its items in order, as [fate, times], and its line among the inputs.

    `refused`: it could not be read to its end, and how far it was read counts towards the limits of its archive.
    """

    place: Place
    runs: list[list[int]] = field(default_factory=list)
    line: bytes = b""
    refused: bool = False

    def note(self, fate: int) -> None:
        """Write down the fate of the next item."""
        if self.runs and self.runs[-1][0] == fate:
            self.runs[-1][1] += 1
        else:
            self.runs.append([fate, 1])

    def fates(self) -> Iterator[int]:
        """The fate of each item that was met so far."""
        return chain.from_iterable(repeat(fate, times) for fate, times in [tuple(run) for run in self.runs])

    def waits(self, judged: int, file: int) -> bool:
        """True when it has to be read again, now that `judged` subjects are judged and the files before `file` read."""
        if self.refused and self.place[0] >= file:
            return True
        return any(fate >= judged or fate in (PART, WAITING) for fate, _ in self.runs)


@dataclass(slots=True)
class Step:
    """How far the work was, and what came to be known since the step before.

    `place` is the first input that was not read to its end, `items` what became of its first items; `judged` counts
    subjects of archives, `settled` those of the estate, which are judged at the end. `read` tells by number of the
    file how much of it was seen and its SHA-256.
    """

    place: Place
    items: list[list[int]]
    judged: int
    settled: int
    read: dict[int, tuple[int, str]]
    visits: list[Visit]
    keys: list[tuple[str, str]]
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
    items: list[list[int]] = field(default_factory=list)
    judged: int = 0
    settled: int = 0
    read: dict[int, tuple[int, str]] = field(default_factory=dict)
    visits: dict[Place, Visit] = field(default_factory=dict)
    keys: list[tuple[str, str]] = field(default_factory=list)
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
