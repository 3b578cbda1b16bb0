"""The order of the work: which files are read together, and as of when ages are judged."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auditor.errors import ExportError, UsageProblem
from auditor.files import meant
from auditor.intake.limits import Limits
from auditor.intake.opening import Candidate, expand, listing
from auditor.intake.sources import FileSource
from auditor.model.inputs import InputRecord
from auditor.phrases import LANGUAGES
from auditor.sdk.operators import instant_of

_COLLECTED = re.compile(rb'"collected_at"\s*:\s*"([0-9TZ:+.-]{10,40})"')
_PEEK = 4096
Paths = str | os.PathLike[str]
_NO_DUMP = (".ini", ".txt", ".xml", ".klp", ".klt", ".cfg", ".csv", ".conf", ".log", ".md")


OWN_FILES = frozenset(
    {
        "result.json", "verdicts.ndjson", "inputs.ndjson", "affected.ndjson", "checklist.csv", "findings.csv",
        "report.html", "manifest.json", "manifest.sig", "manifest.pub", "links.ndjson", "exports.ndjson",
        "engagement.json",
        *(f"{name}.{language}.{kind}" for name, kind in (("report", "html"), ("checklist", "csv"), ("findings", "csv"))
          for language in LANGUAGES),
    }
)  # fmt: skip
"""What a run, or signing its result, writes into its folder: no input of the same run, wherever that folder stands."""


@dataclass(slots=True)
class Bundle:
    """Files of one folder that describe one device, or a record of something that is not opened.

    `prefix` is the folder when a device of that name was met in another folder before: those are two devices.
    """

    host: str
    files: list[FileSource]
    record: InputRecord | None = None
    prefix: str = ""


WALK_KEPT = 20_000
"""Inputs up to which the first look at the named paths is kept."""


class Inputs:
    """The files of the named paths without those that an earlier run with the same `out` wrote there.

    Whoever looks into a file on the first look does so with a source of its own (`FileSource.again`).
    """

    def __init__(self, paths: Sequence[Paths], limits: Limits, out: Path | None = None) -> None:
        self.limits = limits
        self._paths = paths
        self._own = os.path.realpath(out) if out is not None else ""
        self._kept: deque[Candidate] = deque()

    def first_look(self) -> Iterator[Candidate]:
        """All of them before the work itself; where they are few the folders need not be listed again for that."""
        kept: deque[Candidate] = deque()
        for candidate in self._walk():
            if len(kept) <= WALK_KEPT:
                kept.append(candidate)
            yield candidate
        self._kept = kept if len(kept) <= WALK_KEPT else deque()

    def __iter__(self) -> Iterator[Candidate]:
        if not self._kept:
            yield from self._walk()
        while self._kept:  # let go of each: what was read stays with its source
            yield self._kept.popleft()

    def _walk(self) -> Iterator[Candidate]:
        for candidate in listing(self._paths, self.limits):
            source = candidate.source
            if not (self._own and isinstance(source, FileSource) and self._is_own(source)):
                yield candidate

    def _is_own(self, source: FileSource) -> bool:
        if meant(source.name) not in OWN_FILES:
            return False
        folder, name = os.path.split(source.os_path)
        return meant(name) in OWN_FILES and os.path.realpath(folder) == self._own


def bundles(inputs: Inputs) -> Iterator[Bundle]:
    """The files of the named paths by folder and device, in an order that depends on names only."""
    folder: str = ""
    waiting: dict[str, Bundle] = {}
    met: set[int] = set()  # hashes: 100,000 names would cost more memory than the audit
    for candidate in inputs:
        if candidate.record is not None:
            yield Bundle("", [], candidate.record)
            continue
        source = candidate.source
        assert isinstance(source, FileSource)  # noqa: S101  # a listing holds files only
        here = source.path.rpartition("/")[0]
        if here != folder:
            yield from waiting.values()
            met.update(map(hash, waiting))
            folder, waiting = here, {}
        host = source.host
        if host in waiting:
            waiting[host].files.append(source)
        else:
            waiting[host] = Bundle(host, [source], prefix=here if hash(host) in met else "")
    yield from waiting.values()


@dataclass(frozen=True, slots=True)
class AsOf:
    """The audit's time and where it comes from: option, inputs or clock."""

    moment: datetime
    source: str

    @property
    def text(self) -> str:
        """2026-03-01T12:00:00Z"""
        return self.moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def date(self) -> str:
        """2026-03-01"""
        return self.moment.date().isoformat()


def decide_as_of(stated: str, inputs: Inputs) -> AsOf:
    """The option, else the latest collection time that the inputs state, else the day of the run (UTC).

    UsageProblem for an option that is no date. A date means the end of that day.
    """
    if stated:
        moment = instant_of(stated)
        if moment is None:
            raise UsageProblem(f"--as-of {stated!r} is no date", hint="write 2026-03-01 or 2026-03-01T12:00:00Z")
        return AsOf(moment.replace(hour=23, minute=59, second=59) if len(stated) == 10 else moment, "option")
    latest = max(_collection_times(inputs), default=None)
    if latest is not None:
        return AsOf(latest.replace(microsecond=0), "inputs")
    today = datetime.now(UTC).replace(hour=23, minute=59, second=59, microsecond=0)
    return AsOf(today, "clock")


def _collection_times(inputs: Inputs) -> Iterator[datetime]:
    for candidate in inputs.first_look():
        source = candidate.source
        if not isinstance(source, FileSource) or source.path.lower().endswith(_NO_DUMP):
            continue
        if source.path.lower().endswith((".zip", ".gz", ".tar", ".tgz")):
            yield from _times_in_archive(Candidate(source.again()), inputs.limits)
        else:
            yield from _times(source.peek(_PEEK))


def _times_in_archive(candidate: Candidate, limits: Limits) -> Iterator[datetime]:
    for member in expand(candidate, limits):
        if member.source is not None and not member.source.path.lower().endswith(_NO_DUMP):
            try:
                yield from _times(member.source.head[:_PEEK])
            except ExportError:
                continue  # named when the member is read


def _times(head: bytes) -> Iterator[datetime]:
    for match in _COLLECTED.finditer(head):
        try:
            moment = datetime.fromisoformat(match.group(1).decode())
        except ValueError:
            continue
        if moment.tzinfo is not None:  # without a zone it is no instant, and its reader leaves it out as well
            with suppress(OverflowError):
                yield moment.astimezone(UTC)
