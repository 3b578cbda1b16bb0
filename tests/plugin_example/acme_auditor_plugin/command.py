"""`auditor acme-sample`"""

from __future__ import annotations

import click

from acme_auditor_plugin.reader import FIRST_LINE


@click.command("acme-sample")
def sample() -> None:
    """Print a sample export of a door controller."""
    click.echo(f"{FIRST_LINE}\ncontroller: north-gate\nfirmware: 2.4\nunlock_seconds: 8")
