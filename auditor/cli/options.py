"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator; help lists them in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _limits(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> Any:
    from auditor.intake.limits import Limits

    stated = {}
    for value in values:
        name, equals, amount = value.partition("=")
        if not equals:
            raise click.BadParameter(f"{value!r}: write NAME=VALUE, for example max-file-bytes=128MiB")
        stated[name] = amount
    return Limits.from_options(stated)


def limits_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--limit NAME=VALUE as the argument `limits`."""
    decorate = click.option(
        "--limit",
        "limits",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_limits,
        help="Change a limit (docs/limits.md).",
    )
    return decorate(command)


def language_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--language as the argument `languages`: en, es, it, ru, pt, repeatable."""
    decorate = click.option(
        "--language",
        "languages",
        multiple=True,
        metavar="CODE",
        help="Language of reports: en, es, it, ru, pt. Repeatable; default: en.",
    )
    return decorate(command)
