"""Lines of text, no wider than what they are written to."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Iterable
from typing import TextIO

WIDEST, PLAIN_WIDTH, NARROWEST = 120, 100, 60
_HANG = 2


def width_of(stream: TextIO) -> int:
    """Columns of the terminal; for pipes what COLUMNS asks for, else 100; within reason."""
    asked = os.environ.get("COLUMNS", "")
    if stream.isatty():
        columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
    else:
        columns = int(asked) if asked.isdecimal() and len(asked) < 6 else PLAIN_WIDTH
    return max(NARROWEST, min(columns, WIDEST))


def write_lines(lines: Iterable[str], stream: TextIO, hang: int = _HANG) -> None:
    """Write each line, broken where it is too wide.

    What goes on below is indented by two columns more than the line; below one that is not indented by `hang`.
    """
    width = width_of(stream)
    for line in lines:
        stream.write("\n".join(_broken(line, width, hang)) + "\n")


def _broken(line: str, width: int, hang: int) -> list[str]:
    if len(line) <= width:
        return [line]
    text = line.lstrip(" ")
    indent = len(line) - len(text)
    below = indent + _HANG if indent else hang
    return textwrap.wrap(
        text, width, initial_indent=" " * indent, subsequent_indent=" " * below, break_on_hyphens=False
    )
