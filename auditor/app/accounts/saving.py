"""Writing `saved` and `removed` events; what is unchanged writes nothing."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.accounts.people import Personal
from auditor.app.actors import check_actor
from auditor.errors import RuleBroken, UsageProblem
from auditor.model.events import NewEvent, canonical
from auditor.store.account_queries import AccountQueries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditor.store.store import Writing

_WORD = re.compile(r"\w{3,}")


class Act(NamedTuple):
    """Who does something and when (UTC)."""

    actor: str
    at: datetime


class Subject(NamedTuple):
    """The thing an event is about; `account` is the account whose history shows it ("" for none)."""

    stream: str
    id: str
    account: str = ""


def save(writing: Writing, subject: Subject, document: Mapping[str, Any], act: Act) -> bool:
    """Save a whole document; False when it was saved like this before, and nothing is written."""
    check_actor(writing, act.actor)
    known = writing.document(subject.stream, subject.id)
    if known is not None and canonical(known) == canonical(document):
        return False
    writing.append(_event(subject, "saved", act, document))
    return True


def remove(writing: Writing, subject: Subject, document: Mapping[str, Any], act: Act) -> None:
    """Take a thing away; the event repeats what it was."""
    check_actor(writing, act.actor)
    writing.append(_event(subject, "removed", act, document))


def refuse_known(writing: Writing, stream: str, ident: str) -> None:
    """RuleBroken when something of that id was saved before: creating must not change it."""
    if writing.document(stream, ident) is not None:
        command = "tam" if stream == "person" else stream
        raise RuleBroken(f"the {stream} {ident} is already there", hint=f"auditor {command} change {ident} ...")


def next_id(writing: Writing, stream: str, prefix: str) -> str:
    """The next free id with a prefix, such as C-0004; ids that once were given are not given again.

    What can be removed counts with all its events.
    """
    count = AccountQueries(writing).subjects(stream) + 1
    while writing.document(stream, f"{prefix}-{count:04}") is not None:
        count += 1
    return f"{prefix}-{count:04}"


def check_pseudonym(ident: str, personal: Personal) -> None:
    """UsageProblem when the id tells who the person is: events keep the id when the name is erased."""
    spoken = _plain(ident)
    telling = _WORD.findall(_plain(personal.name)) + _WORD.findall(_plain(personal.email.partition("@")[0]))
    found = next((word for word in telling if word in spoken), None)
    if found is not None:
        message = f"the id {ident!r} holds a part of the person's name or address, and ids stay when names are erased"
        raise UsageProblem(message, hint="leave --id out, or choose an id that says nothing, such as C-0001")


def check_personal(personal: Personal) -> None:
    """UsageProblem without a name, or for an e-mail address that is none."""
    if not personal.name.strip():
        raise UsageProblem("the name is missing", hint="state --name")
    local, at, domain = personal.email.rpartition("@")
    if personal.email and not (local and at and domain and personal.email.split() == [personal.email]):
        raise UsageProblem(f"{personal.email!r} is no e-mail address", hint="write name@example.com")


def _plain(text: str) -> str:
    """Letters without accents, lower case."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).casefold()


def _event(subject: Subject, kind: str, act: Act, document: Mapping[str, Any]) -> NewEvent:
    return NewEvent(subject.stream, subject.id, kind, act.at, act.actor, document, subject.account)
