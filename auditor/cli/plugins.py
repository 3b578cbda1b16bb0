"""auditor plugins list"""

from __future__ import annotations

import click

from auditor.cli import exits


@click.group()
def plugins() -> None:
    """List plugins and what became of them."""


@plugins.command("list")
def list_plugins() -> int:
    """Every plugin with its version, and every failure with its reason."""
    from auditor.app.plugins import load_plugins

    found = load_plugins()
    for plugin in found.loaded:
        click.echo(f"loaded  {plugin.name} {plugin.version}")
    for failure in found.failures:
        click.echo(f"failed  {failure.name}: {failure.message}", err=True)
    if not found.loaded and not found.failures:
        click.echo("no external plugins are installed")
    return exits.BAD_INPUT if found.failures else exits.OK
