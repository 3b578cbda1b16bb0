"""The summary of an audit on the terminal: coloured for people, plain for pipes.

Customer data has its control characters spelt out before it gets here, and what the stream's encoding cannot write is
written as an escape: nothing in an export can steer the terminal or break the output.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO, TypeAlias

from auditor.reporting import words
from auditor.reporting.document import build
from auditor.reporting.model import Check, ReportDocument
from auditor.reporting.text import one_line

if TYPE_CHECKING:
    from auditor.sdk.rendering import StoredResult

NARROWEST = 40
PLAIN_WIDTH = 100
FLEXIBLE_LEAST = 14
BROKEN_SHOWN = 5
GAPS_SHOWN = 3
COMMANDS_SHOWN = 3
AREAS_SHOWN = 3

EXIT_MEANINGS = {
    0: "the audit is complete, nothing at or above the threshold",
    1: "an error of the tool itself",
    2: "the command line was wrong",
    3: "bad input, configuration or content",
    4: "a complete audit was impossible",
    10: "the audit is complete, with findings at or above the threshold",
}
_TONES = {"bad": "bold red", "open": "bold yellow", "calm": "bold green"}
_SEVERITY_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `style` is one of rich's; `indent` counts characters, also of the lines it wraps into."""

    text: str
    style: str = ""
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under a header; the column `flexible` gives way where the width is short. `styles` colour first cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    styles: tuple[str, ...]
    flexible: int


Block: TypeAlias = Line | Grid


def print_summary(stored: StoredResult, files: Sequence[str], exit_code: int, stream: TextIO) -> None:
    """Write the summary. `files` are the written reports as people find them, `exit_code` what the command answers.

    Colours only on a terminal without NO_COLOR and TERM=dumb.
    """
    document = build(stored.data, stored.inputs())
    blocks = list(_blocks(document, files, exit_code))
    if _coloured(stream):
        _paint_rich(blocks, stream, _width(shutil.get_terminal_size().columns))
    else:
        columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if stream.isatty() else _asked_width()
        _paint_plain(blocks, stream, _width(columns))


def _blocks(report: ReportDocument, files: Sequence[str], exit_code: int) -> Iterator[Block]:
    label = " (self-audit)" if report.self_audit else ""
    yield Line(f"{report.title}{label}, as of {report.as_of}: {report.facts[0].note}", "dim")
    yield Line(report.headline.text, _TONES[report.headline.tone])
    if report.headline.detail:
        yield Line(report.headline.detail, indent=2)
    if not report.summary.complete:
        for reason in report.summary.incomplete_because or ("no reason stated",):
            yield Line(f"Not complete: {reason}", "yellow", 2)
    if report.waivers_expired:
        expired = words.plural(report.waivers_expired, "waiver has expired", "waivers have expired")
        yield Line(f"{expired}; what they covered counts again", "yellow", 2)
    yield from _inputs(report)
    yield from _findings(report)
    yield from _decided(report)
    yield from _gaps(report)
    yield Line("")
    yield Line("Files", "bold")
    for file in files:
        yield Line(file, indent=2)
    yield Line(f"Exit code {exit_code}: {EXIT_MEANINGS.get(exit_code, 'not documented')}", "dim")


def _inputs(report: ReportDocument) -> Iterator[Block]:
    yield Line("")
    yield Line("Looked at", "bold")
    statuses = ", ".join(f"{line.count:,} {line.label.lower()}" for line in report.inputs.statuses if line.count)
    yield Line(f"{words.plural(report.inputs.total, 'file')}: {statuses or 'none'}", indent=2)
    broken = [row for row in report.inputs.troubled if row.status == "broken"]
    for row in broken[:BROKEN_SHOWN]:
        place = f", {row.place}" if row.place else ""
        yield Line(f"broken: {row.path}{place}: {row.message}", "yellow", 4)
    if len(broken) > BROKEN_SHOWN:
        yield Line(f"and {len(broken) - BROKEN_SHOWN} more broken; the report names them", indent=4)
    yield Line(report.audited, indent=2)


def _findings(report: ReportDocument) -> Iterator[Block]:
    yield Line("")
    counts = ", ".join(f"{line.count} {line.label.lower()}" for line in report.summary.severities if line.count)
    yield Line(f"Findings: {counts}" if counts else "Findings: none in what could be decided", "bold")
    if not report.decide_first:
        return
    yield Grid(
        header=("Severity", "Check", "Not met", "Affected"),
        rows=tuple(_row(check) for check in report.decide_first),
        styles=tuple(_SEVERITY_STYLES[check.severity] for check in report.decide_first),
        flexible=2,
    )
    rest = report.finding_count - len(report.decide_first)
    if rest > 0:
        yield Line(f"and {rest} more in the report", indent=2)


def _row(check: Check) -> tuple[str, ...]:
    return (check.severity_label, check.id, one_line(check.title), check.affected_short)


def _decided(report: ReportDocument) -> Iterator[Block]:
    summary = report.summary
    yield Line("")
    yield Line(f"Decided: {summary.decided:,} of {summary.decidable:,} verdicts that apply", "bold")
    states = ", ".join(f"{line.count:,} {line.label.lower()}" for line in summary.states if line.count)
    yield Line(f"{words.plural(report.check_count, 'check')}: {states or 'none'}", indent=2)


def _gaps(report: ReportDocument) -> Iterator[Block]:
    if not report.gaps:
        return
    yield Line("")
    yield Line("Collect next", "bold")
    for gap in report.gaps[:GAPS_SHOWN]:
        areas = ", ".join(gap.areas[:AREAS_SHOWN]) + (", ..." if len(gap.areas) > AREAS_SHOWN else "")
        yield Line(f"{gap.product}: {areas} ({gap.effect})", indent=2)
        commands = next((step.commands for step in gap.steps if step.commands), ())
        for text in (commands or [step.title for step in gap.steps])[:COMMANDS_SHOWN]:
            yield Line(one_line(text), "cyan", 4)
    if len(report.gaps) > GAPS_SHOWN:
        yield Line(f"and {len(report.gaps) - GAPS_SHOWN} more in the report", indent=2)


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
        console.print(Padding(table, (0, 0, 0, 2)))


def _paint_plain(blocks: Sequence[Block], stream: TextIO, width: int) -> None:
    for block in blocks:
        lines = _wrapped(block, width) if isinstance(block, Line) else _grid(block, width)
        for line in lines:
            stream.write(_writable(line.rstrip(), stream) + "\n")


def _wrapped(line: Line, width: int) -> Iterator[str]:
    """Wraps at spaces; a word longer than the line (a path, a command) stays whole so that it can be copied."""
    margin = " " * line.indent
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
    others = sum(widths) - widths[grid.flexible] + 2 * len(widths)
    if width - others < FLEXIBLE_LEAST and len(widths) - 1 > grid.flexible:
        rows = tuple(row[:-1] for row in grid.rows)
        return _columns(Grid(grid.header[:-1], rows, grid.styles, grid.flexible), width)
    widths[grid.flexible] = max(FLEXIBLE_LEAST, min(widths[grid.flexible], width - others))
    return grid, widths


def _grid(whole: Grid, width: int) -> Iterator[str]:
    grid, widths = _columns(whole, width)
    for row in (grid.header, *grid.rows):
        cells = [_fitted(cell, widths[column]) for column, cell in enumerate(row)]
        yield "  " + "  ".join(cells)


def _fitted(text: str, width: int) -> str:
    """The text in exactly `width` columns; what is cut ends in three dots."""
    if _cells(text) > width:
        while _cells(text) > width - 3:
            text = text[:-1]
        text += "..."
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
