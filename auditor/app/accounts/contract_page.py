"""`auditor contract show`: all that a contract promises, with marks, and how much of it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from auditor.accounts.contract_terms import agreed_programme, policy_of
from auditor.accounts.incidents.quota import QuotaPeriod, period_of
from auditor.accounts.people import duty_managers_at, tam_at
from auditor.accounts.programme_saying import Sayings, with_badge
from auditor.app.accounts import loading
from auditor.app.accounts.contract_views import state_of
from auditor.app.accounts.contracts import programme_of
from auditor.app.accounts.session import Session
from auditor.app.accounts.showing import Sheet, write_json
from auditor.app.programme_facts import Fact, facts
from auditor.app.programme_tables import Footnotes
from auditor.phrases import Phrases
from auditor.store.incident_queries import IncidentQueries

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.accounts.contracts import Contract
    from auditor.accounts.programmes import Programme, Programmes
    from auditor.store.store import Reading

Say: TypeAlias = Callable[..., str]

_SINGLE = ("off_hours", "call_lead_minutes", "thresholds", "reopen_days", "reopen_new_cycle", "rank")


@dataclass(frozen=True, slots=True)
class _Page:
    """What is shown. `agreed` is the programme with what the contract settles; `newest` is what the tool has now."""

    contract: Contract
    account: Account
    agreed: Programme
    newest: Programme
    state: str
    period: QuotaPeriod
    used: int
    contacts: int
    tam: str | None
    duty_managers: tuple[str, ...]
    names: dict[str, str]

    @property
    def limit(self) -> int | None:
        """Premium requests of a period; None when unlimited, unknown or not offered."""
        value = self.agreed.premium_quota.value
        return value if isinstance(value, int) else None

    @property
    def left(self) -> int | None:
        """Premium requests left in the period; None when nothing limits them or nobody knows."""
        return None if self.limit is None else max(0, self.limit - self.used)


def show(session: Session, ident: str, language: str, stream: TextIO) -> None:
    """Write one contract as text or JSON; `language` is that of the page."""
    with session.reading() as (reading, now):
        page = _gathered(reading, ident, session.programmes, now)
    if session.style == "json":
        write_json(_document(page, language), stream)
        return
    _write(page, Sayings(language), stream)


def _gathered(reading: Reading, ident: str, programmes: Programmes, now: datetime) -> _Page:
    contract = loading.load_contract(reading, ident)
    account = loading.load_account(reading, contract.account)
    programme = programme_of(contract, programmes)
    assignments = loading.assignments_of(reading, account.id)
    last = contract.ends_at(account.zone) - timedelta(microseconds=1)
    shown_at = min(max(now, contract.begins_at(account.zone)), max(last, contract.begins_at(account.zone)))
    period = period_of(shown_at, policy_of(contract, programme, account))
    tam, managers = tam_at(assignments, account.id, now), duty_managers_at(assignments, account.id, now)
    return _Page(
        contract=contract,
        account=account,
        agreed=agreed_programme(contract, programme),
        newest=programmes.find(contract.programme),
        state=state_of(contract, account.zone, now),
        period=period,
        used=IncidentQueries(reading).used(ident, period.first.isoformat()),
        contacts=sum(one.authorised_at(now) for one in loading.contacts_of(reading, account.id)),
        tam=tam,
        duty_managers=managers,
        names={one: loading.name_of(reading, "person", one) for one in (*managers, *([tam] if tam else []))},
    )


def _document(page: _Page, language: str) -> dict[str, Any]:
    terms = page.agreed.to_document(language)
    return {
        "id": page.contract.id,
        **page.contract.to_document(),
        "state": page.state,
        "programme_version": page.agreed.version,
        "programme_data_kept": page.agreed.sha256 == page.contract.programme_hash,
        "newest_version": page.newest.version,
        "targets": terms["targets"],
        "cells": terms["cells"],
        "quota": {
            "period": {"from": page.period.first.isoformat(), "to": page.period.until.isoformat()},
            "period_marks": list(page.agreed.quota_period.marks),
            "limit": page.agreed.premium_quota.to_document(),
            "used": page.used,
            "left": page.left,
        },
        "contacts": {"authorised": page.contacts, "limit": page.agreed.max_contacts.to_document()},
        "tam": page.tam,
        "duty_managers": list(page.duty_managers),
    }


def _write(page: _Page, sayings: Sayings, stream: TextIO) -> None:
    sheet, notes = Sheet(stream), Footnotes()
    contract, terms = page.contract, facts(page.agreed, sayings)
    by_name = {fact.name: fact for fact in terms}
    say = _saying(sayings.language)
    sheet.title(say("title", contract=contract.id, programme=page.agreed.name_in(sayings.language)))
    sheet.facts(_head(page, say))
    sheet.section(say("now"))
    sheet.facts(_present(page, by_name, notes, say))
    sheet.section(say("terms"))
    sheet.facts([(fact.label, _marked(fact, notes)) for fact in terms])
    single = [(name, contract.overrides[name]) for name in _SINGLE if name in contract.overrides]
    if single:
        sheet.section(say("settled"))
        sheet.facts([(name, f"{entry['value']} ({entry['reason']})") for name, entry in single])
    footnotes = list(notes.lines(sayings))
    if footnotes:
        sheet.section(sayings.phrases.say("head_marks"))
    for line in footnotes:
        sheet.line(line)
    sheet.write()


def _saying(language: str) -> Say:
    phrases = Phrases(language, "contract_pages")
    return lambda name, **parameters: phrases.say(f"contract_{name}", **parameters)


def _head(page: _Page, say: Say) -> list[tuple[str, str]]:
    contract = page.contract
    state = say(f"state_{page.state.replace(' ', '_')}")
    valid = {"first": contract.valid_from, "end": contract.valid_to, "zone": page.account.time_zone, "state": state}
    rows = [
        (say("account"), f"{page.account.name} ({page.account.id})"),
        (say("valid"), say("valid_value", **valid)),
        (say("ended"), f"{contract.ended}: {contract.end_reason}" if contract.ended else ""),
        (say("certificate"), contract.certificate_no),
        (say("licences"), ", ".join(contract.licences)),
        (say("plus"), say("yes") if contract.plus_licence else ""),
        (say("calendar"), contract.support_calendar),
        (say("data"), say("data_value", version=page.agreed.version, hash=page.agreed.sha256[:12])),
    ]
    adopt = f"auditor contract change {contract.id} --programme {contract.programme}"
    if page.agreed.sha256 != contract.programme_hash:
        rows.append(("", say("data_gone", command=adopt)))
    elif page.newest.sha256 != contract.programme_hash:
        rows.append(("", say("data_newer", version=page.newest.version, command=adopt)))
    return rows


def _present(page: _Page, by_name: dict[str, Fact], notes: Footnotes, say: Say) -> list[tuple[str, str]]:
    return [
        (say("premium"), _quota(page, by_name, notes, say)),
        (
            say("contacts"),
            say("contacts_value", count_now=page.contacts, limit=_marked(by_name["max_contacts"], notes)),
        ),
        (say("tam"), say("none") if page.tam is None else page.names[page.tam]),
        (say("duty"), ", ".join(page.names[one] for one in page.duty_managers) or say("none")),
    ]


def _quota(page: _Page, by_name: dict[str, Fact], notes: Footnotes, say: Say) -> str:
    """Used and left, with the marks of the number and of the period that it is counted in."""
    limit = _marked(by_name["premium_quota"], notes)
    if page.left is None:
        return say("premium_used", used=page.used, limit=limit)
    period = by_name["quota_period"]
    days = say("period", first=page.period.first, last=page.period.until - timedelta(days=1))
    counted = with_badge(days, period.marks, notes.number(period))
    return say("premium_left", used=page.used, limit=limit, left=page.left, period=counted)


def _marked(fact: Fact, notes: Footnotes) -> str:
    return with_badge(fact.text, fact.marks, notes.number(fact))
