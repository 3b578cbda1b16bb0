"""auditor questionnaire export|import"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.actor_option import actor_option
from auditor.cli.incident_options import language_option, style_option, with_session
from auditor.cli.store_option import db_option

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session


@click.group()
def questionnaire() -> None:
    """Interview questions of a result: out as a workbook or YAML, answers back in."""


@questionnaire.command()
@click.argument("scope", metavar="ENGAGEMENT|RESULT")
@click.option(
    "--out", required=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Where it is written: .xlsx or .yaml.",
)  # fmt: skip
@language_option
@db_option
@with_session
def export(session: Session, scope: str, out: Path, language: str) -> None:
    """Write every interview question of an engagement, or of the result in a folder.

    Answers that are still valid stand in it already.
    """
    from auditor.app.findings import questionnaire as exchange

    exchange.export(session, scope, out, language, sys.stdout)


@questionnaire.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--engagement", default="", metavar="ID", help="Whose answers these are; without it the file says it.")
@click.option("--account", default="", metavar="ID", help="For answers outside an engagement; needs --result.")
@click.option(
    "--result", metavar="DIR", type=click.Path(exists=True, path_type=Path),
    help="The result with the questions, where it is not the engagement's own.",
)  # fmt: skip
@actor_option
@style_option("text", "json")
@db_option
@with_session
def import_(session: Session, file: Path, engagement: str, account: str, result: Path | None) -> None:
    """Take the answers of a filled-in questionnaire: all of them, or none when something is wrong.

    The same file again changes nothing. Every answer needs who gave it, when, what was shown, and its last day.
    """
    from auditor.app.findings import questionnaire as exchange

    exchange.import_file(session, file, exchange.Whose(engagement, account, result), sys.stdout)
