"""`auditor tam board`: who is there for each account right now, and the open requests in the order of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from auditor.accounts.incidents.lifecycle import OPEN
from auditor.accounts.incidents.queue import sort_key
from auditor.accounts.people import absence_at, duty_managers_at, tam_at
from auditor.app.accounts import loading
from auditor.app.accounts.calendars import calendar_for
from auditor.app.accounts.session import Session
from auditor.app.accounts.showing import Sheet, when, write_json
from auditor.app.incidents.pages import Teller
from auditor.calendars.calendar import BusinessCalendar
from auditor.model.events import text_of
from auditor.store.incident_queries import IncidentQueries, Wanted

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from auditor.accounts.accounts import Account
    from auditor.store.store import Reading

SHOWN = 25
"""Requests of an account that are listed; how many more there are is said."""

MOST = 5_000
"""Open requests of an account that are looked at, the latest first: nobody has as many at once."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a person can be reached: `state` is available, off_hours or away; `until` when that changes."""

    person: str
    name: str
    state: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Card:
    account: Account
    tam: Presence | None
    duty_managers: tuple[Presence, ...]
    rows: list[dict[str, Any]]


def board(session: Session, account: str, person: str, stream: TextIO) -> None:
    """Accounts that have an account manager, or the one named, or those of one person."""
    with session.reading() as (reading, now):
        wanted = [loading.load_account(reading, account)] if account else loading.accounts_of(reading)
        cards = [_card(reading, one, now) for one in wanted]
    if person:
        cards = [one for one in cards if person in _people(one)]
    elif not account:
        cards = [one for one in cards if one.tam is not None or one.rows]
    if session.style == "json":
        write_json({"as_of": text_of(now), "accounts": [_document(card) for card in cards]}, stream)
        return
    sheet = Sheet(stream)
    if not cards:
        sheet.line("nothing to look after: auditor tam assign PERSON --role tam --account ID")
    for card in cards:
        _write(sheet, card)
    sheet.write()


def presence(reading: Reading, person: str, instant: datetime) -> Presence:
    """Whether a person can be reached at an instant: in the business hours of the local office, and not away."""
    name = loading.name_of(reading, "person", person)
    away = absence_at(loading.absences_of(reading, person), person, instant)
    if away is not None:
        return Presence(person, name, "away", away.end)
    known = loading.load_person(reading, person)
    calendar = BusinessCalendar(calendar_for(reading, known.calendar, instant.year))
    if calendar.is_open(instant):
        return Presence(person, name, "available", None)
    return Presence(person, name, "off_hours", calendar.next_opening(instant))


def _card(reading: Reading, account: Account, now: datetime) -> _Card:
    assignments = loading.assignments_of(reading, account.id)
    tam = tam_at(assignments, account.id, now)
    found = IncidentQueries(reading).listed(Wanted(account=account.id, states=tuple(sorted(OPEN))), MOST)
    rows = sorted(found, key=lambda row: (not row["waiting"], sort_key(row)))
    managers = duty_managers_at(assignments, account.id, now)
    return _Card(
        account,
        None if tam is None else presence(reading, tam, now),
        tuple(presence(reading, one, now) for one in managers),
        rows,
    )


def _people(card: _Card) -> set[str]:
    return {one.person for one in (*card.duty_managers, *([card.tam] if card.tam else []))}


def _document(card: _Card) -> dict[str, Any]:
    return {
        "account": card.account.id,
        "tam": None if card.tam is None else _presence_document(card.tam),
        "duty_managers": [_presence_document(one) for one in card.duty_managers],
        "open": [
            {
                **{name: row[name] for name in ("id", "level", "kind", "type", "state", "submitted_at", "deadline")},
                "waiting_for_answer": bool(row["waiting"]),
                "marks": row["document"].get("marks", []),
                "title": row["document"].get("title", ""),
            }
            for row in card.rows
        ],
    }


def _presence_document(one: Presence) -> dict[str, Any]:
    until = None if one.until is None else text_of(one.until)
    return {"person": one.person, "name": one.name, "state": one.state, "until": until}


def _write(sheet: Sheet, card: _Card) -> None:
    zone = card.account.zone
    sheet.section(f"{card.account.name} ({card.account.id})")
    managers = "; ".join(_said(one, zone) for one in card.duty_managers)
    sheet.facts(
        (
            ("Account manager", "none" if card.tam is None else _said(card.tam, zone)),
            ("Duty managers", managers or "none"),
        )
    )
    teller = Teller("en", zone, str)
    rows = [
        (
            row["id"],
            str(row["level"]),
            teller.word("kind", row["kind"]),
            teller.word("state", row["state"]),
            teller.deadline(row["document"]) if row["waiting"] else "answered",
            row["document"]["title"],
        )
        for row in card.rows[:SHOWN]
    ]
    sheet.grid(("Request", "Level", "Kind", "State", "Answer due", "Title"), rows, "no open request")
    if len(card.rows) > SHOWN:
        sheet.line(f"and {len(card.rows) - SHOWN} more: auditor incident list --account {card.account.id}")


def _said(one: Presence, zone: ZoneInfo) -> str:
    words = {"available": "available now", "off_hours": "off-hours until", "away": "away until"}[one.state]
    return f"{one.name}: {words} {when(one.until, zone)}".rstrip()
