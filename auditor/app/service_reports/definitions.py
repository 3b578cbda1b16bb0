"""Saved definitions of periodic reports."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.reports.definitions import Definition
from auditor.app.accounts import loading
from auditor.app.accounts.saving import Act, Subject, remove, save
from auditor.app.service_reports.people import addresses
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.store.store import Reading, Writing

STREAM = "definition"
_LIST = "auditor service-report definitions lists those that there are"


def define(writing: Writing, definition: Definition, act: Act) -> bool:
    """Save a definition; False when it was saved like this before. UsageProblem for an account or recipient unknown."""
    definition.check()
    loading.load_account(writing, definition.account)
    addresses(writing, definition.account, definition.recipients)
    known = writing.document(STREAM, definition.id)
    if known is not None and known["account"] != definition.account:
        raise UsageProblem(f"{definition.id} is a report of another account", hint="choose another id")
    subject = Subject(STREAM, definition.id, definition.account)
    return save(writing, subject, definition.to_document(), act)


def undefine(writing: Writing, ident: str, act: Act) -> Definition:
    """Remove a definition; reports that were made of it stay."""
    definition = definition_of(writing, ident)
    remove(writing, Subject(STREAM, ident, definition.account), definition.to_document(), act)
    return definition


def definition_of(reading: Reading, ident: str) -> Definition:
    """The definition; UsageProblem when there is none."""
    document = reading.document(STREAM, ident)
    if document is None:
        raise UsageProblem(f"no periodic report is defined as {ident!r}", hint=_LIST)
    return Definition.from_document(ident, document)


def definitions_of(reading: Reading, account: str | None) -> list[Definition]:
    """Definitions by id; with `account` only those of one."""
    columns = {} if account is None else {"account": account}
    return [Definition.from_document(ident, one) for ident, one in reading.documents(STREAM, **columns).items()]


def saved_since(reading: Reading, ident: str) -> datetime:
    """Since when the definition has had its cadence: periods that ended before ask for nothing."""
    history = reading.events(STREAM, ident)
    since, cadence = history[-1].recorded_at, history[-1].payload["cadence"]
    for event in reversed(history):
        if event.type == "removed" or event.payload["cadence"] != cadence:
            break
        since = event.recorded_at
    return since
