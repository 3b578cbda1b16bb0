"""Answers of `auditor tam`: people, their tasks and absences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from auditor.accounts.people import Absence, Assignment, Person, Personal, StaffRole
from auditor.app.accounts import loading, people
from auditor.app.accounts.calendars import load_calendar
from auditor.app.accounts.contact_views import ERASED, language_document, language_words
from auditor.app.accounts.session import Session
from auditor.app.accounts.showing import Sheet, when, write_json, write_yaml
from auditor.app.moments import instant_from
from auditor.calendars.zones import load_zone
from auditor.errors import UsageProblem
from auditor.model.events import text_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from auditor.store.store import Reading


def add(session: Session, values: Mapping[str, Any], stream: TextIO) -> None:
    """Save somebody of the support side and say the id."""
    with session.writing() as (writing, act):
        person = people.add_person(writing, values, act)
    stream.write(f"person {person.id} saved\n")


def change(session: Session, ident: str, values: Mapping[str, Any], stream: TextIO) -> None:
    """Change what is named."""
    with session.writing() as (writing, act):
        changed = people.change_person(writing, ident, values, act)
    stream.write(f"person {ident} {'saved' if changed else 'unchanged'}\n")


def erase(session: Session, ident: str, confirmed: bool, stream: TextIO) -> None:
    """Forget a person's data; UsageProblem unless it was confirmed, because nothing brings them back."""
    if not confirmed:
        raise UsageProblem("erasing cannot be undone", hint=f"auditor tam erase {ident} --yes")
    with session.writing() as (writing, act):
        people.erase_person(writing, ident, act)
    stream.write(f"name and addresses of person {ident} are erased; events keep the id\n")


def assign(session: Session, task: Mapping[str, Any], replaces: bool, stream: TextIO) -> None:
    """Give a person a task. Dates are local to the account, else to the person's office."""
    role: StaffRole = task["role"]
    with session.writing() as (writing, act):
        zone = _zone(writing, task["person"], task["account"])
        begin = instant_from(task["start"], zone) if task["start"] else act.at
        end = instant_from(task["end"], zone) if task["end"] else None
        given = Assignment("", task["person"], role, task["account"], begin, end)
        saved = people.assign(writing, given, act, replaces=replaces)
    where = saved.account or "all accounts"
    until = f" until {when(end, zone)}" if end else ""
    stream.write(f"assignment {saved.id}: {saved.person} is {role} of {where} from {when(begin, zone)}{until}\n")


def unassign(session: Session, ident: str, end: str, stream: TextIO) -> None:
    """End a task, now or at a time."""
    with session.writing() as (writing, act):
        known = loading.document(writing, "assignment", ident)
        zone = _zone(writing, known["person"], known["account"] or "")
        instant = instant_from(end, zone) if end else act.at
        people.end_assignment(writing, ident, instant, session.programmes, act)
    stream.write(f"assignment {ident} ends at {when(instant, zone)}\n")


def add_absence(session: Session, person: str, span: tuple[str, str], reason: str, stream: TextIO) -> None:
    """Record that a person is away between two times of the local office."""
    with session.writing() as (writing, act):
        zone = _zone(writing, person, "")
        start, end = (instant_from(text, zone) for text in span)
        saved = people.add_absence(writing, Absence("", person, start, end, reason), act)
    stream.write(f"absence {saved.id}: {person} is away from {when(start, zone)} to {when(end, zone)}\n")


def remove_absence(session: Session, ident: str, stream: TextIO) -> None:
    """Take an absence back."""
    with session.writing() as (writing, act):
        removed = people.remove_absence(writing, ident, act)
    stream.write(f"absence {ident} of {removed.person} removed\n")


def export(session: Session, ident: str, stream: TextIO) -> None:
    """A person as YAML (or JSON) that --from takes."""
    with session.reading() as (reading, _):
        person = loading.load_person(reading, ident)
        personal = loading.personal_of(reading, people.STREAM, ident)
    names = {} if personal is None else personal.to_document()
    language = {"language": person.language} if person.language else {}
    document = {"id": ident, "calendar": person.calendar, **language, **names}
    (write_json if session.style == "json" else write_yaml)(document, stream)


