"""auditor checks list|show|test|new|untranslated"""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli import exits


@click.group()
def checks() -> None:
    """List, show, test, create and translate checks."""


_content = click.option(
    "--content",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A further folder of checks (YAML). Repeatable.",
)


@checks.command("list")
@click.option("--product", help="Only this product, such as kesl.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@_content
def list_checks(product: str | None, style: str, content: tuple[Path, ...]) -> None:
    """List the catalogue: id, severity, form, title."""
    from auditor.app.checks import catalogue_rows

    rows = catalogue_rows(content, product)
    if style == "json":
        import orjson

        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    for row in rows:
        click.echo(f"{row['id']:<16} {row['severity']:<9} {row['form']:<7} {row['title']}")
    click.echo(f"{len(rows)} checks")


@checks.command()
@click.argument("check_id")
@_content
def show(check_id: str, content: tuple[Path, ...]) -> None:
    """Show one check as its documentation page."""
    from auditor.app.checks import check_page

    click.echo(check_page(check_id, content))


@checks.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--mutants", is_flag=True, help="Also change each operator, threshold and word: an example must notice.")
def test(paths: tuple[Path, ...], mutants: bool) -> int:
    """Run the examples of all shipped checks, or of the checks in the PATHs (yours or ours)."""
    from auditor.app.checks import test_checks

    report = test_checks(paths, mutants=mutants)
    for line in report.problems:
        click.echo(line, err=True)
    click.echo(report.summary)
    return exits.BAD_INPUT if report.problems else exits.OK


@checks.command()
@click.argument("check_id")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where to write it.")
@click.option("--form", type=click.Choice(["expect", "schema", "python", "manual"]), default="expect")
def new(check_id: str, folder: Path, form: str) -> None:
    """Write the skeleton of a check, ready to be filled."""
    from auditor.app.checks import write_skeleton

    click.echo(f"written: {write_skeleton(check_id, folder, form)}")


@checks.command()
@click.argument("language", metavar="LANGUAGE")
@_content
def untranslated(language: str, content: tuple[Path, ...]) -> int:
    """Write what has no translation into LANGUAGE (es, it, ru, pt) as YAML to be filled in, with empty translations.

    What is translated in vain, because no check says it any more, is told on the error stream.
    """
    from auditor.app.check_texts import as_yaml, coverage

    found = coverage(language, content)
    click.echo(as_yaml(found.missing), nl=False)
    for english in found.stale:
        click.echo(f"no longer said: {english}", err=True)
    return exits.BAD_INPUT if found.missing or found.stale else exits.OK
