"""auditor schema NAME"""

from __future__ import annotations

import click

NAMES = (
    "result", "check", "baseline", "waivers", "collection", "intake", "programme", "manifest", "service-report",
    "engagement",
)  # fmt: skip


@click.command()
@click.argument("name", type=click.Choice(NAMES))
def schema(name: str) -> None:
    """Print a published JSON Schema, such as that of the result or of a check."""
    from importlib.resources import files

    click.echo((files("auditor.sdk") / "schemas" / f"{name}.schema.json").read_text("utf-8"), nl=False)
