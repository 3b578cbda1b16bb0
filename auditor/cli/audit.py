"""auditor audit"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli import exits
from auditor.cli.options import language_option, limits_option

if TYPE_CHECKING:
    from auditor.reporting.reader import StoredResult

ALL_FORMATS = ("html", "checklist", "findings")
SEVERITIES = ("critical", "high", "medium", "low", "info", "never")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the result.")
@click.option("--baseline", default="recommended", show_default=True, help="What to judge against.")
@click.option(
    "--waivers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Accepted findings (YAML)."
)
@click.option(
    "--as-of", default="", metavar="DATE", help="Judge ages as of this day. Default: when the data were collected."
)
@click.option("--fail-on", type=click.Choice(SEVERITIES), default="high", show_default=True,
              help="Exit with 10 when a finding is this severe or worse.")  # fmt: skip
@click.option("--format", "formats", multiple=True, metavar="NAME",
              help="json, html, checklist, findings or a plugin's. Repeatable; default: the first four.")  # fmt: skip
@click.option("--content", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="A folder with further checks and baselines (YAML). Repeatable.")  # fmt: skip
@click.option("--templates", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Own templates.")
@click.option("--jobs", type=click.IntRange(0, 64), default=0, help="Processes; 0 chooses.", show_default=True)
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@language_option
@limits_option
def audit(**options: Any) -> int:
    """Audit exports: files, folders, zip or tar.gz archives.

    Writes result.json, checklist.csv, findings.csv and report.html into --out. Nothing leaves this computer.

    Exit codes: 0 complete, nothing at --fail-on or above; 10 complete with such findings; 4 a complete run was
    impossible; 3 bad input or content; 2 wrong usage; 1 internal error.
    """
    from auditor.app.audit import Request, run_audit
    from auditor.app.plugins import load_plugins
    from auditor.app.reports import Look, chosen_renderers, write_reports
    from auditor.reporting.reader import StoredResult

    look = Look(options["templates"], options["languages"], options["content"])
    chosen = chosen_renderers(options["formats"] or ALL_FORMATS, load_plugins(), look)
    request = Request(
        paths=options["paths"],
        out=options["out"],
        baseline=options["baseline"],
        waivers=options["waivers"],
        as_of=options["as_of"],
        content=options["content"],
        limits=options["limits"],
        jobs=options["jobs"],
    )
    progress = None if options["quiet"] else _Progress()
    try:
        result = run_audit(request, progress)
    finally:
        if progress is not None:
            progress.clear()
    stored = StoredResult(result, request.out)
    written = write_reports(stored, request.out, chosen)
    code = exit_code(result, options["fail_on"])
    if not options["quiet"]:
        streams = [request.out / stream["file"] for stream in result["streams"].values()]
        _print(stored, [request.out / "result.json", *streams, *written], code)
    return code


def exit_code(result: dict[str, Any], fail_on: str) -> int:
    """The documented exit code of a result."""
    summary = result["summary"]
    if not summary["complete"]:
        return exits.INCOMPLETE
    if fail_on == "never":
        return exits.OK
    at_least = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    found = any(summary["findings_by_severity"].get(severity) for severity in at_least)
    return exits.FINDINGS if found else exits.OK


class _Progress:
    """A counter on the error stream of a terminal, so that long work is seen to move."""

    def __init__(self) -> None:
        self._shown = 0.0
        self._active = sys.stderr.isatty()

    def __call__(self, files: int) -> None:
        now = time.monotonic()
        if self._active and now - self._shown > 0.2:
            self._shown = now
            sys.stderr.write(f"\r{files} files read")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._active and self._shown:
            sys.stderr.write("\r\x1b[K")


def _print(stored: StoredResult, files: list[Path], code: int) -> None:
    from auditor.reporting.terminal import print_summary

    print_summary(stored, [str(path) for path in files], code, sys.stdout)
