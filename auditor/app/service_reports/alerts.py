"""A report that was missed and is made late: an event of its own, and an alert to those who look after the account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.accounts import Account
from auditor.accounts.people import duty_managers_at, tam_at
from auditor.accounts.reports.heading import Heading
from auditor.app.accounts import loading
from auditor.app.actors import SYSTEM
from auditor.app.incidents.notices import Notice
from auditor.app.incidents.staff import Office
from auditor.model.events import NewEvent, text_of

if TYPE_CHECKING:
    from auditor.store.store import Reading


def late_events(reading: Reading, heading: Heading, account: Account, now: datetime) -> list[NewEvent]:
    """The events with which it is recorded and told that a report comes late (RULE-REP-2)."""
    if heading.due_at is None:
        return []
    ident, due_at = heading.report_id(account.id), text_of(heading.due_at)
    notice = Notice(
        key=f"{ident}:late",
        account=account.id,
        phrase="report_late",
        to=_responsible(reading, account.id, now),
        parameters={"report": ident, "due_at": due_at, "made_at": text_of(now)},
        level=1 if heading.kind == "daily" else 0,
    )
    recorded = NewEvent("report", ident, "late", now, SYSTEM, {"due_at": due_at}, account.id)
    return [recorded, notice.event(Office(reading), now)]


def _responsible(reading: Reading, account: str, now: datetime) -> tuple[str, ...]:
    """The technical account manager and the duty managers; nobody when none is recorded."""
    assignments = loading.assignments_of(reading, account)
    tam = tam_at(assignments, account, now)
    people = [*([tam] if tam else []), *duty_managers_at(assignments, account, now)]
    return tuple(f"person:{one}" for one in dict.fromkeys(people))
