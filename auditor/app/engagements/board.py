"""A board of engagements: weeks down, account managers across; in the terminal and as a page."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from auditor.app.accounts import loading
from auditor.app.accounts.showing import Sheet, write_json
from auditor.app.engagements.circles import STREAM
from auditor.app.moments import day_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.app.accounts.session import Session
    from auditor.reporting.service.model import Page

_WEEK = timedelta(weeks=1)
Board = dict[date, dict[str, list[dict[str, Any]]]]
"""Monday of a week -> account manager -> engagements, by day."""


def board(session: Session, first: str, weeks: int, html: Path | None, stream: TextIO) -> None:
    """Show the board, and write it as a page when a file is named."""
    with session.reading() as (reading, at):
        engagements = [one for one in reading.documents(STREAM).values() if one["start_day"]]
        names = {one.id: loading.name_of(reading, "person", one.id) for one in loading.people_of(reading)}
    start = day_from(first) if first else at.date()
    made = arranged(engagements, start, weeks)
    tams = sorted({one["tam"] for week in made.values() for held in week.values() for one in held})
    if html is not None:
        from auditor.app.engagements.pages import render

        html.write_bytes(render(board_page(made, tams, names)))
        stream.write(f"Page: {html}\n")
        return
    if session.style == "json":
        write_json([{"week": week.isoformat(), "held": held} for week, held in made.items()], stream)
        return
    sheet = Sheet(stream)
    rows = [(_week(week), *_cells(held, tams)) for week, held in made.items()]
    sheet.grid(("week", *(names.get(tam, tam) for tam in tams)), rows, "No engagement has a day.")
    sheet.write()


def arranged(engagements: list[dict[str, Any]], start: date, weeks: int) -> Board:
    """Engagements with a day, by week and account manager. Every week is there, also those without any."""
    monday = start - timedelta(days=start.weekday())
    made: Board = {monday + number * _WEEK: defaultdict(list) for number in range(weeks)}
    for one in sorted(engagements, key=lambda one: (one["start_day"], one["id"])):
        if one["state"] in {"cancelled", "expired"}:
            continue
        day = date.fromisoformat(one["start_day"])
        week = day - timedelta(days=day.weekday())
        if week in made:
            made[week][one["tam"]].append(one)
    return {week: dict(held) for week, held in made.items()}


def board_page(made: Board, tams: list[str], names: Mapping[str, str]) -> Page:
    """The board as a page of the reports' kind."""
    from auditor.reporting.service import model

    rows = tuple(
        (model.Cell(_week(week)), *(model.Cell(text) for text in _cells(held, tams))) for week, held in made.items()
    )
    columns = (model.Column("Week", "time"), *(model.Column(names.get(tam, tam)) for tam in tams))
    table = model.Table("Weeks and account managers", columns, rows, row_heads=True, empty="No engagement has a day.")
    count = sum(len(held) for week in made.values() for held in week.values())
    weeks = list(made)
    span = f"{weeks[0].isoformat()} to {(weeks[-1] + _WEEK - timedelta(days=1)).isoformat()}"
    return model.Page(
        language="en",
        kind="board",
        title="Health Checks",
        headline=model.Cell(f"{count} engagements, {span}"),
        lead=(),
        notices=(),
        facts=(),
        sections=(model.Section("board", "Board", (table,)),),
        footer="",
        labels=model.Labels("Skip to the content", "Contents", "{name}, can be scrolled", ("Page ", " of ", "")),
        printed=f"Health Checks, {span}",
    )


def _cells(held: Mapping[str, list[dict[str, Any]]], tams: list[str]) -> list[str]:
    return ["; ".join(_words(one) for one in held.get(tam, ())) for tam in tams]


def _week(monday: date) -> str:
    return f"{monday.isoformat()} W{monday.isocalendar().week:02}"


def _words(one: Mapping[str, Any]) -> str:
    day = date.fromisoformat(one["start_day"])
    return f"{day:%a} {day.day} {one['account']} ({one['state'].replace('_', ' ')})"
