"""What must hold before a contract or its contacts are saved, told in words with what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from auditor.accounts.accounts import check_id
from auditor.accounts.contract_terms import agreed_programme
from auditor.accounts.contracts import Contract
from auditor.accounts.overrides import mistakes
from auditor.accounts.people import Assignment, Contact, most_at_once
from auditor.accounts.programmes import Programme
from auditor.errors import ContentError, RuleBroken


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, or with `warning` something to know, and what to do about it."""

    message: str
    hint: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a contract is checked against: the account's zone, contracts and contacts, who is in office, which
    calendars there are."""

    zone: ZoneInfo
    others: Sequence[Contract] = ()
    contacts: Sequence[Contact] = ()
    assignments: Sequence[Assignment] = ()
    calendars: Collection[str] = ()


def problems(contract: Contract, programme: Programme, around: Surroundings) -> list[Problem]:
    """Everything that forbids saving the contract, then what its owner must know."""
    found = list(_form(contract, programme))
    if not found:
        found.extend(_terms(contract, programme))
        found.extend(overlaps(contract, around.others))
        found.extend(_services(contract, programme, around))
        found.extend(contact_problems(contract, programme, around.contacts, around.zone))
        found.extend(_open_questions(contract, programme))
    return sorted(found, key=lambda problem: problem.warning)


def contact_problems(
    contract: Contract, programme: Programme, contacts: Iterable[Contact], zone: ZoneInfo
) -> Iterator[Problem]:
    """Whether more contacts are authorised at one time than the contract allows."""
    most = most_at_once(contacts, contract.begins_at(zone), contract.ends_at(zone))
    limit = agreed_programme(contract, programme).max_contacts
    if limit.value is None:
        if limit.applicable and most:
            message = f"how many contacts {programme.name} allows is unknown (limit unknown): {most} authorised"
            yield Problem(message, f"settle it in contract {contract.id} as override max_contacts", warning=True)
    elif most > limit.value:
        mark = "" if not limit.uncertain else " (uncertain)"
        message = f"{most} contacts are authorised at one time, and contract {contract.id} allows {limit.value}{mark}"
        yield Problem(message, "end the authorisation of another contact first", warning=limit.uncertain)


def overlaps(contract: Contract, others: Iterable[Contract]) -> Iterator[Problem]:
    """Contracts of the account for the same programme that are in force in a part of the same time."""
    for other in others:
        same = other.account == contract.account and other.programme == contract.programme and other.id != contract.id
        if same and max(contract.valid_from, other.valid_from) < min(contract.end, other.end):
            yield Problem(
                f"contract {other.id} of the same programme is in force from {other.valid_from} to {other.end}: "
                "an account has each programme once at a time",
                f"let one begin when the other ends, or end it first: auditor contract end {other.id} --on DAY",
            )


def has_duty_manager(account: str, assignments: Iterable[Assignment], begin: datetime, end: datetime) -> bool:
    """Whether a duty manager of the account, or of all accounts, is in office at any time between two instants."""
    return any(
        one.role == "duty_manager"
        and one.concerns(account)
        and one.valid_from < end
        and (one.valid_to is None or one.valid_to > begin)
        for one in assignments
    )


def refuse(found: Iterable[Problem]) -> list[Problem]:
    """RuleBroken with everything that forbids saving; else the warnings."""
    listed = list(found)
    errors = [problem for problem in listed if not problem.warning]
    if errors:
        message = "; ".join(problem.message for problem in errors)
        raise RuleBroken(message, hint="; ".join(problem.hint for problem in errors if problem.hint))
    return listed


def _form(contract: Contract, programme: Programme) -> Iterator[Problem]:
    try:
        check_id("a contract", contract.id)
    except ContentError as error:
        yield Problem(error.message, error.hint)
    wrong = list(mistakes(contract.overrides))
    yield from (Problem(mistake) for mistake in wrong)
    if not wrong:
        try:
            agreed_programme(contract, programme)
        except ContentError as error:
            yield Problem(error.message, error.hint)
    if contract.valid_to <= contract.valid_from:
        hint = "valid_to is the first day that is no longer covered"
        yield Problem(f"the contract ends on {contract.valid_to}, not after it begins on {contract.valid_from}", hint)
    elif contract.ended is not None and not contract.valid_from <= contract.ended <= contract.valid_to:
        yield Problem(
            f"the contract cannot end early on {contract.ended}",
            f"it is valid from {contract.valid_from} to {contract.valid_to}",
        )


def _terms(contract: Contract, programme: Programme) -> Iterator[Problem]:
    if not programme.paid:
        yield Problem(f"{programme.name} needs no contract: it holds wherever there is none", "name a paid programme")
    if programme.needs_plus_licence.value is True and not contract.plus_licence:
        yield Problem(
            f"{programme.name} is only for customers who already own a Plus licence of a product, and this contract "
            "states none",
            "state --plus-licence when the customer owns one, else choose another programme",
        )


def _services(contract: Contract, programme: Programme, around: Surroundings) -> Iterator[Problem]:
    if not contract.support_calendar:
        yield Problem(
            "a support calendar is missing: no programme states its business hours, so nothing can be taken for them",
            "save one with  auditor calendar save ID ...  and name it with --support-calendar ID",
        )
    elif contract.support_calendar not in around.calendars:
        known = ", ".join(sorted(around.calendars)) or "none yet"
        hint = f"saved calendars: {known}; save one with  auditor calendar save ID ..."
        yield Problem(f"there is no calendar {contract.support_calendar!r}", hint)
    begin, end = contract.begins_at(around.zone), contract.ends_at(around.zone)
    with_tam = agreed_programme(contract, programme).entitlements["tam"].value is True
    if with_tam and not has_duty_manager(contract.account, around.assignments, begin, end):
        yield Problem(
            f"{programme.name} has a technical account manager, and no duty manager is there to take over when the "
            "manager is away",
            "first  auditor tam add --name NAME --calendar ID  and  auditor tam assign PERSON --role duty_manager",
        )


def _open_questions(contract: Contract, programme: Programme) -> Iterator[Problem]:
    open_units = [
        target
        for target in agreed_programme(contract, programme).targets.values()
        if target.uncertain and target.alternative_unit
    ]
    if open_units:
        levels = ", ".join(str(target.level) for target in open_units)
        first = open_units[0]
        option = f"--override targets.{first.level}.unit=UNIT --reason WHY"
        yield Problem(
            f"the unit of the response time is uncertain for level {levels}: read as {first.unit} until it is settled",
            f"settle it with  auditor contract change {contract.id} {option}",
            warning=True,
        )
