"""auditor programme list|show|compare"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from auditor.cli.options import together

LANGUAGES = ("en", "es", "it", "ru", "pt")


_shared = together(
    click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True,
                 help="Language of names, values and notes."),
    click.option("--format", "style", type=click.Choice(["text", "json", "csv"]), default="text",
                 show_default=True, help="Tables for people, or every value with its evidence for programs."),
    click.option("--programmes", "folders", multiple=True, metavar="DIR",
                 type=click.Path(exists=True, file_okay=False, path_type=Path),
                 help="A folder with further programmes (auditor schema programme). Repeatable; the "
                      "environment variable AUDITOR_PROGRAMMES names folders, too."),
)  # fmt: skip
"""The options that every command here has."""


@click.group()
def programme() -> None:
    """List, show and compare support programmes and what they promise.

    Values that are uncertain, reconstructed from a damaged source or unknown carry a mark, and a footnote says why.
    """


@programme.command("list")
@_shared
def list_programmes(language: str, style: str, folders: tuple[Path, ...]) -> None:
    """Every programme with its quota and fastest response."""
    from auditor.app.programmes import library, write

    write(style, "list", list(library(folders).values()), language, sys.stdout)


@programme.command()
@click.argument("name", metavar="ID")
@click.option("--edition", default="", help="An edition of the programme; without it the newest version is shown.")
@_shared
def show(name: str, edition: str, language: str, style: str, folders: tuple[Path, ...]) -> None:
    """Everything about one programme, each value with its source."""
    from auditor.app.programmes import library, write

    write(style, "show", [library(folders).find(name, edition)], language, sys.stdout)


@programme.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@_shared
def compare(names: tuple[str, ...], language: str, style: str, folders: tuple[Path, ...]) -> None:
    """Programmes side by side; all of them without an ID."""
    from auditor.app.programmes import library, write

    known = library(folders)
    chosen = [known.find(name) for name in dict.fromkeys(names or known)]
    write(style, "compare", chosen, language, sys.stdout)
