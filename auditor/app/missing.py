"""What is missing for a full audit: areas that checks read and no input holds, by the step that would bring them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.app.needs import ROW, Demand, Needs
from auditor.engine.ledger import NAMES_KEPT
from auditor.intake.guide import Guide, Step, chapter_of
from auditor.sdk.views import SubjectView

Json = dict[str, Any]

_KNOWN_SHAPES = 4096


@dataclass(slots=True)
class StepGap:
    """One collection step, and for whom it is missing. `absent`: of these kinds nothing was found at all."""

    product: str
    steps: list[Step]
    absent: bool = False
    kinds: set[str] = field(default_factory=set)
    areas: dict[str, int] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)
    subjects: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str, areas: Mapping[str, Collection[str]], keep: int | None) -> None:
        """Count one subject."""
        self.subjects += 1
        if keep is None or len(self.names) < keep:
            self.names.append(name)
        for area, checks in areas.items():
            self.areas[area] = self.areas.get(area, 0) + 1
            self.checks.update(checks)


Missing = dict[str, set[str]]


@dataclass(slots=True)
class Gaps:
    """Collects what each subject lacks. `keep` bounds the names of a step, None keeps all."""

    demand: Demand
    guide: Guide
    keep: int | None = NAMES_KEPT
    steps: dict[tuple[str, str, str], StepGap] = field(default_factory=dict)
    exhausted: dict[tuple[str, str], StepGap] = field(default_factory=dict)
    known: dict[Any, list[tuple[Needs, list[str]]]] = field(default_factory=dict)

    def subject(self, view: SubjectView, name: str, whole: Collection[str]) -> None:
        """Note what a subject lacks; `whole` are the formats of which it has a file with all that they ever hold."""
        found: dict[tuple[str, str, str], tuple[list[Step], Missing]] = {}
        for area, checks in self._lacks(view).items():
            chapter, steps = self.steps_for(view.ref.product, view.ref.kind, area)
            left = self.guide.left(steps, area, whole)
            if steps and not left:
                gap = self.exhausted.setdefault((chapter, area), StepGap(chapter, steps, kinds={view.ref.kind}))
                gap.add(name, {area: checks}, self.keep)
                continue
            key = (chapter, left[0].id if left else "", "")
            found.setdefault(key, (left, {}))[1][area] = checks
        for key, (steps, areas) in found.items():
            gap = self._gap(key, steps)
            gap.kinds.add(view.ref.kind)
            gap.add(name, areas, self.keep)

    def absent(self, product: str, kind: str, owner: str, areas: Mapping[str, set[str]]) -> None:
        """Note that an installation (`owner`) has no subject of a kind, or its devices lack attributes."""
        found: dict[str, tuple[str, list[Step], Missing]] = {}
        for area, checks in areas.items():
            chapter, steps = self.steps_for(product, kind, area)
            found.setdefault(steps[0].id if steps else "", (chapter, steps, {}))[2][area] = checks
        for step, (chapter, steps, missing) in found.items():
            gap = self._gap((chapter, step, kind), steps)
            gap.absent = True
            gap.kinds.add(kind)
            gap.add(owner, missing, self.keep)

    def _gap(self, key: tuple[str, str, str], steps: list[Step]) -> StepGap:
        """`key`: chapter, step, and the kind of which nothing was found."""
        gap = self.steps.get(key)
        if gap is None:
            gap = self.steps[key] = StepGap(key[0], list(steps))
        # the steps that help for all areas of the group: the others are no alternative to the first one
        gap.steps = gap.steps[:1] + [step for step in gap.steps[1:] if step in steps]
        return gap

    def _lacks(self, view: SubjectView) -> Missing:
        """Areas that are missing, each with the checks that read it."""
        shape = (view.ref.kind, frozenset(view.parts))
        lacking = self.known.get(shape)
        if lacking is None:
            pairs = ((needs, needs.missing(view.parts)) for needs in self.demand.checks.get(view.ref.kind, ()))
            lacking = [(needs, areas) for needs, areas in pairs if areas]
            if len(self.known) < _KNOWN_SHAPES:
                self.known[shape] = lacking
        missing: Missing = {}
        for needs, areas in lacking:
            if needs.concerns(view):
                for area in areas:
                    missing.setdefault(area, set()).add(needs.compiled.id)
        return missing

    def steps_for(self, product: str, kind: str, area: str) -> tuple[str, list[Step]]:
        """The chapter of the guide, and its steps for an area: the best first."""
        chapter = chapter_of(product, kind)
        wanted = "row" if kind == ROW else area
        return chapter, self.guide.steps_for(chapter, wanted, kind)

    def rows(self) -> Iterator[Json]:
        """The steps, what most checks wait for first."""
        order = sorted(self.steps.items(), key=lambda item: (-len(item[1].checks), item[0]))
        for _, gap in order:
            yield _row(gap) | {"steps": [step_row(step) for step in gap.steps], "none_found": gap.absent}

    def exhausted_rows(self) -> Iterator[Json]:
        """Areas that a full export did not hold, by product and area."""
        for (_, area), gap in sorted(self.exhausted.items()):
            yield {
                "product": gap.product,
                "kinds": sorted(gap.kinds),
                "area": area,
                "checks": sorted(gap.checks),
                "subjects": gap.subjects,
                "names": gap.names,
            }


def _row(gap: StepGap) -> Json:
    return {
        "product": gap.product,
        "kinds": sorted(gap.kinds),
        "areas": dict(sorted(gap.areas.items())),
        "checks": sorted(gap.checks),
        "subjects": gap.subjects,
        "names": gap.names,
    }


def step_row(step: Step) -> Json:
    """A step of the guide as JSON, empty members left out."""
    row: Json = {"id": step.id, "title": step.title, "how": step.how}
    if step.commands:
        row["commands"] = list(step.commands)
    if step.calls:
        row["calls"] = [
            {
                name: text
                for name, text in (
                    ("method", call.method),
                    ("request", call.request),
                    ("each", call.each),
                    ("note", call.note),
                )
                if text
            }
            for call in step.calls
        ]
    return row | {name: text for name in ("save_as", "rights", "notes") if (text := getattr(step, name))}
