"""Pages about engagements, with the templates of service reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.app.content import cache_folder
from auditor.app.plugins import load_plugins
from auditor.reporting.service.html import Template

if TYPE_CHECKING:
    from auditor.reporting.service.model import Page


def render(page: Page) -> bytes:
    """The page as one offline HTML file."""
    contributed = reversed(load_plugins().contributions("auditor_templates"))
    return Template([folder for _, group in contributed for folder in group], cache_folder()).render(page)
