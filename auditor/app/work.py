"""One share of an audit: some bundles of files in, lines of verdicts and a ledger out.

A share is a pure function of its bundles and the compiled program, so shares can run in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING

import orjson

from auditor.app.plan import Bundle
from auditor.engine.encode import dumps
from auditor.engine.judge import Program
from auditor.engine.ledger import Ledger
from auditor.engine.lines import subject_lines
from auditor.engine.waivers import Waiver, for_subject
from auditor.errors import ExportError
from auditor.intake.archives import archive_kind
from auditor.intake.pipeline import read_found, recognise, seal
from auditor.intake.records import blame
from auditor.intake.sources import FileSource
from auditor.model.content import Parcel
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.snapshot import VERSIONS_BETWEEN, Part, Rows, SubjectRef
from auditor.sdk.reading import Reader
from auditor.sdk.views import SubjectView

if TYPE_CHECKING:
    from auditor.app.checkpoints import Checkpoints

REFUSED_KEPT = 10_000
"""Files that could not be read of which the estate is told, as they may have held pages of a server's lists."""

TOGETHER = 100
"""Subjects of plain files that are judged, counted and written down together."""

OPEN_SUBJECTS = 256
"""Subjects of one archive that may wait for further files of theirs."""


@dataclass(slots=True)
class Bench:
    """What every share needs: the program, the readers, the waivers and the audit's day (ISO date).

    `checkpoints` keeps finished shares, None when the run need not be resumed.
    """

    program: Program
    readers: Sequence[Reader]
    waivers: Sequence[Waiver]
    today: str
    sampled: dict[tuple[str, bool], int] = field(default_factory=dict)
    checkpoints: Checkpoints | None = None


@dataclass(slots=True)
class Share:
    """What came out of a share. `deferred` are files that only the whole can judge: archives, dumps of servers;
    `refused` those that could not be read. `spooled` are verdicts that another process left in a file, in blocks.
    """

    verdicts: list[bytes] = field(default_factory=list)
    spooled: Iterable[bytes] = ()
    inputs: bytes = b""
    subjects: int = 0
    files: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    deferred: list[FileSource] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    digests: list[tuple[str, str]] = field(default_factory=list)
    refused: list[InputRecord] = field(default_factory=list)


_VERSIONS_KEPT = 8
"""Contradicting versions of one subject; what an input states beyond them tells nothing more."""

_TOLD = ("format", "product", "subjects", "values", "message", "where", "hint", "collected_at", "notes")


def record_line(record: InputRecord) -> bytes:
    """An input's record as a line of JSON; empty members are left out."""
    shown = {"path": record.path, "status": record.status, "size": record.size, "sha256": record.sha256}
    shown |= {name: value for name, value in zip(_TOLD, _told(record), strict=True) if value}
    return dumps(shown, orjson.OPT_APPEND_NEWLINE)


_told = attrgetter(*_TOLD)


Write = Callable[[bytes], object]
"""Takes the verdicts of one subject, one JSON object a line."""


class Collector:
    """Gathers parts into subjects and judges each when its bundle ends.

    `write` takes the verdicts as they are made; without it they stay in the share.
    """

    def __init__(self, bench: Bench, share: Share, write: Write | None = None) -> None:
        self._bench = bench
        self._share = share
        self._write = write
        self._views: dict[tuple[str, str], SubjectView] = {}
        self._waiting: list[SubjectView] = []
        self._judged: set[int] = set()  # hashes of keys, for the reason that `bundles` gives
        self.prefix = ""

    def serve(self, share: Share) -> None:
        """Count what comes from now on to another share."""
        self._share = share

    def take(self, item: Part | Parcel | Rows) -> None:
        """Keep an item for its subject. Rows belong to dumps, which are never read here."""
        if isinstance(item, Rows):
            raise TypeError("rows come from readers with estate = True only")
        ref = item.subject
        view = self._views.get((ref.kind, ref.key))
        if view is None:
            if len(self._views) >= OPEN_SUBJECTS:
                early = self._views.pop(next(iter(self._views)))
                self._name(early)
                self._judge(early)
            view = self._views[ref.kind, ref.key] = SubjectView(ref, logical=self._bench.program.logical)
        elif ref is not view.ref:
            view.ref = better_ref(view.ref, ref)
        if isinstance(item, Parcel):
            view.parcels.append(item)
        else:
            view.add(item)

    def flush(self) -> None:
        """Judge everything that was gathered; subjects of one device see each other."""
        for view in self._gathered():
            self._judge(view)

    def put_by(self) -> None:
        """The same a little later, with others: one kind of work at a time stays in the processor's cache."""
        self._waiting.extend(self._gathered())
        if len(self._waiting) >= TOGETHER:
            self.catch_up()

    def catch_up(self) -> None:
        """Judge what was put by."""
        waiting, self._waiting = self._waiting, []
        self._work_off(waiting)

    def _gathered(self) -> list[SubjectView]:
        views = list(self._views.values())
        self._views.clear()
        if len(views) > 1:
            _acquaint(views)
        for view in views:
            self._name(view)
        return views

    def _judge(self, view: SubjectView) -> None:
        self._work_off([view])

    def _work_off(self, views: Sequence[SubjectView]) -> None:
        bench, share = self._bench, self._share
        write = self._write or share.verdicts.append
        judged = [(view, bench.program.judge(view), self._waived(view)) for view in views]
        for view, judging, waived in judged:
            share.ledger.subject(view)
            share.ledger.add(view, judging, waived, bench.today)
        for view, judging, waived in judged:
            write(subject_lines(view, judging, waived, bench.today))
        share.subjects += len(judged)

    def _waived(self, view: SubjectView) -> Mapping[str, Waiver]:
        bench = self._bench
        return for_subject(bench.waivers, view.ref.key, bench.today) if bench.waivers else {}

    def _name(self, view: SubjectView) -> None:
        """Tell devices of one name apart by their folder."""
        if self.prefix:
            view.ref = replace(view.ref, key=f"{self.prefix}/{view.ref.key}", name=f"{view.ref.name} ({self.prefix})")
        self._make_unique(view)

    def _make_unique(self, view: SubjectView) -> None:
        """A subject that was judged before its last file came is shown apart, by the folder of that file."""
        known = hash((view.ref.kind, view.ref.key))
        if known in self._judged:
            place = view.sources()[0].file.rpartition("/")[0]
            view.ref = replace(view.ref, key=f"{place}/{view.ref.key}", name=f"{view.ref.name} ({place})")
            known = hash((view.ref.kind, view.ref.key))
        self._judged.add(known)


