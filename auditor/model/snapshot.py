"""What was collected: subjects, their settings, and where each value stands.

A reader turns a file into `Part`s (or, for rows without number such as devices, `Rows`). The settings inside a
part are *content*: readers may hand out the same `Settings` object for equal text, and the engine judges each
content object once. Where that content stands (file, first line) belongs to the part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, overload

Value: TypeAlias = Any
"""str, int, float, bool, None, or a list/dict of these. Text formats such as INI keep `str`."""

PathStep: TypeAlias = str | int
Path: TypeAlias = tuple[PathStep, ...]
"""("ScanScope", 0, "Path"): keys by name, items of lists by position."""


LONGEST_NAME = 1_000
"""Characters of a key or name, or of a remark that quotes them."""


def bounded(name: str) -> str:
    """The name, cut when it is longer than any that people give, and told apart from others that begin alike."""
    if len(name) <= LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{name[: LONGEST_NAME - 20]}...{mark}"


VERSIONS_BETWEEN = " / "


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """One thing that can be judged: a host's KESL, a KSC policy, a licence.

    `kind` is a dotted word such as `kesl.host`; `key` stays the same from year to year; `name` is for people;
    `version` is empty when no input states it, and names all that are stated where inputs contradict each other
    (`VERSIONS_BETWEEN` them). Key and name stand in every verdict, so they are `bounded`.
    """

    kind: str
    key: str
    name: str
    product: str
    version: str = ""

    def __post_init__(self) -> None:
        if len(self.key) > LONGEST_NAME:
            object.__setattr__(self, "key", bounded(self.key))
        if len(self.name) > LONGEST_NAME:
            object.__setattr__(self, "name", bounded(self.name))


@dataclass(frozen=True, slots=True)
class Lock:
    """The edit prohibition of a policy setting.

    `own` is the lock of the node itself, `above` that of the nearest locked ancestor node, `inherited` says that a
    policy higher in the tree holds it (`policy` and `group` name it where the export does).
    """

    own: bool
    above: bool = False
    inherited: bool = False
    policy: str = ""
    group: str = ""

    @property
    def enforced(self) -> bool:
        """True when the node, an ancestor node or an upper policy forbids the change."""
        return self.own or self.above or self.inherited


@dataclass(slots=True, eq=False)
class Settings:
    """The content of one area (`app`, `task.Update`, `section.KLNAG_SVCPRT`): a tree of values.

    `values` nests dicts and lists as the product does. `complete` is False when the file was cut off inside or right
    after this area, so that a missing key proves nothing. `locks` is given for policies only. `locate` turns a path
    into a line relative to the part's first line (int, 0-based) or a JSON/XML pointer (str); it is called for evidence
    only. `scalars` (how many values it holds, -1: not counted yet) and `judged` are notes of intake and engine.

    A reader may hand out an area in facets, so that a list that differs from host to host does not make the rest of the
    area look different: facet "" holds everything but the lists and groups that come as facets named after them.
    """

    area: str
    values: Mapping[str, Value]
    complete: bool = True
    locks: Mapping[Path, Lock] | None = None
    locate: Callable[[Path], int | str] | None = None
    facet: str = ""
    scalars: int = -1
    judged: dict[Any, Any] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Part:
    """Settings of one subject as one file states them. `line` is the 1-based line of relative line 0."""

    subject: SubjectRef
    settings: Settings
    file: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """What a file tells about a list that comes in pages, so that a missing page is noticed.

    `ident` is the handle of the list ("" where the file does not name one), `start` the position in it of the first
    record of these rows (None: not told), `stated` how many records the server says the whole list has, `last` whether
    the server says that the list ends here. `selection` says in words what the list was restricted to; `lost` says why
    records that belong here are missing, `short` how many (None: nobody knows). `count` are records
    that the file holds as subjects of their own.
    """

    ident: str = ""
    start: int | None = None
    stated: int | None = None
    last: bool | None = None
    selection: str = ""
    lost: str = ""
    short: int | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a list is not the whole: in words, and how many records are missing where that is known."""

    words: str
    missing: int | None = None


class Screened(Sequence[Mapping[str, Any]]):
    """Records that are freed of secrets when somebody takes one out, since of most only a count is left.

    `untouched` are the records before that: nothing of them may be shown or stored.
    """

    __slots__ = ("_clean", "untouched")

    def __init__(self, untouched: Sequence[Any], clean: Callable[[Any], Mapping[str, Any]]) -> None:
        self.untouched = untouched
        self._clean = clean

    def __len__(self) -> int:
        return len(self.untouched)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Screened(self.untouched[index], self._clean)
        return self._clean(self.untouched[index])


@dataclass(slots=True)
class Rows:
    """A batch of records of one kind, of which there may be millions: devices above all.

    `records` are flat attribute dicts; typed wrappers of KSC (`{"type": "datetime", "value": ...}`) may still be in
    place (`auditor.sdk.values.plain` unwraps one). `listing` is False for records that were looked up one by one, so
    that they do not stand for the whole. `suffix` leads from a record's place to its attributes. Rows without records
    and with a `page` only tell about the list.
    """

    kind: str
    product: str
    records: Sequence[Mapping[str, Value]]
    file: str
    pointer: str
    first: int
    server: str = ""
    listing: bool = True
    suffix: str = ""
    page: Page | None = None

    @property
    def seen(self) -> Sequence[Mapping[str, Value]]:
        """The records for counting and comparing only: secrets may still be in values that nobody shows."""
        return self.records.untouched if isinstance(self.records, Screened) else self.records

    def place(self, index: int) -> str:
        """The pointer (RFC 6901) of the object that holds the attributes of a record."""
        return f"{self.pointer}/{self.first + index}{self.suffix}" if self.listing else self.pointer + self.suffix


@dataclass(slots=True)
class Collected:
    """When the file's data were collected, UTC ISO 8601 (`2026-03-01T10:00:00Z`), as the file itself states."""

    at: str
