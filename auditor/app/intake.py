"""The intake: what exports hold, what became of every file, and what is missing for a full audit. Nothing is judged.

Reads as the audit does: the same bundles, readers, archives and joining of a server's answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auditor import __version__
from auditor.app.content import load_all_baselines, load_checks
from auditor.app.devices import Devices
from auditor.app.missing import Gaps
from auditor.app.needs import ROW, demand_of
from auditor.app.plan import Inputs, bundles, decide_as_of
from auditor.app.plugins import load_plugins
from auditor.app.readers import readers_of
from auditor.app.snapshot import SnapshotWriter, writing
from auditor.app.survey import Fleet, Kind, Survey
from auditor.app.work import OPEN_SUBJECTS, better_ref
from auditor.engine.baseline import select
from auditor.engine.judge import compile_program
from auditor.engine.ledger import NAMES_KEPT
from auditor.errors import ExportError, UsageProblem
from auditor.intake.archives import archive_kind
from auditor.intake.guide import guide_of
from auditor.intake.limits import Limits
from auditor.intake.opening import Candidate, expand
from auditor.intake.pipeline import count_values, read_found, recognise, scalars_of, seal
from auditor.intake.records import blame
from auditor.intake.sources import FileSource, OpenSource
from auditor.model.content import Parcel
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.snapshot import Part, Rows, SubjectRef
from auditor.sdk.mapping import LogicalSetting
from auditor.sdk.reading import Reader
from auditor.sdk.views import SubjectView

Json = dict[str, Any]
Progress = Callable[[int], None]

BASELINE = "recommended"
LISTS_MISSING = "missing"
"""Area of a server that says why its lists are not whole."""

_RECORD_MEMBERS = ("format", "product", "subjects", "values", "message", "where", "hint", "collected_at", "notes")


@dataclass(frozen=True, slots=True)
class IntakeRequest:
    """What an intake is asked. `whole` keeps every subject and file, for JSON; else memory stays flat."""

    paths: Sequence[Path]
    products: Sequence[str] = ()
    snapshot: Path | None = None
    limits: Limits = field(default_factory=Limits)
    whole: bool = False


@dataclass(slots=True)
class Held:
    """One subject while its files are read: its parts, and the formats of files with all that such exports hold."""

    view: SubjectView
    values: int = 0
    whole: set[str] = field(default_factory=set)


def run_intake(request: IntakeRequest, progress: Progress | None = None) -> Json:
    """Read everything; the report as JSON (`auditor schema intake`). UsageProblem for a path or product not there."""
    plugins = load_plugins()
    catalogue = load_checks(plugins)
    guide = guide_of(catalogue.collection)
    unknown = set(request.products) - set(guide.products)
    if unknown:
        hint = f"one of {', '.join(guide.products)}"
        raise UsageProblem(f"no collection guide for product {sorted(unknown)[0]!r}", hint=hint)
    baseline = load_all_baselines(plugins)[BASELINE]
    as_of = decide_as_of("", Inputs(request.paths, request.limits))
    program = compile_program(select(baseline, catalogue.checks), catalogue.logical, as_of.moment)
    gaps = Gaps(demand_of(program), guide, None if request.whole else NAMES_KEPT)
    survey = Survey(request.whole, frozenset(request.products))
    with writing(request.snapshot) as writer:
        intake = _Intake(request.limits, readers_of(plugins), catalogue.logical, survey, gaps, writer, progress)
        intake.read(request.paths)
    return _report(survey, gaps, {"id": baseline.id, "title": baseline.title})


@dataclass(slots=True)
class _Intake:
    limits: Limits
    readers: Sequence[Reader]
    logical: dict[str, LogicalSetting] | Any
    survey: Survey
    gaps: Gaps
    writer: SnapshotWriter | None
    progress: Progress | None
    held: dict[tuple[str, str], Held] = field(default_factory=dict)
    estate: list[Part] = field(default_factory=list)
    devices: Devices = field(default_factory=lambda: Devices([], _nothing))
    prefix: str = ""

    def read(self, paths: Sequence[Path]) -> None:
        """Plain files bundle by bundle, then archives and dumps, then what only all answers together tell."""
        deferred: list[FileSource] = []
        for bundle in bundles(Inputs(paths, self.limits)):
            if bundle.record is not None:
                self._record(bundle.record)
                continue
            self.prefix = bundle.prefix
            for source in bundle.files:
                is_own = self.writer is not None and self.writer.is_own(source.os_path)
                if not is_own and not self._file(source, may_defer=True):
                    deferred.append(source.released())
            self._flush()
        self.prefix = ""
        for waiting in deferred:
            for candidate in expand(Candidate(waiting), self.limits):
                if candidate.record is not None:
                    self._record(candidate.record)
                    self.devices.miss(candidate.record)
                elif candidate.source is not None:
                    self._file(candidate.source, may_defer=False)
            self._flush()
        self._join()
        self._absent()

    def _file(self, source: OpenSource, *, may_defer: bool) -> bool:
        """Read a file now; False when it has to wait for all others."""
        record = InputRecord(source.path, InputStatus.UNKNOWN)
        is_estate = False
        try:
            if may_defer and archive_kind(source.head):
                return False
            found = recognise(source, self.readers)
            is_estate = found is not None and getattr(found[0], "estate", False)
            if may_defer and is_estate:
                return False
            read_found(source, found, record, self._take_estate if is_estate else self._take)
        except ExportError as error:
            blame(record, error)
        self._record(seal(source, record))
        self.devices.miss(record, mine=is_estate)
        return True

    def _record(self, record: InputRecord) -> None:
        row: Json = {"path": record.path, "status": record.status.value, "size": record.size, "sha256": record.sha256}
        row |= {name: value for name in _RECORD_MEMBERS if (value := getattr(record, name))}
        self.survey.file(record, row)
        if self.progress is not None:
            self.progress(self.survey.statuses.total())

    def _take(self, item: Part | Parcel | Rows) -> None:
        if isinstance(item, Rows):
            raise TypeError("rows come from readers with estate = True only")
        ref = item.subject
        held = self.held.get((ref.kind, ref.key))
        if held is None:
            if len(self.held) >= OPEN_SUBJECTS:
                self._done(self.held.pop(next(iter(self.held))))
            held = self.held[ref.kind, ref.key] = Held(SubjectView(ref, logical=self.logical))
        else:
            held.view.ref = better_ref(held.view.ref, ref)
        held.values += scalars_of(item)
        if isinstance(item, Parcel) and item.whole:
            held.whole.add(item.whole)
        for part in item.parts() if isinstance(item, Parcel) else (item,):
            held.view.add(part)
            if self.writer is not None:
                self.writer.part(part, self._placed(ref))

    def _placed(self, ref: SubjectRef) -> SubjectRef:
        """A second device of the same name is told apart by its folder, as in the audit."""
        if not self.prefix:
            return ref
        return replace(ref, key=f"{self.prefix}/{ref.key}", name=f"{ref.name} ({self.prefix})")

    def _flush(self) -> None:
        for held in self.held.values():
            self._done(held)
        self.held.clear()

    def _done(self, held: Held) -> None:
        view = held.view
        view.ref = self._placed(view.ref)
        self.survey.subject(view, held.values)
        if self.survey.wanted(view.ref.product, view.ref.kind):
            self.gaps.subject(view, view.ref.name, held.whole)

    def _take_estate(self, item: Part | Parcel | Rows) -> None:
        if not isinstance(item, Rows):
            self.estate.extend(item.parts() if isinstance(item, Parcel) else (item,))
            return
        self.devices.take(item)
        if not item.records:  # says something about a list, and holds nothing of it
            return
        self.survey.rows(item)
        if self.writer is not None:
            self.writer.rows(item)

    def _join(self) -> None:
        """Subjects of servers from all answers; the snapshot gets each part as read, under its owner."""
        counted = list(self.devices.finish())
        for part in counted:
            if part.settings.area == LISTS_MISSING:
                self.survey.not_whole[part.subject.key] = dict(part.settings.values)
        counted = [part for part in counted if part.settings.area != LISTS_MISSING]
        if not self.estate and not counted:
            return
        from auditor.intake.ksc import join

        read = {id(part.settings) for part in self.estate}
        joined = join([*self.estate, *counted])
        owners = {id(part.settings): part.subject for part in joined}
        best = {(part.subject.kind, part.subject.key): part.subject for part in joined}
        if self.writer is not None:
            for part in self.estate:
                named = best.get((part.subject.kind, part.subject.key), part.subject)
                self.writer.part(part, owners.get(id(part.settings), named))
        self.held = {}
        for part in joined:
            self._add(part, id(part.settings) in read)
        for _, held in sorted(self.held.items()):
            self._done(held)
        self.held = {}

    def _add(self, part: Part, was_read: bool) -> None:
        ref = part.subject
        held = self.held.get((ref.kind, ref.key))
        if held is None:
            held = self.held[ref.kind, ref.key] = Held(SubjectView(ref, logical=self.logical))
        else:
            held.view.ref = better_ref(held.view.ref, ref)
        held.view.add(part)
        if was_read or part.settings.area not in ("fleet", "path"):
            held.values += count_values(part.settings.values)

    def _absent(self) -> None:
        """Kinds that a server must have and that no answer describes, and attributes that no device states."""
        for server, kinds in sorted(self.survey.servers.items()):
            for kind, areas in sorted(self.gaps.demand.kinds.items()):
                if not kind.startswith("ksc.") or not self.survey.wanted("ksc", kind):
                    continue
                if kind not in kinds:
                    self.gaps.absent("ksc", kind, server, areas)
                elif kind == ROW and self.survey.fleets[server].devices:
                    stated = self.survey.fleets[server].attributes
                    lacking = {name: checks for name, checks in areas.items() if name not in stated}
                    if lacking:
                        self.gaps.absent("ksc", kind, server, lacking)


def _nothing(_: bytes) -> None:
    """No device is judged, so none is affected."""


def _report(survey: Survey, gaps: Gaps, baseline: Json) -> Json:
    statuses = {status.value: survey.statuses[status.value] for status in InputStatus}
    report: Json = {
        "schema": "auditor-intake/1",
        "tool": {"name": "auditor", "version": __version__},
        "baseline": baseline,
        "summary": {
            "files": survey.statuses.total(),
            "files_by_status": statuses,
            "values": survey.values,
            "readable": survey.readable,
            "complete": not statuses["broken"] and not statuses["skipped"],
        },
        "found": [_kind_row(product, kind, found) for (product, kind), found in sorted(survey.kinds.items())],
        "devices": [_fleet_row(server, fleet) for server, fleet in sorted(survey.fleets.items())],
        "lists_not_whole": [
            {"server": server, "list": name, "why": why}
            for server, lists in sorted(survey.not_whole.items())
            for name, why in sorted(lists.items())
        ],
        "missing": list(gaps.rows()),
        "not_in_full_exports": list(gaps.exhausted_rows()),
        "not_found": list(_not_found(survey, gaps)),
    }
    return report | _files(survey)


def _kind_row(product: str, kind: str, found: Kind) -> Json:
    return {
        "product": product,
        "kind": kind,
        "count": found.count,
        "values": found.values,
        "versions": dict(sorted(found.versions.items())),
        "areas": dict(sorted(found.areas.items())),
        "subjects": found.subjects,
    }


def _fleet_row(server: str, fleet: Fleet) -> Json:
    return {
        "server": server,
        "product": fleet.product,
        "listed": fleet.devices,
        "looked_up": fleet.single,
        "values": fleet.values,
        "attributes": sorted(fleet.attributes),
    }


def _files(survey: Survey) -> Json:
    """Every file for programs; for people those in trouble and, of the others, numbers by folder and format."""
    notes = [{"note": note, **known} for note, known in survey.notes.items()]
    files: Json = {"inputs": survey.files, "notes": notes, "notes_left_out": survey.notes_left_out}
    if not survey.whole:
        files["troubled"] = survey.troubled
        groups = survey.groups.items()
        files["read"] = [{"folder": folder, "format": format_id, **group} for (folder, format_id), group in groups]
        files["read_left_out"] = survey.groups_left_out
    return files


def _not_found(survey: Survey, gaps: Gaps) -> Iterable[Json]:
    """Families of products that checks judge and no input describes."""
    seen = {kind.partition(".")[0] for _, kind in survey.kinds} | ({"ksc"} if survey.fleets else set())
    families: dict[str, set[str]] = {}
    for kind, areas in gaps.demand.kinds.items():
        families.setdefault(kind.partition(".")[0], set()).update(*areas.values())
    for family, checks in sorted(families.items()):
        if family not in seen and survey.wanted(family, family + "."):
            yield {"product": family, "checks": len(checks)}
