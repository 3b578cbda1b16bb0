"""Looking up settings of one subject, without ever turning "not there" into a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain
from typing import Any

from auditor.model.content import Parcel
from auditor.model.outcomes import Confidence, Reason
from auditor.model.snapshot import Lock, Part, Path, SubjectRef
from auditor.model.verdicts import Evidence
from auditor.sdk.areas import show, split_setting
from auditor.sdk.mapping import LogicalSetting, Place
from auditor.sdk.operators import NO, YES, text_of
from auditor.sdk.values import plain

_CONTRADICT = "the inputs contradict each other"


class _Absent(Enum):
    ABSENT = "absent"


ABSENT = _Absent.ABSENT


@dataclass(slots=True)
class Hit:
    """What a lookup found. `reason` is None when `value` is usable. Made by the million: not frozen, never changed."""

    value: Any = ABSENT
    raw: Any = ABSENT
    reason: Reason | None = None
    name: str = ""
    areas: tuple[str, ...] = ()
    part: Part | None = None
    source: int = 0
    path: Path = ()
    confidence: Confidence = Confidence.HIGH
    note: str = ""


def descend(values: Any, path: Path) -> Any:
    """The value at a path of nested dicts and lists, or ABSENT. Readers give keys their documented spelling."""
    current = values
    for step in path:
        if isinstance(current, dict):
            if step not in current:
                return ABSENT
            current = plain(current[step])
        elif isinstance(current, list) and isinstance(step, int) and 0 <= step < len(current):
            current = plain(current[step])
        else:
            return ABSENT
    return current


class SubjectView:
    """One subject with all that describes it; `neighbours` are further subjects of the same device, by kind.

    What was added is seen as `parts` (by area) and as `facets` (by area and facet). Parcels are spread into parts only
    when somebody asks, since most content is recognised as a whole; `loose` are the parts that came by themselves.
    A `contested` subject is one of which another input shows that it is not there: all its settings are in conflict.
    """

    __slots__ = ("_facets", "_parts", "_spread", "contested", "logical", "loose", "neighbours", "parcels", "ref")

    def __init__(
        self,
        ref: SubjectRef,
        logical: Mapping[str, LogicalSetting] | None = None,
        neighbours: Mapping[str, Sequence[SubjectView]] | None = None,
    ) -> None:
        self.ref = ref
        self.logical = logical if logical is not None else {}
        self.neighbours = neighbours if neighbours is not None else {}
        self.parcels: list[Parcel] = []
        self.loose: list[Part] = []
        self._parts: dict[str, list[Part]] = {}
        self._facets: dict[tuple[str, str], list[Part]] = {}
        self._spread = 0
        self.contested = False

    def add(self, part: Part) -> None:
        """Take one more part."""
        self.loose.append(part)
        self._spread_part(part)

    def as_contested(self) -> SubjectView:
        """The same subject, contested. A view of its own: what is judged of this one is remembered by content."""
        view = SubjectView(self.ref, self.logical, self.neighbours)
        view.parcels = self.parcels
        for part in self.loose:
            view.add(part)
        view.contested = True
        return view

    @property
    def parts(self) -> dict[str, list[Part]]:
        """Area -> parts; usually one, several where a reader gives facets or files say the same."""
        if self._spread < len(self.parcels):
            self._spread_parcels()
        return self._parts

    @property
    def facets(self) -> dict[tuple[str, str], list[Part]]:
        """(area, facet) -> parts."""
        if self._spread < len(self.parcels):
            self._spread_parcels()
        return self._facets

    def files(self) -> set[str]:
        """The files that tell about the subject."""
        return {parcel.file for parcel in self.parcels} | {part.file for part in self.loose}

    def _spread_part(self, part: Part) -> None:
        settings = part.settings
        self._parts.setdefault(settings.area, []).append(part)
        self._facets.setdefault((settings.area, settings.facet), []).append(part)

    def _spread_parcels(self) -> None:
        for parcel in self.parcels[self._spread :]:
            for part in parcel.parts():
                self._spread_part(part)
        self._spread = len(self.parcels)

    def has(self, area: str) -> bool:
        """True when an input holds the area."""
        return area in self.parts

    def sources(self) -> list[Part]:
        """All parts in a fixed order: the positions that evidence refers to."""
        return [part for area in self.parts for part in self.parts[area]]

    def get(self, setting: str, default: Any = None) -> Any:
        """The usable value of a setting, or `default` when it is absent, conflicting or not understood."""
        hit = self.find(setting)
        return default if hit.reason is not None else hit.value

    def see(self, setting: str, expected: str = "", met: bool | None = None, note: str = "") -> Evidence:
        """Evidence for a setting as it stands, also when it is absent."""
        hit = self.find(setting)
        evidence = evidence_of(hit, expected, met, note)
        if hit.part is None or not evidence.has_value:
            return evidence
        return replace(evidence, path=None, file=hit.part.file, place=place_in(hit.part, hit.path))

    def find(self, setting: str) -> Hit:
        """Look a physical or logical setting up. A list or group that was cut off is incomplete, not a value."""
        logical = self.logical.get(setting)
        if logical is not None:
            hit = self.find_places(setting, logical.resolve(self.ref.kind))
        else:
            area, path = split_setting(self.ref.kind, setting)
            hit = self.find_places(setting, (Place(area, path, setting),))
        return replace(hit, reason=Reason.INCOMPLETE) if hit.reason is None and cut_off(hit) else hit

    def find_places(self, name: str, places: Sequence[Place]) -> Hit:
        """The first place whose key is present; else the best explanation of its absence.

        A place that may have been cut off ends the search: a later place could state what no longer holds. A key is
        absent only where every place was read and lacks it.
        """
        if not places:
            return Hit(reason=Reason.NO_MAPPING, name=name)
        missing: Hit | None = None
        for index, place in enumerate(places):
            hit = self._find_place(place, places)
            if hit.reason is Reason.NOT_UNDERSTOOD and _reads_again(place, places[index + 1 :]):
                continue
            if hit.reason is None or hit.raw is not ABSENT or hit.reason is Reason.CONFLICT:
                return self._agreed(hit, place, places[index + 1 :])
            if missing is None or missing.reason is Reason.KEY_ABSENT or hit.reason is Reason.INCOMPLETE:
                missing = hit
            if hit.reason is Reason.INCOMPLETE:
                break
        assert missing is not None  # noqa: S101  # places is not empty
        areas = tuple(dict.fromkeys(place.area for place in places))
        return Hit(reason=missing.reason, name=missing.name, areas=areas, path=missing.path)

    def statements(self, hit: Hit) -> list[Hit]:
        """What each input states where `hit` was found: all sides of a contradiction."""
        if hit.part is None:
            return []
        area = hit.part.settings.area
        found = [(part, descend(part.settings.values, hit.path)) for part in self.parts.get(area, ())]
        numbers = {id(part): number for number, part in reversed([*enumerate(self.sources())])}
        return [
            replace(hit, value=value, raw=value, part=part, source=numbers[id(part)])
            for part, value in found
            if value is not ABSENT
        ]

    def _find_place(self, place: Place, places: Sequence[Place]) -> Hit:
        parts = self.parts.get(place.area)
        if not parts:
            return Hit(reason=Reason.NOT_COLLECTED, name=place.name, areas=(place.area,), path=place.path)
        found = [(part, value) for part in parts if (value := descend(part.settings.values, place.path)) is not ABSENT]
        if not found:
            complete = all(part.settings.complete for part in parts)
            reason = Reason.KEY_ABSENT if complete else Reason.INCOMPLETE
            return Hit(reason=reason, name=place.name, areas=(place.area,), path=place.path)
        part, value = found[0]
        source = self._number_of(part)
        if self.contested or any(
            other != value and not _mean_the_same(value, other, place, places) for _, other in found[1:]
        ):
            # No file names here: judgements are remembered by content, files differ from host to host.
            note = _CONTRADICT
            return Hit(value, value, Reason.CONFLICT, place.name, (place.area,), part, source, place.path, note=note)
        return self._understood(place, value, part, source)

    def _agreed(self, hit: Hit, place: Place, others: Sequence[Place]) -> Hit:
        """What was found; a contradiction where it needs the agreement of places that state something else."""
        if hit.reason is not None or not others or not place.needs_agreement(hit.value):
            return hit
        for other in others:
            found = self._find_place(other, others)
            same = text_of(found.value) == text_of(hit.value) or _mean_the_same(found.value, hit.value, place, ())
            if found.reason is Reason.CONFLICT or (found.reason is None and not same):
                return replace(hit, reason=Reason.CONFLICT, note=_CONTRADICT)
        return hit

    def _number_of(self, part: Part) -> int:
        """The position of a part among the sources."""
        parts = chain.from_iterable(self.parts.values())
        return next(number for number, other in enumerate(parts) if other is part)

    def _understood(self, place: Place, value: Any, part: Part, source: int) -> Hit:
        name, areas = place.name, (place.area,)
        if place.values is None:
            return Hit(value, value, None, name, areas, part, source, place.path, place.confidence)
        if not isinstance(value, Mapping | list) and text_of(value) in place.values:
            word = place.values[text_of(value)]
            note = "" if text_of(word) == text_of(value) else f"read as {word}"
            if note and place.confidence is not Confidence.HIGH:
                note += ", by inference"
            return Hit(word, value, None, name, areas, part, source, place.path, place.confidence, note)
        return Hit(value, value, Reason.NOT_UNDERSTOOD, name, areas, part, source, place.path, place.confidence)


def cut_off(hit: Hit) -> bool:
    """True for a list or group in an area that was cut off: the rest of it may stand in the part that is missing."""
    return isinstance(hit.value, dict | list) and hit.part is not None and not hit.part.settings.complete


def _reads_again(place: Place, others: Sequence[Place]) -> bool:
    """True when another place reads the same key: words that are only inferred stand apart, with less confidence."""
    return any((other.area, other.path) == (place.area, place.path) for other in others)


def _mean_the_same(one: Any, other: Any, place: Place, places: Sequence[Place]) -> bool:
    """True for two spellings of Yes or of No, and for two words that the places of a logical setting translate alike.

    One export of a product writes numbers where another one writes words; that is no contradiction.
    """
    if isinstance(one, dict | list) or isinstance(other, dict | list):
        return False
    left, right = text_of(one), text_of(other)
    if {left, right} <= YES or {left, right} <= NO:
        return True
    readings = [reading.values or {} for reading in places if (reading.area, reading.path) == (place.area, place.path)]
    meanings = {word: meaning for values in readings for word, meaning in values.items()}
    return left in meanings and meanings[left] == meanings.get(right)


def place_in(part: Part, path: Path) -> int | str | None:
    """Line (1-based) or pointer of a value in the part's file; None where the reader cannot tell."""
    if part.settings.locate is None:
        return None
    place = part.settings.locate(path)
    return place + part.line if isinstance(place, int) else place


