"""Checks that read the same content, and what they say about it; equal content is judged once.

What a group says about some content depends on that content (and product and version) alone, so it is remembered on the
content object itself; content that differs only where the checks do not look is recognised by its values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

from auditor.engine.baseline import Selection
from auditor.model.content import Form
from auditor.model.outcomes import Outcome, Reason
from auditor.model.snapshot import Part, Path, PathStep, SubjectRef
from auditor.model.verdicts import Evidence, Judgement
from auditor.sdk.looks import ANYTHING, Asked, Looks
from auditor.sdk.views import SubjectView, descend

EVERYTHING = "*"
"""Stands for all facets of an area that a Python body declares in `reads`."""

_MEMORY_LIMIT = 256
_VALUES_LIMIT = 128
_ASKED_LIMIT = 4_096
_MISSING, _LISTED = object(), object()

Body = Callable[[SubjectView], Judgement]
Needs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledCheck:
    """A check ready to judge. `needs` are the (area, facet) pairs it reads, None when it may read anything; `keys`
    the (area, first key) pairs where it does not read whole areas; `looks` what it asks of texts, None for anything.
    """

    selection: Selection
    body: Body
    needs: Needs | None
    keys: Needs
    applies: Callable[[SubjectRef], Reason | None]
    versions_stated: bool
    looks: Looks | None = None
    values: dict[Any, Judgement] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The check's id."""
        return self.selection.check.id

    def judge(self, view: SubjectView) -> Judgement:
        """Exactly one judgement, whatever happens."""
        excluded = self.applies(view.ref)
        if excluded is not None:
            return Judgement(Outcome.NOT_APPLICABLE, reason=excluded)
        try:
            judgement = self.body(view)
        except Exception as error:  # noqa: BLE001  # a crashing check is a verdict, never a lost line
            return crashed(error)
        if not isinstance(judgement, Judgement):
            return crashed(TypeError(f"the check answered {type(judgement).__name__}, not a Judgement"))
        if not isinstance(judgement.outcome, Outcome):
            return crashed(TypeError(f"the check answered the outcome {judgement.outcome!r}"))
        if self.versions_stated and not view.ref.version and judgement.reason is Reason.KEY_ABSENT:
            return Judgement(
                judgement.outcome, judgement.evidence, Reason.VERSION_UNKNOWN, areas=("info", *judgement.areas)
            )
        return judgement

    def judge_values(self, view: SubjectView, fixed: Any, seen: Mapping[tuple[str, str], Any]) -> Judgement:
        """The judgement, remembered by the values that this check looks at; `fixed` is all else that counts."""
        key = (fixed, *[seen[pair] for pair in self.keys])
        if _LISTED in key:
            return self.judge(view)
        known = self.values.get(key)
        if known is None:
            if len(self.values) >= _VALUES_LIMIT:
                self.values.clear()
            known = self.values[key] = self.judge(view)
        return known


def crashed(error: Exception) -> Judgement:
    """The verdict of a check that failed itself."""
    note = f"{type(error).__name__}: {str(error)[:200]}"
    return Judgement(Outcome.ERROR, (Evidence("", note=note),), Reason.CRASHED)


@dataclass(slots=True, eq=False)
class Judged:
    """What one group says about some content. `template` is a note of the writer.

    `alike`: it is said about all content whose texts are alike; then the evidence shows values of one of them.
    """

    group: Group
    judgements: tuple[Judgement, ...]
    notable: tuple[tuple[str, bool, int], ...]
    alike: bool = False
    template: Any = None

    def pairs(self) -> Iterable[tuple[CompiledCheck, Judgement]]:
        """Each check with its judgement."""
        return zip(self.group.checks, self.judgements, strict=True)


def names_files(judged: Judged) -> bool:
    """True when evidence names a file itself, as of other subjects: such a judgement belongs to one subject."""
    return any(item.file for judgement in judged.judgements for item in judgement.evidence)


_QUIET = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


def judged(group: Group, judgements: tuple[Judgement, ...]) -> Judged:
    """A group's judgements, with (check, failed?, position) of those that a sample should show."""
    notable = tuple(
        (group.checks[index].id, item.outcome is Outcome.FAIL, index)
        for index, item in enumerate(judgements)
        if item.outcome not in _QUIET
    )
    return Judged(group, judgements, notable)


