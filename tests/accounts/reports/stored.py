"""A scene poured into a store: the same account, contracts, people and events, each recorded when it happened."""

from __future__ import annotations

from itertools import groupby

from auditor.accounts.people import Contact, Person, Personal
from auditor.accounts.reports.daily import day_period
from auditor.accounts.reports.periods import parse_day, parse_period
from auditor.app.accounts.saving import Act, Subject, save
from auditor.app.service_reports.asking import Ask
from auditor.app.service_reports.making import Tools, make
from auditor.model.events import NewEvent
from tests.accounts.reports.goldens import renderer
from tests.accounts.reports.scenes import programmes, utc

SETUP = utc("2025-12-01T00:00")
TOOLS = Tools(programmes, renderer)


def pour(scene, store):
    """Everything of the scene; the store's clock is left at the last event."""
    store.clock.at = SETUP
    with store.writing() as writing:
        furnish(writing, scene)
        for at, events in groupby(scene.events, key=lambda event: event.at):
            store.clock.at = max(store.clock.at, at)
            writing.append(*(new(event) for event in events))


def new(event):
    return NewEvent(event.stream, event.subject, event.type, event.at, event.actor, event.payload, event.account)


def furnish(writing, scene):
    act, account = Act("user:tester", SETUP), scene.account
    snapshot = scene.calendar.snapshot
    writing.keep_snapshot("calendar", snapshot.to_document())
    for policy in scene.policies.values():
        writing.keep_snapshot("policy", policy.to_document())
    save(writing, Subject("calendar", "office"), {"spec": snapshot.spec.to_document()}, act)
    save(writing, Subject("account", account.id, account.id), account.to_document(), act)
    person = Person("P-0001", "office", writing.keep_personal("person", "P-0001", personal("Tam One", "tam")))
    save(writing, Subject("person", "P-0001"), person.to_document(), act)
    for one in scene.assignments:
        save(writing, Subject("assignment", one.id, one.account), one.to_document(), act)
    for one in scene.contracts:
        save(writing, Subject("contract", one.id, account.id), one.to_document(), act)
    add_contact(writing, account.id, "C-0001", "First Contact", "first")
    for one in scene.patches:
        document = {**one.document, "account": account.id, "delivered_at": "2026-09-10T12:00:00.000000Z"}
        save(writing, Subject("patch", one.id, account.id), document, act)


def add_contact(writing, account, ident, name, mail):
    kept = writing.keep_personal("contact", ident, personal(name, mail))
    contact = Contact(ident, account, SETUP, None, "administrator", kept)
    save(writing, Subject("contact", ident, account), contact.to_document(), Act("user:tester", SETUP))


def personal(name, mail):
    return Personal(name, f"{mail}@example.com" if mail else "").to_document()


def quarterly(store, at, period="2026-Q3", **more):
    """Ask for a quarter's report at an instant; the id comes back."""
    return asked(store, at, Ask("acme", "quarterly", parse_period(period, "Europe/Madrid"), **more))


def daily(store, at, day, **more):
    """Ask for a day's report at an instant."""
    return asked(store, at, Ask("acme", "daily", day_period(parse_day(day), "Europe/Madrid"), **more))


def asked(store, at, ask):
    store.clock.at = utc(at)
    return make(store, ask, Act("user:tester", utc(at)), TOOLS)