def lock_of(part: Part, path: Path) -> Lock | None:
    """The lock of a policy node; None where the export tells nothing about locks."""
    locks = part.settings.locks
    return None if locks is None else locks.get(path)


def lock_words(lock: Lock) -> str:
    """Who holds a lock, for people."""
    if lock.inherited:
        held = " / ".join(word for word in (lock.policy, lock.group) if word)
        return f"locked by an upper policy ({held})" if held else "locked by an upper policy"
    if lock.own:
        return "locked here"
    return "locked by the group of settings above" if lock.above else "not locked"


def evidence_of(hit: Hit, expected: str = "", met: bool | None = None, note: str = "") -> Evidence:
    """A lookup as evidence, with its place relative to the part it was found in."""
    words = f"{hit.note}; {note}" if hit.note and note else hit.note or note
    if hit.part is None or hit.raw is ABSENT:
        return Evidence(hit.name, expected=expected, met=met, note=words)
    settings = hit.part.settings
    lock = lock_of(hit.part, hit.path)
    return Evidence(
        setting=show(settings.area, hit.path),
        value=hit.raw,
        has_value=True,
        expected=expected,
        met=met,
        source=hit.source,
        path=hit.path,
        locked=None if lock is None else lock.enforced,
        lock="" if lock is None else lock_words(lock),
        note=words,
    )
