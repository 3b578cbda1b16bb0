"""A questionnaire as a workbook: questions that nobody changes by mistake, and cells to fill in.

The first row of the sheet is hidden and names the columns for the import; the second one names them for people.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from auditor.app.findings.questions import ANSWERED, ASKED, FORMAT
from auditor.app.findings.wording import FindingWords
from auditor.engagement.findings import ANSWERS

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

COLUMNS = (*ASKED, "allowed", "earlier", *ANSWERED)
DATES = frozenset({"date", "valid_until"})
HEADER_ROW = 1
FIRST_ROW = 2
_WIDTHS: Mapping[str, int] = {
    "check": 15, "title": 30, "question": 44, "why": 40, "show": 34, "allowed": 16, "earlier": 24, "answer": 16,
    "author": 24, "date": 12, "evidence": 40, "valid_until": 12, "remark": 30,
}  # fmt: skip
_LONGEST_CELL = 32_000
_IN_MEMORY = {"in_memory": True}
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)


def workbook_bytes(about: Mapping[str, str], rows: Sequence[Mapping[str, Any]], language: str) -> bytes:
    """The workbook. `about` is told on the second sheet; rows hold text by column, dates for days, None for nothing.

    The same content gives the same bytes.
    """
    from xlsxwriter import Workbook

    words = FindingWords(language)
    out = io.BytesIO()
    with Workbook(out, _IN_MEMORY) as book:
        book.set_properties({"title": words.phrases.say("sheet_questions"), "created": datetime(2000, 1, 1)})  # noqa: DTZ001
        _questions(book, rows, words)
        _about(book, about, words)
    return out.getvalue()


def _questions(book: Workbook, rows: Sequence[Mapping[str, Any]], words: FindingWords) -> None:
    sheet = book.add_worksheet(words.phrases.say("sheet_questions"))
    looks = _Looks(book)
    for place, name in enumerate(COLUMNS):
        sheet.set_column(place, place, _WIDTHS[name])
        sheet.write_string(0, place, f"{FORMAT}:{name}")
        sheet.write_string(HEADER_ROW, place, words.phrases.say(f"column_{name}"), looks.header)
    sheet.set_row(0, None, None, {"hidden": True})
    for number, row in enumerate(rows, FIRST_ROW):
        for place, name in enumerate(COLUMNS):
            _cell(sheet, (number, place), row.get(name), looks.of(name))
    _validate(sheet, FIRST_ROW + max(len(rows), 1) - 1, words)
    _lay_out(sheet, len(rows))


def _cell(sheet: Worksheet, at: tuple[int, int], value: Any, look: Format) -> None:
    """Text is text, whatever it begins with."""
    if isinstance(value, date):
        sheet.write_datetime(*at, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001  # a cell has no zone
    elif value:
        sheet.write_string(*at, str(value)[:_LONGEST_CELL], look)
    else:
        sheet.write_blank(*at, None, look)


def _validate(sheet: Worksheet, last: int, words: FindingWords) -> None:
    """What may be answered, and that days are days."""
    say = words.phrases.say
    refused = {"error_title": say("refused_title"), "error_type": "stop"}
    answer = COLUMNS.index("answer")
    listed = [words.answer(one) for one in ANSWERS]
    told: dict[str, Any] = {"validate": "list", "source": listed, "error_message": say("refused_answer"), **refused}
    sheet.data_validation(FIRST_ROW, answer, last, answer, told)
    for name in sorted(DATES):
        place = COLUMNS.index(name)
        days = {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": _LAST_DAY}
        told = {**days, "error_message": say("refused_date"), **refused}
        sheet.data_validation(FIRST_ROW, place, last, place, told)


def _lay_out(sheet: Worksheet, rows: int) -> None:
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "select_locked_cells": True})
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + rows, len(COLUMNS) - 1)
    sheet.repeat_rows(HEADER_ROW)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _about(book: Workbook, about: Mapping[str, str], words: FindingWords) -> None:
    """How to fill it in, and what it belongs to; the hidden third column names the values for the import."""
    say = words.phrases.say
    sheet = book.add_worksheet(say("sheet_about"))
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.set_column(2, 2, None, None, {"hidden": True})
    row = 0
    for name, value in about.items():
        sheet.write_string(row, 0, say(f"about_{name}"), bold)
        sheet.write_string(row, 1, value, wrap)
        sheet.write_string(row, 2, name)
        row += 1
    for number in range(1, 6):
        sheet.write_string(row + number, 0, f"{number}.", bold)
        sheet.write_string(row + number, 1, say(f"how_{number}"), wrap)
    sheet.protect("")


class _Looks:
    """Formats: what the tool wrote is grey and locked, what people fill in is white and free."""

    def __init__(self, book: Workbook) -> None:
        base = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
        self.header = book.add_format({**base, "bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF"})
        self._asked = book.add_format({**base, "bg_color": "#F2F2F2", "locked": True})
        self._free = book.add_format({**base, "locked": False, "num_format": "@"})
        self._day = book.add_format({**base, "locked": False, "num_format": "yyyy-mm-dd", "align": "left"})

    def of(self, name: str) -> Format:
        """The look of a column's cells."""
        if name in DATES:
            return self._day
        return self._free if name in ANSWERED else self._asked