def listing(session: Session, stream: TextIO) -> None:
    """Everybody, with tasks and absences that are not over."""
    with session.reading() as (reading, now):
        found = [(one, loading.personal_of(reading, people.STREAM, one.id)) for one in loading.people_of(reading)]
        tasks = [one for one in loading.assignments_of(reading) if one.valid_to is None or one.valid_to > now]
        away = [one for one in loading.absences_of(reading) if one.end > now]
    if session.style == "json":
        write_json(
            {
                "people": [_document(one, personal) for one, personal in found],
                "assignments": [{"id": one.id, **one.to_document()} for one in tasks],
                "absences": [{"id": one.id, **one.to_document()} for one in away],
            },
            stream,
        )
        return
    sheet = Sheet(stream)
    rows = [
        (one.id, ERASED if personal is None else personal.name, one.calendar, language_words(one.reads))
        for one, personal in found
    ]
    sheet.grid(("Id", "Name", "Calendar", "Language"), rows, "nobody yet: auditor tam add --name NAME --calendar ID")
    _tasks(sheet, tasks, load_zone("UTC"))
    _absences(sheet, away, load_zone("UTC"))
    sheet.write()


def show(session: Session, ident: str, stream: TextIO) -> None:
    """One person with all tasks and absences, past ones too."""
    with session.reading() as (reading, now):
        person = loading.load_person(reading, ident)
        personal = loading.personal_of(reading, people.STREAM, ident)
        tasks = [one for one in loading.assignments_of(reading) if one.person == ident]
        away = loading.absences_of(reading, ident)
        zone = _zone(reading, ident, "")
    if session.style == "json":
        document = _document(person, personal)
        document["assignments"] = [{"id": one.id, **one.to_document()} for one in tasks]
        document["absences"] = [{"id": one.id, **one.to_document()} for one in away]
        write_json({**document, "as_of": text_of(now)}, stream)
        return
    sheet = Sheet(stream)
    sheet.title(f"Person {ident}: {ERASED if personal is None else personal.name}")
    addresses = ("", "") if personal is None else (personal.email, personal.phone)
    sheet.facts(
        (
            ("E-mail", addresses[0]),
            ("Phone", addresses[1]),
            ("Language", language_words(person.reads)),
            ("Calendar", f"{person.calendar}, {zone.key}"),
        )
    )
    _tasks(sheet, tasks, zone)
    _absences(sheet, away, zone)
    sheet.write()


def _tasks(sheet: Sheet, tasks: list[Assignment], zone: ZoneInfo) -> None:
    sheet.section(f"Tasks ({zone.key})")
    rows = [
        (one.id, one.person, one.role, one.account or "all", when(one.valid_from, zone), when(one.valid_to, zone, "-"))
        for one in tasks
    ]
    sheet.grid(("Id", "Person", "Role", "Account", "From", "Until"), rows, "none: auditor tam assign PERSON ...")


def _absences(sheet: Sheet, away: list[Absence], zone: ZoneInfo) -> None:
    sheet.section(f"Absences ({zone.key})")
    rows = [(one.id, one.person, when(one.start, zone), when(one.end, zone), one.reason) for one in away]
    sheet.grid(("Id", "Person", "From", "Until", "Reason"), rows, "none")


def _document(person: Person, personal: Personal | None) -> dict[str, Any]:
    names = None if personal is None else personal.to_document()
    return {
        "id": person.id,
        "calendar": person.calendar,
        **language_document(person.reads),
        "erased": person.erased,
        "personal": names,
    }


def _zone(reading: Reading, person: str, account: str) -> ZoneInfo:
    if account:
        return loading.load_account(reading, account).zone
    return load_zone(load_calendar(reading, loading.load_person(reading, person).calendar).zone)
