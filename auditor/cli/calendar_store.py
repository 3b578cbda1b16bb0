"""auditor calendar save|list|export|import: the calendars that accounts, contracts and people name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.account_options import reads, writes
from auditor.cli.calendar import calendar, calendar_options

if TYPE_CHECKING:
    from auditor.app.accounts.session import Session
    from auditor.calendars.options import CalendarOptions

__all__ = ["calendar"]


@calendar.command()
@click.argument("ident", metavar="ID")
@click.option("--name", default="", help="What the calendar is called.")
@calendar_options
@writes
def save(session: Session, ident: str, name: str, options: CalendarOptions) -> None:
    """Save a calendar. New content becomes a new version; requests keep the calendar they were sent under."""
    from auditor.app.accounts import calendar_views
    from auditor.calendars.options import spec_from_options

    calendar_views.save(session, spec_from_options(options, id=ident, name=name), sys.stdout)


@calendar.command("list")
@reads
def list_calendars(session: Session) -> None:
    """Every saved calendar with its hours and who uses it."""
    from auditor.app.accounts import calendar_views

    calendar_views.listing(session, sys.stdout)


@calendar.command()
@click.argument("ident", metavar="ID")
@reads
def export(session: Session, ident: str) -> None:
    """A saved calendar as YAML that `import` takes back."""
    from auditor.app.accounts import calendar_views

    calendar_views.export(session, ident, sys.stdout)


@calendar.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(dir_okay=False, path_type=Path))
@writes
def take_in(session: Session, files: tuple[Path, ...]) -> None:
    """Save calendars from YAML files, as `export` writes them: all of them, or none."""
    from auditor.app.accounts import calendar_views

    calendar_views.take_in(session, files, sys.stdout)