def _acquaint(views: Sequence[SubjectView]) -> None:
    """Tell a device's main subject of the further ones: keys `web01` and `web01/...`.

    One that a full export of the device does not hold while another one does may be gone, or not yet there.
    """
    by_key = {view.ref.key: view for view in views}
    for view in views:
        owner = by_key.get(view.ref.key.rpartition("/")[0])
        if owner is not None:
            known = dict(owner.neighbours)
            exports = {parcel.file for parcel in owner.parcels if parcel.whole}
            seen = view if len(exports) < 2 or exports <= view.files() else view.as_contested()
            known[view.ref.kind] = [*known.get(view.ref.kind, ()), seen]
            owner.neighbours = known


def better_ref(known: SubjectRef, other: SubjectRef) -> SubjectRef:
    """The reference that tells more: every stated version, a sister product named by the product itself."""
    if other.version and other.version != known.version:
        stated = {*filter(None, known.version.split(VERSIONS_BETWEEN)), other.version}
        if len(stated) <= _VERSIONS_KEPT:
            known = replace(known, version=VERSIONS_BETWEEN.join(sorted(stated)))
    if known.product == "kesl" and other.product != "kesl":
        known = replace(known, product=other.product)
    return known


def do_share(bundles: Sequence[Bundle], bench: Bench) -> Share:
    """A share as it was kept by a run before this one, else made now and kept."""
    if bench.checkpoints is None:
        return make_share(bundles, bench)
    kept = bench.checkpoints.load(bundles)
    if kept is None:
        kept = make_share(bundles, bench)
        bench.checkpoints.keep(bundles, kept)
    return kept


def make_share(bundles: Iterable[Bundle], bench: Bench, write: Write | None = None) -> Share:
    """Read and judge bundles of plain files; archives and server dumps are deferred.

    `write` takes the verdicts as they are made; without it they stay in the share.
    """
    share = Share(ledger=Ledger(sampled=bench.sampled))
    collector = Collector(bench, share, write)
    records: list[bytes] = []
    for bundle in bundles:
        if bundle.record is not None:
            note(share, records, bundle.record)
            continue
        collector.prefix = bundle.prefix
        for source in bundle.files:
            record = _read(source.again(), bench.readers, collector, share)  # what it holds goes when it was read
            if record is not None:
                note(share, records, record)
        collector.put_by()
    collector.catch_up()
    return finished(share, records)


def finished(share: Share, records: Iterable[bytes]) -> Share:
    """A share that nothing comes to any more, with the records of its inputs."""
    share.inputs = b"".join(records)
    share.ledger.settle()
    share.ledger.sampled = {}
    return share


def note(share: Share, records: list[bytes], record: InputRecord) -> None:
    """Write an input down and count it."""
    records.append(record_line(record))
    share.files += 1
    share.statuses[record.status.value] = share.statuses.get(record.status.value, 0) + 1
    share.digests.append((record.path, record.sha256))
    if record.status not in (InputStatus.READ, InputStatus.UNKNOWN) and len(share.refused) < REFUSED_KEPT:
        share.refused.append(record)


def _read(source: FileSource, readers: Sequence[Reader], collector: Collector, share: Share) -> InputRecord | None:
    record = InputRecord(source.path, InputStatus.UNKNOWN)
    try:
        if archive_kind(source.head):
            share.deferred.append(source.released())
            return None
        found = recognise(source, readers)
        if found is not None and getattr(found[0], "estate", False):
            share.deferred.append(source.released())
            return None
        read_found(source, found, record, collector.take)
    except ExportError as error:
        blame(record, error)
    return seal(source, record)