def retold(found: Judged, parts: Sequence[Part]) -> Judged:
    """What is said about all content whose texts are alike, with the values of these parts as evidence."""
    return judged(found.group, tuple([_retold(judgement, parts) for judgement in found.judgements]))


def _retold(judgement: Judgement, parts: Sequence[Part]) -> Judgement:
    evidence = tuple([_shown_from(parts, item) for item in judgement.evidence])
    about = [new for item, new in zip(judgement.evidence, evidence, strict=True) if item is judgement.current]
    return replace(judgement, evidence=evidence, current=about[0] if about else None, template=None)


def _shown_from(parts: Sequence[Part], item: Evidence) -> Evidence:
    if item.path is None:
        return item
    return replace(item, value=descend(parts[item.source].settings.values, item.path))


@dataclass(slots=True, eq=False)
class Sight:
    """Judged content as it stands in some file: what was judged, and the lines of its evidence inside the content.

    `lines` (part, line) is a note of the writer.
    """

    judged: Judged
    lines: Any = None


Seen = tuple[Sight, list[Part]]
"""Judged content with the parts that it was read from, in the order in which evidence numbers them."""


def _key_of(value: Any) -> Any:
    """What tells a value from every other one: 1, True and 1.0 are equal to Python, not to a check."""
    if isinstance(value, str):
        return value
    return _LISTED if isinstance(value, list | dict) else (type(value), repr(value))


def _value_at(pair: tuple[str, str], where: Mapping[tuple[str, str], int], present: Sequence[Part]) -> Any:
    area, name = pair
    for facet in (name, ""):
        index = where.get((area, facet), -1)
        if index >= 0:
            values = present[index].settings.values
            if name in values:
                value = values[name]
                return _key_of(value)
    return _MISSING


