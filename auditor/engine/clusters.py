"""Judging whole documents: content that stands together is judged together and remembered together.

Which groups of checks a content can answer alone depends only on which areas a subject's contents bring (their shapes).
Shapes repeat over a fleet, so the distribution of the groups is planned once for each combination of shapes. What a
group says about content of a known layout is remembered by the texts on the lines that the group looks at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from auditor.engine.groups import Group, Seen, Sight, names_files
from auditor.engine.seats import Inside, Laid, Seat, form_key
from auditor.model.content import Content, Document, Items, Layout, Shape
from auditor.model.snapshot import Part, Settings, SubjectRef
from auditor.sdk.views import SubjectView

_PLANS_KEPT = 1024
_MEMORY_LIMIT = 24
_CLUSTERS_KEPT = 32
_ACROSS_KEPT = 128

Spot = tuple[int, int]
"""(content, item) of a subject; the parts that came by themselves count as one more content, the last."""


class Holder(Protocol):
    """What a cluster's items stand in: content, or settings gathered from several contents."""

    @property
    def items(self) -> Items:
        """The settings with their lines."""

    @property
    def offsets(self) -> Sequence[int]:
        """The lines alone, which are known without making the settings."""

    def item(self, number: int) -> tuple[Settings, int]:
        """One of the settings, with its line."""


@dataclass(slots=True, eq=False)
class Cluster:
    """What all groups that some items answer alone say about them.

    `spots` are the items that each judged group numbers as its parts. `notable` as in Judged, with the group's position
    in front. `laid` is given for content of a layout. `steady` is False where the items stand at other distances in
    every file. `template`, `rendered` and `uses` are notes of the writer, `shown` of the ledger.
    """

    sights: tuple[Sight, ...]
    spots: tuple[tuple[int, ...], ...]
    notable: tuple[tuple[int, tuple[str, bool, int]], ...]
    laid: tuple[Laid, ...] = ()
    steady: bool = True
    template: Any = None
    rendered: Any = None
    uses: int = 0
    shown: Any = None


Stand = tuple[Cluster, Holder, int]
"""A cluster with what holds its items, and the 1-based line on which that begins in the subject's file."""


@dataclass(slots=True)
class Gathered:
    """Some settings of a document, by (content, item), with their lines in the file."""

    document: Document
    spots: Sequence[Spot]

    @property
    def items(self) -> Items:
        """The settings with their lines."""
        return tuple(map(self.item, range(len(self.spots))))

    @property
    def offsets(self) -> Sequence[int]:
        """The lines alone."""
        contents = self.document.contents
        return [contents[number][1] + contents[number][0].offsets[item] for number, item in self.spots]

    def item(self, number: int) -> tuple[Settings, int]:
        """One of the settings, with its line."""
        content, line = self.document.contents[self.spots[number][0]]
        settings, offset = content.item(self.spots[number][1])
        return settings, line + offset


