"""An incident that happens in a test: commands are applied, events numbered as the store would number them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from auditor.accounts.accounts import Account
from auditor.accounts.contract_terms import policy_of
from auditor.accounts.contracts import Contract
from auditor.accounts.incidents.clock import ResponseClock, response_clock
from auditor.accounts.incidents.commands import Act, CallMade, Submission, Terms, submit
from auditor.accounts.incidents.facts import Booking
from auditor.accounts.incidents.quota import Ledger, ledger_of, period_of
from auditor.accounts.incidents.state import Incident, fold
from auditor.accounts.policy import Policy
from auditor.accounts.programmes import Target, load_programmes
from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.freeze import freeze
from auditor.calendars.options import CalendarOptions, spec_from_options
from auditor.model.events import Event, NewEvent, digest

TAM = "person:P-0001"
CONTACT = "contact:C-0001"


@cache
def calendar(zone: str, *windows: str, **options: Any) -> BusinessCalendar:
    return BusinessCalendar(freeze(spec_from_options(CalendarOptions(zone, windows, **options)), 2023, 2029))


def madrid() -> BusinessCalendar:
    return calendar("Europe/Madrid", "09:00-18:00", country="ES", subdivision="MD")


def moscow() -> BusinessCalendar:
    return calendar("Europe/Moscow", "10:00-19:00", country="RU")


def rome() -> BusinessCalendar:
    return calendar("Europe/Rome", "09:00-13:00", "14:00-18:00", country="IT", subdivision="RM")


@cache
def shipped(programme: str, zone: str = "Europe/Madrid") -> Policy:
    """The terms of a shipped programme, under the contract `con-1` of 2026."""
    found = load_programmes()[programme]
    contract = None
    if programme != "standard":
        first, last = date(2026, 1, 1), date(2027, 1, 1)
        contract = Contract("con-1", "acme", programme, found.edition, first, last, "office", plus_licence=True)
    return policy_of(contract, found, Account("acme", "Acme Ltd", zone, "ES", "office"))


def promising(value: int, unit: str, **more: Any) -> Policy:
    """Terms of one made-up target for every level."""
    targets = {level: Target(level, "guaranteed", value, unit) for level in (1, 2, 3, 4)}
    return replace(shipped("msa-enterprise"), targets=targets, **more)


class Stage:
    """One incident. Times are local texts of the calendar's zone: 2026-03-27 16:00, of the second pass with a *."""

    def __init__(
        self, programme: str | Policy = "msa-enterprise", hours: BusinessCalendar | None = None, **policy: Any
    ) -> None:
        self.calendar = hours or madrid()
        self.zone: ZoneInfo = self.calendar.zone
        base = programme if isinstance(programme, Policy) else shipped(programme)
        self.policy = replace(base, zone=self.zone.key, **policy)
        self.events: list[Event] = []

    @property
    def terms(self) -> Terms:
        policy, hours = self.policy.to_document(), self.calendar.snapshot.to_document()
        return Terms(self.policy, digest(policy), self.calendar, digest(hours))

    def at(self, text: str) -> datetime:
        fold_ = int(text.endswith("*"))
        return datetime.fromisoformat(text.rstrip("*")).replace(tzinfo=self.zone, fold=fold_).astimezone(UTC)

    def local(self, instant: datetime | None) -> str | None:
        return None if instant is None else instant.astimezone(self.zone).isoformat(sep=" ", timespec="seconds")[:-9]

    def act(self, at: str, actor: str = TAM, **more: Any) -> Act:
        when = self.at(at)
        return Act(actor, when, more.pop("now", when), **more)

    def submit(self, at: str, level: int, *, calls: Iterable[str] = (), actor: str = CONTACT, **more: Any) -> Incident:
        made = tuple(CallMade(self.at(one), CONTACT, "priority") for one in calls)
        request = Submission(1, "acme", "Something fails", level, CONTACT, "portal", calls=made, **more)
        now = max([self.at(at), *(self.at(one) for one in calls)])
        ledger = self.ledger(at) if request.kind == "premium" else None
        self.append(submit(self.act(at, actor, now=now), request, self.terms, ledger))
        return self.incident

    def do(
        self, command: Callable[..., list[NewEvent]], at: str, *args: Any, actor: str = TAM, **more: Any
    ) -> Incident:
        imported = more.pop("imported", False)
        self.append(command(self.incident, self.act(at, actor, imported=imported), *args, **more))
        return self.incident

    def happens(self, kind: str, at: str, actor: str = TAM, **payload: Any) -> Incident:
        """An event that was recorded elsewhere."""
        self.append([NewEvent("incident", "INC-000001", kind, self.at(at), actor, payload, "acme")])
        return self.incident

    def append(self, events: Iterable[NewEvent]) -> None:
        for new in events:
            self.events.append(numbered(new, len(self.events) + 1))

    @property
    def incident(self) -> Incident:
        return fold(self.events)

    @property
    def clock(self) -> ResponseClock:
        return response_clock(self.incident, self.policy, self.calendar)

    def due(self) -> str | None:
        return self.local(self.clock.deadline)

    def status(self, at: str) -> str:
        return self.clock.status(self.at(at))

    def ledger(self, at: str, bookings: Iterable[Booking] = ()) -> Ledger:
        return ledger_of(self.policy, period_of(self.at(at), self.policy), bookings)

    def snapshot(self, ident: str) -> dict[str, Any]:
        documents = [self.policy.to_document(), self.calendar.snapshot.to_document()]
        return next(one for one in documents if digest(one) == ident)


def numbered(new: NewEvent, seq: int) -> Event:
    return Event(new.stream, new.subject, new.type, new.at, new.actor, new.payload, new.account, seq, new.at)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