@dataclass(slots=True, eq=False)
class Group:
    """Checks that read the same content of one kind of subject; `needs` None: not to be remembered."""

    needs: Needs | None
    checks: list[CompiledCheck] = field(default_factory=list)
    nothing: dict[tuple[str, str], Sight] = field(default_factory=dict)
    looks_around: bool = False
    keys: Needs = ()
    values: dict[Any, Judged] = field(default_factory=dict)
    asked_at: dict[tuple[str, Path], Asked | None] = field(default_factory=dict)
    alike: dict[Any, Judged] = field(default_factory=dict)
    lookups: Needs = ()
    whole: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        areas = dict.fromkeys(area for area, facet in self.needs or () if facet == EVERYTHING)
        pairs: dict[tuple[str, str], None] = {}
        for area, facet in self.needs or ():
            if area not in areas:
                pairs.update({(area, ""): None, (area, facet): None})
        self.lookups = tuple(pairs)
        self.whole = tuple(areas)

    def judge(self, view: SubjectView) -> Seen:
        """The group's judgements for a subject, remembered where they depend on content alone."""
        if self.needs is None:
            return Sight(self._fresh(view)), view.sources()
        return self.judge_parts(view, self.parts_of(view))

    def judge_parts(self, view: SubjectView, present: list[Part]) -> Seen:
        """The same for a group whose parts are at hand."""
        ref = view.ref
        if view.neighbours and self.looks_around:
            return Sight(self.fresh(view, present)), present
        if len(present) == 1:
            memory: dict[Any, Sight] = present[0].settings.judged
            key: Any = (self, ref.product, ref.version)
        elif present:
            memory = present[0].settings.judged
            key = (self, ref.product, ref.version, *[part.settings for part in present[1:]])
        else:
            memory, key = self.nothing, (ref.product, ref.version)
        known = memory.get(key)
        if known is None:
            if len(memory) >= _MEMORY_LIMIT:
                memory.clear()
            known = Sight(self._by_values(view, present))
            if not names_files(known.judged):
                memory[key] = known
        return known, present

    def _by_values(self, view: SubjectView, present: list[Part]) -> Judged:
        """New content often differs only where these checks do not look: remembered by the values they do look at."""
        shape = self._shape(view, present)
        if shape is None:
            return self.fresh(view, present)
        where, fixed = shape
        seen = {pair: _value_at(pair, where, present) for pair in self.keys}
        key = (fixed, *seen.values())
        listed = _LISTED in key
        known = None if listed else self.values.get(key)
        if known is None:
            narrow = self._narrow(view, present)
            known = judged(self, tuple([check.judge_values(narrow, fixed, seen) for check in self.checks]))
            if not listed:
                if len(self.values) >= _VALUES_LIMIT:
                    self.values.clear()
                self.values[key] = known
        return known

    def _shape(self, view: SubjectView, present: list[Part]) -> tuple[dict[tuple[str, str], int], Any] | None:
        """Where each facet stands, and all that is not a value; None where content is more than values (locks, several
        statements)."""
        if self.whole or not self.keys:
            return None
        where: dict[tuple[str, str], int] = {}
        complete = []
        for index, part in enumerate(present):
            settings = part.settings
            place = (settings.area, settings.facet)
            if settings.locks is not None or place in where:
                return None
            where[place] = index
            complete.append(settings.complete)
        return where, (view.ref.product, view.ref.version, tuple(where), tuple(complete))

    def fresh(self, view: SubjectView, present: Sequence[Part]) -> Judged:
        """The group's judgements for these parts and nothing else of the subject, made anew."""
        return self._fresh(self._narrow(view, present))

    def like(self, key: Hashable, view: SubjectView, present: Sequence[Part]) -> Judged:
        """The group's judgements for all parts that are alike (same `key`, product and version)."""
        full = (view.ref.product, view.ref.version, key)
        known = self.alike.get(full)
        if known is None:
            known = self.fresh(view, present)
            if not names_files(known):
                known.alike = True
                if len(self.alike) >= _VALUES_LIMIT:
                    self.alike.clear()
                self.alike[full] = known
        return known

    def _fresh(self, view: SubjectView) -> Judged:
        return judged(self, tuple(check.judge(view) for check in self.checks))

    def _narrow(self, view: SubjectView, present: Sequence[Part]) -> SubjectView:
        """Only what the group needs, so that nothing else can slip into what is remembered."""
        narrow = SubjectView(view.ref, logical=view.logical, neighbours=view.neighbours)
        for part in present:
            narrow.add(self._shown(part) if self.looks_around and not self.reads_whole(part.settings.area) else part)
        return narrow

    def reads_whole(self, area: str) -> bool:
        """Whether all settings of an area are read, not only those that `keys` name."""
        return any(name == area or (name.endswith(".*") and area.startswith(name[:-1])) for name in self.whole)

    def asked(self, area: str, path: Path) -> Asked | None:
        """What the checks ask of the text at a place; None where none of them looks at it."""
        place = area, path
        if place not in self.asked_at:
            if len(self.asked_at) >= _ASKED_LIMIT:
                self.asked_at.clear()
            self.asked_at[place] = self._asked(area, path)
        return self.asked_at[place]

    def names_in(self, form: Form) -> Sequence[PathStep]:
        """The first keys of settings that the checks may look at."""
        if self.reads_whole(form.area):
            return list(form.under)
        return [name for area, name in self.keys if area == form.area and name in form.under]

    def _asked(self, area: str, path: Path) -> Asked | None:
        found = [check.looks.asked(area, path) if check.looks else self._anything(area, path) for check in self.checks]
        return reduce(or_, [asked for asked in found if asked is not None], Asked()) if any(found) else None

    def _anything(self, area: str, path: Path) -> Asked | None:
        """The same for a body that is not known from inside: it may do anything with what it is shown."""
        return ANYTHING if self.reads_whole(area) or (area, path[0]) in self.keys else None

    def _shown(self, part: Part) -> Part:
        """The part with the settings alone that a Python body says it reads."""
        settings = part.settings
        names = {name for area, name in self.keys if area == settings.area}
        values = {name: value for name, value in settings.values.items() if name in names}
        return replace(part, settings=replace(settings, values=values, scalars=-1, judged={}))

    def parts_of(self, view: SubjectView) -> list[Part]:
        """The parts that the group reads, in the order in which evidence numbers them."""
        if self.needs is None:
            return view.sources()
        facets = view.facets
        if len(self.lookups) == 1 and not self.whole:
            return facets.get(self.lookups[0]) or []
        found: list[Part] = []
        for pair in self.lookups:
            held = facets.get(pair)
            if held is not None:
                found += held
        for area in self.whole:
            prefix = area[:-1] if area.endswith(".*") else ""
            names = [name for name in view.parts if name.startswith(prefix)] if prefix else [area]
            found.extend(part for name in names for part in view.parts.get(name, ()))
        return found
