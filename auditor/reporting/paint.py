"""Paragraphs and tables on a terminal: coloured for people, plain for pipes.

Customer data has its control characters spelt out before it gets here, and what the stream's encoding cannot write is
written as an escape: nothing in an export can steer the terminal or break the output.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile
from typing import NamedTuple, TextIO, TypeAlias

from auditor.reporting.text import one_line

NARROWEST = 40
PLAIN_WIDTH = 100
FLEXIBLE_LEAST = 14


class Line(NamedTuple):
    """A paragraph. `style` is one of rich's; `indent` counts characters, also of the lines it wraps into.

    `whole`: not wrapped, so that a command can be copied.
    """

    text: str
    style: str = ""
    indent: int = 0
    whole: bool = False


class Grid(NamedTuple):
    """Rows under a header; the column `flexible` gives way where the width is short.

    `styles` colour first cells.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    styles: tuple[str, ...]
    flexible: int
    indent: int = 2


Block: TypeAlias = Line | Grid


def paint(blocks: Sequence[Block], stream: TextIO) -> None:
    """Write the blocks. Colours only on a terminal without NO_COLOR and TERM=dumb."""
    if _coloured(stream):
        _paint_rich(blocks, stream, _width(shutil.get_terminal_size().columns))
    else:
        columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if stream.isatty() else _asked_width()
        _paint_plain(blocks, stream, _width(columns))


def _coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _asked_width() -> int:
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else PLAIN_WIDTH


def _width(columns: int) -> int:
    return max(columns, NARROWEST)


def _paint_rich(blocks: Sequence[Block], stream: TextIO, width: int) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False, force_terminal=True)
    for whole in blocks:
        block = whole if isinstance(whole, Line) else _columns(whole, width)[0]
        if isinstance(block, Line) and block.whole:
            text = Text(" " * block.indent + _writable(one_line(block.text), stream), block.style)
            console.print(text, no_wrap=True, overflow="ignore", crop=False)
            continue
        if isinstance(block, Line):
            console.print(Padding(Text(_writable(one_line(block.text), stream), block.style), (0, 0, 0, block.indent)))
            continue
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        for number, name in enumerate(block.header):
            table.add_column(name, header_style="dim", no_wrap=number != block.flexible, overflow="fold")
        for row, style in zip(block.rows, block.styles, strict=True):
            cells = [Text(_writable(cell, stream)) for cell in row]
            cells[0].stylize(style)
            table.add_row(*cells)
        console.print(Padding(table, (0, 0, 0, block.indent)))


def _paint_plain(blocks: Sequence[Block], stream: TextIO, width: int) -> None:
    for block in blocks:
        lines = _wrapped(block, width) if isinstance(block, Line) else _grid(block, width)
        for line in lines:
            stream.write(_writable(line.rstrip(), stream) + "\n")


def _wrapped(line: Line, width: int) -> Iterator[str]:
    """Wraps at spaces; a word longer than the line (a path, a command) stays whole so that it can be copied."""
    margin = " " * line.indent
    if line.whole:
        yield margin + one_line(line.text)
        return
    current = ""
    for word in one_line(line.text).split(" "):
        joined = f"{current} {word}" if current else word
        if current and _cells(joined) > width - line.indent:
            yield margin + current
            current = word
        else:
            current = joined
    yield margin + current


def _columns(grid: Grid, width: int) -> tuple[Grid, list[int]]:
    """The widths of the columns. On a narrow terminal the last column is left out rather than the titles."""
    widths = [max(_cells(row[column]) for row in (grid.header, *grid.rows)) for column in range(len(grid.header))]
    others = sum(widths) - widths[grid.flexible] + 2 * (len(widths) - 1) + grid.indent
    if width - others < FLEXIBLE_LEAST and len(widths) - 1 > grid.flexible:
        rows = tuple(row[:-1] for row in grid.rows)
        return _columns(grid._replace(header=grid.header[:-1], rows=rows), width)
    widths[grid.flexible] = max(FLEXIBLE_LEAST, min(widths[grid.flexible], width - others))
    return grid, widths


def _grid(whole: Grid, width: int) -> Iterator[str]:
    """Rows as lines; the flexible cell goes on below itself where it is too long."""
    grid, widths = _columns(whole, width)
    for row in (grid.header, *grid.rows):
        pieces = list(_wrapped(Line(row[grid.flexible]), widths[grid.flexible]))
        for number, piece in enumerate(pieces):
            cells = [piece if column == grid.flexible else "" if number else cell for column, cell in enumerate(row)]
            fitted = [_fitted(cell, widths[column]) for column, cell in enumerate(cells)]
            yield " " * grid.indent + "  ".join(fitted)


def _fitted(text: str, width: int) -> str:
    """The text in exactly `width` columns; what is cut ends in three dots."""
    if _cells(text) > width:
        taken = accumulate(map(_cells, text))
        text = text[: sum(1 for _ in takewhile(lambda cells: cells <= width - 3, taken))] + "..."
    return text + " " * (width - _cells(text))


def _cells(text: str) -> int:
    """Columns of a terminal that the text takes: two for wide letters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _writable(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
