"""Content that comes out equal, or almost equal, again and again: whole exports, by what stands together in them.

Files of one version of a product write the same keys on the same lines, and hosts of one policy the same values. So a
reader may hand out one object for equal text, and say what content looks like without its values (its layout); the
engine judges each content object once, and content of a known layout by the texts that a check looks at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from auditor.model.snapshot import Part, Path, PathStep, Settings, SubjectRef, Value


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The (area, facet) pairs of some content. Equal shapes are one object, so that comparing them costs nothing."""

    pairs: tuple[tuple[str, str], ...]


_SHAPES_KEPT = 4_096
_shapes: dict[tuple[tuple[str, str], ...], Shape] = {}


def shape_of(pairs: tuple[tuple[str, str], ...]) -> Shape:
    """The shape of content; two objects for one shape only mean that something is worked out twice."""
    known = _shapes.get(pairs)
    if known is None:
        if len(_shapes) >= _SHAPES_KEPT:
            _shapes.clear()
        known = _shapes[pairs] = Shape(pairs)
    return known


class Branch(NamedTuple):
    """What stands under one key of a form: (path, line) of every value; paths of values, lists and groups."""

    lines: list[tuple[Path, int]]
    paths: list[Path]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """Settings without their values: which of them stand on which lines, counted from the settings' relative line 0.

    Equal forms are one object, and settings of one form with the same texts on the same lines are equal. `tree` nests
    dicts, lists and entries of lists as the settings do, with the line of each value in its place; `places` has the
    line of every value, list and group.
    """

    area: str
    facet: str
    tree: Value
    places: Mapping[Path, int]
    lines: tuple[tuple[Path, int], ...]
    under: dict[PathStep, Branch] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """What stands under each first key, so that nobody has to look through all for one."""
        for path, line in self.lines:
            self.under.setdefault(path[0], Branch([], [])).lines.append((path, line))
        for path in self.places:
            if path:
                self.under.setdefault(path[0], Branch([], [])).paths.append(path)

    def settings(self, texts: Sequence[str], offset: int) -> Settings:
        """The settings whose relative line 0 is number `offset` of the texts."""
        return Settings(self.area, _filled(self.tree, texts, offset), locate=self.line_of, facet=self.facet)

    def line_of(self, path: Path) -> int:
        """The line of a value, list or group; for a path that is not there, of what would hold it."""
        places = self.places
        while path not in places and path:
            path = path[:-1]
        return places.get(path, 0)


_ENTRIES_KEPT = 2_048


@dataclass(frozen=True, slots=True, eq=False)
class EntryKind:
    """Entries of lists that look alike: `tree` nests the numbers of their texts. Equal texts give the same entry."""

    tree: Value
    known: dict[tuple[str, ...], Value] = field(default_factory=dict)

    def entry(self, texts: tuple[str, ...]) -> Value:
        """The entry with these texts; always the same object, so that what was judged stays judged."""
        found = self.known.get(texts)
        if found is None:
            if len(self.known) >= _ENTRIES_KEPT:
                self.known.clear()
            found = self.known[texts] = _filled(self.tree, texts, 0)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An entry of a list in a form's tree, with the lines of its texts."""

    kind: EntryKind
    lines: tuple[int, ...]


def _filled(tree: Value, texts: Sequence[str], offset: int) -> Value:
    if isinstance(tree, int):
        return texts[offset + tree]
    if isinstance(tree, Entry):
        return tree.kind.entry(tuple([texts[offset + line] for line in tree.lines]))
    if isinstance(tree, list):
        return [_filled(child, texts, offset) for child in tree]
    return {name: _filled(child, texts, offset) for name, child in tree.items()}


@dataclass(slots=True, eq=False)
class Layout:
    """Content without its values, as files of one version write it again and again.

    `forms` are (form, line of its relative line 0 inside the content), one for each of the content's settings.
    `scalars` is how many values they hold. `judged` is the engine's own memory.
    """

    forms: tuple[tuple[Form, int], ...]
    scalars: int
    shape: Shape = field(init=False)
    offsets: tuple[int, ...] = field(init=False)
    judged: dict[Any, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.shape = shape_of(tuple([(form.area, form.facet) for form, _ in self.forms]))
        self.offsets = tuple([offset for _, offset in self.forms])


Items: TypeAlias = tuple[tuple[Settings, int], ...]
"""Settings with the line of their relative line 0, counted from the first line of what holds them."""


class Content:
    """Settings that stand together in files and come out equal again and again: a task with its lists and schedule.

    A reader gives the settings themselves, or a layout and the text on each line (`texts`, "" where a line states no
    value); then settings are made when somebody asks for them. `judged` is the engine's own memory.
    """

    __slots__ = ("_items", "_made", "judged", "layout", "scalars", "shape", "texts")

    def __init__(self, items: Items = (), layout: Layout | None = None, texts: Sequence[str] = ()) -> None:
        self._items = items
        self._made: dict[int, Settings] = {}
        self.layout = layout
        self.texts = texts
        self.judged: dict[Any, Any] = {}
        if layout is not None:
            self.shape, self.scalars = layout.shape, layout.scalars
        else:
            self.shape = shape_of(tuple([(settings.area, settings.facet) for settings, _ in items]))
            self.scalars = -1

    def item(self, number: int) -> tuple[Settings, int]:
        """One of the settings, with its line; always the same object."""
        if self.layout is None:
            return self._items[number]
        form, offset = self.layout.forms[number]
        made = self._made.get(number)
        if made is None:
            made = self._made[number] = form.settings(self.texts, offset)
        return made, offset

    def text(self, number: int, line: int) -> str:
        """The text on a line of one of the settings; of content with a layout."""
        return self.texts[self.offsets[number] + line]

    @property
    def items(self) -> Items:
        """All settings with their lines."""
        return self._items if self.layout is None else tuple(map(self.item, range(len(self.layout.forms))))

    @property
    def offsets(self) -> Sequence[int]:
        """The lines of the items."""
        return self.layout.offsets if self.layout is not None else [offset for _, offset in self._items]


@dataclass(slots=True, eq=False)
class Document:
    """All that a file states about one subject: (content, its 1-based first line) in the order of the file.

    Readers may hand out the same object for files that are equal to the letter. `judged` is the engine's own memory.
    """

    contents: tuple[tuple[Content, int], ...]
    scalars: int = -1
    judged: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of each content."""
        return tuple([content.shape for content, _ in self.contents])

    @property
    def items(self) -> Items:
        """All settings with the 1-based line of their relative line 0."""
        held = self.contents
        return tuple([(settings, line + offset) for content, line in held for settings, offset in content.items])


@dataclass(slots=True)
class Parcel:
    """A document as one file gives it for one subject.

    `whole` names the format of a file that was read to its end and holds all that exports of this format ever hold.
    """

    subject: SubjectRef
    document: Document
    file: str
    whole: str = ""

    def parts(self) -> list[Part]:
        """The same, settings by settings."""
        return [Part(self.subject, settings, self.file, line) for settings, line in self.document.items]
