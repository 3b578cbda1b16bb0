"""What making reports needs besides the store, put together when it is needed first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.app.service_reports.making import Tools

if TYPE_CHECKING:
    from auditor.accounts.programmes import Programmes
    from auditor.reporting.service.rendering import ServiceRenderer


def default_tools(folders: Sequence[Path] = (), templates: Path | None = None) -> Tools:
    """Programmes as every command finds them, templates of the customer, of plugins and of the tool itself."""

    @cache
    def programmes() -> Programmes:
        from auditor.app.programmes import library

        return library(folders)

    @cache
    def renderer() -> ServiceRenderer:
        return service_renderer(templates)

    return Tools(programmes, renderer)


def service_renderer(templates: Path | None = None) -> ServiceRenderer:
    """Renders service reports; a folder of the customer comes before those of plugins, the tool's own come last."""
    from auditor.app.content import cache_folder
    from auditor.app.plugins import load_plugins
    from auditor.reporting.service.rendering import ServiceRenderer

    own = [templates] if templates is not None else []
    contributed = reversed(load_plugins().contributions("auditor_templates"))
    return ServiceRenderer([*own, *(folder for _, group in contributed for folder in group)], cache_folder())
