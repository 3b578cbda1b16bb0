"""Judging whole documents: who answers what, for subjects of one kind.

Which groups of checks a content can answer alone depends only on which areas a subject's contents bring (their shapes).
Shapes repeat over a fleet, so the distribution of the groups is planned once for each combination of shapes. What
groups say about content of a known layout is remembered for all content whose texts are alike to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auditor.engine.clusters import Cluster, Gathered, Judging, Spot, Together, cluster_of, joined, united
from auditor.engine.groups import Group, Sight, names_files
from auditor.engine.seats import Inside, Seating, reached
from auditor.model.content import Content, Document, Layout, Shape
from auditor.model.snapshot import Part
from auditor.sdk.views import SubjectView

_PLANS_KEPT = 1024
_MEMORY_LIMIT = 24
_ACROSS_KEPT = 128


@dataclass(frozen=True, slots=True)
class Plan:
    """Who answers what for subjects of one shape: groups by content, groups across contents, groups without any data,
    and groups that need parts which came by themselves.
    """

    inside: tuple[Inside, ...]
    across: tuple[tuple[Group, tuple[Spot, ...]], ...]
    alone: tuple[Group, ...]
    loose: tuple[tuple[Group, tuple[Spot, ...]], ...]


class Planner:
    """Judges subjects of one kind; remembers plans by shape and clusters on the content itself."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._plans: dict[Any, Plan | None] = {}
        self._insides: dict[Any, Inside] = {}
        self._nothing: dict[Any, Cluster] = {}
        self._across: dict[Any, Cluster] = {}

    def judge(self, view: SubjectView) -> Judging:
        """Every check of the subject's kind, each exactly once."""
        if len(view.parcels) != 1:
            return self._one_by_one(view)
        document = view.parcels[0].document
        judging = Judging(view, view.parcels[0].file)
        repeats = not view.loose and not view.neighbours
        key = (self, view.ref.product, view.ref.version)
        known = document.judged.get(key) if repeats else None
        if known is not None:
            judging.stands.append(known)
            return judging
        plan = self._plan(document, view)
        if plan is None:
            return self._one_by_one(view)
        self._follow(plan, view, document, judging)
        if repeats:
            # What is met only once is not worth putting together.
            document.judged[key] = united(judging) if key in document.judged else None
        return judging

    def _one_by_one(self, view: SubjectView) -> Judging:
        return Judging(view, seen=[group.judge(view) for group in self._groups])

    def _plan(self, document: Document, view: SubjectView) -> Plan | None:
        apart = tuple([(part.settings.area, part.settings.facet) for part in view.loose])
        key = (document.shapes, apart, bool(view.neighbours))
        if key not in self._plans:
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
                self._insides.clear()
            self._plans[key] = self._make_plan(document.shapes, apart, looks_around=bool(view.neighbours))
        return self._plans[key]

    def _make_plan(
        self, shapes: Sequence[Shape], apart: tuple[tuple[str, str], ...], *, looks_around: bool
    ) -> Plan | None:
        """None when an area stands in two places or a facet twice: then everything has to be looked at together."""
        spots = _spots_by_pair(shapes, apart)
        if spots is None or any(group.needs is None for group in self._groups):
            return None
        inside: list[list[tuple[Group, tuple[int, ...]]]] = [[] for _ in shapes]
        across, alone, loose = [], [], []
        for group in self._groups:
            found = tuple(_spots_of(group, spots))
            places = {number for number, _ in found}
            if len(shapes) in places or (looks_around and group.looks_around):
                loose.append((group, found))
            elif len(places) > 1:
                across.append((group, found))
            elif places:
                inside[places.pop()].append((group, tuple(item for _, item in found)))
            else:
                alone.append(group)
        return Plan(tuple(map(self._inside, inside)), tuple(across), tuple(alone), tuple(loose))

    def _inside(self, groups: Sequence[tuple[Group, tuple[int, ...]]]) -> Inside:
        """One object for equal groups, whatever else a subject brings: so that what they said can be found again."""
        return self._insides.setdefault(tuple(groups), Inside(tuple(groups)))

    def _follow(self, plan: Plan, view: SubjectView, document: Document, judging: Judging) -> None:
        stands = judging.stands
        for (content, line), inside in zip(document.contents, plan.inside, strict=True):
            if inside.groups:
                stands += [(cluster, content, line) for cluster in self._clusters(content, inside, view)]
        if plan.alone:
            stands.append((self._without_data(plan, view), Together(), 0))
        for group, spots in plan.across:
            cluster = self._cluster_across(group, spots, document, view)
            if cluster is not None:
                stands.append((cluster, Gathered(document, spots), 0))
            else:
                judging.seen.append(group.judge_parts(view, [_part(view, document, spot) for spot in spots]))
        for group, spots in plan.loose:
            judging.seen.append(group.judge_parts(view, [_part(view, document, spot) for spot in spots]))

    def _clusters(self, content: Content, inside: Inside, view: SubjectView) -> Sequence[Cluster]:
        key = (inside, view.ref.product, view.ref.version)
        known: Sequence[Cluster] | None = content.judged.get(key)
        if known is None:
            if len(content.judged) >= _MEMORY_LIMIT:
                content.judged.clear()
            if content.layout is not None:
                known = _seating(content.layout, key).clusters(content, view)
            else:
                parts = [Part(view.ref, settings, "", offset) for settings, offset in content.items]
                found = [group.judge_parts(view, [parts[item] for item in items])[0] for group, items in inside.groups]
                known = [cluster_of(found, inside.spots)]
            content.judged[key] = known
        elif not known[0].own:  # what is met only once is not worth putting together
            known = content.judged[key] = [joined(known)]
            known[0].own = True
        return known

    def _cluster_across(
        self, group: Group, spots: Sequence[Spot], document: Document, view: SubjectView
    ) -> Cluster | None:
        """What a group says about several contents of layouts; None where it has to look at the parts."""
        held = [(document.contents[number][0], item) for number, item in spots]
        if any(content.layout is None for content, _ in held):
            return None
        found = [reached(group, content, item) for content, item in held]
        if len({certain for certain, _ in found}) > 1:  # texts that are alike beside texts that count letter by letter
            return None
        key = (group, view.ref.product, view.ref.version, *found)
        known = self._across.get(key)
        if known is None:
            judged = group.fresh(view, [_part(view, document, spot) for spot in spots])
            if names_files(judged):
                return None
            judged.alike = all(certain for certain, _ in found)
            if len(self._across) >= _ACROSS_KEPT:
                self._across.clear()
            known = self._across[key] = cluster_of([Sight(judged)], [tuple(range(len(spots)))])
            known.steady = False
        return known

    def _without_data(self, plan: Plan, view: SubjectView) -> Cluster:
        key = (plan.alone, view.ref.product, view.ref.version)
        known = self._nothing.get(key)
        if known is None:
            found = [group.judge_parts(view, [])[0] for group in plan.alone]
            if len(self._nothing) >= _PLANS_KEPT:
                self._nothing.clear()
            known = self._nothing[key] = cluster_of(found, [()] * len(found))
        return known


