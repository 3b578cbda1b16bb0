"""The part of an audit that needs everything at once: archives, and the dump of a server from many files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from auditor.app.work import Bench, Collector, Share, better_ref, note
from auditor.engine.baseline import Selection
from auditor.engine.encode import dumps, evidence_dict, subject_lines, verdict_dict
from auditor.engine.fleet import Count, Device, FleetCheck, compile_fleet, judge_rows, roll_up
from auditor.engine.waivers import for_subject
from auditor.errors import ExportError
from auditor.intake.limits import Limits
from auditor.intake.opening import Candidate, expand
from auditor.intake.pipeline import read_found, recognise, seal
from auditor.intake.records import blame
from auditor.intake.sources import OpenSource
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import Parcel, Part, Rows
from auditor.model.verdicts import Judgement
from auditor.sdk.views import SubjectView

Json = dict[str, Any]

AFFECTED_SHOWN = 200
"""Devices that a roll-up names itself; beyond them all are in the stream."""


@dataclass(slots=True)
class Estate:
    """Subjects of server dumps, kept until all files are read; devices are judged while they stream by."""

    bench: Bench
    limits: Limits
    affected: Callable[[bytes], None]
    parts: list[Part] = field(default_factory=list)
    fleet: list[FleetCheck] = field(default_factory=list)
    tallies: dict[str, Any] = field(default_factory=dict)
    single: list[Rows] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fleet = compile_fleet(self.bench.program)

    def read(self, deferred: Iterable[OpenSource], share: Share, records: list[bytes]) -> list[bytes]:
        """Read what the shares left: dumps into the estate, members of archives into subjects; their verdicts."""
        collector = Collector(self.bench, share)
        for source in deferred:
            for candidate in expand(Candidate(source), self.limits):
                if candidate.record is not None:
                    note(share, records, candidate.record)
                elif candidate.source is not None:
                    note(share, records, self._read(candidate.source, collector))
            collector.flush()
        return collector.lines()

    def _read(self, source: OpenSource, collector: Collector) -> InputRecord:
        record = InputRecord(source.path, InputStatus.UNKNOWN)
        try:
            found = recognise(source, self.bench.readers)
            mine = found is not None and getattr(found[0], "estate", False)
            read_found(source, found, record, self.take if mine else collector.take)
        except ExportError as error:
            blame(record, error)
        return seal(source, record)

    def take(self, item: Part | Parcel | Rows) -> None:
        """Keep a part; judge a batch of devices. Devices looked up alone wait: the listing holds them, too."""
        if isinstance(item, Parcel):
            self.parts.extend(item.parts())
        elif isinstance(item, Part):
            self.parts.append(item)
        elif item.listing:
            self._judge_rows(item)
        else:
            self.single.append(item)

    def _judge_rows(self, rows: Rows) -> None:
        from auditor.intake.ksc import FleetTally

        if rows.server not in self.tallies:
            self.tallies[rows.server] = FleetTally(rows.server)
        self.tallies[rows.server].add(rows)
        judge_rows(self.fleet, rows, self._report)

    def _report(self, check: FleetCheck, device: Device, rows: Rows) -> None:
        shown = device_dict(device)
        count = check.counts[rows.server]
        if len(count.sample) < AFFECTED_SHOWN:
            count.sample.append(shown)
        self.affected(dumps({"check_id": check.selection.check.id, **shown}) + b"\n")

    def _views(self) -> list[SubjectView]:
        """All subjects by kind and key, their parts brought together."""
        from auditor.intake.ksc import join

        joined = join(self.parts)
        self.parts = []
        views: dict[tuple[str, str], SubjectView] = {}
        for part in joined:
            ref = part.subject
            view = views.get((ref.kind, ref.key))
            if view is None:
                view = views[ref.kind, ref.key] = SubjectView(ref, logical=self.bench.program.logical)
            else:
                view.ref = better_ref(view.ref, ref)
            view.add(part)
        return [view for _, view in sorted(views.items())]

    def judge(self, share: Share) -> list[bytes]:
        """Verdicts of all subjects of the estate, in the order of kind and key, then the roll-ups of devices."""
        for rows in self.single:
            if rows.server not in self.tallies:
                self._judge_single(rows)
        for tally in self.tallies.values():
            part = tally.part()
            if part is not None:
                self.parts.append(part)
        views = self._views()
        program, bench = self.bench.program, self.bench
        for view in views:
            program.estate.setdefault(view.ref.kind, []).append(view)
        self.servers = [view.ref.key for view in views if view.ref.kind == "ksc.server"]
        lines = []
        for view in views:
            groups = program.judge(view)
            waived = for_subject(bench.waivers, view.ref.key, bench.today) if bench.waivers else {}
            share.ledger.subject(view)
            share.ledger.add(view, groups, waived, bench.today)
            lines.append(subject_lines(view, groups, waived, bench.today))
            share.subjects += 1
        lines.extend(self._roll_ups(share))
        share.ledger.settle()
        return lines

    def _judge_single(self, rows: Rows) -> None:
        judge_rows(self.fleet, rows, self._report)

    def _roll_ups(self, share: Share) -> Iterable[bytes]:
        for check in self.fleet:
            # A server whose devices were not collected gets its verdict, too: unknown.
            for server in sorted({*check.counts, *self.servers}):
                yield self._roll_up(check, server, check.counts.get(server) or Count(), share)

    def _roll_up(self, check: FleetCheck, server: str, count: Count, share: Share) -> bytes:
        judgement = roll_up(check, count)
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
        rows_seen = bool(self.servers) or any(check.counts for check in self.fleet)
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
    nothing: Json = {"kind": check.subject, "key": "-", "name": "nothing collected", "product": check.product}
    area = "row" if check.is_fleet else check.subject.split(".")[-1]
    missing = Judgement(Outcome.UNKNOWN, reason=Reason.NO_SUBJECT, areas=(area,))
    if check.form == "manual":
        asked = {"kind": "estate", "key": "estate", "name": "the whole installation", "product": check.product}
        return Judgement(Outcome.MANUAL, reason=Reason.QUESTION), asked
    if check.is_fleet:
        return None if rows_seen else (missing, nothing)
    return None if check.subject in kinds else (missing, nothing)


def device_dict(device: Device) -> Json:
    """A device as the result stores it."""
    shown: Json = {"key": device.key, "name": device.name, "outcome": device.outcome.value}
    if device.reason is not None:
        shown["reason"] = device.reason.value
    shown["evidence"] = [evidence_dict(item, ()) for item in device.evidence]
    return shown
