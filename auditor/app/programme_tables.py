"""Support programmes as tables on a terminal. Every mark has a footnote that explains it and cites the source."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from auditor.accounts.programme_saying import Sayings, badge, with_badge
from auditor.accounts.programmes import LEVELS, Programme, level_meaning
from auditor.app.lines import width_of
from auditor.app.programme_facts import OVERVIEW, Fact, facts, statements
from auditor.reporting.text import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

LABEL, COLUMN = 20, 16
"""Characters for the names of rows, and the least that a column of a comparison needs."""

_MARKED = "yellow"
_GAP = 2


class Footnotes:
    """Numbers the reasons of marks as they come up; the same reason is told once, with all its sources."""

    def __init__(self) -> None:
        self._sources: dict[tuple[tuple[str, ...], str], dict[str, None]] = {}

    def number(self, fact: Fact) -> int:
        """The number of the footnote for a value, 0 where there is nothing to explain."""
        if not fact.marks and not fact.note:
            return 0
        sources = self._sources.setdefault((fact.marks, fact.note), {})
        sources.update(dict.fromkeys(fact.source.split("; ")))
        return list(self._sources).index((fact.marks, fact.note)) + 1

    def lines(self, sayings: Sayings) -> Iterator[str]:
        """One line for each footnote: badge, what the marks mean, why they are set, and the sources."""
        for number, ((marks, note), sources) in enumerate(self._sources.items(), start=1):
            meaning = ", ".join(sayings.phrases.say(f"mark_{mark}") for mark in marks)
            said = f"{meaning}: {note}" if meaning else note
            yield f"{badge(marks, number)} {said} {sayings.phrases.say('note_source', source=_together(sources))}"


class Page:
    """Collects tables and lines for a stream and writes them as wide as it is, within reason."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.width = width_of(stream)
        self._parts: list[RenderableType] = []

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """A paragraph."""
        self._parts.append(Padding(Text(one_line(text), style), (0, 0, 0, indent)))

    def table(self, header: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[Text]]) -> None:
        """Rows under a header; text wraps inside its column."""
        table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="dim")
        for name, width in zip(header, widths, strict=True):
            table.add_column(one_line(name), width=width, overflow="fold")
        for row in rows:
            table.add_row(*row)
        self._parts.append(table)

    def write(self) -> None:
        """Write it all; what the stream's encoding cannot write becomes an escape."""
        buffer = io.StringIO()
        console = Console(
            file=buffer,
            width=self.width,
            force_terminal=self._coloured,
            color_system="standard" if self._coloured else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        for part in self._parts:
            console.print(part)
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        lines = (line.rstrip() for line in buffer.getvalue().splitlines())
        text = "".join(f"{line}\n" for line in lines)
        self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def write_list(programmes: Sequence[Programme], sayings: Sayings, stream: TextIO) -> None:
    """One row for each programme."""
    page, notes, say = Page(stream), Footnotes(), sayings.phrases.say
    header = (say("head_id"), say("head_programme"), *(_heading(name, sayings) for name in OVERVIEW))
    rows = []
    for programme in programmes:
        found = {fact.name: fact for fact in facts(programme, sayings)}
        values = [_cell(found[name], notes, only_marked=True) for name in OVERVIEW]
        rows.append([Text(programme.id, "bold"), _text(programme.name_in(sayings.language)), *values])
    others = (page.width - 14 - 5 * _GAP) // 4
    page.table(header, (14, *(others,) * 4), rows)
    _end(page, notes, sayings)


def write_programme(programmes: Sequence[Programme], sayings: Sayings, stream: TextIO) -> None:
    """Everything about one programme: its values, each with its source, then what else is stated or open."""
    (programme,) = programmes
    page, notes, say = Page(stream), Footnotes(), sayings.phrases.say
    title = f"{programme.name_in(sayings.language)} ({programme.id})"
    page.line(f"{title}, {say('head_version').lower()} {programme.version}", "bold")
    page.line()
    value = (page.width - LABEL - 3 * _GAP) * 2 // 5
    widths = (LABEL, value, page.width - LABEL - value - 3 * _GAP)
    rows = [[_text(fact.label), _cell(fact, notes), _text(fact.source, "dim")] for fact in facts(programme, sayings)]
    page.table(("", say("head_value"), say("head_source")), widths, rows)
    _clock(page, sayings)
    page.line()
    page.line(say("head_levels"), "bold")
    for level in LEVELS:
        page.line(f"{sayings.level(level)}: {level_meaning(level, sayings.language)}", indent=2)
    _statements(page, programme, notes, sayings)
    if programme.links:
        page.line()
        page.line(say("head_links"), "bold")
        for link in programme.links:
            page.line(link, indent=2)
    _end(page, notes, sayings)


def write_comparison(programmes: Sequence[Programme], sayings: Sayings, stream: TextIO) -> None:
    """Programmes side by side; as many beside each other as can be read, the rest in further tables."""
    page, notes = Page(stream), Footnotes()
    found = [(programme, facts(programme, sayings)) for programme in programmes]
    room = max(1, (page.width - LABEL - _GAP) // (COLUMN + _GAP))
    tables = -(-len(found) // room)
    beside = -(-len(found) // tables)
    for start in range(0, len(found), beside):
        if start:
            page.line()
        part = found[start : start + beside]
        width = (page.width - LABEL - _GAP) // len(part) - _GAP
        rows = [
            [_text(line[0].label), *(_cell(fact, notes, only_marked=True) for fact in line)]
            for line in zip(*(row for _, row in part), strict=True)
        ]
        header = ("", *(programme.name_in(sayings.language) for programme, _ in part))
        page.table(header, (LABEL, *(width,) * len(part)), rows)
    _clock(page, sayings)
    _end(page, notes, sayings)


def _statements(page: Page, programme: Programme, notes: Footnotes, sayings: Sayings) -> None:
    stated = list(statements(programme, sayings))
    steps = [fact for fact in stated if fact.name.startswith("avdb_step_")]
    if steps:
        page.line()
        page.line(sayings.phrases.say("head_steps"), "bold")
    for fact in steps:
        page.line(f"{fact.label}. {with_badge(fact.text, fact.marks, notes.number(fact))}", indent=2)
    terms = stated[len(steps) :]
    for label, group in groupby(terms, key=lambda fact: fact.label):
        page.line()
        page.line(label, "bold")
        for fact in group:
            page.line(f"- {with_badge(fact.text, fact.marks, notes.number(fact))}", indent=2)


def _together(citations: Iterable[str]) -> str:
    """Citations of the same document under one name, such as: MSA Enterprise (es): "30 min", "2 horas"."""
    printed: dict[str, list[str]] = {}
    for citation in citations:
        document, _, words = citation.partition(': "')
        printed.setdefault(document, []).extend([f'"{words}'] if words else [])
    return "; ".join(f"{document}: {', '.join(words)}" if words else document for document, words in printed.items())


def _clock(page: Page, sayings: Sayings) -> None:
    page.line()
    page.line(sayings.phrases.say("clock_line"), "dim")
    page.line(sayings.phrases.say("response_line"), "dim")


def _end(page: Page, notes: Footnotes, sayings: Sayings) -> None:
    lines = list(notes.lines(sayings))
    if lines:
        page.line()
        page.line(sayings.phrases.say("head_marks"), "bold")
    for line in lines:
        page.line(line, indent=2)
    page.write()


def _heading(name: str, sayings: Sayings) -> str:
    return sayings.level(1) if name == "level_1" else sayings.label(name)


def _cell(fact: Fact, notes: Footnotes, *, only_marked: bool = False) -> Text:
    """A value with the number of its footnote; `only_marked` leaves out notes of values without marks."""
    number = 0 if only_marked and not fact.marks else notes.number(fact)
    return _text(with_badge(fact.text, fact.marks, number), _MARKED if fact.marks else "")


def _text(text: str, style: str = "") -> Text:
    return Text(one_line(text), style)
