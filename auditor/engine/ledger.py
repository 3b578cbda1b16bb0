"""What a run adds up: outcomes per check, a sample of what needs attention, what would have to be collected.

Counting goes by judged content (few objects, many subjects) and is expanded now and then, so that memory stays flat.
Ledgers of several processes are merged in input order; the result does not depend on how the work was shared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.engine.baseline import Selection
from auditor.engine.clusters import Cluster, Judging
from auditor.engine.encode import evidence_rows, verdict_dict
from auditor.engine.groups import Judged
from auditor.engine.waivers import Waiver
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import Part
from auditor.model.verdicts import Judgement
from auditor.sdk.check import Check
from auditor.sdk.views import SubjectView

SAMPLE = 25
"""Verdicts per check and kind (failing, other) that the result keeps for people."""

_PENDING_KEPT = 256
_MET_KEPT = 4_096

Json = dict[str, Any]


GapKey = tuple[str, str, str, str]
"""(product, kind of subject, area, format of which the subject has a file with all that it ever holds, or "")."""

NAMES_KEPT = 10
"""Subjects that a gap names."""

NOBODY = "-"
"""Key of what stands for a subject where nothing was collected."""

_COLLECTED_HELPS = frozenset(
    {Reason.NOT_COLLECTED, Reason.NO_SUBJECT, Reason.INCOMPLETE, Reason.VERSION_UNKNOWN, Reason.KEY_ABSENT}
)


def can_be_collected(kind: str, reason: Reason | None) -> bool:
    """Whether a further export could decide what stayed undecided.

    Areas of Security Center are made of several answers, so that a key may be missing because one was not collected;
    other products write an area whole, and exporting it again brings no further key.
    """
    if reason is Reason.KEY_ABSENT and not kind.startswith("ksc."):
        return False
    return reason in _COLLECTED_HELPS


@dataclass(slots=True)
class Ledger:
    """Counts of one run or of one share of it. Plain data, so that it can travel between processes.

    `sampled` may be shared by the ledgers of one process: what its earlier shares showed often enough need not be
    gathered again, since earlier shares come first in the result.
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    waived: Counter[str] = field(default_factory=Counter)
    failing: dict[str, list[Json]] = field(default_factory=dict)
    open: dict[str, list[Json]] = field(default_factory=dict)
    gaps: dict[GapKey, Counter[str]] = field(default_factory=dict)
    lacking: dict[GapKey, list[str]] = field(default_factory=dict)
    subjects: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    names: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    matched: Counter[int] = field(default_factory=Counter)
    verdicts: int = 0
    pending: dict[str, dict[Judged | Cluster, int]] = field(default_factory=dict)
    met: dict[tuple[Judged, str], int] = field(default_factory=dict)
    sampled: dict[tuple[str, bool], int] = field(default_factory=dict)

    def subject(self, view: SubjectView) -> None:
        """Count one subject in the inventory."""
        key = (view.ref.product, view.ref.kind)
        versions = self.subjects.get(key)
        if versions is None:
            versions = self.subjects[key] = Counter()
            self.names[key] = []
        versions[view.ref.version] += 1
        names = self.names[key]
        if len(names) < SAMPLE:
            names.append(view.ref.name)

    def add(self, view: SubjectView, judging: Judging, waived: Mapping[str, Waiver], today: str) -> None:
        """Count a subject's verdicts and keep samples."""
        pending, sampled = self.pending.setdefault(_whole(view), {}), self.sampled
        for stand in judging.stands:
            cluster = stand[0]
            pending[cluster] = pending.get(cluster, 0) + 1
            if cluster.shown is sampled and not waived:
                continue
            waiting = False
            for index, notable in cluster.notable:
                waiver = waived.get(notable[0])
                if waiver is not None or sampled.get(notable[:2], 0) < SAMPLE:
                    waiting = True
                    sight, parts = judging.told(stand, index)
                    mark = self._mark(sight.judged, notable, waiver, today)
                    self._sample(view, (sight.judged, parts), notable, mark)
            cluster.shown = None if waiting else sampled
        for sight, parts in judging.seen:
            judged = sight.judged
            pending[judged] = pending.get(judged, 0) + 1
            for notable in judged.notable:
                waiver = waived.get(notable[0])
                if waiver is not None or sampled.get(notable[:2], 0) < SAMPLE:
                    self._sample(view, (judged, parts), notable, self._mark(judged, notable, waiver, today))
        if sum(map(len, self.pending.values())) > _PENDING_KEPT:
            self._spread()
            if len(self.met) > _MET_KEPT:
                self.settle()

    def _mark(self, judged: Judged, notable: tuple[str, bool, int], waiver: Waiver | None, today: str) -> Json:
        """What the waiver makes of a verdict; a waiver that covers a failure is counted, so that idle ones are told."""
        mark = waiver.mark(judged.judgements[notable[2]].outcome, today) if waiver is not None else {}
        if waiver is not None and mark:
            self.matched[waiver.index] += 1
        return mark

    def _spread(self) -> None:
        """Expand the counts by cluster into counts by judged content."""
        met = self.met
        for whole, pending in self.pending.items():
            for content, number in pending.items():
                found = [sight.judged for sight in content.sights] if isinstance(content, Cluster) else [content]
                for judged in found:
                    met[judged, whole] = met.get((judged, whole), 0) + number
        self.pending.clear()

    def settle(self) -> None:
        """Expand the counts by content into counts by check."""
        self._spread()
        for (judged, whole), number in self.met.items():
            self.verdicts += number * len(judged.judgements)
            for check, judgement in judged.pairs():
                self._count(check.selection.check, judgement, number, whole)
        self.met.clear()

    def single(self, selection: Selection, judgement: Judgement, verdict: Json, devices: Sequence[Json] = ()) -> None:
        """Count one verdict that does not come from a group; of a roll-up's devices a sample is kept for people."""
        check = selection.check
        self.verdicts += 1
        self._count(check, judgement, 1)
        if verdict["subject"]["key"] != NOBODY:
            for gap in _gaps(check, judgement, ""):
                self._name(gap, verdict["subject"]["name"])
        if verdict.get("waived"):
            self.waived[check.id] += 1
        if "rollup" in verdict:
            self._met(check.subject, verdict)
        if judgement.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE):
            shown = dict(verdict)
            if devices:
                shown["rollup"] = {**verdict["rollup"], "affected": list(devices[:SAMPLE])}
            self._keep(check.id, judgement.outcome, shown)

    def _met(self, kind: str, verdict: Json) -> None:
        """Rows stream by and are no subjects: how many a server has is what its checks were shown."""
        rollup, owner = verdict["rollup"], (kind, verdict["subject"]["key"])
        met = sum(rollup[name] for name in ("judged", "undecided", "not_selected"))
        self.rows[owner] = max(self.rows.get(owner, 0), met)

    def _count(self, check: Check, judgement: Judgement, number: int, whole: str = "") -> None:
        counts = self.counts.get(check.id)
        if counts is None:
            counts = self.counts[check.id] = Counter()
        counts[judgement.outcome.value] += number
        for gap in _gaps(check, judgement, whole):
            if gap not in self.gaps:
                self.gaps[gap] = Counter()
            self.gaps[gap][check.id] += number

    def _sample(
        self, view: SubjectView, seen: tuple[Judged, Sequence[Part]], notable: tuple[str, bool, int], mark: Json
    ) -> None:
        (judged, parts), (check_id, failed, index) = seen, notable
        if "waived" in mark:
            self.waived[check_id] += 1
        number = self.sampled.get((check_id, failed), 0)
        if number >= SAMPLE:
            return
        self.sampled[check_id, failed] = number + 1
        kept = (self.failing if failed else self.open).setdefault(check_id, [])
        judgement = judged.judgements[index]
        selection = judged.group.checks[index].selection
        for gap in _gaps(selection.check, judgement, _whole(view)):
            self._name(gap, view.ref.name)
        kept.append(verdict_dict(selection, judgement, _subject(view), evidence_rows(judgement, parts)) | mark)

    def _name(self, gap: GapKey, name: str) -> None:
        names = self.lacking.setdefault(gap, [])
        if len(names) < NAMES_KEPT and name not in names:
            names.append(name)

    def _keep(self, check_id: str, outcome: Outcome, verdict: Json) -> None:
        kept = (self.failing if outcome is Outcome.FAIL else self.open).setdefault(check_id, [])
        if len(kept) < SAMPLE:
            kept.append(verdict)

    def merge(self, other: Ledger) -> None:
        """Take the counts of a later share of the work."""
        self.settle()
        other.settle()
        for check_id, counts in other.counts.items():
            self.counts.setdefault(check_id, Counter()).update(counts)
        self.waived.update(other.waived)
        self.matched.update(other.matched)
        self.verdicts += other.verdicts
        for mine, theirs in ((self.failing, other.failing), (self.open, other.open)):
            for check_id, verdicts in theirs.items():
                kept = mine.setdefault(check_id, [])
                kept.extend(verdicts[: SAMPLE - len(kept)])
        self.rows.update(other.rows)
        for gap, checks in other.gaps.items():
            self.gaps.setdefault(gap, Counter()).update(checks)
        for gap, names in other.lacking.items():
            for name in names:
                self._name(gap, name)
        for key, versions in other.subjects.items():
            self.subjects.setdefault(key, Counter()).update(versions)
        for key, names in other.names.items():
            known = self.names.setdefault(key, [])
            known.extend(names[: SAMPLE - len(known)])


def _gaps(check: Check, judgement: Judgement, whole: str) -> list[GapKey]:
    """What would have to be collected to decide what stayed undecided."""
    if not judgement.areas or not can_be_collected(check.subject, judgement.reason):
        return []
    return [(check.product, check.subject, area, whole) for area in judgement.areas]


def _whole(view: SubjectView) -> str:
    return next((parcel.whole for parcel in view.parcels if parcel.whole), "")


def _subject(view: SubjectView) -> Json:
    ref = view.ref
    shown = {"kind": ref.kind, "key": ref.key, "name": ref.name, "product": ref.product}
    return {**shown, "version": ref.version} if ref.version else shown
