"""Options that the commands about database releases and private patches share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from auditor.cli.incident_options import LEVEL, Command, hands_in, happens, language_option, limit_option, quota_option
from auditor.cli.options import together

__all__ = ["asks", "changes", "file_options", "limit_option", "note_option"]

note_option = click.option("--note", default="", metavar="TEXT", help="What there is to say about it.")

_opening = together(
    click.option("--level", type=LEVEL, required=True, help="Severity, 1 critical to 4 low."),
    click.option("--product", required=True, help="The product it is about."),
    click.option("--product-version", required=True, help="Its version."),
    click.option("--by", "reported_by", default="", metavar="ID", help="The contact who hands it in (or person:ID)."),
    click.option(
        "--channel",
        type=click.Choice(["portal", "phone", "e-mail", "tam"]),
        default="portal",
        show_default=True,
        help="How it came in.",
    ),
    click.option("--kind", type=click.Choice(["premium", "standard"]), help="Default: premium under a contract."),
    click.option("--description", default="", help="The matter in full."),
    click.option("--contract", default="", metavar="ID", help="Needed where several contracts are in force."),
    click.option(
        "--confirm-entitlement",
        "confirmed",
        default="",
        metavar="WHO",
        help="Who said that the service is included, where the programme does not say.",
    ),
    quota_option,
)


def asks(command: Command) -> Command:
    """What every request states, as `asked` (keywords of Asked) and `confirmed`; `session`, `when` and `language`."""
    import functools

    names = (
        "level", "product", "product_version", "reported_by", "channel", "kind", "description", "contract", "override",
    )  # fmt: skip

    @functools.wraps(command)
    def gathered(**given: Any) -> Any:
        asked = {name: given.pop(name) for name in names}
        return command(asked=asked, **given)

    return _opening(language_option(hands_in(gathered)))


def changes(command: Command) -> Command:
    """INCIDENT and what every change states: `incident`, `session`, `when` and `language`."""
    return click.argument("incident", metavar="INCIDENT")(language_option(happens(command)))


def file_options(name: str, what: str) -> Callable[[Command], Command]:
    """A file by --file, or its name by an option `name` and --sha256, as `path`, `name` and `sha256`."""

    def decorate(command: Command) -> Command:
        path = click.option(
            "--file",
            "path",
            metavar="PATH",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help=f"{what}: read for its name and SHA-256; it is not copied.",
        )
        sha256 = click.option("--sha256", default="", metavar="HEX", help="SHA-256, where the file is not at hand.")
        named = click.option(name, "file_name", default="", metavar="NAME", help="Its name, where it is another one.")
        return path(sha256(named(command)))

    return decorate
