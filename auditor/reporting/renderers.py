"""The renderers that come with the tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.reporting.csv_files import ChecklistRenderer, FindingsRenderer
from auditor.reporting.html import HtmlRenderer

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from auditor.phrases.texts import Texts
    from auditor.sdk.rendering import Renderer


def built_in(
    templates: Sequence[Traversable], cache: Path | None = None, language: str = "en", texts: Texts | None = None
) -> tuple[Renderer, ...]:
    """HTML, checklist and findings in a language. `templates` are folders of template sets, the overriding one first.

    `cache` is a folder for compiled templates, `texts` are those of the content in the language. UsageProblem for a
    language that there is not.
    """
    return (
        HtmlRenderer(templates, cache, language, texts),
        ChecklistRenderer(language, texts),
        FindingsRenderer(language, texts),
    )
