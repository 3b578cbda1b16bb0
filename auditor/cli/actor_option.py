"""The option `--as`: in whose name something is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def actor_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--as person:ID or contact:ID as the argument `acting`; "" means whoever runs the command."""
    decorate = click.option(
        "--as",
        "acting",
        default="",
        metavar="WHO",
        help="In whose name it is recorded: person:ID or contact:ID. Without it the user who runs the command.",
    )
    return decorate(command)
