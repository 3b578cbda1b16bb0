"""Messages on their way into the outbox: staged within the transaction that books them, released after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.headerregistry import Address
from typing import TYPE_CHECKING, Any

from auditor.app.tick.mail import Mail, compose, key_in
from auditor.app.tick.outbox import Outbox
from auditor.model.events import instant_of
from auditor.store.notification_queries import NotificationQueries

if TYPE_CHECKING:
    from auditor.app.tick.messages import Message
    from auditor.store.store import Store


class Post:
    """Writes messages from `sender` into an outbox."""

    def __init__(self, outbox: Outbox, sender: Address) -> None:
        self._outbox = outbox
        self._sender = sender

    def stage(self, message: Message, one: Mapping[str, Any]) -> str:
        """Write the message where nobody picks it up yet; returns the name of its file."""
        mail = Mail(
            key=one["id"],
            at=instant_of(one["not_before"]),
            sender=self._sender,
            to=message.to,
            subject=message.subject,
            body=message.body,
            language=message.language,
            urgent=one["level"] == 1,
        )
        return self._outbox.stage(mail.key, compose(mail))

    def release(self, names: Iterable[str]) -> None:
        """Let messages that are booked be picked up."""
        for name in names:
            self._outbox.release(name)

    def finish(self, store: Store) -> None:
        """Release what a process that died has booked and not released."""
        self._outbox.tidy()
        staged = {name: key for name in self._outbox.staged() if (key := key_in(self._outbox.content(name)))}
        if not staged:
            return
        with store.reading() as reading:
            booked = {
                one["id"] for one in NotificationQueries(reading).these(sorted(staged.values())) if one["mailed_at"]
            }
        self.release(name for name, key in staged.items() if key in booked)
