"""Technical account managers and duty managers: who they are, for whom they stand in, when they are away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.accounts.contract_rules import has_duty_manager
from auditor.accounts.contract_terms import agreed_programme
from auditor.accounts.people import Absence, Assignment, Person, Personal
from auditor.app.accounts import loading
from auditor.app.accounts.accounts import require_calendar
from auditor.app.accounts.contracts import programme_of
from auditor.app.accounts.forms import Values, fields_of, finish, language_of, merged
from auditor.app.accounts.saving import (
    Act,
    Subject,
    check_personal,
    check_pseudonym,
    next_id,
    refuse_known,
    remove,
    save,
)
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import text_of

if TYPE_CHECKING:
    from datetime import datetime

    from auditor.accounts.programmes import Programmes
    from auditor.store.store import Writing

STREAM = "person"


def add_person(writing: Writing, values: Values, act: Act) -> Person:
    """Save somebody of the support side; without `id` the person gets the next free one."""
    given = dict(values)
    given.setdefault("id", next_id(writing, STREAM, "P"))
    person, personal = _person_from(given)
    refuse_known(writing, STREAM, person.id)
    return _save(writing, person, personal, act)[0]


def change_person(writing: Writing, ident: str, changes: Values, act: Act) -> bool:
    """Change what is named and nothing else; False when that changes nothing."""
    known = loading.load_person(writing, ident)
    personal = loading.personal_of(writing, STREAM, ident)
    if known.erased or personal is None:
        raise RuleBroken(f"the data of the person {ident} were erased", hint="add a new person")
    if changes.get("id", ident) != ident:
        raise UsageProblem(f"the id of the person {ident} cannot change", hint="add another person")
    base = {**known.to_document(), **personal.to_document()}
    del base["erased"]
    person, changed = _person_from({**merged(base, changes), "id": ident})
    return _save(writing, person, changed, act)[1]


def erase_person(writing: Writing, ident: str, act: Act) -> None:
    """Forget name and addresses for good. Events and assignments keep the id."""
    person = loading.load_person(writing, ident)
    if person.erased:
        raise RuleBroken(f"the data of the person {ident} are already erased")
    writing.erase_personal(STREAM, ident)
    save(writing, Subject(STREAM, ident), replace(person, personal="", erased=True, language="").to_document(), act)


def assign(writing: Writing, assignment: Assignment, act: Act, *, replaces: bool = False) -> Assignment:
    """Give a person a task; without id it gets the next free one. What was true before `valid_from` stays true.

    An account has one technical account manager at a time: RuleBroken unless `replaces` lets the one before end when
    this one begins.
    """
    given = assignment if assignment.id else replace(assignment, id=next_id(writing, "assignment", "A"))
    given.check()
    person = loading.load_person(writing, given.person)
    if person.erased:
        raise RuleBroken(f"the data of the person {person.id} were erased", hint="assign somebody else")
    if given.account:
        loading.load_account(writing, given.account)
    if given.role == "tam":
        for other in _others_in_office(writing, given):
            if not replaces or other.valid_from >= given.valid_from:
                raise RuleBroken(
                    f"{other.person} is technical account manager of {given.account} at that time ({other.id})",
                    hint=f"--replace lets the one before end then, or  auditor tam unassign {other.id} --to TIME",
                )
            _save_assignment(writing, replace(other, valid_to=given.valid_from), act)
    _save_assignment(writing, given, act)
    return given


def end_assignment(writing: Writing, ident: str, instant: datetime, programmes: Programmes, act: Act) -> Assignment:
    """Let a task end at an instant.

    RuleBroken when it has ended by then, because another may have it since, and when that would leave a contract with
    account manager without any duty manager.
    """
    known = Assignment.from_document(ident, loading.document(writing, "assignment", ident))
    if known.valid_to is not None and known.valid_to <= instant:
        message = f"the assignment {ident} already ends at {text_of(known.valid_to)}"
        raise RuleBroken(message, hint="auditor tam assign gives the task anew")
    if instant < known.valid_from:
        raise RuleBroken(f"the assignment {ident} begins only at {text_of(known.valid_from)}", hint="name a later time")
    ended = replace(known, valid_to=instant)
    _save_assignment(writing, ended, act)
    if known.role == "duty_manager":
        for contract in _left_alone(writing, instant, programmes):
            raise RuleBroken(
                f"contract {contract} would be left without a duty manager who takes over from its account manager",
                hint="assign another duty manager first",
            )
    return ended


def add_absence(writing: Writing, absence: Absence, act: Act) -> Absence:
    """Record that a person is away; without id the absence gets the next free one."""
    given = absence if absence.id else replace(absence, id=next_id(writing, "absence", "L"))
    given.check()
    loading.load_person(writing, given.person)
    refuse_known(writing, "absence", given.id)
    save(writing, Subject("absence", given.id), given.to_document(), act)
    return given


def remove_absence(writing: Writing, ident: str, act: Act) -> Absence:
    """Take an absence back: the person is there after all."""
    known = Absence.from_document(ident, loading.document(writing, "absence", ident))
    remove(writing, Subject("absence", ident), known.to_document(), act)
    return known


def _save(writing: Writing, person: Person, personal: Personal, act: Act) -> tuple[Person, bool]:
    person.check()
    check_personal(personal)
    check_pseudonym(person.id, personal)
    require_calendar(writing, person.calendar)
    if loading.personal_of(writing, STREAM, person.id) != personal:
        person = replace(person, personal=writing.keep_personal(STREAM, person.id, personal.to_document()))
    return person, save(writing, Subject(STREAM, person.id), person.to_document(), act)


def _save_assignment(writing: Writing, assignment: Assignment, act: Act) -> None:
    save(writing, Subject("assignment", assignment.id, assignment.account), assignment.to_document(), act)


def _others_in_office(writing: Writing, given: Assignment) -> list[Assignment]:
    """Account managers of the same account whose time meets that of the given one."""
    found = []
    for other in loading.assignments_of(writing, given.account):
        if other.role != "tam" or other.id == given.id:
            continue
        ends_before = other.valid_to is not None and other.valid_to <= given.valid_from
        begins_after = given.valid_to is not None and given.valid_to <= other.valid_from
        if not ends_before and not begins_after:
            found.append(other)
    return found


def _left_alone(writing: Writing, instant: datetime, programmes: Programmes) -> Iterator[str]:
    """Ids of contracts with an account manager that go on after an instant without any duty manager."""
    for account in loading.accounts_of(writing):
        assignments = loading.assignments_of(writing, account.id)
        for contract in loading.contracts_of(writing, account.id):
            if contract.ends_at(account.zone) <= instant:
                continue
            begin = max(instant, contract.begins_at(account.zone))
            agreed = agreed_programme(contract, programme_of(contract, programmes))
            if agreed.entitlements["tam"].value is True and not has_duty_manager(
                contract.account, assignments, begin, contract.ends_at(account.zone)
            ):
                yield contract.id


def _person_from(values: Values) -> tuple[Person, Personal]:
    fields = fields_of(values, "tam", ("id", "name", "calendar"))
    personal = Personal(fields.text("name"), fields.text("email", default=""), fields.text("phone", default=""))
    person = Person(
        id=fields.text("id"),
        calendar=fields.text("calendar"),
        personal=fields.text("personal", default=""),
        language=language_of(fields),
    )
    finish(fields)
    return person, personal
