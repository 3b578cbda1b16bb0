"""Archives and dumps worked off step by step, so that a killed run goes on behind its last step.

A step is kept when some seconds of work have passed, and so seldom that keeping costs a few hundredths of the work.
What comes out does not depend on when steps were kept, nor on how often the run was killed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

from auditor.app.again import Again
from auditor.app.estate import Estate
from auditor.app.journal import Journal
from auditor.app.keeping import KeptCollector, KeptDevices
from auditor.app.steps import Items, Past, Place, Stale, Step, Visit, Work
from auditor.app.work import Share, finished, note, record_line
from auditor.engine.ledger import Ledger
from auditor.errors import AuditorError
from auditor.intake.opening import Candidate, expand
from auditor.intake.sources import FileSource, OpenSource
from auditor.model.content import Parcel
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.snapshot import Part, Rows

INTERVAL = 1.0
"""Seconds of work between two steps, at least."""

COST = 30
"""How many times longer than keeping a step the work between two steps takes, at least."""


class Pace:
    """When the next step is due."""

    def __init__(self) -> None:
        self._next = monotonic() + INTERVAL

    def due(self) -> bool:
        """Whether it is time."""
        return monotonic() >= self._next

    def kept(self, began: float) -> None:
        """A step was kept just now, and it was begun then."""
        now = monotonic()
        self._next = now + max(INTERVAL, COST * (now - began))


@dataclass(slots=True)
class _News:
    """What came since the last step."""

    share: Share
    records: list[bytes] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    read: dict[int, tuple[int, str]] = field(default_factory=dict)


class Resumable:
    """Reads and judges the deferred files for an estate. What waits is read again first, and must be what it was."""

    def __init__(self, estate: Estate, deferred: Sequence[FileSource], journal: Journal) -> None:
        self._estate = estate
        self._deferred = deferred
        self._journal = journal

    def _begin(self, past: Past) -> None:
        self._past = past
        self._live = False  # False while only what was read before is read again
        self._place, self._settled = past.place, past.settled
        self._now: FileSource | None = None
        self._items = past.items
        self._known = Again(Items())
        self._counted, self._kept_judged = False, past.judged  # rows since the last step, subjects until then
        self._failure: Exception | None = None
        self._ready: deque[Share] = deque()
        self._pace = Pace()
        self._news = self._new()
        self._collector = KeptCollector(self._estate.bench, self._news.share)
        self._collector.recall(past.judged, past.keys)
        self._devices = self._estate.begin(KeptDevices)
        self._devices.begin()
        if past.devices:
            self._devices.restore(past.devices, past.names)

    def shares(self) -> Iterator[Share]:
        """All that is kept, in its order: what earlier runs kept, then what is judged now. The `rest` follows.

        AuditorError when the files change while they are read again.
        """
        try:
            try:
                yield from self._work(self._kept())
            except Stale:
                self._journal.clear()
                yield from self._work(Past())
        finally:
            self._journal.close()

    def _kept(self) -> Past:
        """What the journal holds, when the files still begin as they were read; else it is emptied."""
        past = Past()
        for step in self._journal.heads():
            past.add(step)
        past.prune()
        for index, (size, digest) in past.read.items():
            if not self._deferred[index].released().begins_with(size, digest):
                self._journal.clear()
                return Past()
        return past

    def _work(self, past: Past) -> Iterator[Share]:
        self._begin(past)
        waiting = {index for index, _ in past.visits}
        for index, source in enumerate(self._deferred):
            if index >= past.place[0] or index in waiting:
                yield from self._source(index, source)
        yield from self._go_on()
        yield from self._judge()

    def _source(self, index: int, source: FileSource) -> Iterator[Share]:
        opened = self._now = source.released()
        for number, candidate in enumerate(expand(Candidate(opened), self._estate.limits)):
            place = (index, number)
            if place < self._past.place:
                self._again(candidate, self._past.visits.pop(place, None))
            else:
                yield from self._go_on()
                self._anew(candidate, place)
                yield from self._handed()
        self._now = None
        if index >= self._past.place[0]:
            yield from self._go_on()
            self._collector.flush()
            self._place = (index + 1, 0)
            self._news.read[index] = opened.read_so_far()
            self._keep_when_due()
            yield from self._handed()

    def _again(self, candidate: Candidate, visit: Visit | None) -> None:
        """Read an input of which something waits; one of which nothing does is passed over."""
        if visit is None:
            return
        if candidate.source is None:
            raise Stale
        record, _ = self._read(candidate.source, visit.items)
        if record_line(record) != visit.line:
            raise Stale
        self._items = Items()

    def _anew(self, candidate: Candidate, place: Place) -> None:
        """Read an input, of which the first items may have been judged before the run was killed."""
        self._place = place
        record, mine = candidate.record, False
        if candidate.source is not None:
            record, mine = self._read(candidate.source, self._past.items if place == self._past.place else Items())
        assert record is not None  # noqa: S101  # a candidate is one of the two
        news = self._news
        note(news.share, news.records, record)
        self._devices.miss(record, mine=mine)
        if candidate.source is not None:
            refused = record.status not in (InputStatus.READ, InputStatus.UNKNOWN)
            news.visits.append(Visit(place, self._items, news.records[-1], refused))
        self._place, self._items = (place[0], place[1] + 1), Items()
        self._keep_when_due()

    def _read(self, source: OpenSource, items: Items) -> tuple[InputRecord, bool]:
        """Read an input of which these items were read before."""
        self._items, self._known = items, Again(items)
        found = self._estate.read_source(source, partial(self._take, mine=True), partial(self._take, mine=False))
        if not self._known.met:
            self._failure = Stale()
        if self._failure is not None:
            raise self._failure if not isinstance(self._failure, Stale) or not self._live else self._changed()
        return found

    def _take(self, item: Part | Parcel | Rows, *, mine: bool) -> None:
        """What is done with an item of a reader; nothing raised here would be told from a reader's own failure."""
        if not mine:
            self._take_other(item)
        elif isinstance(item, Rows):
            self._take_rows(item)
        else:
            self._items.parts = True
            self._estate.take(item)
        if self._gained and self._failure is None and self._pace.due():
            try:
                self._keep()
            except Exception as error:  # noqa: BLE001  # raised again when the reader is done
                self._failure = error

    @property
    def _gained(self) -> bool:
        """True when something was judged since the last step."""
        return self._live and (self._counted or self._collector.judged > self._kept_judged)

    def _take_rows(self, rows: Rows) -> None:
        waited = self._known.batch(len(rows.records))
        if waited is None:
            waits = self._devices.put(rows)
            self._items.note_batch(len(rows.records), waits=waits)
            self._counted = self._counted or not waits
        elif waited:
            self._devices.hold(rows)

    def _take_other(self, item: Part | Parcel | Rows) -> None:
        number = None if isinstance(item, Rows) else self._known.number((item.subject.kind, item.subject.key))
        if number is None:
            self._items.note_subject(*self._collector.put(item))
        elif number >= self._collector.judged and self._collector.put(item)[1] != number:
            self._failure = Stale()

    def _changed(self) -> AuditorError:
        self._journal.clear()
        where = self._now.path if self._now is not None else ""
        return AuditorError("it changed while it was read", where=where, hint="start again; the file is read anew")

    def _go_on(self) -> Iterator[Share]:
        """All that waits was read again: hand out what was kept, and judge from here on."""
        if self._live:
            return
        if self._past.visits:
            raise Stale
        for work in self._journal.bodies():
            self._devices.tell(work)
            yield work.share
        self._live = True
        self._pace = Pace()

    def _judge(self) -> Iterator[Share]:
        """What could not be judged before everything was read."""
        if self._devices.judge_single():
            self._keep_when_due()
            yield from self._handed()
        for number, view in enumerate(self._estate.views()):
            if number >= self._past.settled:
                self._news.chunks.append(self._estate.judge(view, self._news.share))
                self._settled = number + 1
                self._keep_when_due()
                yield from self._handed()

    def rest(self) -> Share:
        """Once all is judged: what came since the last step."""
        return self._closed(self._news, self._collector.turn(self._new().share)[0])

    def _new(self) -> _News:
        return _News(Share(ledger=Ledger(sampled=self._estate.bench.sampled)))

    def _closed(self, news: _News, chunks: list[bytes]) -> Share:
        news.share.verdicts = chunks + news.chunks
        return finished(news.share, news.records)

    def _handed(self) -> Iterator[Share]:
        while self._ready:
            yield self._ready.popleft()

    def _keep_when_due(self) -> None:
        if self._pace.due():
            self._keep()

    def _keep(self) -> None:
        """Keep a step. The work goes on with a new share."""
        began = monotonic()
        news, self._news = self._news, self._new()
        chunks, keys = self._collector.turn(self._news.share)
        share = self._closed(news, chunks)
        if self._now is not None:
            news.read[self._place[0]] = self._now.read_so_far()
        judged = self._collector.judged
        step = Step(
            place=self._place,
            items=self._items,
            judged=judged,
            settled=self._settled,
            read=news.read,
            visits=[visit for visit in news.visits if visit.waits(judged, self._place[0])],
            keys=keys,
            names=self._devices.names(),
            devices=self._devices.state(),
        )
        self._journal.append(step, Work(share, *self._devices.news()))
        self._ready.append(share)
        self._counted, self._kept_judged = False, judged
        self._pace.kept(began)
