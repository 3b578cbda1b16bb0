"""Copies of reports that call people by their names. Names are looked up now, and are kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.app.service_reports import history
from auditor.app.service_reports.people import names_of
from auditor.app.service_reports.tools import service_renderer

if TYPE_CHECKING:
    from auditor.app.service_reports.history import Kept
    from auditor.store.store import Reading


def export_named(
    reading: Reading, report: Mapping[str, Any], files: list[Kept], places: tuple[Path, Path | None]
) -> Iterator[Path]:
    """Render the kept document again, with names, into a folder. `places`: that folder, and one of own templates.

    The file names say that these are copies: their bytes are not those of the history. JSON has no names to fill in.
    """
    out, templates = places
    out.mkdir(parents=True, exist_ok=True)
    names, renderer = names_of(reading, report["account"]), service_renderer(templates)
    for kept in files:
        if kept.format == "json":
            continue
        document = history.document(reading, kept.report)
        path = out / kept.file_name.replace(f".{kept.language}.", f".{kept.language}.names.")
        path.write_bytes(renderer.render(document, kept.format, kept.language, names))
        yield path
