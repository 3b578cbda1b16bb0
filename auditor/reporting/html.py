"""The report as one offline HTML file.

Nothing in it makes a request. Its content security policy allows exactly the style and the script that are inlined,
by their SHA-256; customer data reaches the page only through Jinja2's autoescape.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

from auditor.reporting.document import document_of
from auditor.reporting.model import ReportDocument
from auditor.reporting.pages import content_policy, environment, inline

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from auditor.sdk.rendering import StoredResult

_SET = "default"
_PAGE = "report.html.j2"
_STYLE = "style.css"
_SCRIPT = "report.js"
_BUFFER = 1 << 16
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 .,:_-]")


class HtmlRenderer:
    """Renders `report.html` with the template set `default`.

    `templates` are folders that hold template sets; the first one that has a template gives it: the customer's folder,
    then plugins, then the built-in one. `cache` is a folder that keeps compiled templates between runs.
    """

    name = "html"
    file_name = "report.html"

    def __init__(self, templates: Sequence[Traversable], cache: Path | None = None) -> None:
        self._templates = templates
        self._cache = cache

    def render(self, stored: StoredResult, out: BinaryIO) -> None:
        """Write the page; ResultError names a template that is missing or breaks the content policy."""
        render(document_of(stored), out, self._templates, self._cache)


def render(
    document: ReportDocument, out: BinaryIO, templates: Sequence[Traversable], cache: Path | None = None
) -> None:
    """Write the page of a document; ResultError names a template that is missing or breaks the content policy."""
    templating = environment(templates, _SET, cache)
    style = inline(templating, _STYLE, "</style") + _running_header(document)
    script = inline(templating, _SCRIPT, "</script")
    page = templating.get_template(_PAGE).generate(
        report=document, style=style, script=script, policy=content_policy(style, script)
    )
    pending: list[str] = []
    length = 0
    for piece in page:
        pending.append(piece)
        length += len(piece)
        if length > _BUFFER:
            out.write("".join(pending).encode())
            pending, length = [], 0
    out.write("".join(pending).encode())


def _running_header(document: ReportDocument) -> str:
    """What stands at the top of each printed page. Only plain characters: this is CSS, not HTML."""
    text = _NOT_PLAIN.sub("?", f"{document.title} - as of {document.as_of}")
    return f'@page {{ @top-left {{ content: "{text}"; }} }}\n'
