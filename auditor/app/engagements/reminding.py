"""What a tick does about Health Checks: reminders, each once, and the end of requests that nobody agreed on in time.

- entitlement that is not used: 60, 30 and 14 days before the last day on which both sides can still agree (RULE-HC-7)
- one side has agreed, the other has not: 7 and 2 days before the last day on which that keeps the notice
- no exports have come: 7 and 2 days before the agreed day
- a request that was not agreed expires with the period of its entitlement

A reminder whose day was missed is made up for, unless a later one is due by then. One that still waits for somebody's
hours when the next is due is not told any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditor.accounts.people import tam_at
from auditor.app.accounts import loading
from auditor.app.accounts.saving import Act, Subject
from auditor.app.actors import SYSTEM
from auditor.app.engagements.circles import STREAM as ENGAGEMENT
from auditor.app.engagements.circles import USES_PERIOD, circle_of, entitling_contracts, load_engagement
from auditor.app.engagements.negotiating import append
from auditor.app.engagements.receiving import EXPORTS
from auditor.app.incidents.notices import STREAM, Notice
from auditor.app.incidents.staff import Office
from auditor.app.service_reports.people import usual_recipients
from auditor.app.tick.done import Done
from auditor.calendars.zones import load_zone
from auditor.engagement.rules import (
    NOTICE_DAYS,
    WARNING_DAYS,
    Period,
    contract_year,
    feasible,
    last_agreement_day,
    local_day,
)
from auditor.engagement.state import Engagement
from auditor.errors import AuditorError, StoreError
from auditor.model.events import NewEvent
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.accounts.programmes import Programmes
    from auditor.app.engagements.circles import Entitled
    from auditor.store.store import Reading, Store

BEFORE_DAYS = (7, 2)
"""Days before a day of an engagement on which something that is missing is reminded of. Ours."""
_CLOSED = 31
"""More days in a row than any calendar is closed: so much earlier the last day may lie than the notice alone allows."""
_UNDECIDED = ("requested", "negotiating")
_NOTICE = timedelta(days=NOTICE_DAYS)
_ONE_DAY = timedelta(days=1)


def look_after(store: Store, now: datetime) -> Iterator[Done]:
    """Let requests expire and remind of what is missing, as of an instant."""
    from auditor.app.programmes import library

    terms = library(())
    with store.reading() as reading:
        waiting = [one for one in reading.documents(ENGAGEMENT).values() if one["state"] in (*_UNDECIDED, "agreed")]
        accounts = sorted(reading.documents("account"))
    for one in waiting:
        yield from _guarded(one["id"], one["account"], _engagement(store, one["id"], terms, now))
    for account in accounts:
        yield from _guarded(account, account, _account(store, account, terms, now))


def still_due(reading: Reading, notification: Mapping[str, Any]) -> bool:
    """Whether what a notification of this module says still holds when it is told."""
    said = notification["parameters"]
    if notification["phrase"] == "health_check_unused":
        held = reading.documents(ENGAGEMENT, account=notification["account"]).values()
        return not any(
            one["state"] in USES_PERIOD and said["period"] <= (one["start_day"] or "") <= said["period_end"]
            for one in held
        )
    found = load_engagement(reading, said["engagement"])
    same_day = found.start_day is not None and found.start_day.isoformat() == said["day"]
    if notification["phrase"] == "health_check_exports":
        return same_day and found.state == "agreed" and not _has_exports(found)
    return same_day and found.state == "negotiating" and said["side"] in found.unconfirmed


def _guarded(subject: str, account: str, done: Iterator[Done]) -> Iterator[Done]:
    """What cannot be judged for one of them stops no other."""
    try:
        yield from done
    except StoreError:
        raise
    except AuditorError as error:
        yield Done("problem", subject, account, f"{subject}: its Health Check cannot be looked after: {error}")


def _engagement(store: Store, ident: str, programmes: Programmes, now: datetime) -> Iterator[Done]:
    with store.reading() as reading:
        found = load_engagement(reading, ident)
        idle = _end(reading, found, programmes, now) is None and _reminder(reading, found, now) is None
    if idle:
        return
    with store.writing() as writing:
        found = load_engagement(writing, ident)
        ended = _end(writing, found, programmes, now)
        if ended is not None:
            last = (ended - _ONE_DAY).isoformat()
            payload = {"reason": f"not agreed by {last}, the end of its period", "day": last}
            append(writing, Subject(ENGAGEMENT, ident, found.account), "expired", payload, Act(SYSTEM, now))
            done = Done("expired", ident, found.account, f"{ident} has expired: not agreed by {last}")
        else:
            notice = _reminder(writing, found, now)
            if notice is None:
                return
            writing.append(*_overtaken(writing, notice, now), notice.event(Office(writing), now))
            done = _reminded(notice)
    yield done


def _account(store: Store, ident: str, programmes: Programmes, now: datetime) -> Iterator[Done]:
    with store.reading() as reading:
        idle = _unused(reading, ident, programmes, now) is None
    if idle:
        return
    with store.writing() as writing:
        notice = _unused(writing, ident, programmes, now)
        if notice is None:
            return
        writing.append(*_overtaken(writing, notice, now), notice.event(Office(writing), now))
    yield _reminded(notice)


def _overtaken(reading: Reading, notice: Notice, now: datetime) -> list[NewEvent]:
    """Earlier reminders of the same that nobody was told yet: the nearer one says it all."""
    about, _, step = notice.key.rpartition(":")
    keys = [f"{about}:{earlier}" for earlier in {*WARNING_DAYS, *BEFORE_DAYS} if earlier > int(step)]
    waiting = [one for one in NotificationQueries(reading).these(keys) if not one["told_at"] and not one["superseded"]]
    reason = {"reason": "a nearer reminder has come"}
    return [NewEvent(STREAM, one["id"], "superseded", now, SYSTEM, reason, notice.account) for one in waiting]


def _reminded(notice: Notice) -> Done:
    words = {
        "health_check_unused": "an unused Health Check is reminded of",
        "health_check_exports": "missing exports are reminded of",
        "health_check_unconfirmed": "a missing agreement is reminded of",
    }
    subject = notice.parameters.get("engagement", notice.account)
    return Done("reminded", notice.key, notice.account, f"{subject}: {words[notice.phrase]}")


# --- expiring ----------------------------------------------------------------------------------------------------


def _end(reading: Reading, found: Engagement, programmes: Programmes, now: datetime) -> date | None:
    """The day on which the request expired, None while it can still be agreed."""
    if found.state not in _UNDECIDED:
        return None
    account = loading.load_account(reading, found.account)
    zone = load_zone(found.zone)
    day = found.start_day or local_day(found.requested_at, zone)
    end = _end_of_entitlement(entitling_contracts(reading, account, programmes), day)
    return end if end is not None and local_day(now, zone) >= end else None


def _end_of_entitlement(terms: Sequence[Entitled], day: date) -> date | None:
    """The first day after the period that a request of that day is about; None when nothing entitles to it."""
    holding = next((term for term in terms if term.valid_from <= day < term.valid_to), None)
    if holding is not None:
        return contract_year(holding, day).end
    later = next((term for term in terms if term.valid_from > day), None)
    if later is not None:
        return contract_year(later, later.valid_from).end
    return max((term.valid_to for term in terms), default=None)


# --- reminders of an engagement ----------------------------------------------------------------------------------


def _reminder(reading: Reading, found: Engagement, now: datetime) -> Notice | None:
    """What is missing of an engagement and has to be said now."""
    if found.start_day is None:
        return None
    today = local_day(now, load_zone(found.zone))
    if found.state == "agreed" and not _has_exports(found):
        notice = _exports(reading, found, today, now)
    elif found.state == "negotiating":
        notice = _unconfirmed(reading, found, today, now)
    else:
        notice = None
    return None if notice is None or _told(reading, notice.key) else notice


def _exports(reading: Reading, found: Engagement, today: date, now: datetime) -> Notice | None:
    day = found.start_day
    step = _step(today, day, BEFORE_DAYS)
    if step is None or day is None:
        return None
    return Notice(
        key=f"{found.id}:exports:{day.isoformat()}:{step}",
        account=found.account,
        phrase="health_check_exports",
        to=_both(reading, found, now),
        parameters={"engagement": found.id, "day": day.isoformat()},
    )


def _unconfirmed(reading: Reading, found: Engagement, today: date, now: datetime) -> Notice | None:
    day, missing = found.start_day, found.unconfirmed
    if day is None or len(missing) != 1:
        return None
    last = day - _NOTICE
    step = _step(today, last, BEFORE_DAYS)
    if step is None:
        return None
    return Notice(
        key=f"{found.id}:unconfirmed:{day.isoformat()}:{step}",
        account=found.account,
        phrase="health_check_unconfirmed",
        to=_both(reading, found, now) if missing == ("customer",) else (f"person:{found.tam}",),
        parameters={
            "engagement": found.id,
            "side": missing[0],
            "day": day.isoformat(),
            "last_day": last.isoformat(),
        },
    )


def _has_exports(found: Engagement) -> bool:
    return any(one.get("kind", EXPORTS) == EXPORTS for one in found.received)


def _both(reading: Reading, found: Engagement, now: datetime) -> tuple[str, ...]:
    """Those of the customer who get reports, and whoever holds the engagement."""
    return tuple(dict.fromkeys((*usual_recipients(reading, found.account, now), f"person:{found.tam}")))


# --- reminders of an entitlement ---------------------------------------------------------------------------------


def _unused(reading: Reading, ident: str, programmes: Programmes, now: datetime) -> Notice | None:
    """That nobody has agreed on the Health Check of the present period, when a reminder of that is due."""
    account = loading.load_account(reading, ident)
    today = local_day(now, account.zone)
    terms = entitling_contracts(reading, account, programmes)
    term = next((one for one in terms if one.valid_from <= today < one.valid_to), None)
    if term is None:
        return None
    period = contract_year(term, today)
    if (last_agreement_day(period) - today).days > max(WARNING_DAYS) + _CLOSED:
        return None
    last = _last_agreement(reading, account, period, programmes, now)
    step = _step(today, last, WARNING_DAYS)
    if last is None or step is None:
        return None
    notice = Notice(
        key=f"health_check:{account.id}:{period.key}:{step}",
        account=account.id,
        phrase="health_check_unused",
        to=usual_recipients(reading, account.id, now),
        parameters={
            "contract": term.id,
            "period": period.key,
            "period_end": (period.end - _ONE_DAY).isoformat(),
            "last_day": last.isoformat(),
        },
    )
    return None if _told(reading, notice.key) else notice


def _last_agreement(
    reading: Reading, account: Account, period: Period, programmes: Programmes, now: datetime
) -> date | None:
    """The last day on which agreeing still leaves a day that would do; None when the period is used or no day is left.

    Without an account manager, and where calendars end before the period, only the notice counts.
    """
    tam = tam_at(loading.assignments_of(reading, account.id), account.id, now)
    if tam is None:
        return last_agreement_day(period)
    nobodys = Engagement("", account.id, "", account.time_zone, tam, "requested", now, SYSTEM)
    circle = circle_of(reading, nobodys, programmes, now)
    if period.key in circle.used:
        return None
    if circle.last_day < period.end - _ONE_DAY:
        return last_agreement_day(period)
    days = (period.end - number * _ONE_DAY for number in range(1, (period.end - period.first).days + 1))
    last = next((day for day in days if feasible(day, day - _NOTICE, circle)), None)
    return None if last is None else last - _NOTICE


# --- both ----------------------------------------------------------------------------------------------------------


def _step(today: date, last: date | None, steps: Sequence[int]) -> int | None:
    """The latest reminder whose day has come, None before the first one and after the last day."""
    if last is None or last < today:
        return None
    return min((step for step in steps if (last - today).days <= step), default=None)


def _told(reading: Reading, key: str) -> bool:
    return NotificationQueries(reading).one(key) is not None
