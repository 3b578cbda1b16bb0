"""What happened: append-only events, each carrying the hash of the one before.

Every fact about accounts, contracts, people, calendars, incidents, reports and patches is an event of one chain.
Tables beside it are made from events and can be made again. Personal data never stand in an event: an event holds
their digest, so that they can be erased without breaking the chain. docs/accounts-events.md lists streams, types and
payloads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from auditor.errors import UsageProblem

GENESIS = "0" * 64
"""What the first event names as the hash of the one before it."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is about to be appended.

    `stream` is the kind of thing (`incident`, `contract`), `subject` its id, `account` the account whose history shows
    it ("" for none), `at` when it happened (UTC), `actor` who did it (`contact:ID`, `person:ID`, `system`,
    `user:NAME`).
    """

    stream: str
    subject: str
    type: str
    at: datetime
    actor: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    account: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise UsageProblem(f"the event {self.stream} {self.type} has a time without zone")


@dataclass(frozen=True, slots=True)
class Event(NewEvent):
    """An event of the chain. `seq` counts from 1 without gaps, `recorded_at` is when it was appended (UTC)."""

    seq: int = 0
    recorded_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    prev: str = GENESIS
    hash: str = ""

    @property
    def order(self) -> tuple[datetime, int]:
        """Events are read in the order in which they happened; of two at one instant the one recorded first."""
        return self.at, self.seq


def text_of(instant: datetime) -> str:
    """An instant as fixed-width UTC text, which sorts as time does: 2026-11-20T09:00:00.000000Z."""
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def instant_of(text: str) -> datetime:
    """The instant that `text_of` wrote; ValueError for any other text, however much it looks like one."""
    instant = datetime.fromisoformat(text)
    if text_of(instant) != text:
        raise ValueError(f"{text!r} is not an instant as it is stored")
    return instant


def canonical(document: Any) -> bytes:
    """JSON with sorted keys and no spaces: equal documents give equal bytes.

    UsageProblem for a text that is none: half of a character, as bytes that are no UTF-8 become on a command line.
    """
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        halved = next(_halved(document), None)
        if halved is None:
            raise
        hint = "write it in UTF-8, as the terminal's settings say"
        raise UsageProblem(f"the text {halved[:60]!r} holds bytes that are no characters", hint=hint) from None


def _halved(document: Any) -> Iterator[str]:
    """Texts with half a character (a lone surrogate), keys too."""
    if isinstance(document, str):
        if any("\ud800" <= char <= "\udfff" for char in document):
            yield document
    elif isinstance(document, Mapping):
        for key, value in document.items():
            yield from _halved(key)
            yield from _halved(value)
    elif isinstance(document, list | tuple):
        for one in document:
            yield from _halved(one)


def digest(document: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(document)).hexdigest()


def chained(new: NewEvent, seq: int, recorded_at: datetime, prev: str) -> Event:
    """The event as link of the chain: its hash covers everything it says, its place and the hash before it."""
    content = [
        seq,
        new.stream,
        new.subject,
        new.type,
        text_of(new.at),
        new.actor,
        new.payload,
        new.account,
        text_of(recorded_at),
        prev,
    ]
    return Event(
        new.stream,
        new.subject,
        new.type,
        new.at.astimezone(UTC),
        new.actor,
        new.payload,
        new.account,
        seq,
        recorded_at.astimezone(UTC),
        prev,
        digest(content),
    )


def rechained(event: Event) -> str:
    """The hash that the event ought to carry; differs from `event.hash` when something was changed."""
    return chained(event, event.seq, event.recorded_at, event.prev).hash
