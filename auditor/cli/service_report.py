"""auditor service-report daily|quarterly|on-demand|define|undefine|definitions|run|due|list|show|export|sent|call"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.actor_option import actor_option
from auditor.cli.options import together
from auditor.cli.store_option import db_option

if TYPE_CHECKING:
    from auditor.app.service_reports.views import Desk, Wish

Command = Callable[..., Any]

_LISTED = ("daily", "quarterly", "periodic", "on_demand", "health_check")
_FORMATS = ("html", "csv", "json")
_account = click.option("--account", required=True, metavar="ID", help="The account that is reported about.")
_formats = click.option(
    "--format", "formats", multiple=True, type=click.Choice(_FORMATS), help="Repeatable; without it all of them."
)
_languages = click.option(
    "--language", "languages", multiple=True, metavar="CODE", help="en, es, it, ru, pt, with territory or without."
)
_out = click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
_templates = click.option(
    "--templates", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Your own templates."
)
_programmes = click.option(
    "--programmes",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with further programmes. Repeatable; AUDITOR_PROGRAMMES names folders, too.",
)
_recipients = click.option(
    "--recipient", "recipients", multiple=True, metavar="WHO", help="contact:ID or person:ID. Repeatable."
)
_correct = click.option(
    "--correct", default="", metavar="REASON", help="Make a new version that replaces the one there is, and say why."
)
_filters = together(
    click.option("--level", "levels", multiple=True, type=click.IntRange(1, 4), help="Only requests of this level."),
    click.option("--kind", "kinds", multiple=True, help="Only premium or standard requests."),
    click.option("--type", "types", multiple=True, help="Only requests of this type, such as incident."),
    click.option("--state", "states", multiple=True, help="Only requests in this state at the end, such as closed."),
    click.option("--product", "products", multiple=True, help="Only requests about this product."),
    click.option("--column", "columns", multiple=True, help="A column of the list of requests, in this order."),
)


def _desk(command: Command) -> Command:
    """--db, --as, --programmes and --templates as the argument `desk`."""

    @functools.wraps(command)
    def with_desk(**given: Any) -> Any:
        from auditor.app.service_reports.views import Desk

        names = ("db", "acting", "folders", "templates")
        return command(desk=Desk(**{name: given.pop(name) for name in names}), **given)

    return actor_option(_programmes(_templates(db_option(with_desk))))


def _wish(command: Command) -> Command:
    """Languages, formats, recipients, reason of a correction and folder as the argument `wish`."""

    @functools.wraps(command)
    def with_wish(**given: Any) -> Any:
        from auditor.app.service_reports.views import Wish

        names = ("account", "languages", "formats", "recipients", "correct", "out")
        return command(wish=Wish(**{name: given.pop(name) for name in names if name in given}), **given)

    return _languages(_formats(_recipients(_correct(_out(with_wish)))))


def _selects(command: Command) -> Command:
    """Filters and columns as the argument `selection`."""

    @functools.wraps(command)
    def with_selection(**given: Any) -> Any:
        from auditor.app.service_reports.views import selection_of

        filters = {name: given.pop(name) for name in ("levels", "kinds", "types", "states", "products")}
        return command(selection=selection_of(filters, given.pop("columns")), **given)

    return _filters(with_selection)


@click.group(name="service-report")
def service_report() -> None:
    """Daily, quarterly, periodic reports and reports on demand about requests; their history."""


@service_report.command()
@_account
@click.option("--day", default="", metavar="DATE", help="Local day; without it the last one whose cut-off has come.")
@_wish
@_desk
def daily(desk: Desk, wish: Wish, day: str) -> None:
    """Requests at level 1 at a day's cut-off, and what happened since the cut-off before."""
    from auditor.app.service_reports import views

    views.make_daily(desk, wish, day, sys.stdout)


@service_report.command()
@_account
@click.option("--quarter", default="", metavar="2026-Q3", help="Or a day of it; without it the one that ended last.")
@_wish
@_desk
def quarterly(desk: Desk, wish: Wish, quarter: str) -> None:
    """A quarter: requests, answers in time, premium requests, changes, releases, patches."""
    from auditor.app.service_reports import views

    views.make_quarterly(desk, wish, quarter, sys.stdout)


@service_report.command(name="on-demand")
@_account
@click.option("--from", "first", required=True, metavar="DATE", help="First local day.")
@click.option("--to", "last", required=True, metavar="DATE", help="Last local day; today and later days do, too.")
@_selects
@_wish
@_desk
def on_demand(desk: Desk, wish: Wish, first: str, last: str, selection: Any) -> None:
    """Any range of days, about all requests or some of them."""
    from auditor.app.service_reports import views

    views.make_on_demand(desk, wish, (first, last), selection, sys.stdout)


