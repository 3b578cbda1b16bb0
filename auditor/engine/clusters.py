"""Judging whole parcels: content that stands together is judged together and remembered together.

Which groups of checks a parcel can answer alone depends only on which areas the parcels of a subject bring (their
shape). Shapes repeat over a fleet, so the distribution of the groups is planned once per shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.engine.groups import Group, Seen, Sight
from auditor.model.snapshot import Content, Parcel, Part, SubjectRef
from auditor.sdk.views import SubjectView

_PLANS_KEPT = 1024
_MEMORY_LIMIT = 64

Spot = tuple[int, int]
"""(parcel, item) of a subject."""


@dataclass(slots=True, eq=False)
class Cluster:
    """What all groups that one content answers alone say about it.

    `spots` are the items of the content that each judged group numbers as its parts. `notable` as in Judged, with the
    group's position in front. `rendered` and `uses` are notes of the writer.
    """

    sights: tuple[Sight, ...]
    spots: tuple[tuple[int, ...], ...]
    notable: tuple[tuple[int, tuple[str, bool, int]], ...]
    rendered: Any = None
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Who answers what for subjects of one shape: groups by parcel, groups across parcels, groups without any data."""

    inside: tuple[tuple[tuple[Group, tuple[int, ...]], ...], ...]
    across: tuple[tuple[Group, tuple[Spot, ...]], ...]
    alone: tuple[Group, ...]


@dataclass(slots=True)
class Judging:
    """All verdicts of one subject: by cluster (with its parcel, None for groups without data) and one by one."""

    clusters: list[tuple[Cluster, Parcel | None]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def __iter__(self) -> Iterator[Seen]:
        """All of them, group by group."""
        for cluster, parcel in self.clusters:
            for sight, spots in zip(cluster.sights, cluster.spots, strict=True):
                yield sight, parts_of(parcel, spots)
        yield from self.seen


class Planner:
    """Judges subjects of one kind; remembers plans by shape and clusters on the content itself."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._plans: dict[Any, Plan | None] = {}
        self._nothing: dict[Any, Cluster] = {}

    def judge(self, view: SubjectView) -> Judging:
        """Every check of the subject's kind, each exactly once."""
        plan = self._plan(view.parcels) if view.whole else None
        if plan is None:
            return Judging(seen=[group.judge(view) for group in self._groups])
        judging = Judging()
        ref = view.ref
        for parcel, inside in zip(view.parcels, plan.inside, strict=True):
            if inside:
                judging.clusters.append((self._cluster(parcel.content, inside, ref, view), parcel))
        if plan.alone:
            judging.clusters.append((self._without_data(plan, ref, view), None))
        for group, spots in plan.across:
            parts = [_part(view.parcels[parcel], item) for parcel, item in spots]
            judging.seen.append(group.judge_parts(view, parts))
        return judging

    def _plan(self, parcels: Sequence[Parcel]) -> Plan | None:
        shape = tuple([parcel.content.shape for parcel in parcels])
        if shape not in self._plans:
            if len(self._plans) >= _PLANS_KEPT:
                self._plans.clear()
            self._plans[shape] = _make_plan(self._groups, shape)
        return self._plans[shape]

    def _cluster(
        self, content: Content, inside: Sequence[tuple[Group, tuple[int, ...]]], ref: SubjectRef, view: SubjectView
    ) -> Cluster:
        key = (self, ref.product, ref.version)
        known: Cluster | None = content.judged.get(key)
        if known is None:
            parts = [Part(ref, settings, "", offset) for settings, offset in content.items]
            found = [group.judge_parts(view, [parts[item] for item in items])[0] for group, items in inside]
            if len(content.judged) >= _MEMORY_LIMIT:
                content.judged.clear()
            known = content.judged[key] = _cluster_of(found, [items for _, items in inside])
        return known

    def _without_data(self, plan: Plan, ref: SubjectRef, view: SubjectView) -> Cluster:
        key = (plan.alone, ref.product, ref.version)
        known = self._nothing.get(key)
        if known is None:
            found = [group.judge_parts(view, [])[0] for group in plan.alone]
            if len(self._nothing) >= _PLANS_KEPT:
                self._nothing.clear()
            known = self._nothing[key] = _cluster_of(found, [()] * len(found))
        return known


def _part(parcel: Parcel, item: int) -> Part:
    settings, offset = parcel.content.items[item]
    return Part(parcel.subject, settings, parcel.file, parcel.line + offset)


def _cluster_of(sights: Sequence[Sight], spots: Sequence[tuple[int, ...]]) -> Cluster:
    notable = tuple((index, entry) for index, sight in enumerate(sights) for entry in sight.judged.notable)
    return Cluster(tuple(sights), tuple(spots), notable)


def parts_of(parcel: Parcel | None, items: Sequence[int]) -> list[Part]:
    """The parts that a group of a cluster was judged by."""
    return [_part(parcel, item) for item in items] if parcel is not None else []


Shape = tuple[tuple[str, str], ...]


def _make_plan(groups: Sequence[Group], shapes: Sequence[Shape]) -> Plan | None:
    """None when an area stands in two parcels or a facet twice: then everything has to be looked at together."""
    areas: dict[str, int] = {}
    spots: dict[tuple[str, str], Spot] = {}
    for number, shape in enumerate(shapes):
        for item, pair in enumerate(shape):
            if areas.setdefault(pair[0], number) != number or pair in spots:
                return None
            spots[pair] = (number, item)
    inside: list[list[tuple[Group, tuple[int, ...]]]] = [[] for _ in shapes]
    across: list[tuple[Group, tuple[Spot, ...]]] = []
    alone: list[Group] = []
    for group in groups:
        found = _spots_of(group, spots)
        if group.needs is None:
            return None
        parcels = {parcel for parcel, _ in found}
        if group.looks_around or len(parcels) > 1:
            across.append((group, tuple(found)))
        elif parcels:
            inside[parcels.pop()].append((group, tuple(item for _, item in found)))
        else:
            alone.append(group)
    return Plan(tuple(map(tuple, inside)), tuple(across), tuple(alone))


def _spots_of(group: Group, spots: dict[tuple[str, str], Spot]) -> list[Spot]:
    """Where the parts of a group stand, in the order in which `Group.parts_of` gives them."""
    found = [spots[pair] for pair in group.lookups if pair in spots]
    for area in group.whole:
        prefix = area[:-1] if area.endswith(".*") else ""
        found.extend(
            spot for pair, spot in spots.items() if (pair[0].startswith(prefix) if prefix else pair[0] == area)
        )
    return found
