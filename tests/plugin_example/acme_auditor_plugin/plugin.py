"""The hooks that this plugin implements; everything heavy is imported by the module that needs it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from auditor.sdk.hookspecs import hookimpl

if TYPE_CHECKING:
    import click

    from auditor.sdk.reading import Reader
    from auditor.sdk.rendering import Renderer


@hookimpl
def auditor_checks() -> Sequence[Traversable]:
    """The checks and the collection steps of this plugin."""
    return [files("acme_auditor_plugin") / "checks"]


@hookimpl
def auditor_readers() -> Sequence[Reader]:
    """The reader of door controllers' exports."""
    from acme_auditor_plugin.reader import DoorReader

    return [DoorReader()]


@hookimpl
def auditor_renderers() -> Sequence[Renderer]:
    """The list of checks as Markdown."""
    from acme_auditor_plugin.renderer import ListRenderer

    return [ListRenderer()]


@hookimpl
def auditor_commands(group: click.Group) -> None:
    """`auditor acme-sample`."""
    from acme_auditor_plugin.command import sample

    group.add_command(sample)
