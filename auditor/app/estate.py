"""The part of an audit that needs everything at once: archives, and the dump of a server from many files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from auditor.app.devices import AFFECTED_SHOWN, Devices
from auditor.app.work import Bench, Collector, Share, better_ref, finished, note
from auditor.engine.baseline import Selection
from auditor.engine.encode import dumps, evidence_dict, verdict_dict
from auditor.engine.fleet_checks import Count, FleetCheck, compile_fleet
from auditor.engine.ledger import NOBODY, Ledger
from auditor.engine.lines import subject_lines
from auditor.engine.rollup import roll_up
from auditor.engine.waivers import for_subject
from auditor.errors import ExportError
from auditor.intake.limits import Limits
from auditor.intake.opening import Candidate, expand
from auditor.intake.pipeline import Take, read_found, recognise, seal
from auditor.intake.records import blame
from auditor.intake.sources import OpenSource
from auditor.model.content import Parcel
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import Part, Rows
from auditor.model.verdicts import Judgement
from auditor.sdk.views import SubjectView

Json = dict[str, Any]

AT_ONCE = 250
"""Inputs, or subjects of a dump, whose verdicts wait in memory."""


D = TypeVar("D", bound=Devices)


@dataclass(slots=True)
class Estate:
    """Subjects of server dumps, kept until all files are read; devices are judged while they stream by.

    `affected` is handed a line for each device that is not in order; `missed` are inputs that could not be read before.
    """

    bench: Bench
    limits: Limits
    affected: Callable[[bytes], None]
    missed: Sequence[InputRecord] = ()
    parts: list[Part] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    devices: Devices = field(init=False)

    def __post_init__(self) -> None:
        self.begin(Devices)

    def begin(self, kind: Callable[[Sequence[FleetCheck], Callable[[bytes], None]], D]) -> D:
        """Forget what was read; devices are counted by a `kind` of counter."""
        self.parts = []
        self.devices = devices = kind(compile_fleet(self.bench.program), self.affected)
        for record in self.missed:
            devices.miss(record)
        return devices

    def work_off(self, deferred: Iterable[OpenSource]) -> Iterator[Share]:
        """Read what the shares left, and judge it: a share for every so many inputs or subjects."""
        share, records = self._begun(), list[bytes]()
        collector = Collector(self.bench, share)
        for source in deferred:
            for candidate in expand(Candidate(source), self.limits):
                self._read(candidate, collector, share, records)
                if share.files >= AT_ONCE:
                    yield finished(share, records)
                    share, records = self._begun(), []
                    collector.serve(share)
            collector.flush()
        for view in self.views():
            share.verdicts.append(self.judge(view, share))
            if share.subjects >= AT_ONCE:
                yield finished(share, records)
                share, records = self._begun(), []
        yield finished(share, records)

    def _begun(self) -> Share:
        return Share(ledger=Ledger(sampled=self.bench.sampled))

    def _read(self, candidate: Candidate, collector: Collector, share: Share, records: list[bytes]) -> None:
        """A dump into the estate, a member of an archive into subjects."""
        record, mine = candidate.record, False
        if candidate.source is not None:
            record, mine = self.read_source(candidate.source, self.take, collector.take)
        assert record is not None  # noqa: S101  # a candidate is one of the two
        note(share, records, record)
        self.devices.miss(record, mine=mine)

    def read_source(self, source: OpenSource, take_mine: Take, take: Take) -> tuple[InputRecord, bool]:
        """Read an input; its record, and whether it belongs to a dump, whose items go to `take_mine`."""
        record = InputRecord(source.path, InputStatus.UNKNOWN)
        mine = False
        try:
            found = recognise(source, self.bench.readers)
            mine = found is not None and getattr(found[0], "estate", False)
            read_found(source, found, record, take_mine if mine else take)
        except ExportError as error:
            blame(record, error)
        return seal(source, record), mine

    def take(self, item: Part | Parcel | Rows) -> None:
        """Keep a part; judge a batch of devices."""
        if isinstance(item, Parcel):
            self.parts.extend(item.parts())
        elif isinstance(item, Part):
            self.parts.append(item)
        else:
            self.devices.take(item)

    def views(self) -> list[SubjectView]:
        """Once everything was read: all subjects by kind and key, known to each other, their parts together."""
        self.parts.extend(self.devices.finish())
        joined = self._joined() if self.parts else []
        views: dict[tuple[str, str], SubjectView] = {}
        for part in joined:
            ref = part.subject
            view = views.get((ref.kind, ref.key))
            if view is None:
                view = views[ref.kind, ref.key] = SubjectView(ref, logical=self.bench.program.logical)
            else:
                view.ref = better_ref(view.ref, ref)
            view.add(part)
        found = [view for _, view in sorted(views.items())]
        for view in found:
            self.bench.program.estate.setdefault(view.ref.kind, []).append(view)
        self.servers = [view.ref.key for view in found if view.ref.kind == "ksc.server"]
        return found

    def _joined(self) -> Sequence[Part]:
        from auditor.intake.ksc import join

        parts, self.parts = self.parts, []
        return join(parts)

    def judge(self, view: SubjectView, share: Share) -> bytes:
        """The verdicts of one subject of the estate."""
        bench = self.bench
        groups = bench.program.judge(view)
        waived = for_subject(bench.waivers, view.ref.key, bench.today) if bench.waivers else {}
        share.ledger.subject(view)
        share.ledger.add(view, groups, waived, bench.today)
        share.subjects += 1
        return subject_lines(view, groups, waived, bench.today)

    def roll_ups(self, share: Share) -> Iterable[bytes]:
        """Once the views were made: the verdicts over the devices of each server."""
        for check in self.devices.checks:
            # A server whose devices were not collected gets its verdict, too: unknown.
            for server in sorted({*check.counts, *self.servers}):
                yield self._roll_up(check, server, check.counts.get(server) or Count(), share)

    def _roll_up(self, check: FleetCheck, server: str, count: Count, share: Share) -> bytes:
        judgement = roll_up(check, count, self.devices.gap(server))
        selection = check.selection
        subject = {"kind": "ksc.server", "key": server, "name": server, "product": "ksc"}
        verdict = verdict_dict(selection, judgement, subject, [evidence_dict(item, ()) for item in judgement.evidence])
        judged = count.passed + count.failed
        verdict["rollup"] = {
            "judged": judged,
            "passed": count.passed,
            "failed": count.failed,
            "undecided": count.undecided,
            "not_selected": count.not_selected,
            "share": round(count.failed / judged, 6) if judged else None,
            "affected": count.sample if count.failed + count.undecided <= AFFECTED_SHOWN else [],
        }
        waived = for_subject(self.bench.waivers, server, self.bench.today).get(selection.check.id)
        if waived is not None:
            mark = waived.mark(judgement.outcome, self.bench.today)
            share.ledger.matched[waived.index] += bool(mark)
            verdict |= mark
        share.ledger.single(selection, judgement, verdict, count.sample)
        return dumps(verdict) + b"\n"

    def unseen(self, share: Share, kinds: set[str]) -> bytes:
        """One verdict for every check that found nothing to judge, and one for every question to a person."""
        rows_seen = bool(self.servers) or any(check.counts for check in self.devices.checks)
        lines = []
        for selection in self.bench.program.selections.values():
            found = _unseen(selection, kinds, rows_seen)
            if found is not None:
                judgement, subject = found
                verdict = verdict_dict(selection, judgement, subject, [])
                share.ledger.single(selection, judgement, verdict)
                lines.append(dumps(verdict) + b"\n")
        return b"".join(lines)


def _unseen(selection: Selection, kinds: set[str], rows_seen: bool) -> tuple[Judgement, Json] | None:
    check = selection.check
    nothing: Json = {"kind": check.subject, "key": NOBODY, "name": "nothing collected", "product": check.product}
    area = "row" if check.is_fleet else check.subject.split(".")[-1]
    missing = Judgement(Outcome.UNKNOWN, reason=Reason.NO_SUBJECT, areas=(area,))
    if check.form == "manual":
        asked = {"kind": "estate", "key": "estate", "name": "the whole installation", "product": check.product}
        return Judgement(Outcome.MANUAL, reason=Reason.QUESTION), asked
    if check.is_fleet:
        return None if rows_seen else (missing, nothing)
    return None if check.subject in kinds else (missing, nothing)
