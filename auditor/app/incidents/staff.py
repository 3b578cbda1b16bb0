"""Who works on requests of an account, and when these people can be told something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.incidents.routing import Staff
from auditor.accounts.people import Contact, absence_at, duty_managers_at, tam_at
from auditor.app.accounts import loading
from auditor.app.accounts.calendars import calendar_for
from auditor.errors import ContentError, UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.accounts.incidents.state import Incident
    from auditor.calendars.calendar import BusinessCalendar
    from auditor.store.store import Reading


class Office:
    """People and calendars of one state of the store, each read once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._accounts: dict[str, Account] = {}
        self._calendars: dict[tuple[str, int], BusinessCalendar] = {}
        self._staff: dict[tuple[str, int], Staff] = {}

    def account(self, ident: str) -> Account:
        """The account; UsageProblem when there is none."""
        if ident not in self._accounts:
            self._accounts[ident] = loading.load_account(self._reading, ident)
        return self._accounts[ident]

    def staff(self, account: str, at: datetime) -> Staff:
        """Everybody who looks after the account, with working days around the instant."""
        key = (account, at.year)
        if key not in self._staff:
            assignments = loading.assignments_of(self._reading, account)
            people = sorted({one.person for one in assignments})
            calendars = {person: self._working_days(person, at.year) for person in people}
            self._staff[key] = Staff(account, assignments, calendars, loading.absences_of(self._reading))
        return self._staff[key]

    def reached(self, roles: Iterable[str], incident: Incident, at: datetime) -> tuple[str, ...]:
        """Who roles and ids are at the instant: person:ID and contact:ID, once each; what nobody is is left out.

        Where there is no account manager, or the manager is away, the duty manager is reached as well.
        """
        found: dict[str, None] = {}
        for role in roles:
            found.update(dict.fromkeys(self._holders(role, incident, at)))
        return tuple(found)

    def may_be_told(self, recipients: Iterable[str], account: str, at: datetime) -> datetime:
        """The first instant from `at` on at which one of them is at work.

        It is `at` itself when there is nobody, and when nobody's hours are known: rather at night than never.
        """
        try:
            openings = [self._hours(one, account, at).next_opening(at) for one in recipients]
        except (ContentError, UsageProblem):
            return at
        return min(openings, default=at)

    def _holders(self, role: str, incident: Incident, at: datetime) -> Iterator[str]:
        staff = self.staff(incident.account, at)
        if role == "assignee":
            if incident.routed is not None:
                yield f"person:{incident.routed.person}"
        elif role == "tam":
            tam = tam_at(staff.assignments, incident.account, at)
            if tam is not None:
                yield f"person:{tam}"
            if tam is None or absence_at(staff.absences, tam, at):
                yield from self._holders("duty_manager", incident, at)
        elif role == "duty_manager":
            managers = duty_managers_at(staff.assignments, incident.account, at)
            there = [one for one in managers if absence_at(staff.absences, one, at) is None]
            yield from (f"person:{one}" for one in there[:1])
        elif role == "contact":
            yield from self._contacts(incident, at)
        elif role == "administrator":
            own = loading.contacts_of(self._reading, incident.account)
            yield from (f"contact:{one.id}" for one in own if one.role == role and one.authorised_at(at))
        elif ":" in role:
            yield role

    def _contacts(self, incident: Incident, at: datetime) -> Iterator[str]:
        """Whoever handed the request in; everybody of the customer who may, when that was somebody else."""
        own = {one.id: one for one in loading.contacts_of(self._reading, incident.account)}
        reporter = own.get(incident.reported_by.removeprefix("contact:"))
        if reporter is not None and not reporter.erased:
            yield f"contact:{reporter.id}"
            return
        allowed: list[Contact] = [one for one in own.values() if one.authorised_at(at)]
        yield from (f"contact:{one.id}" for one in allowed)

    def _hours(self, recipient: str, account: str, at: datetime) -> BusinessCalendar:
        kind, _, ident = recipient.partition(":")
        if kind == "person":
            return self._working_days(ident, at.year)
        return self._calendar(self.account(account).customer_calendar, at.year)

    def _working_days(self, person: str, year: int) -> BusinessCalendar:
        return self._calendar(loading.load_person(self._reading, person).calendar, year)

    def _calendar(self, ident: str, year: int) -> BusinessCalendar:
        from auditor.calendars.calendar import BusinessCalendar

        key = (ident, year)
        if key not in self._calendars:
            self._calendars[key] = BusinessCalendar(calendar_for(self._reading, ident, year))
        return self._calendars[key]
