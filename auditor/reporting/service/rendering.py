"""One document, many files: HTML and CSV in each language, and the document itself as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from auditor.errors import UsageProblem
from auditor.reporting.service.csv_table import render_table
from auditor.reporting.service.daily_page import daily_page
from auditor.reporting.service.html import Template
from auditor.reporting.service.model import Page
from auditor.reporting.service.speech import Names, Speech
from auditor.reporting.service.summary_page import summary_page

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

FORMATS = ("html", "csv", "json")


class ServiceRenderer:
    """Renders documents with the template set `service`; see `HtmlRenderer` for `templates` and `cache`."""

    def __init__(self, templates: Sequence[Traversable], cache: Path | None = None) -> None:
        self._template = Template(templates, cache)

    def render(self, document: Mapping[str, Any], form: str, language: str, names: Names | None = None) -> bytes:
        """The file as bytes: the same document and language always give the same. UsageProblem for another format.

        Without `names` people are named by their ids only, as in everything that is kept.
        """
        if form == "json":
            return to_json(document)
        speech = Speech(language, document["period"]["zone"], names)
        if form == "csv":
            return render_table(document, speech)
        if form != "html":
            raise UsageProblem(f"no format is named {form}", hint=f"there are {', '.join(FORMATS)}")
        return self._template.render(page_of(document, speech))


def page_of(document: Mapping[str, Any], speech: Speech) -> Page:
    """The page of a document of any kind."""
    return (daily_page if document["kind"] == "daily" else summary_page)(document, speech)


def to_json(document: Mapping[str, Any]) -> bytes:
    """The document with sorted keys, indented for people; the same bytes for the same content."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
