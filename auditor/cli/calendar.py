"""auditor calendar add|between|show"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import click

from auditor.cli.options import together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.calendars.options import CalendarOptions

_LANGUAGES = ("en", "es", "it", "ru", "pt", "pt-BR", "pt-PT")

_options = together(
    click.option("--zone", required=True, metavar="ZONE", help="IANA name of the time zone, such as Europe/Madrid."),
    click.option("--country", default="", metavar="C", help="Country whose holidays and weekend apply, such as ES."),
    click.option("--subdivision", default="", metavar="S", help="Its region, such as MD for Madrid."),
    click.option(
        "--category",
        "categories",
        multiple=True,
        metavar="NAME",
        help="Holidays that close: public (default), optional. Repeatable.",
    ),
    click.option(
        "--window",
        "windows",
        multiple=True,
        metavar="[DAYS=]HH:MM-HH:MM",
        help="Open hours: 09:00-18:00 on working days (Monday to Friday, or those of the country; all seven with"
        " --every-day), mon-fri=09:00-18:00, sat=10:00-14:00, 22:00-06:00 past midnight. Repeatable; no default.",
    ),
    click.option(
        "--weekend", default="", metavar="DAYS", help="Weekend in place of the country's: sun, fri-sat or none."
    ),
    click.option("--every-day", is_flag=True, help="Weekends and holidays do not close; the windows still hold."),
    click.option("--always-open", is_flag=True, help="24 hours on 7 days."),
    click.option(
        "--override",
        "overrides",
        multiple=True,
        metavar="DATE=HOURS",
        help="What one date has instead: 2026-12-24=09:00-14:00 (several separated by commas) or =closed. Repeatable.",
    ),
)


def calendar_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--zone, --country, --window and so on as one argument `options` (CalendarOptions)."""
    import functools

    @functools.wraps(command)
    def gathered(**given: Any) -> Any:
        from dataclasses import fields

        from auditor.calendars.options import CalendarOptions

        names = [field.name for field in fields(CalendarOptions)]
        options = CalendarOptions(**{name: given.pop(name) for name in names})
        return command(options=options, **given)

    return _options(gathered)


_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to answer."
)
_fold = click.option(
    "--fold", type=click.IntRange(0, 1), help="Of a wall time that comes twice, the first (0) or the second (1)."
)


class _Answer(Protocol):
    def document(self) -> dict[str, Any]: ...

    def lines(self) -> Iterator[str]: ...


def _echo(answer: _Answer, form: str) -> None:
    if form == "json":
        import json

        click.echo(json.dumps(answer.document(), indent=2, ensure_ascii=False))
        return
    for line in answer.lines():
        click.echo(line)


@click.group()
def calendar() -> None:
    """Add and measure business time, show the days of a calendar."""


@calendar.command()
@click.argument("start")
@click.argument("duration")
@calendar_options
@_fold
@_format
def add(options: CalendarOptions, start: str, duration: str, fold: int | None, form: str) -> None:
    """When is it due? START is wall time in the zone (2026-03-27T16:00) or has an offset; DURATION is 6bh, 2h or 30min.

    6bh are six business hours: only open time counts. 2h are two hours by any clock.
    """
    from auditor.app.calendars import reckoning
    from auditor.calendars.options import spec_from_options

    _echo(reckoning.add(spec_from_options(options), start, duration, fold=fold), form)


@calendar.command()
@click.argument("first", metavar="A")
@click.argument("last", metavar="B")
@calendar_options
@_fold
@_format
def between(options: CalendarOptions, first: str, last: str, fold: int | None, form: str) -> None:
    """How much open time lies from A to B? Both are wall times in the zone (2026-03-13T17:00) or have an offset."""
    from auditor.app.calendars import reckoning
    from auditor.calendars.options import spec_from_options

    _echo(reckoning.between(spec_from_options(options), first, last, fold=fold), form)


@calendar.command()
@click.option("--month", metavar="YYYY-MM", help="A month; the present one when no period is stated.")
@click.option("--from", "first", metavar="DATE", help="First date of the period.")
@click.option("--to", "last", metavar="DATE", help="Last date of the period.")
@click.option(
    "--language", type=click.Choice(_LANGUAGES), default="en", show_default=True, help="Names of holidays, where known."
)
@calendar_options
@_format
def show(options: CalendarOptions, language: str, form: str, **wanted: str | None) -> None:
    """Each day with its hours and the reason: holiday, weekend, moved working day, override, change of the clocks."""
    from auditor.app.calendars import agenda
    from auditor.calendars.options import spec_from_options

    spec = spec_from_options(options)
    _echo(agenda.show(spec, agenda.period(spec, **wanted), language=language), form)
