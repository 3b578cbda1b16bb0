"""Which areas the checks of a baseline read, known without judging anything.

A setting that versions keep in different places is one need with several areas: one of them is enough. A check whose
precondition does not hold for a subject needs nothing there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from auditor.engine.baseline import Selection
from auditor.engine.bodies import compile_check
from auditor.engine.fleet_checks import compile_fleet
from auditor.engine.groups import CompiledCheck
from auditor.engine.judge import Program
from auditor.sdk.areas import area_of
from auditor.sdk.mapping import Place
from auditor.sdk.predicates import Compiler
from auditor.sdk.tracing import Node, Trace
from auditor.sdk.views import SubjectView

Areas = tuple[str, ...]

ROW = "ksc.host"
"""The kind whose areas are the attributes of device rows."""

_GLOB = "*"


@dataclass(frozen=True, slots=True)
class Recorder(Compiler):
    """A compiler that also notes what each setting could be read from."""

    alternatives: dict[Areas, None] = field(default_factory=dict)

    def resolve(self, name: str, *, whole: bool = False) -> tuple[Place, ...]:
        """The places of a setting; their areas are one need. Without a known place nothing can be collected."""
        places = Compiler.resolve(self, name, whole=whole)
        if places:
            self.alternatives[tuple(dict.fromkeys(place.area for place in places))] = None
        return places


@dataclass(frozen=True, slots=True)
class Needs:
    """What one check reads of a subject of one kind."""

    compiled: CompiledCheck
    when: Node | None
    areas: tuple[Areas, ...]

    def missing(self, held: Collection[str]) -> list[str]:
        """Areas that would have to be collected; of alternatives the first."""
        return [group[0] for group in self.areas if not any(_held(area, held) for area in group)]

    def concerns(self, view: SubjectView) -> bool:
        """False when the check is for another product or version, or its precondition does not hold."""
        if self.compiled.applies(view.ref) is not None:
            return False
        return self.when is None or self.when(Trace(view, quiet=True)) is not False


def _held(area: str, held: Collection[str]) -> bool:
    if _GLOB in area:
        return any(fnmatchcase(name, area) for name in held)
    return area in held


@dataclass(frozen=True, slots=True)
class Demand:
    """What all checks of a baseline need: by kind of subject, and the kinds that must be there at all.

    `kinds` maps a kind to {area: ids of the checks that read it}. For devices the areas are attributes.
    """

    checks: Mapping[str, list[Needs]]
    kinds: Mapping[str, dict[str, set[str]]]


def demand_of(program: Program) -> Demand:
    """The needs of every automatic check of a program; ContentError names one whose body is wrong."""
    checks: dict[str, list[Needs]] = {}
    kinds: dict[str, dict[str, set[str]]] = {}
    subjects = {selection.check.subject for selection in program.selections.values()}
    for selection in program.selections.values():
        check = selection.check
        if check.form == "manual" or check.is_fleet:
            continue
        for kind, needs in _needs_of(selection, program, subjects):
            if kind == check.subject:
                checks.setdefault(kind, []).append(needs)
            for areas in needs.areas:
                kinds.setdefault(kind, {}).setdefault(areas[0], set()).add(check.id)
    for fleet in compile_fleet(program):
        for name in fleet.names:
            kinds.setdefault(ROW, {}).setdefault(name, set()).add(fleet.selection.check.id)
    return Demand(checks, kinds)


def _needs_of(selection: Selection, program: Program, subjects: Collection[str]) -> Iterator[tuple[str, Needs]]:
    check = selection.check
    compiled = compile_check(selection, program)
    recorder = Recorder(check.subject, program.logical, selection.params, program.as_of)
    when = recorder.compile(check.raw["when"]) if "when" in check.raw else None
    if check.form == "expect":
        recorder.compile(check.raw["expect"])
    elif check.form == "schema":
        recorder.alternatives[(check.raw["schema"]["area"],)] = None
    elif "reads" in check.raw:
        recorder.alternatives.update(((area_of(check.subject, name),), None) for name in check.raw["reads"])
    else:
        yield from _asked(selection, program, when, subjects)
    if recorder.alternatives:
        yield check.subject, Needs(compiled, when, tuple(recorder.alternatives))


def _asked(
    selection: Selection, program: Program, when: Node | None, subjects: Collection[str]
) -> Iterator[tuple[str, Needs]]:
    """A Python body that does not declare what it reads is shown an empty subject: it says what it misses first.

    An area named like a kind of subject of the same family (`policy`) stands for those subjects.
    """
    from auditor.model.snapshot import SubjectRef

    check = selection.check
    kind, compiled = check.subject, compile_check(selection, program)
    body = {name: value for name, value in check.raw.items() if name != "when"}  # an empty subject meets no condition
    bare = compile_check(replace(selection, check=replace(check, raw=body)), program)
    judgement = bare.judge(SubjectView(SubjectRef(kind, "", "", check.product)))
    family, _, own = kind.partition(".")
    for area in judgement.areas:
        other = ROW if area == "row" else f"{family}.{area}"
        is_other = area != own and (other in subjects or other == ROW)
        yield other if is_other else kind, Needs(compiled, None if is_other else when, ((area,),))
