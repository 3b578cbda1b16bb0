"""auditor baselines list|show|diff"""

from __future__ import annotations

from pathlib import Path

import click

_content = click.option(
    "--content",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with further checks and baselines. Repeatable.",
)


@click.group()
def baselines() -> None:
    """List, show and compare baselines."""


@baselines.command("list")
@_content
def list_baselines(content: tuple[Path, ...]) -> None:
    """Every baseline with its title and number of checks."""
    from auditor.app.baselines import overview

    for line in overview(content):
        click.echo(line)


@baselines.command()
@click.argument("name")
@_content
def show(name: str, content: tuple[Path, ...]) -> None:
    """What a baseline is for, and each check with its parameters and severity."""
    from auditor.app.baselines import describe

    for line in describe(name, content):
        click.echo(line)


@baselines.command()
@click.argument("first")
@click.argument("second")
@_content
def diff(first: str, second: str, content: tuple[Path, ...]) -> None:
    """What SECOND does differently from FIRST."""
    from auditor.app.baselines import differences

    for line in differences(first, second, content):
        click.echo(line)
