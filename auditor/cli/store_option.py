"""The option `--db` that every command working on the store has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def db_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--db LOCATION (or AUDITOR_DB) as the argument `db`; None means the file in the user's data folder."""
    decorate = click.option(
        "--db",
        envvar="AUDITOR_DB",
        metavar="LOCATION",
        help="The store: a file or postgresql://USER@HOST/NAME. Without it AUDITOR_DB, else the user's own file.",
    )
    return decorate(command)
