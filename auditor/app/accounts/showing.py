"""Answers of the commands: tables that fit the terminal, or JSON and YAML for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

import orjson
from rich.cells import cell_len
from rich.text import Text

from auditor.app.moments import local_text
from auditor.app.programme_tables import Page
from auditor.reporting.text import one_line

_GAP = 2
_LABEL = 26
_NARROWEST = 6


class Sheet:
    """Collects titles, facts and tables and writes them as wide as the stream is."""

    def __init__(self, stream: TextIO) -> None:
        self._page = Page(stream)
        self.width = self._page.width

    def title(self, text: str) -> None:
        """A heading."""
        self._page.line(text, "bold")

    def section(self, text: str) -> None:
        """A heading after an empty line."""
        self._page.line()
        self._page.line(text, "bold")

    def space(self) -> None:
        """An empty line."""
        self._page.line()

    def line(self, text: str, style: str = "") -> None:
        """A paragraph."""
        self._page.line(text, style, 2)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names and values; what is empty is left out."""
        told = [[Text(name, "dim"), Text(one_line(value))] for name, value in rows if value]
        label = min(_LABEL, max((cell_len(name) for name, value in rows if value), default=0))
        widths = (label, self.width - label - 2 * _GAP)
        self._page.table(("", ""), widths, told)

    def grid(self, header: Sequence[str], rows: Sequence[Sequence[str]], empty: str) -> None:
        """A table as wide as its content; the widest column gives way first. `empty` is said when there is no row."""
        if not rows:
            self.line(empty)
            return
        told = [[Text(one_line(cell), "bold" if not place else "") for place, cell in enumerate(row)] for row in rows]
        self._page.table(header, _widths([header, *rows], self.width), told)

    def write(self) -> None:
        """Write it all."""
        self._page.write()


def write_json(document: object, stream: TextIO) -> None:
    """A document as indented JSON."""
    stream.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")


def write_yaml(document: Mapping[str, Any], stream: TextIO) -> None:
    """A document as YAML that --from takes back."""
    import yaml

    stream.write(yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=110))


def when(instant: datetime | None, zone: ZoneInfo, otherwise: str = "") -> str:
    """Local date and time with offset."""
    return otherwise if instant is None else local_text(instant, zone)


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    widths = [max(cell_len(one_line(row[place])) for row in rows) for place in range(len(rows[0]))]
    room = width - _GAP * len(widths)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths
