"""auditor history ACCOUNT"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from auditor.cli.store_option import db_option

_KINDS = ("account", "contract", "people", "incident", "report", "patch", "health_check", "finding", "notification")
_LANGUAGES = ("en", "es", "it", "ru", "pt", "pt-BR", "pt-PT")


@click.command()
@click.argument("account")
@click.option("--from", "start", default="", metavar="TIME", help="Since when, local to the account.")
@click.option("--to", "end", default="", metavar="TIME", help="Until before when.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(_KINDS),
    help="Only these. Repeatable; without it all but findings and messages, which are many.",
)
@click.option("--incident", default="", metavar="ID", help="Only what concerns one request.")
@click.option("--text", "words", default="", metavar="WORDS", help="Only entries that hold all these words.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="For people, for programs, or for a spreadsheet. JSON and CSV name people by their ids.",
)
@click.option(
    "--language", type=click.Choice(_LANGUAGES), default=None, help="Language; without it the account's first."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default="-",
    metavar="FILE",
    help="Write to a file in place of the screen.",
)
@db_option
def history(account: str, style: str, language: str | None, out: Path, db: str | None, **wanted: Any) -> None:
    """Everything that happened to an account on one line of time, the newest last."""
    from auditor.app.history import Filter
    from auditor.app.history_files import write_history

    file: Path | BinaryIO = sys.stdout.buffer if str(out) == "-" else out
    write_history(db, account, Filter(**wanted), (style, language or ""), file)
