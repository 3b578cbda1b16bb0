"""Accounts whose incidents happen in a test: events as the store would chain them, without a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from auditor.accounts.accounts import Account
from auditor.accounts.contract_terms import policy_of
from auditor.accounts.contracts import Contract
from auditor.accounts.incidents.facts import Booking
from auditor.accounts.people import Assignment
from auditor.accounts.programmes import load_programmes
from auditor.accounts.reports.material import Material, Patch, Terms
from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.freeze import freeze
from auditor.calendars.spec import CalendarSpec
from auditor.calendars.windows import parse_window
from auditor.model.events import GENESIS, Event, NewEvent, chained, digest

NINE_TO_SIX = (*((parse_window("09:00-18:00"),) for _ in range(5)), (), ())


def utc(text: str) -> datetime:
    """An instant: 2026-07-14T09:00 is UTC."""
    stated = datetime.fromisoformat(text)
    return stated.astimezone(UTC) if stated.tzinfo else stated.replace(tzinfo=UTC)


@cache
def programmes():
    return load_programmes()


@cache
def office(zone: str, country: str = "") -> BusinessCalendar:
    """Monday to Friday, 09:00 to 18:00."""
    return BusinessCalendar(freeze(CalendarSpec("office", zone, NINE_TO_SIX, country=country), 2024, 2029))


def contract(ident: str, programme: str, valid_from: str = "2026-01-01", valid_to: str = "2027-01-01", **more: Any):
    return Contract(
        ident,
        "acme",
        programme,
        programmes()[programme].edition,
        date.fromisoformat(valid_from),
        date.fromisoformat(valid_to),
        "office",
        plus_licence=programme == "enhanced-tam",
        **more,
    )


class Scene:
    """One account. Contracts by id: `ent` is MSA Enterprise unless others are given; "" is without contract."""

    def __init__(self, zone: str = "Europe/Madrid", *contracts: Contract, cutoff: str = "17:00") -> None:
        self.account = Account("acme", "Acme Ltd", zone, "ES", "office", languages=("en",), daily_cutoff=cutoff)
        self.contracts = contracts or (contract("ent", "msa-enterprise"),)
        self.calendar = office(zone)
        self.policies = {one.id: self._policy(one) for one in self.contracts}
        self.policies[""] = policy_of(None, programmes()["standard"], self.account)
        self.events: list[Event] = []
        self.assignments = [Assignment("a1", "P-0001", "tam", "acme", utc("2020-01-01"))]
        self.patches: list[Patch] = []

    def _policy(self, one: Contract):
        return policy_of(one, programmes()[one.programme], self.account)

    def submit(self, number: int, at: str, level: int, under: str = "ent", **more: Any) -> str:
        """An incident comes in; its id comes back. `more` changes its payload."""
        policy = self.policies[under]
        payload = {
            "number": number,
            "title": f"Problem {number}",
            "description": "",
            "product": "Kaspersky Endpoint Security",
            "product_version": "12.5",
            "type": "incident",
            "kind": "premium" if under else "standard",
            "level": level,
            "reported_by": "contact:C-0001",
            "authorised": True,
            "channel": "portal",
            "contract": under or None,
            "policy": digest(policy.to_document()),
            "calendar": digest(self.calendar.snapshot.to_document()) if under else None,
            "quota": None,
            "request": {},
        } | more
        if payload["kind"] == "premium" and payload["quota"] is None:
            booked = {
                "contract": under,
                "period": policy.valid_from,
                "delta": 1,
                "reason": "submitted",
                "override": False,
            }
            payload["quota"] = booked
        return self._append(f"INC-{number:06}", "submitted", at, payload.pop("actor", "contact:C-0001"), payload)

    def then(self, incident: str, kind: str, at: str, actor: str = "person:P-0001", **payload: Any) -> None:
        """Something happens to it."""
        self._append(incident, kind, at, actor, payload)

    def answer(self, incident: str, at: str, analysis: str = "The dump shows the cause.", **more: Any) -> None:
        stated = {"author": "person:P-0001", "analysis": analysis, "wanted": [], "waiting": False} | more
        self.then(incident, "qualified_answer", at, **stated)

    def lower(self, incident: str, at: str, before: int, after: int, reason: str = "a workaround holds") -> None:
        self.then(incident, "severity_changed", at, **{"from": before, "to": after, "reason": reason})

    def resolve(self, incident: str, at: str, summary: str = "The cause is removed.") -> None:
        self.then(incident, "resolved", at, summary=summary)

    def _append(self, incident: str, kind: str, at: str, actor: str, payload: dict[str, Any]) -> str:
        new = NewEvent("incident", incident, kind, utc(at), actor, payload, "acme")
        prev = self.events[-1].hash if self.events else GENESIS
        self.events.append(chained(new, len(self.events) + 1, utc(at), prev))
        return incident

    def material(self) -> Material:
        """Everything, as a report would be given it."""
        histories: dict[str, list[Event]] = {}
        for event in self.events:
            histories.setdefault(event.subject, []).append(event)
        return Material(
            account=self.account,
            histories=list(histories.values()),
            policies={digest(policy.to_document()): policy for policy in self.policies.values()},
            calendars={digest(self.calendar.snapshot.to_document()): self.calendar},
            terms=[Terms(one, self.policies[one.id]) for one in self.contracts],
            assignments=self.assignments,
            patches=self.patches,
            bookings=list(self._bookings()),
        )

    def _bookings(self):
        for event in self.events:
            quota = event.payload.get("quota")
            if quota:
                about = (event.at, event.seq, event.subject, quota["contract"], quota["period"])
                yield Booking(*about, quota["delta"], quota["reason"], str(quota["override"] or ""))

    def in_zone(self, zone: str) -> Scene:
        """The same account elsewhere, for what does not depend on calendars."""
        self.account = replace(self.account, time_zone=zone)
        return self


def busy_quarter() -> Scene:
    """The third quarter of 2026 at an account with three contracts: every kind of outcome, mark and change.

    Madrid, business hours 09:00 to 18:00 local (07:00 to 16:00 UTC in summer). By hand:

    1  Enterprise, level 1, Fri 10 Jul 10:00 local; due 10:30, answered 10:20: met. Lowered to 3 on Mon, resolved.
    2  Enhanced, level 3 (6 h, uncertain), Wed 15 Jul 10:00; due 16:00, answered 17:00: missed, uncertain.
    3  Start, level 3: no time guaranteed; answered.
    4  Enterprise, level 2 (2 h), submitted Tue 30 Jun 12:00, answered 12:50: decided in the second quarter; resolved in
       the third.
    5  Enterprise, level 3 (6 bh), submitted Wed 30 Sep 16:00 local: due Thu 1 Oct 13:00, still running at the end.
    6  Start, level 1 (6 bh), Mon 3 Aug 09:00, answered 15:00 local, exactly at the deadline: met.
    7  Enhanced, level 2 (4 h, uncertain), Tue 4 Aug 10:00; answered 11:00: met, uncertain. Reopened once.
    8  without contract: nothing guaranteed, cancelled.
    9  Enterprise, database release: false positive, steps 1 and 2.
    10 Enterprise, private patch, delivered.
    11 Start, level 2, cancelled before an answer: its premium unit came back.
    """
    scene = Scene(
        "Europe/Madrid",
        contract("ent", "msa-enterprise"),
        contract("enh", "enhanced-tam"),
        contract("start", "msa-start"),
    )
    _first_half(scene)
    _second_half(scene)
    scene.patches.append(
        Patch(
            "PATCH-1",
            utc("2026-09-10T12:00"),
            {
                "incident": "INC-000010",
                "visibility": "private",
                "product": "Kaspersky Security Center",
                "version": "15.1",
                "name": "pf4711.exe",
                "sha256": "ab" * 32,
            },
        )
    )
    return scene


def _first_half(scene: Scene) -> None:
    scene.submit(4, "2026-06-30T10:00", 2, title="Policies are not applied")
    scene.answer("INC-000004", "2026-06-30T10:50")
    one = scene.submit(
        1, "2026-07-10T08:00", 1, title="All file servers stop", description="Since the update\nnothing works."
    )
    scene.then(one, "routed", "2026-07-10T08:00", "system", to="P-0001", role="tam", reason="level 1 at once")
    scene.then(one, "phone_called", "2026-07-10T08:02", "contact:C-0001", by="contact:C-0001", line="priority")
    scene.then(
        one, "escalated", "2026-07-10T08:15", "system", fraction=0.5, to=["person:P-0001"], reason="50 %", late=False
    )
    scene.answer(one, "2026-07-10T08:20", wanted=["memory dump", "trace of the agent"], waiting=True)
    scene.then(one, "note", "2026-07-11T10:00", text="they are nervous", internal=True)
    scene.then(one, "info_received", "2026-07-12T15:30", "contact:C-0001", text="The dump is uploaded.")
    scene.lower(one, "2026-07-13T14:59", 1, 3)
    two = scene.submit(2, "2026-07-15T08:00", 3, "enh", title="Reports are slow")
    scene.answer(two, "2026-07-15T15:00")
    scene.then("INC-000004", "resolved", "2026-07-16T09:00", summary="Fixed in 12.6.")
    scene.resolve(one, "2026-07-20T10:00")
    three = scene.submit(3, "2026-08-01T08:00", 3, "start", title="Question on exclusions", type="question")
    scene.answer(three, "2026-08-03T15:00")


def _second_half(scene: Scene) -> None:
    six = scene.submit(6, "2026-08-03T07:00", 1, "start", title="Update breaks the mail gateway")
    scene.answer(six, "2026-08-03T13:00")
    seven = scene.submit(7, "2026-08-04T08:00", 2, "enh", title="Agent loses its server", product="Network Agent")
    scene.answer(seven, "2026-08-04T09:00")
    scene.resolve(six, "2026-08-05T07:00")
    scene.resolve(seven, "2026-08-06T10:00")
    eight = scene.submit(8, "2026-08-07T10:00", 4, "", title="Licence question", product="")
    scene.then(seven, "reopened", "2026-08-10T10:00", "contact:C-0001", reason="it came back")
    scene.then(
        seven, "escalated", "2026-08-10T10:05", "contact:C-0001", fraction=None, to=["person:P-0001"], reason="again"
    )
    scene.then(eight, "cancelled", "2026-08-11T10:00", "contact:C-0001", reason="solved")
    wrong = {"reason": "false_positive", "detection": "HEUR:Trojan.Generic", "sample_sha256": "cd" * 32}
    nine = scene.submit(
        9, "2026-08-20T08:00", 2, type="avdb_release", title="Our tool is taken for a trojan", request=wrong
    )
    scene.answer(nine, "2026-08-20T08:30")
    scene.then(nine, "avdb_changed", "2026-08-20T09:00", **{"from": "new", "to": "step1_processing", "step": 1})
    scene.then(
        nine, "avdb_changed", "2026-08-21T09:00", **{"from": "step1_processing", "to": "step2_released", "step": 2}
    )
    ten = scene.submit(10, "2026-09-01T08:00", 3, type="private_patch", title="Crash with a foreign driver")
    scene.answer(ten, "2026-09-01T09:00")
    scene.then(ten, "patch_changed", "2026-09-10T12:00", **{"from": "built", "to": "delivered"})
    eleven = scene.submit(11, "2026-09-15T08:00", 2, "start", title="Sent twice")
    back = {"contract": "start", "period": "2026-01-01", "delta": -1, "reason": "cancelled", "override": False}
    scene.then(eleven, "cancelled", "2026-09-15T09:00", "contact:C-0001", reason="sent twice", quota=back)
    scene.submit(5, "2026-09-30T14:00", 3, title="Tasks hang")
