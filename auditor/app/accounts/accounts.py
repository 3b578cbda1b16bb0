"""Creating and changing accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.app.accounts import loading
from auditor.app.accounts.forms import Values, account_from, merged
from auditor.app.accounts.saving import Act, Subject, refuse_known, save
from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.store.store import Writing


def create_account(writing: Writing, values: Values, act: Act) -> Account:
    """Save a new account; RuleBroken when there is one of that id, ContentError for a value that cannot be."""
    account = account_from(values)
    refuse_known(writing, "account", account.id)
    save_account(writing, account, act)
    return account


def change_account(writing: Writing, ident: str, changes: Values, act: Act) -> bool:
    """Change what is named and nothing else; False when that changes nothing."""
    known = loading.document(writing, "account", ident)
    if changes.get("id", ident) != ident:
        raise UsageProblem(f"the id of the account {ident} cannot change", hint="create another account")
    account = account_from({**merged(known, changes), "id": ident})
    return save_account(writing, account, act)


def save_account(writing: Writing, account: Account, act: Act) -> bool:
    """Save an account that was checked; its calendar must be in the store. False when nothing is new."""
    require_calendar(writing, account.customer_calendar)
    return save(writing, Subject("account", account.id, account.id), account.to_document(), act)


def require_calendar(writing: Writing, ident: str) -> None:
    """UsageProblem when no calendar of that id was saved."""
    if writing.document("calendar", ident) is None:
        known = ", ".join(writing.documents("calendar")) or "none yet"
        hint = f"saved calendars: {known}; save one with  auditor calendar save {ident} ..."
        raise UsageProblem(f"there is no calendar {ident!r}", hint=hint)
