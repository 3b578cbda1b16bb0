"""The hooks of the plugin interface. A plugin implements any of them; docs/plugins.md shows each with an example."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import click

    from auditor.sdk.reading import Reader
    from auditor.sdk.rendering import Renderer

hookspec = pluggy.HookspecMarker("auditor")
hookimpl = pluggy.HookimplMarker("auditor")


@hookspec
def auditor_checks() -> Sequence[Traversable]:  # type: ignore[empty-body]
    """Folders of check files, mappings and collection steps (`importlib.resources.files(...)`)."""


@hookspec
def auditor_baselines() -> Sequence[Traversable]:  # type: ignore[empty-body]
    """Folders of baseline files."""


@hookspec
def auditor_templates() -> Sequence[Traversable]:  # type: ignore[empty-body]
    """Folders with template sets that take precedence over the built-in ones."""


@hookspec
def auditor_readers() -> Sequence[Reader]:  # type: ignore[empty-body]
    """Readers of further export formats; asked before the built-in ones."""


@hookspec
def auditor_renderers() -> Sequence[Renderer]:  # type: ignore[empty-body]
    """Renderers of further report formats, offered as `--format NAME`."""


@hookspec
def auditor_commands(group: click.Group) -> Any:
    """Add commands to the command line."""
