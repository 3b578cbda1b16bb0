"""auditor intake"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from auditor.cli import exits
from auditor.cli.options import limits_option


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="For people, or everything for programs (auditor schema intake).")  # fmt: skip
@click.option("--snapshot", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Store every value that was read as lines of JSON, secrets taken out.")  # fmt: skip
@click.option("--product", "products", multiple=True, help="Only this product, such as kesl or ksc. Repeatable.")
@limits_option
def intake(**options: Any) -> int:
    """Show what exports hold, what became of every file, and what is missing for a full audit.

    PATHS are files, folders, zip or tar.gz archives. Nothing is judged, and nothing leaves this computer.

    Exit codes: 0 everything was read or is known not to be readable; 4 files are broken or were skipped by a limit;
    3 nothing could be read; 2 wrong usage; 1 internal error.
    """
    from auditor.app.intake import IntakeRequest, run_intake

    is_json = options["style"] == "json"
    request = IntakeRequest(options["paths"], options["products"], options["snapshot"], options["limits"], is_json)
    report = run_intake(request)
    if is_json:
        _print_json(report)
    else:
        from auditor.reporting.intake_text import print_intake

        print_intake(report, sys.stdout, str(options["snapshot"] or ""))
    return exit_code(report)


def exit_code(report: dict[str, Any]) -> int:
    """The documented exit code of an intake report."""
    summary = report["summary"]
    if not summary["readable"]:
        return exits.BAD_INPUT
    return exits.OK if summary["complete"] else exits.INCOMPLETE


def _print_json(report: dict[str, Any]) -> None:
    import orjson

    from auditor.engine.encode import dumps

    click.echo(dumps(report, orjson.OPT_INDENT_2))