@dataclass(frozen=True, slots=True)
class Together:
    """Everything that a document is judged by, in the order of its clusters."""

    items: Items

    @property
    def offsets(self) -> Sequence[int]:
        """The lines of the items."""
        return [line for _, line in self.items]

    def item(self, number: int) -> tuple[Settings, int]:
        """One of the settings, with its line."""
        return self.items[number]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who answers what for subjects of one shape: groups by content, groups across contents, groups without any data,
    and groups that need parts which came by themselves.
    """

    inside: tuple[Inside, ...]
    across: tuple[tuple[Group, tuple[Spot, ...]], ...]
    alone: tuple[Group, ...]
    loose: tuple[tuple[Group, tuple[Spot, ...]], ...]


@dataclass(slots=True)
class Judging:
    """All verdicts of one subject: by cluster (all from the file `file`) and one by one."""

    ref: SubjectRef
    file: str = ""
    stands: list[Stand] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def __iter__(self) -> Iterator[Seen]:
        """All of them, group by group."""
        for cluster, holder, line in self.stands:
            for sight, spots in zip(cluster.sights, cluster.spots, strict=True):
                yield sight, self.parts_of(holder, spots, line)
        yield from self.seen

    def parts_of(self, holder: Holder, spots: Sequence[int], line: int) -> list[Part]:
        """The parts that a group of a cluster was judged by."""
        found = map(holder.item, spots)
        return [Part(self.ref, settings, self.file, line + offset) for settings, offset in found]


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
        judging = Judging(view.ref, view.parcels[0].file)
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
            document.judged[key] = _united(judging) if key in document.judged else None
        return judging

    def _one_by_one(self, view: SubjectView) -> Judging:
        return Judging(view.ref, seen=[group.judge(view) for group in self._groups])

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
                stands.append((self._cluster(content, inside, view), content, line))
        if plan.alone:
            stands.append((self._without_data(plan, view), Together(()), 0))
        for group, spots in plan.across:
            cluster = self._cluster_across(group, spots, document, view)
            if cluster is not None:
                stands.append((cluster, Gathered(document, spots), 0))
            else:
                judging.seen.append(group.judge_parts(view, [_part(view, document, spot) for spot in spots]))
        for group, spots in plan.loose:
            judging.seen.append(group.judge_parts(view, [_part(view, document, spot) for spot in spots]))

    def _cluster(self, content: Content, inside: Inside, view: SubjectView) -> Cluster:
        key = (inside, view.ref.product, view.ref.version)
        known: Cluster | None = content.judged.get(key)
        if known is None:
            if len(content.judged) >= _MEMORY_LIMIT:
                content.judged.clear()
            if content.layout is not None:
                known = _by_layout(content, content.layout, key, view)
            else:
                parts = [Part(view.ref, settings, "", offset) for settings, offset in content.items]
                found = [group.judge_parts(view, [parts[item] for item in items])[0] for group, items in inside.groups]
                known = _cluster_of(found, inside.spots)
            content.judged[key] = known
        return known

    def _cluster_across(
        self, group: Group, spots: Sequence[Spot], document: Document, view: SubjectView
    ) -> Cluster | None:
        """What a group says about several contents of known layouts; None where it has to look at the parts."""
        contents = document.contents
        if any(contents[number][0].layout is None for number, _ in spots):
            return None
        found = [form_key(contents[number][0], item) for number, item in spots]
        key = (group, view.ref.product, view.ref.version, *found)
        known = self._across.get(key)
        if known is None:
            sight, _ = group.judge_parts(view, [_part(view, document, spot) for spot in spots])
            if names_files(sight.judged):
                return None
            if len(self._across) >= _ACROSS_KEPT:
                self._across.clear()
            known = self._across[key] = _cluster_of([sight], [tuple(range(len(spots)))])
            known.steady = False
        return known

    def _without_data(self, plan: Plan, view: SubjectView) -> Cluster:
        key = (plan.alone, view.ref.product, view.ref.version)
        known = self._nothing.get(key)
        if known is None:
            found = [group.judge_parts(view, [])[0] for group in plan.alone]
            if len(self._nothing) >= _PLANS_KEPT:
                self._nothing.clear()
            known = self._nothing[key] = _cluster_of(found, [()] * len(found))
        return known


@dataclass(slots=True)
class _Seating:
    """The groups that a content of one layout answers alone; equal answers of all of them are one cluster."""

    seats: tuple[Seat, ...]
    clusters: dict[tuple[Laid, ...], Cluster] = field(default_factory=dict)


def _by_layout(content: Content, layout: Layout, key: tuple[Inside, str, str], view: SubjectView) -> Cluster:
    """The cluster of content by what its seats remember, for a product and version."""
    seating: _Seating | None = layout.judged.get(key)
    if seating is None:
        if len(layout.judged) >= _MEMORY_LIMIT:
            layout.judged.clear()
        seats = tuple([Seat(group, items, layout) for group, items in key[0].groups])
        seating = layout.judged[key] = _Seating(seats)
    laid = tuple([seat.laid(content, view) for seat in seating.seats])
    known = seating.clusters.get(laid)
    if known is None:
        if len(seating.clusters) >= _CLUSTERS_KEPT:
            seating.clusters.clear()
        known = seating.clusters[laid] = _cluster_of([one.sight for one in laid], key[0].spots)
        known.laid = laid
    return known


def _part(view: SubjectView, document: Document, spot: Spot) -> Part:
    number, item = spot
    if number == len(document.contents):
        return view.loose[item]
    content, line = document.contents[number]
    settings, offset = content.item(item)
    return Part(view.ref, settings, view.parcels[0].file, line + offset)


def _cluster_of(sights: Sequence[Sight], spots: Sequence[tuple[int, ...]]) -> Cluster:
    notable = tuple([(index, entry) for index, sight in enumerate(sights) for entry in sight.judged.notable])
    return Cluster(tuple(sights), tuple(spots), notable)


def _united(judging: Judging) -> Stand | None:
    """All verdicts of a document as one cluster, in the same order; None where some had to be looked at apart."""
    if judging.seen:
        return None
    sights: list[Sight] = []
    spots: list[tuple[int, ...]] = []
    items: list[Any] = []
    for cluster, holder, line in judging.stands:
        first = len(items)
        sights.extend(cluster.sights)
        spots.extend(tuple([first + spot for spot in held]) for held in cluster.spots)
        items.extend((settings, line + offset) for settings, offset in holder.items)
    return _cluster_of(sights, spots), Together(tuple(items)), 0


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
