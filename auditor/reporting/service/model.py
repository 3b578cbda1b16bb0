"""What a page of a service report shows, in words: templates lay it out and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text with its marks. `small` stands below it, `level` is 1 to 4 where it is a severity, else 0.

    `tone` is met, missed, open or "" for an outcome; good, bad or plain for a headline. `id` is the number of a
    request, `code` a hash.
    """

    text: str
    marks: tuple[str, ...] = ()
    small: str = ""
    tone: str = ""
    level: int = 0
    id: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column. `style` says what stands in it: num, time, middle (names), long (texts) or ""."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that stands out, with what it means."""

    value: str
    label: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Tiles:
    """Numbers side by side."""

    tiles: tuple[Tile, ...]
    note: str = ""
    kind: ClassVar[str] = "tiles"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a name; `heading` shows the name above it, else only readers of the screen hear it.

    The first cell of a row is its head when `row_heads`. `empty` is said when there are no rows.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heading: bool = True
    row_heads: bool = False
    empty: str = ""
    note: str = ""
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: how many of the whole, and what it stands for."""

    label: str
    number: str
    width: float
    offset: float
    tone: str


@dataclass(frozen=True, slots=True)
class Share:
    """A big share with a bar of its parts; `big` is None when there is none. `notes` follow it."""

    big: Cell | None
    text: str
    parts: tuple[Part, ...]
    notes: tuple[Cell, ...] = ()
    kind: ClassVar[str] = "share"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of bars: how many there are, beside the widest of its neighbours."""

    label: Cell
    number: str
    width: float


@dataclass(frozen=True, slots=True)
class Bars:
    """Numbers with a bar each, as a table with a name."""

    name: str
    head: tuple[str, str, str]
    lines: tuple[Line, ...]
    kind: ClassVar[str] = "bars"


@dataclass(frozen=True, slots=True)
class Panels:
    """Bars side by side where there is room."""

    panels: tuple[Bars, ...]
    kind: ClassVar[str] = "panels"


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, with a heading of their own or none."""

    lines: tuple[str, ...]
    heading: str = ""
    fine: bool = False
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value; `broad` ones take more room."""

    label: str
    value: Cell
    broad: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Named values, with a heading of their own or none."""

    facts: tuple[Fact, ...]
    heading: str = ""
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened: when, what, by whom, and the words that were said."""

    at: str
    what: str
    who: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A request of a daily report."""

    id: str
    title: str
    level: Cell
    status: Cell
    next: Cell
    facts: tuple[Fact, ...]
    description: str
    description_label: str
    heading: str
    happened: tuple[Happening, ...]
    nothing: str
    kind: ClassVar[str] = "entry"


Block = Tiles | Table | Share | Bars | Panels | Text | Facts | Entry


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page that the contents lead to. `count` stands beside its name there."""

    id: str
    heading: str
    blocks: tuple[Block, ...]
    count: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of the page around its sections. `scroll` names a table that can be scrolled; {name} is the table's."""

    skip: str
    contents: str
    scroll: str
    page: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report. `printed` stands at the top of each sheet of paper."""

    language: str
    kind: str
    title: str
    headline: Cell
    lead: tuple[str, ...]
    notices: tuple[str, ...]
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    footer: str
    labels: Labels
    printed: str
