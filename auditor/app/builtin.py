"""What the tool itself contributes, through the same hooks as any plugin."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from auditor.sdk.hookspecs import hookimpl


@hookimpl
def auditor_checks() -> Sequence[Traversable]:
    """The shipped catalogue, found by name: the tool never imports its content."""
    return [files("auditor_checks")]


@hookimpl
def auditor_baselines() -> Sequence[Traversable]:
    """The shipped baselines."""
    return [files("auditor_baselines")]


@hookimpl
def auditor_templates() -> Sequence[Traversable]:
    """The shipped template set."""
    return [files("auditor_report_templates")]
