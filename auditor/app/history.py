"""`auditor history`: everything that happened to an account on one line of time, read and written as a stream."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.app.accounts import loading
from auditor.app.history_words import Lookups, Sentences
from auditor.app.incidents.loading import ident_of, load_incident
from auditor.app.moments import instant_from
from auditor.errors import UsageProblem
from auditor.model.events import text_of
from auditor.store.account_queries import AccountQueries, Span

if TYPE_CHECKING:
    from auditor.accounts.accounts import Account
    from auditor.model.events import Event
    from auditor.store.store import Reading

KINDS: Mapping[str, tuple[str, ...]] = {
    "account": ("account",),
    "contract": ("contract",),
    "people": ("contact", "assignment"),
    "incident": ("incident",),
    "report": ("report", "definition"),
    "patch": ("patch",),
    "health_check": ("engagement",),
    "finding": ("finding",),
    "notification": ("notification",),
}
"""Kind of entry -> streams. A stream that stands in none is of the kind `other`."""

QUIET = frozenset({"finding", "notification"})
"""Kinds that are so many that they are shown only when they are asked for."""

_KIND_OF = {stream: kind for kind, streams in KINDS.items() for stream in streams}
_OF_ALL_ACCOUNTS = ("assignment",)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted. Dates and times as people write them, local to the account; empty means all.

    `words` must all stand in the entry, in any case of letters.
    """

    start: str = ""
    end: str = ""
    kinds: tuple[str, ...] = ()
    incident: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `text` is in the reader's language, `who` a name where one is known."""

    event: Event
    kind: str
    text: str
    who: str

    def to_document(self) -> dict[str, Any]:
        """For JSON: the event as it was recorded, with the sentence. Persons stay ids."""
        event = self.event
        return {
            "seq": event.seq,
            "at": text_of(event.at),
            "kind": self.kind,
            "stream": event.stream,
            "subject": event.subject,
            "type": event.type,
            "actor": event.actor,
            "text": self.text,
            "payload": event.payload,
        }


@dataclass(slots=True)
class History:
    """The entries of an account, oldest first. Iterating reads them from the store in batches."""

    reading: Reading
    account: Account
    language: str
    wanted: Filter = Filter()
    names: bool = True
    _known: dict[str, str] = field(default_factory=dict)
    _saved: dict[tuple[str, str], list[Event]] = field(default_factory=dict)

    @property
    def sentences(self) -> Sentences:
        """Sentences in the language of the reader, times in the zone of the account."""
        return Sentences(self.language, self.account.zone, Lookups(self._name, self._before))

    def check(self) -> None:
        """UsageProblem where times or kinds make no sense, and for an incident that the account does not have."""
        self._span()
        if self.wanted.incident and load_incident(self.reading, self.wanted.incident).account != self.account.id:
            ident = ident_of(self.wanted.incident)
            raise UsageProblem(f"{ident} is an incident of another account", hint="auditor incident list --account ID")

    def __iter__(self) -> Iterator[Entry]:
        sentences = self.sentences
        words = self.wanted.words.casefold().split()
        incident = ident_of(self.wanted.incident) if self.wanted.incident else ""
        for event in self._events():
            kind = _KIND_OF.get(event.stream, "other")
            if not self.wanted.kinds and kind in QUIET:
                continue
            if incident and not _about(event, incident):
                continue
            entry = Entry(event, kind, sentences.say(event), sentences.actor(event.actor))
            if all(word in f"{event.subject} {entry.text} {entry.who}".casefold() for word in words):
                yield entry

    def _events(self) -> Iterator[Event]:
        """Those of the account, with tasks for all accounts among them."""
        queries, span = AccountQueries(self.reading), self._span()
        own = queries.history(self.account.id, span)
        shared = tuple(one for one in _OF_ALL_ACCOUNTS if not span.streams or one in span.streams)
        everywhere = queries.history("", Span(span.start, span.end, shared)) if shared else iter(())
        return heapq.merge(own, everywhere, key=lambda event: event.order)

    def _span(self) -> Span:
        zone = self.account.zone
        start, end = (instant_from(text, zone) if text else None for text in (self.wanted.start, self.wanted.end))
        if start is not None and end is not None and end <= start:
            raise UsageProblem("the end does not lie after the beginning", hint="--from 2026-01-01 --to 2026-02-01")
        return Span(start, end, _streams(self.wanted.kinds))

    def _name(self, person: str) -> str:
        """The name of `contact:ID` or `person:ID`; anything else, and whoever was erased, stays as it is."""
        if not self.names:
            return person
        if person not in self._known:
            kind, _, ident = person.partition(":")
            known = kind in {"contact", "person"} and ident
            personal = loading.personal_of(self.reading, kind, ident) if known else None
            self._known[person] = person if personal is None else personal.name
        return self._known[person]

    def _before(self, event: Event) -> Mapping[str, Any] | None:
        """What was saved before under the same id; settings are few, so they are remembered."""
        key = (event.stream, event.subject)
        if key not in self._saved:
            self._saved[key] = self.reading.events(*key)
        earlier = [one.payload for one in self._saved[key] if one.seq < event.seq]
        return earlier[-1] if earlier else None


def _streams(kinds: Sequence[str]) -> tuple[str, ...]:
    for kind in kinds:
        if kind not in KINDS:
            raise UsageProblem(f"there is no kind of entry {kind!r}", hint=f"there are {', '.join(KINDS)}")
    return tuple(stream for kind in kinds for stream in KINDS[kind])


def _about(event: Event, incident: str) -> bool:
    return incident in {event.subject, event.payload.get("incident"), event.payload.get("other")}


def local(instant: datetime, account: Account) -> datetime:
    """The instant in the account's zone."""
    return instant.astimezone(account.zone)
