"""auditor report"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from auditor.cli.options import language_option


@click.command()
@click.argument("result", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; default: that of the result.")
@click.option("--format", "formats", multiple=True, metavar="NAME",
              help="html, checklist, findings or a plugin's. Repeatable; default: the first three.")  # fmt: skip
@click.option("--content", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A folder with further checks, for their words in other languages. Repeatable.")  # fmt: skip
@click.option("--templates", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Your own templates.")
@language_option
def report(result: Path, out: Path | None, formats: tuple[str, ...], **look: Any) -> None:
    """Render reports again from a stored result (result.json or its folder), without the exports."""
    from auditor.app.plugins import load_plugins
    from auditor.app.reports import Look, render_stored

    path = result / "result.json" if result.is_dir() else result
    names = formats or ("html", "checklist", "findings")
    for written in render_stored(path, out or path.parent, names, load_plugins(), Look(**look)):
        click.echo(f"written: {written}")
