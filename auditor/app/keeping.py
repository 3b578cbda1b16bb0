"""A collector and devices whose state can be kept: what grew since the last time, and a rest that stays small."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from auditor.app.devices import Devices
from auditor.app.steps import Key, Work
from auditor.app.work import Bench, Collector, Share
from auditor.engine.fleet_checks import Count, FleetCheck
from auditor.model.content import Parcel
from auditor.model.snapshot import Part, Rows
from auditor.sdk.views import SubjectView


class KeptCollector(Collector):
    """Numbers its subjects in the order in which they are met, which is the order in which they are judged."""

    def __init__(self, bench: Bench, share: Share) -> None:
        self._chunks: list[bytes] = []
        super().__init__(bench, share, self._hold)
        self.judged = 0
        self.keys: list[Key] = []
        self._met = 0
        self._numbers: dict[Key, int] = {}

    def _hold(self, lines: bytes) -> None:
        self._chunks.append(lines)

    def put(self, item: Part | Parcel | Rows) -> tuple[Key, int]:
        """Take an item; its subject, and the number of that."""
        self.take(item)
        assert not isinstance(item, Rows)  # noqa: S101  # refused by take
        key = (item.subject.kind, item.subject.key)
        if key not in self._numbers:
            self._numbers[key] = self._met
            self._met += 1
        return key, self._numbers[key]

    def _name(self, view: SubjectView) -> None:
        del self._numbers[view.ref.kind, view.ref.key]
        super()._name(view)

    def _judge(self, view: SubjectView) -> None:
        self.judged += 1
        super()._judge(view)
        self.keys.append((view.ref.kind, view.ref.key))

    def turn(self, share: Share) -> tuple[list[bytes], list[Key]]:
        """Go on with another share; the verdicts for the one before, and the keys of their subjects."""
        self.serve(share)
        done = self._chunks, self.keys
        self._chunks, self.keys = [], []
        return done

    def recall(self, judged: int, keys: Sequence[Key]) -> None:
        """Go on behind so many judged subjects."""
        self.judged = self._met = judged
        self._judged.update(map(hash, keys))


class KeptDevices(Devices):
    """Devices whose counts can be written down: what only grows since the last time, the rest whole."""

    def __init__(self, checks: Sequence[FleetCheck], affected: Callable[[bytes], None]) -> None:
        super().__init__(checks, self._tap)
        self._out = affected
        self._lines: list[bytes] = []
        self._names: dict[tuple[str, str], list[Any]] = {}
        self._sampled: dict[tuple[int, str], int] = {}
        self._foreign = 0

    def begin(self) -> None:
        """Reading begins: what was missed until now is no part of what is kept."""
        self._foreign = len(self._lost)

    def put(self, rows: Rows) -> bool:
        """Take a batch; True when it waits."""
        listing = self._list_of(rows) if rows.listing else None
        growing = listing is not None and not listing.full
        waiting = len(self._single)
        self.take(rows)
        if listing is not None and growing:
            self._names.setdefault((rows.server, rows.kind), []).extend(listing.recognised(rows))
        return len(self._single) > waiting

    def hold(self, rows: Rows) -> None:
        """Take a batch again that waits."""
        self._single.append(rows)

    def names(self) -> dict[tuple[str, str], list[Any]]:
        """The identifiers of devices since the last time."""
        names, self._names = self._names, {}
        return names

    def news(self) -> tuple[list[bytes], list[tuple[int, str, list[Any]]]]:
        """Lines and samples since the last time."""
        lines, self._lines = self._lines, []
        samples = []
        for (index, server), count in self._counts():
            before = self._sampled.get((index, server), 0)
            if len(count.sample) > before:
                samples.append((index, server, count.sample[before:]))
                self._sampled[index, server] = len(count.sample)
        return lines, samples

    def state(self) -> bytes:
        """All else."""
        for fleet in self._fleets.values():
            fleet.settle()
        counts = [(place, replace(count, sample=[])) for place, count in self._counts()]
        listings = {place: listing.without_names() for place, listing in self._listings.items()}
        lost, told = self._lost[self._foreign :], (self._left, self._told, self._alone)
        return pickle.dumps((counts, self._tallies, listings, lost, told, self._single_judged))

    def restore(self, state: bytes, names: dict[tuple[str, str], list[Any]]) -> None:
        """Go on behind a state; samples and lines come by `tell`."""
        counts, tallies, listings, lost, told, single = pickle.loads(state)  # noqa: S301  # sealed with its step
        for (index, server), count in counts:
            self.checks[index].counts[server] = count
        self._tallies, self._listings = tallies, listings
        for place, found in names.items():
            self._listings[place].recall(found)
        self._lost += lost
        (self._left, self._told, self._alone), self._single_judged = told, single

    def tell(self, work: Work) -> None:
        """Take back lines and samples."""
        for line in work.affected:
            self._out(line)
        for index, server, shown in work.samples:
            sample = self.checks[index].counts[server].sample
            sample.extend(shown)
            self._sampled[index, server] = len(sample)

    def _counts(self) -> Iterator[tuple[tuple[int, str], Count]]:
        for index, check in enumerate(self.checks):
            for server, count in check.counts.items():
                yield (index, server), count

    def _tap(self, line: bytes) -> None:
        self._lines.append(line)
        self._out(line)
