"""Telling: every notification whose time has come is printed once, and with an outbox written as a message once.

What a notification says may have become untrue while it waited for somebody's hours: that is asked again inside the
transaction that books it as told, and what is no longer so is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from auditor.accounts.incidents.acts import SYSTEM
from auditor.app.incidents.notices import STREAM
from auditor.app.incidents.staff import Office
from auditor.app.tick.done import Done
from auditor.app.tick.messages import Message, address_of, message_of, still_true
from auditor.errors import ContentError, UsageProblem
from auditor.model.events import NewEvent, text_of
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from auditor.app.tick.post import Post
    from auditor.store.store import Reading, Store, Writing

BATCH = 10
MAIL_WITHIN = timedelta(days=7)
"""What nobody mailed for so long is not mailed any more: an outbox that is new must not send years of old messages."""

Notification = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """How things are told: on the terminal, and with `post` as messages. `known` remembers who has an address."""

    store: Store
    now: datetime
    post: Post | None
    known: dict[str, bool] = field(default_factory=dict)

    def tell(self) -> Iterator[Done]:
        """Tell everything whose time has come."""
        if self.post is not None:
            self.post.finish(self.store)
        after = ""
        while True:
            with self.store.reading() as reading:
                found = self._due(reading, after)
                open_ones = [one["id"] for one in found if self._worth(reading, one)]
            if not found:
                return
            after = found[-1]["id"]
            if open_ones:
                yield from self._batch(open_ones)

    def _due(self, reading: Reading, after: str) -> list[dict[str, Any]]:
        queries = NotificationQueries(reading)
        if self.post is None:
            return queries.untold(self.now, BATCH, after)
        return queries.untold_or_unmailed(self.now, self.now - MAIL_WITHIN, BATCH, after)

    def _worth(self, reading: Reading, one: Notification) -> bool:
        """Whether there is anything to do: what was printed and has no address to be mailed to is left alone."""
        return one["told_at"] is None or (self._to_mail(one) and any(self._reachable(reading, to) for to in one["to"]))

    def _reachable(self, reading: Reading, recipient: str) -> bool:
        if recipient not in self.known:
            self.known[recipient] = address_of(reading, recipient) is not None
        return self.known[recipient]

    def _to_mail(self, one: Notification) -> bool:
        recent = bool(one["not_before"] >= text_of(self.now - MAIL_WITHIN))
        return self.post is not None and one["mailed_at"] is None and recent

    def _batch(self, keys: list[str]) -> Iterator[Done]:
        done: list[Done] = []
        staged: list[str] = []
        with self.store.writing() as writing:
            office = Office(writing)
            for one in NotificationQueries(writing).these(keys):
                told, name = self._one(writing, office, one)
                done += told
                staged += name
        if self.post is not None:
            self.post.release(staged)
        yield from done

    def _one(self, writing: Writing, office: Office, one: Notification) -> tuple[list[Done], list[str]]:
        """Tell one, when somebody else has not done so meanwhile; gives what was done and messages to release."""
        if one["superseded"] or (one["told_at"] is not None and (self.post is None or one["mailed_at"] is not None)):
            return [], []
        try:
            if not still_true(writing, one):
                writing.append(self._event(one, "superseded", reason="no longer so when its time came"))
                return [Done("superseded", one["id"], one["account"], f"{one['id']}: no longer so, not told")], []
            message = message_of(writing, office, one)
        except (ContentError, UsageProblem) as error:
            return [Done("problem", one["id"], one["account"], f"{one['id']} cannot be told: {error}")], []
        if self.post is not None and message.to and self._to_mail(one):
            name = self.post.stage(message, one)
            writing.append(self._event(one, "delivered", channel="mail", file=name))
            return [_told(one, message, name)], [name]
        if one["told_at"] is not None:
            return [], []
        writing.append(self._event(one, "delivered", channel="printed"))
        return [_told(one, message, "")], []

    def _event(self, one: Notification, kind: str, **payload: Any) -> NewEvent:
        return NewEvent(STREAM, one["id"], kind, self.now, SYSTEM, payload, one["account"])


def _told(one: Notification, message: Message, file: str) -> Done:
    details: dict[str, Any] = {
        "to": list(one["to"]),
        "without_address": list(message.without_address),
        "subject_line": message.subject,
        "body": message.body,
        "file": file or None,
        "level": one["level"],
    }
    return Done("told", one["id"], one["account"], message.subject, details)
