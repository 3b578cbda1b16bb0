"""Who does something: whoever runs the command, or the person or contact in whose name it is recorded."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from auditor.errors import UsageProblem

if TYPE_CHECKING:
    from auditor.store.store import Reading

SYSTEM = "system"
_HINT = "write person:ID, contact:ID or system"


def actor(named: str = "") -> str:
    """The actor to record: `named` as person:ID, contact:ID or system, else `user:` and the login name.

    UsageProblem for any other form.
    """
    if not named:
        return f"user:{_login()}"
    kind, _, ident = named.partition(":")
    if named != SYSTEM and (kind not in {"person", "contact"} or not ident):
        raise UsageProblem(f"{named!r} says not who acts", hint=_HINT)
    return named


def check_actor(reading: Reading, named: str) -> None:
    """UsageProblem when the actor names a person or contact whom the store does not know."""
    kind, _, ident = named.partition(":")
    if kind in {"person", "contact"} and reading.document(kind, ident) is None:
        listing = "auditor contact list" if kind == "contact" else "auditor tam list"
        raise UsageProblem(f"there is no {kind} {ident!r}", hint=f"{listing} lists those there are")


def _login() -> str:
    """The login name; "unknown" where the system has none, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
