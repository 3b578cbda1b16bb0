"""Golden reports: what a page says, as text, in every language. `python -m tests.accounts.reports.goldens` writes them.

Look at every changed line before keeping it.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

from auditor.accounts.reports.daily import daily, day_period
from auditor.accounts.reports.heading import Heading
from auditor.accounts.reports.periods import days, parse_period
from auditor.accounts.reports.selection import Filters, Selection
from auditor.accounts.reports.summary import summary
from auditor.phrases import LANGUAGES
from auditor.reporting.service.rendering import ServiceRenderer
from tests.accounts.reports.scenes import busy_quarter, utc

FOLDER = Path(__file__).parent / "golden"
_ENDS = {"p", "h1", "h2", "h3", "h4", "li", "tr", "dt", "dd", "a"}
_CELLS = {"td", "th"}


class _Text(HTMLParser):
    """What a reader sees: one line for each block, cells of a row divided by bars, what stands below by a slash."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [""]
        self._hidden: list[str] = []

    def handle_starttag(self, tag, attrs):
        if self._hidden or tag in {"style", "title"} or "vh" in str(dict(attrs).get("class")).split():
            self._hidden += [tag] if tag not in {"meta", "rect", "wbr"} else []
        elif tag == "small":
            self.lines[-1] += " / "

    def handle_endtag(self, tag):
        if self._hidden:
            self._hidden.pop()
        elif tag in _CELLS:
            self.lines[-1] += " | "
        elif tag in _ENDS:
            self.lines.append("")

    def handle_data(self, data):
        if not self._hidden:
            self.lines[-1] += data


def text_of(html: bytes) -> str:
    """The words of a page."""
    parser = _Text()
    parser.feed(html.decode())
    lines = (re.sub(r"[ \n]+", " ", line).strip(" |") for line in parser.lines)
    return "\n".join(line for line in lines if line) + "\n"


@cache
def renderer() -> ServiceRenderer:
    return ServiceRenderer((files("auditor_report_templates"),))


@cache
def documents():
    """A late daily report, a final one, a quarter, and one on demand about some requests that is not over."""
    material = busy_quarter().material()
    zone = "Europe/Madrid"

    def day(number, made, due):
        heading = Heading("daily", day_period(date(2026, 7, number), zone), utc(made), utc(due))
        return daily(heading, material)

    quarter = Heading("quarterly", parse_period("2026-Q3", zone), utc("2026-10-01T15:05"), utc("2026-10-14T22:00"))
    corrected = Heading(
        kind="on_demand",
        period=days(date(2026, 7, 1), date(2026, 8, 31), zone),
        made_at=utc("2026-08-12T09:00"),
        version=2,
        corrects="acme/on_demand/2026-07-01..2026-08-31/1",
        why="a call was recorded late",
    )
    some = Selection(Filters(levels=(1, 2), kinds=("premium",)), ("id", "title", "level", "response", "reported_by"))
    return {
        "daily-late": day(10, "2026-07-12T15:05", "2026-07-10T22:00"),
        "daily-final": day(13, "2026-07-13T15:05", "2026-07-13T22:00"),
        "quarterly": summary(quarter, material, Selection()),
        "on-demand": summary(corrected, material, some),
    }


def goldens():
    """Name of the file -> its content."""
    made = {}
    for name, document in documents().items():
        made[f"{name}.json"] = renderer().render(document, "json", "").decode()
        for language in LANGUAGES:
            made[f"{name}.{language}.txt"] = text_of(renderer().render(document, "html", language))
            made[f"{name}.{language}.csv"] = renderer().render(document, "csv", language).decode()
    return made


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in goldens().items():
        (FOLDER / name).write_bytes(content.encode())
