"""The renderers that come with the tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.reporting.csv_files import ChecklistRenderer, FindingsRenderer
from auditor.reporting.html import HtmlRenderer

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from auditor.sdk.rendering import Renderer


def built_in(templates: Sequence[Traversable], cache: Path | None = None) -> tuple[Renderer, ...]:
    """HTML, checklist and findings. `templates` are the folders of template sets, the one that overrides first.

    `cache` is a folder for compiled templates.
    """
    return (HtmlRenderer(templates, cache), ChecklistRenderer(), FindingsRenderer())
