"""Requests and ticks at instants that a test chooses, by the use cases and without a command line."""

from __future__ import annotations

from datetime import datetime

from auditor.app.incidents.acting import By, perform
from auditor.app.incidents.opening import Opening, open_incident
from auditor.app.tick.run import tick
from auditor.store.notification_queries import NotificationQueries
from tests.accounts.cli.scene import PROGRAMMES

TAM = "person:P-0002"


class Desk:
    """A store and its clock, which stands at the instant of the last act."""

    def __init__(self, store):
        self.store = store

    def open(self, at: datetime, level=2, title="slow", **more):
        self.store.clock.at = at
        asked = Opening("acme", title, level, "contact:C-0001", **more)
        with self.store.writing() as writing:
            act = By("user:tester", at)
            from auditor.app.incidents.acting import act_of

            opened = open_incident(writing, asked, act_of(writing, "acme", act), PROGRAMMES)
        return opened.outcome.incident.id

    def act(self, ident, step, now: datetime, at: datetime | None = None, actor=TAM):
        """Do a step; recorded afterwards when it happened before `now`."""
        self.store.clock.at = now
        happened = at.isoformat() if at is not None else ""
        with self.store.writing() as writing:
            return perform(writing, ident, By(actor, now, happened, at is not None), step)

    def tick(self, now: datetime, post=None):
        self.store.clock.at = max(self.store.clock.at, now)
        return list(tick(self.store, now, post))

    def events(self, ident, kind):
        with self.store.reading() as reading:
            return [event for event in reading.events("incident", ident) if event.type == kind]

    def fractions(self, ident):
        return [event.payload["fraction"] for event in self.events(ident, "escalated")]

    def told(self, prefix=""):
        """Keys of notifications -> whether they are superseded."""
        with self.store.reading() as reading:
            ids = [ident for ident in reading.documents("notification") if ident.startswith(prefix)]
            return {one["id"]: one["superseded"] for one in NotificationQueries(reading).these(ids)}
