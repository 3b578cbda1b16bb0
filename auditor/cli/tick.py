"""auditor tick"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditor.cli import exits
from auditor.cli.store_option import db_option

SENDER = "auditor@localhost.localdomain"


@click.command()
@click.option("--at", default="", metavar="TIME", help="Do what was due then (UTC unless an offset is given).")
@click.option("--watch", is_flag=True, help="Go on until SIGINT or SIGTERM.")
@click.option("--every", default="60s", show_default=True, metavar="TIME", help="With --watch: how often.")
@click.option(
    "--outbox",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="AUDITOR_OUTBOX",
    metavar="DIR",
    help="Write messages as .eml files into this folder, for any mail system to send; or AUDITOR_OUTBOX.",
)
@click.option("--sender", default=SENDER, show_default=True, metavar="ADDRESS", help="Where messages come from.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="JSON: one per line.",
)
@db_option
def tick(watch: bool, every: str, **asked: object) -> int:
    """Do all that is due: escalations, lists, reminders, reports, and messages about them; each exactly once.

    Call it every minute, or let it --watch. It may be late, be called twice at once or be killed at any time.

    Exit codes: 0 all that was due is done; 4 something could not be judged, the output says what.
    """
    from auditor.app.tick import console

    ticking = console.Ticking(**asked)  # type: ignore[arg-type]  # click has checked them
    if watch:
        console.forever(ticking, every, sys.stdout, sys.stderr)
        return exits.OK
    return exits.OK if console.once(ticking, sys.stdout) else exits.INCOMPLETE
