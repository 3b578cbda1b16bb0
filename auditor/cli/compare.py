"""auditor compare"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.incident_options import language_option, style_option, with_session
from auditor.cli.store_option import db_option

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session

_RESULT = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("earlier", type=_RESULT)
@click.argument("later", type=_RESULT)
@click.option("--account", default="", metavar="ID", help="Count what people said about this account's findings, too.")
@language_option
@style_option("text", "json", "csv")
@db_option
@with_session
def compare(session: Session, earlier: Path, later: Path, account: str, language: str) -> None:
    """Compare two stored results (folders, or their result.json): what is new, fixed, still there.

    Says how the score moved: by what was changed at the customer's, and by another yardstick. What a run could not
    judge is not called fixed. No account is needed.
    """
    from auditor.app.findings import compare_views

    compare_views.compare_results(session, (earlier, later), account, language, sys.stdout)
