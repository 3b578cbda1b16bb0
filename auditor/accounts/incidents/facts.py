"""Single things that happened to an incident, as its state remembers them. Instants are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from auditor.accounts.incidents.lifecycle import State

Kind: TypeAlias = Literal["premium", "standard"]
RequestType: TypeAlias = Literal["incident", "service_request", "avdb_release", "private_patch", "question"]
Channel: TypeAlias = Literal["portal", "phone", "e-mail", "tam"]

KINDS: tuple[Kind, ...] = get_args(Kind)
TYPES: tuple[RequestType, ...] = get_args(RequestType)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
LEVELS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Call:
    """A phone call of the customer: who called, on which line."""

    at: datetime
    seq: int
    by: str
    line: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A qualified answer: a person's preliminary analysis and, where data are missing, all that is wanted."""

    at: datetime
    seq: int
    author: str
    analysis: str
    wanted: tuple[str, ...]
    waiting: bool


@dataclass(frozen=True, slots=True)
class LevelChange:
    """From `at` on the severity is `level`. The first one is the submission, without reason."""

    at: datetime
    seq: int
    level: int
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class KindChange:
    """From `at` on the request is `kind`. The first one is the submission, without reason."""

    at: datetime
    seq: int
    kind: Kind
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The customer was waited for, from `since` to `until` (None: still), because `wanted` was missing."""

    since: datetime
    until: datetime | None
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The incident was in a state from `since` to `until` (None: it still is)."""

    state: State
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Cycle:
    """A stretch with a response clock of its own: from the submission, or from a reopening that starts a new one.

    `answer` is its first qualified answer, `ended_at` when the request was resolved, closed or cancelled in it (None
    while open). `level` and `kind` are those at its beginning.
    """

    number: int
    begun_at: datetime
    seq: int
    level: int
    kind: Kind
    answer: Answer | None = None
    ended_at: datetime | None = None

    def ran_at(self, at: datetime, seq: int) -> bool:
        """Whether an event came before what stopped this cycle's clock; what comes later does not touch it."""
        if self.answer is not None:
            return (at, seq) < (self.answer.at, self.answer.seq)
        return self.ended_at is None or at <= self.ended_at


@dataclass(frozen=True, slots=True)
class Escalation:
    """A threshold of the clock that was reached (`fraction`), or an escalation by a person (None)."""

    at: datetime
    seq: int
    fraction: float | None
    due_at: datetime | None
    to: tuple[str, ...]
    reason: str
    late: bool
    notify: bool
    actor: str
    cycle: int


@dataclass(frozen=True, slots=True)
class Routing:
    """From `at` on the person works on it; `queued_until` when it is listed to that person only later."""

    at: datetime
    person: str
    role: str
    reason: str
    queued_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A relation to another incident, to a finding, or to a number in somebody else's system."""

    at: datetime
    relation: str
    other: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note, or the correction of an earlier event (`of` is its number). Nothing else changes."""

    at: datetime
    seq: int
    text: str
    internal: bool
    actor: str
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """A premium unit taken (`delta` 1) or given back (-1). `period` is the first day, YYYY-MM-DD.

    `override` is the id of the person who allowed it beyond the quota, "" otherwise.
    """

    at: datetime
    seq: int
    incident: str
    contract: str
    period: str
    delta: int
    reason: str
    override: str = ""


@dataclass(frozen=True, slots=True)
class Recalculation:
    """Somebody had the deadline computed anew with another version of the calendar."""

    at: datetime
    calendar: str
    old_deadline: datetime | None
    new_deadline: datetime | None
    reason: str
    actor: str
