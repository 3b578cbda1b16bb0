"""From what a person named to inputs that readers can be given.

`walk` is all there is to it: every file, and every member of every archive, comes out once, either as a source to
read or as a finished record that says why it is not read. `listing` and `expand` are its two halves, for those who
share the work among processes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.errors import ExportError
from auditor.intake.archives import archive_kind, archive_members, refusal
from auditor.intake.budget import Budget
from auditor.intake.folders import listing as _listing
from auditor.intake.limits import Limits
from auditor.intake.records import blame, skipped
from auditor.intake.sources import FileSource, MemberSource, OpenSource
from auditor.model.inputs import InputRecord, InputStatus


@dataclass(slots=True)
class Candidate:
    """One input: a `source` to be read now, or a finished `record`. Exactly one of them is given."""

    source: OpenSource | None = None
    record: InputRecord | None = None


def walk(paths: Sequence[str | os.PathLike[str]], limits: Limits) -> Iterator[Candidate]:
    """Every input under the named files, folders and archives, in an order that depends on their names only.

    Read a source before asking for the next candidate: members of a tar are one stream. Its `digest()` closes it.
    After the members of an archive comes a record of the archive itself. Raises UsageProblem for a path that is not
    there.
    """
    for candidate in listing(paths, limits):
        yield from expand(candidate, limits)


def listing(paths: Sequence[str | os.PathLike[str]], limits: Limits) -> Iterator[Candidate]:
    """The files of the named paths, unopened; links, devices and what cannot be listed as records."""
    for item in _listing(paths, limits):
        if isinstance(item, FileSource):
            yield Candidate(item)
        else:
            yield Candidate(record=item)


def expand(candidate: Candidate, limits: Limits) -> Iterator[Candidate]:
    """The candidate itself, or what is in it when it is an archive."""
    if candidate.source is None:
        yield candidate
    else:
        yield from _expand(candidate.source, Budget(limits), depth=0)


def _expand(source: OpenSource, budget: Budget, depth: int) -> Iterator[Candidate]:
    try:
        kind = archive_kind(source.head)
    except ExportError as error:
        yield Candidate(record=blame(InputRecord(source.path, InputStatus.BROKEN), error))
        return
    if not kind:
        yield Candidate(source)
        return
    record = refusal(source, kind)
    if record is None and depth >= budget.limits.max_archive_depth:
        record = _too_deep(source, budget.limits)
    if record is not None:
        yield Candidate(record=record)
    else:
        yield from _members(source, kind, budget, depth)


def _members(source: OpenSource, kind: str, budget: Budget, depth: int) -> Iterator[Candidate]:
    record = InputRecord(source.path, InputStatus.READ, format=f"archive.{kind}")
    found, last = 0, ""
    try:
        for member in archive_members(source, kind, budget):
            found += 1
            last = member.path
            if isinstance(member, MemberSource):
                yield from _expand(member, budget, depth + 1)
                member.leave()
            else:
                yield Candidate(record=member)
    except ExportError as error:
        blame(record, error)
        before = f"{found} member{'s were' if found != 1 else ' was'} listed before; the last is {last}"
        record.notes.append(before if found else "no member was listed before")
    else:
        record.message = f"{found} member{'s' * (found != 1)}" if found else "an archive without files"
    record.sha256 = source.sha256
    record.size = 0 if not record.sha256 else source.size
    source.close()
    yield Candidate(record=record)


def _too_deep(source: OpenSource, limits: Limits) -> InputRecord:
    error = limits.exceeded("max_archive_depth", "an archive inside archives, too deep to be opened")
    record = skipped(source.path, error.message, error.hint)
    record.sha256 = source.sha256
    record.size = source.size
    return record