@service_report.command()
@click.argument("ident", metavar="ID")
@_account
@click.option("--name", required=True, help="What it is for; it stands in the title.")
@click.option("--cadence", required=True, type=click.Choice(["weekly", "monthly", "quarterly"]), help="How often.")
@click.option("--language", default="en", show_default=True, metavar="CODE", help="en, es, it, ru or pt.")
@_recipients
@_selects
@_desk
def define(desk: Desk, ident: str, selection: Any, **values: Any) -> None:
    """Save the definition of a periodic report, new or changed."""
    from auditor.accounts.reports.definitions import Definition
    from auditor.app.service_reports import views

    views.save_definition(desk, Definition(ident, selection=selection, **values), sys.stdout)


@service_report.command()
@click.argument("ident", metavar="ID")
@_desk
def undefine(desk: Desk, ident: str) -> None:
    """Remove the definition of a periodic report; what was made of it stays."""
    from auditor.app.service_reports import views

    views.remove_definition(desk, ident, sys.stdout)


@service_report.command()
@click.option("--account", metavar="ID", help="Only those of this account.")
@_desk
def definitions(desk: Desk, account: str | None) -> None:
    """List the definitions of periodic reports."""
    from auditor.app.service_reports import views

    views.list_definitions(desk, account, sys.stdout)


@service_report.command()
@click.argument("ident", metavar="DEFINITION")
@click.option(
    "--period", default="", metavar="2026-07", help="Also 2026-W30, 2026-Q3; without it the one that ended last."
)
@_wish
@_desk
def run(desk: Desk, wish: Wish, ident: str, period: str) -> None:
    """Make a periodic report now."""
    from auditor.app.service_reports import views

    views.run_definition(desk, wish, ident, period, sys.stdout)


@service_report.command()
@click.option("--make", is_flag=True, help="Make what is due.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many at a time.")
@_desk
def due(desk: Desk, make: bool, limit: int) -> None:
    """List reports that are due or late; with --make, make them."""
    from auditor.app.service_reports import views
    from auditor.cli import exits

    if not make:
        views.show_due(desk, sys.stdout)
    elif views.make_what_is_due(desk, limit, sys.stdout):
        click.get_current_context().exit(exits.INCOMPLETE)


@service_report.command(name="list")
@click.option("--account", metavar="ID", help="Only those of this account.")
@click.option("--kind", type=click.Choice(_LISTED), help="Only this kind.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@_desk
def list_(desk: Desk, account: str | None, kind: str | None, limit: int) -> None:
    """List the reports that were made, the newest first."""
    from auditor.app.service_reports import pages

    pages.list_reports(desk, (account, kind), limit, sys.stdout)


@service_report.command()
@click.argument("ident", metavar="REPORT")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Print the very bytes of this file instead.")
@click.option("--language", default="", metavar="CODE", help="The language of the file.")
@click.option("--again", is_flag=True, help="Make the report from its events again and compare.")
@_desk
def show(desk: Desk, ident: str, form: str | None, language: str, again: bool) -> None:
    """Show what a report is, check its files against their hashes, or print one of them."""
    from auditor.app.service_reports import pages, views

    if form is None:
        pages.show(desk, ident, again, sys.stdout)
    else:
        views.write_content(desk, ident, (language, form), sys.stdout.buffer)


@service_report.command()
@click.argument("ident", metavar="REPORT")
@click.option("--names", is_flag=True, help="Copies that call people by their names, looked up now.")
@_languages
@_formats
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the files.")
@_desk
def export(desk: Desk, ident: str, names: bool, **given: Any) -> None:
    """Write the very files of a report from its history."""
    from auditor.app.service_reports import views

    views.export(desk, ident, views.Wish(**given), names, sys.stdout)


@service_report.command()
@click.argument("ident", metavar="REPORT")
@click.option("--to", multiple=True, metavar="WHO", help="contact:ID or person:ID; without it those it is for.")
@click.option("--at", default="", metavar="TIME", help="When, local time; without it now.")
@click.option("--summary", default="", help="What was written besides.")
@_desk
def sent(desk: Desk, ident: str, to: tuple[str, ...], at: str, summary: str) -> None:
    """Record that a report was sent by e-mail; prints the addresses."""
    from auditor.app.service_reports import pages

    pages.record(desk, ident, "sent", (to, at, summary), sys.stdout)


@service_report.command()
@click.argument("ident", metavar="REPORT")
@click.option("--to", multiple=True, required=True, metavar="WHO", help="Who was told: contact:ID or person:ID.")
@click.option("--at", default="", metavar="TIME", help="When, local time; without it now.")
@click.option("--summary", required=True, help="What was said.")
@_desk
def call(desk: Desk, ident: str, to: tuple[str, ...], at: str, summary: str) -> None:
    """Record that a report was told by phone."""
    from auditor.app.service_reports import pages

    pages.record(desk, ident, "call", (to, at, summary), sys.stdout)
