"""What groups of checks say about content that stands together, remembered together and written together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from auditor.engine.groups import Seen, Sight, retold
from auditor.model.content import Document
from auditor.model.snapshot import Part, Settings
from auditor.sdk.views import SubjectView

Spot = tuple[int, int]
"""(content, item) of a subject; the parts that came by themselves count as one more content, the last."""


class Holder(Protocol):
    """What a cluster's items stand in: content, or settings gathered from several contents."""

    @property
    def offsets(self) -> Sequence[int]:
        """The lines alone, which are known without making the settings."""

    @property
    def texts(self) -> Sequence[str]:
        """The text on each line, for content of a layout."""

    def text(self, number: int, line: int) -> str:
        """The text on a line of one of the settings, where the content has a layout."""

    def item(self, number: int) -> tuple[Settings, int]:
        """One of the settings, with its line."""


@dataclass(slots=True, eq=False)
class Cluster:
    """What all groups that some items answer alone say about them.

    `spots` are the items that each judged group numbers as its parts. `notable` as in Judged, with the group's position
    in front. `steady` is False where the items stand at other distances in every file. `own`: it is about one content
    alone, so that all texts are known. `template` is a note of the writer, `shown` of the ledger.
    """

    sights: tuple[Sight, ...]
    spots: tuple[tuple[int, ...], ...]
    notable: tuple[tuple[int, tuple[str, bool, int]], ...]
    steady: bool = True
    own: bool = False
    template: Any = None
    shown: Any = None


def cluster_of(sights: Sequence[Sight], spots: Sequence[tuple[int, ...]]) -> Cluster:
    """A cluster of these groups."""
    notable = tuple([(index, entry) for index, sight in enumerate(sights) for entry in sight.judged.notable])
    return Cluster(tuple(sights), tuple(spots), notable)


def joined(clusters: Sequence[Cluster]) -> Cluster:
    """Several clusters of one content as one."""
    return cluster_of(
        [sight for cluster in clusters for sight in cluster.sights],
        [spots for cluster in clusters for spots in cluster.spots],
    )


Stand = tuple[Cluster, Holder, int]
"""A cluster with what holds its items, and the 1-based line on which that begins in the subject's file."""


@dataclass(slots=True)
class Gathered:
    """Some settings of a document, by (content, item), with their lines in the file."""

    document: Document
    spots: Sequence[Spot]
    texts: Sequence[str] = ()

    @property
    def offsets(self) -> Sequence[int]:
        """The lines alone."""
        contents = self.document.contents
        return [contents[number][1] + contents[number][0].offsets[item] for number, item in self.spots]

    def text(self, number: int, line: int) -> str:
        """The text on a line of one of the settings."""
        content, item = self.spots[number]
        return self.document.contents[content][0].text(item, line)

    def item(self, number: int) -> tuple[Settings, int]:
        """One of the settings, with its line."""
        content, line = self.document.contents[self.spots[number][0]]
        settings, offset = content.item(self.spots[number][1])
        return settings, line + offset


@dataclass(frozen=True, slots=True)
class Together:
    """Everything that a document is judged by: (what holds it, its number there, the line on which that begins)."""

    places: tuple[tuple[Holder, int, int], ...] = ()
    texts: Sequence[str] = ()

    @property
    def offsets(self) -> Sequence[int]:
        """The lines of the items."""
        return [line + holder.offsets[number] for holder, number, line in self.places]

    def text(self, number: int, line: int) -> str:
        """The text on a line of one of the settings."""
        holder, place, _ = self.places[number]
        return holder.text(place, line)

    def item(self, number: int) -> tuple[Settings, int]:
        """One of the settings, with its line."""
        holder, place, line = self.places[number]
        settings, offset = holder.item(place)
        return settings, line + offset


@dataclass(slots=True)
class Judging:
    """All verdicts of one subject: by cluster (all from the file `file`) and one by one."""

    view: SubjectView
    file: str = ""
    stands: list[Stand] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def __iter__(self) -> Iterator[Seen]:
        """All of them, group by group."""
        for stand in self.stands:
            for index in range(len(stand[0].sights)):
                yield self.told(stand, index)
        yield from self.seen

    def told(self, stand: Stand, index: int) -> Seen:
        """What one group of a cluster says about this subject, with its parts."""
        cluster, holder, line = stand
        found = map(holder.item, cluster.spots[index])
        parts = [Part(self.view.ref, settings, self.file, line + offset) for settings, offset in found]
        sight = cluster.sights[index]
        return (Sight(retold(sight.judged, parts)) if sight.judged.alike else sight), parts


def united(judging: Judging) -> Stand | None:
    """All verdicts of a document as one cluster, in the same order; None where some had to be looked at apart."""
    if judging.seen:
        return None
    sights: list[Sight] = []
    spots: list[tuple[int, ...]] = []
    places: list[tuple[Holder, int, int]] = []
    for cluster, holder, line in judging.stands:
        first = len(places)
        sights.extend(cluster.sights)
        spots.extend(tuple([first + spot for spot in held]) for held in cluster.spots)
        places.extend((holder, number, line) for number in range(len(holder.offsets)))
    cluster = cluster_of(sights, spots)
    cluster.own = True
    return cluster, Together(tuple(places)), 0
