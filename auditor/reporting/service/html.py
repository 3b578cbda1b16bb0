"""A service report as one offline HTML file: no script, no request, a content policy that allows its style alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.reporting.pages import content_policy, environment, inline, template_mistakes
from auditor.reporting.service.model import Page

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

SET = "service"
_PAGE = "service.html.j2"
_STYLE = "service.css"


class Template:
    """The template set `service`, compiled once for many pages; see `HtmlRenderer` for `templates` and `cache`."""

    def __init__(self, templates: Sequence[Traversable], cache: Path | None = None) -> None:
        self._environment = environment(templates, SET, cache)

    @template_mistakes()
    def render(self, page: Page) -> bytes:
        """The page as bytes; ResultError for a template that is missing, has a mistake or breaks the content policy."""
        style = inline(self._environment, _STYLE, "</style") + _on_paper(page)
        text = self._environment.get_template(_PAGE).render(page=page, style=style, policy=content_policy(style))
        return text.encode("utf-8", "backslashreplace")


def _on_paper(page: Page) -> str:
    """What stands at the top and bottom of each printed page."""
    before, between, after = (_css(text) for text in page.labels.page)
    number = f'"{before}" counter(page) "{between}" counter(pages) "{after}"'
    return f'@page {{ @top-left {{ content: "{_css(page.printed)}"; }} @bottom-right {{ content: {number}; }} }}\n'


def _css(text: str) -> str:
    """Text for a CSS string. All but plain letters and digits is spelt by its number: nothing can end the string."""
    return "".join(char if char.isascii() and char.isalnum() else f"\\{ord(char):06x}" for char in text[:200])
