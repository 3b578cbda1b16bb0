"""What groups of checks say about content of a known layout, remembered by what they ask of its texts.

Files of one version of a product write the same keys on the same lines; only the values differ. So where a group's
settings stand is worked out once for each layout, and new content costs the questions that are asked of new texts.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.engine.clusters import Cluster, cluster_of, joined
from auditor.engine.groups import Group, Judged, Sight, names_files
from auditor.engine.likeness import Likeness, all_questions, interest_of
from auditor.model.content import Content, Layout
from auditor.model.snapshot import Part
from auditor.sdk.views import SubjectView

_KNOWN_LIMIT = 64


@dataclass(slots=True, eq=False)
class Inside:
    """The groups that one content answers alone, each with the items that it numbers as its parts."""

    groups: tuple[tuple[Group, tuple[int, ...]], ...]
    spots: tuple[tuple[int, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.spots = tuple([items for _, items in self.groups])


class Seat:
    """One group at one layout."""

    __slots__ = ("_group", "_known", "_likeness", "interest", "items")

    def __init__(self, group: Group, items: tuple[int, ...], layout: Layout) -> None:
        self.interest = interest_of(group, layout, items)
        self.items = items
        self._group = group
        self._likeness = Likeness(self.interest.questions)
        self._known: dict[Any, Cluster] = {}

    def cluster(self, content: Content, view: SubjectView) -> Cluster:
        """The group's judgements; product and version are those that this seat was made for."""
        key = self._likeness.of(content.texts)
        known = self._known.get(key)
        if known is None:
            judged = self._judged(key, content, view)
            known = cluster_of([Sight(judged)], [self.items])
            if not names_files(judged):
                _keep(self._known, key, known)
        return known

    def alike(self, texts: Sequence[str]) -> Hashable:
        """Equal for texts of this layout that are alike."""
        return self._likeness.of(texts)

    def _judged(self, key: Hashable, content: Content, view: SubjectView) -> Judged:
        parts = [Part(view.ref, settings, "", offset) for settings, offset in map(content.item, self.items)]
        if self.interest.certain:
            return self._group.like((self.interest.structure, key), view, parts)
        return self._group.fresh(view, parts)


class Seating:
    """All groups that content of one layout answers alone.

    Those that only ask questions are remembered together. The others stand apart, each by itself: to them every text is
    alike to itself alone, so that they would hide that nothing is new to the first.
    """

    __slots__ = ("_apart", "_known", "_likeness", "_together")

    def __init__(self, inside: Inside, layout: Layout) -> None:
        seats = [Seat(group, items, layout) for group, items in inside.groups]
        self._together = [seat for seat in seats if seat.interest.certain]
        self._apart = [seat for seat in seats if not seat.interest.certain]
        self._likeness = Likeness(all_questions([seat.interest.questions for seat in self._together]))
        self._known: dict[Any, Cluster] = {}

    def clusters(self, content: Content, view: SubjectView) -> list[Cluster]:
        """What all of them say about some content."""
        found = [seat.cluster(content, view) for seat in self._apart]
        return [self._certain(content, view), *found] if self._together else found

    def _certain(self, content: Content, view: SubjectView) -> Cluster:
        alike = self._likeness.of(content.texts)
        known = self._known.get(alike)
        if known is None:
            found = [seat.cluster(content, view) for seat in self._together]
            known = joined(found)
            if all(sight.judged.alike for sight in known.sights):  # else one of them names the file of a subject
                _keep(self._known, alike, known)
        return known


def _keep(memory: dict[Any, Cluster], key: Any, cluster: Cluster) -> None:
    if len(memory) >= _KNOWN_LIMIT:
        memory.clear()
    memory[key] = cluster


def reached(group: Group, content: Content, item: int) -> tuple[bool, Hashable]:
    """For a group that looks at several contents: (whether it only asks questions of this one, what tells the item from
    those that are not alike or state their settings on other lines).
    """
    known: dict[Any, Any] = content.judged.setdefault(reached, {})
    found = known.get((group, item))
    if found is None:
        layout = content.layout
        assert layout is not None  # noqa: S101  # asked only of content with a layout
        seats: dict[Any, Seat] = layout.judged.setdefault(reached, {})
        seat = seats.get((group, item))
        if seat is None:
            seat = seats[group, item] = Seat(group, (item,), layout)
        found = known[group, item] = (seat.interest.certain, (layout.forms[item][0], seat.alike(content.texts)))
    return found
