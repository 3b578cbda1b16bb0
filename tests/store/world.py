"""A small store with something of everything, made of plain events."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from auditor.accounts.policy import Policy
from auditor.model.events import NewEvent
from auditor.store.checking import check
from auditor.store.store import Store, Writing

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
POLICY = Policy("K-1", "", "", "", "", False, {}, "UTC", valid_from="2026-01-01").to_document()
PERSONAL = {"name": "First Contact", "email": "first@acme.example", "phone": ""}
RENDERED = b"<html>a report</html>"
MANIFEST = b'{"files":[]}'


def saved(stream: str, subject: str, **payload: Any) -> NewEvent:
    """A `saved` event of the account acme."""
    return NewEvent(stream, subject, "saved", AT, "user:tester", payload, "acme")


def incident(subject: str, type_: str, **payload: Any) -> NewEvent:
    """An event of an incident of acme."""
    return NewEvent("incident", subject, type_, AT, "contact:C-1", payload, "acme")


def submitted(number: int, policy: str, **more: Any) -> NewEvent:
    """An incident that needs no calendar: nothing is promised."""
    payload = {
        "number": number,
        "title": "Updates fail",
        "type": "error",
        "kind": "standard",
        "level": 3,
        "policy": policy,
        "calendar": None,
        "contract": "K-1",
        **more,
    }
    return incident(f"INC-{number:06}", "submitted", **payload)


def engagement(type_: str, **payload: Any) -> NewEvent:
    """An event of the Health Check HC-0001 of acme."""
    return NewEvent("engagement", "HC-0001", type_, AT, "user:tester", payload, "acme")


def booked(delta: int) -> dict[str, Any]:
    """A booking of premium units."""
    return {"contract": "K-1", "period": "2026-01-01", "delta": delta, "reason": "submitted", "override": False}


def found(writing: Writing) -> str:
    """Account, contract and people; the hash of the incidents' terms comes back."""
    digest = writing.keep_personal("contact", "C-1", PERSONAL)
    writing.append(
        saved("calendar", "office", spec={"zone": "Europe/Madrid"}, version=1),
        saved("account", "acme", name="Acme", customer_calendar="office"),
        saved("contract", "K-1", account="acme", support_calendar="office", valid_to="2027-01-01"),
        saved("contact", "C-1", account="acme", personal=digest, erased=False),
        saved("person", "P-1", calendar="office", personal=writing.keep_personal("person", "P-1", PERSONAL)),
        saved("absence", "A-1", person="P-1"),
    )
    return writing.keep_snapshot("policy", POLICY)


def fill(store: Store) -> None:
    """20 events: settings, incidents, a report and its file, a notification, an absence removed, an engagement."""
    manifest = hashlib.sha256(MANIFEST).hexdigest()
    ident = hashlib.sha256(RENDERED).hexdigest()
    with store.writing() as writing:
        policy = found(writing)
        writing.keep_content(ident, RENDERED)
        made = {"account": "acme", "kind": "daily", "period": "2026-11-19", "version": 1, "due_at": None}
        files = [{"language": "en", "format": "html", "sha256": ident}]
        writing.append(
            submitted(1, policy, quota=booked(1)),
            incident("INC-000001", "note", text="seen", internal=True),
            submitted(2, policy),
            saved("definition", "D-1", account="acme", name="weekly"),
            NewEvent("report", "R-1", "made", AT, "system", {**made, "files": files, "terms": {"K-1": policy}}, "acme"),
            NewEvent("report", "R-1", "sent", AT, "user:tester", {"channel": "e-mail", "to": []}, "acme"),
        )
    with store.writing() as writing:
        writing.append(
            incident("INC-000001", "cancelled", reason="solved itself", quota=booked(-1)),
            NewEvent("absence", "A-1", "removed", AT, "user:tester", {}, "acme"),
            NewEvent("notification", "N-1", "notified", AT, "system", {"reason": "threshold", "to": ["P-1"]}, "acme"),
            NewEvent("notification", "N-1", "delivered", AT, "system", {"channel": "mail", "file": ""}, "acme"),
            saved("contract", "K-1", account="acme", support_calendar="office", valid_to="2028-01-01"),
        )
    with store.writing() as writing:
        writing.keep_content(manifest, MANIFEST)
        asked = {"contract": "K-1", "zone": "UTC", "tam": "P-1", "by": "C-1", "language": "en"}
        writing.append(
            engagement("requested", **asked, preferred={"from": "2026-12-01", "to": "2026-12-24"}),
            engagement("received", manifest=manifest, files=0, bytes=0, source="disk", complete=True, missing=[]),
            engagement("cancelled", reason="not needed"),
        )


EVENTS = 20


@contextmanager
def unguarded(store: Store) -> Iterator[Any]:
    """Work on the tables behind the store's back: without triggers and references, which are there again after."""
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(text("SET session_replication_role = replica"))
                yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            triggers = connection.execute(text(query)).all()
            for trigger in triggers:
                connection.execute(text(f"DROP TRIGGER {trigger.name}"))
            yield connection
            for trigger in triggers:
                connection.exec_driver_sql(trigger.sql)
        driver.execute("PRAGMA foreign_keys=ON")


def problems(store: Store, known_head: str = "") -> list[str]:
    """What a check says."""
    return [str(problem) for problem in check(store, known_head).problems]