def _seating(layout: Layout, key: tuple[Inside, str, str]) -> Seating:
    """Who answers what for content of a layout, for a product and version."""
    known: Seating | None = layout.judged.get(key)
    if known is None:
        if len(layout.judged) >= _MEMORY_LIMIT:
            layout.judged.clear()
        known = layout.judged[key] = Seating(key[0], layout)
    return known


def _part(view: SubjectView, document: Document, spot: Spot) -> Part:
    number, item = spot
    if number == len(document.contents):
        return view.loose[item]
    content, line = document.contents[number]
    settings, offset = content.item(item)
    return Part(view.ref, settings, view.parcels[0].file, line + offset)


def _spots_by_pair(shapes: Sequence[Shape], apart: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Spot] | None:
    """Where each (area, facet) stands; None when an area stands in two places or a facet twice."""
    areas: dict[str, int] = {}
    spots: dict[tuple[str, str], Spot] = {}
    for number, pairs in enumerate([*(shape.pairs for shape in shapes), apart]):
        for item, pair in enumerate(pairs):
            if areas.setdefault(pair[0], number) != number or pair in spots:
                return None
            spots[pair] = (number, item)
    return spots


def _spots_of(group: Group, spots: dict[tuple[str, str], Spot]) -> list[Spot]:
    """Where the parts of a group stand, in the order in which `Group.parts_of` gives them."""
    found = [spots[pair] for pair in group.lookups if pair in spots]
    for area in group.whole:
        prefix = area[:-1] if area.endswith(".*") else ""
        found.extend(
            spot for pair, spot in spots.items() if (pair[0].startswith(prefix) if prefix else pair[0] == area)
        )
    return found
