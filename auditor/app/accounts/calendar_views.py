"""Answers of `auditor calendar save|list|export|import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from auditor.app.accounts import calendars, loading
from auditor.app.accounts.forms import read_values
from auditor.app.accounts.session import Session
from auditor.app.accounts.showing import Sheet, write_json, write_yaml
from auditor.calendars.spec import WEEKDAYS, CalendarSpec

if TYPE_CHECKING:
    from auditor.store.store import Reading


def save(session: Session, spec: CalendarSpec, stream: TextIO) -> None:
    """Save a calendar and say its version."""
    with session.writing() as (writing, act):
        version = calendars.save_calendar(writing, spec, act)
    stream.write(f"calendar {spec.id} is version {version}\n")


def take_in(session: Session, files: tuple[Path, ...], stream: TextIO) -> None:
    """Save the calendars of files, all of them or none."""
    specs = [CalendarSpec.from_document(read_values(file), where=str(file)) for file in files]
    with session.writing() as (writing, act):
        versions = [(spec.id, calendars.save_calendar(writing, spec, act)) for spec in specs]
    for ident, version in versions:
        stream.write(f"calendar {ident} is version {version}\n")


def export(session: Session, ident: str, stream: TextIO) -> None:
    """A calendar as YAML (or JSON) that `import` takes."""
    with session.reading() as (reading, _):
        document = calendars.load_calendar(reading, ident).to_document()
    (write_json if session.style == "json" else write_yaml)(document, stream)


def listing(session: Session, stream: TextIO) -> None:
    """Every calendar with its hours and who uses it."""
    with session.reading() as (reading, _):
        specs = [calendars.load_calendar(reading, ident) for ident in reading.documents("calendar")]
        users = _users(reading)
    if session.style == "json":
        write_json({"calendars": [{**spec.to_document(), "used_by": users.get(spec.id, [])} for spec in specs]}, stream)
        return
    sheet = Sheet(stream)
    rows = [_row(spec, users.get(spec.id, [])) for spec in specs]
    header = ("Id", "Version", "Zone", "Holidays", "Hours", "Used by")
    sheet.grid(header, rows, "no calendar yet: auditor calendar save ID --zone ZONE --window 09:00-18:00")
    sheet.write()


def _row(spec: CalendarSpec, users: list[str]) -> tuple[str, ...]:
    region = f"{spec.country}-{spec.subdivision}" if spec.subdivision else spec.country
    return spec.id, str(spec.version), spec.zone, region or "none", _hours(spec), ", ".join(users) or "nobody"


def _hours(spec: CalendarSpec) -> str:
    """Windows by weekday, such as Mon-Fri 09:00-18:00."""
    if spec.always_open:
        return "always open"
    groups: list[tuple[int, int, str]] = []
    for number, windows in enumerate(spec.weekly):
        text = ",".join(str(window) for window in windows)
        if text and groups and groups[-1][1] == number - 1 and groups[-1][2] == text:
            groups[-1] = (groups[-1][0], number, text)
        elif text:
            groups.append((number, number, text))
    return "; ".join(f"{_days(first, last)} {text}" for first, last, text in groups)


def _days(first: int, last: int) -> str:
    names = [WEEKDAYS[number][:3].capitalize() for number in (first, last)]
    return names[0] if first == last else "-".join(names)


def _users(reading: Reading) -> dict[str, list[str]]:
    """Calendar -> ids of accounts, contracts and people that name it."""
    found: dict[str, list[str]] = {}
    named: list[tuple[str, Any]] = [(one.customer_calendar, one.id) for one in loading.accounts_of(reading)]
    named += [
        (one.support_calendar, one.id)
        for account in loading.accounts_of(reading)
        for one in loading.contracts_of(reading, account.id)
    ]
    named += [(one.calendar, one.id) for one in loading.people_of(reading)]
    for calendar, user in named:
        found.setdefault(calendar, []).append(user)
    return found
