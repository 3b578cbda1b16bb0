"""How the account's memory grows: queue, show, tick and a quarterly report on stores of 1,000 to 100,000 incidents.

    python -m benchmarks.accounts [--incidents 1000 10000 100000] [--db postgresql://...]

Every incident has ten events; 200 are open in every store, so that what is asked stays the same while history grows.
Every figure is a fresh process of the command line; the store is SQLite in a temporary folder unless --db names the
empty database of a server (for one size only).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.accounts.people import Assignment
from auditor.accounts.programmes import load_programmes
from auditor.app.accounts import accounts, calendars, contracts, people
from auditor.app.accounts.saving import Act
from auditor.calendars.options import CalendarOptions, spec_from_options
from auditor.model.events import NewEvent
from auditor.store.opening import open_store
from benchmarks.measure import Case, Sample, median, run

SIZES = (1_000, 10_000, 100_000)
ACCOUNTS = 20
OPEN = 200
EVENTS = 10
QUARTERS = 8
BATCH = 500
FIRST = datetime(2024, 10, 1, 8, tzinfo=UTC)
NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)
SETUP = Act("user:benchmark", datetime(2024, 9, 1, tzinfo=UTC))
PROGRAMMES = load_programmes()


def furnish(writing: Any) -> dict[str, dict[str, Any]]:
    """Accounts with Enterprise contracts that owe no reports by themselves; what `submitted` says for each."""
    spec = spec_from_options(CalendarOptions(zone="Europe/Madrid", windows=("09:00-18:00",), country="ES"), id="office")
    calendars.save_calendar(writing, spec, SETUP)
    stated = {}
    for role, account in (("duty_manager", ""), *(("tam", f"a{n:02}") for n in range(ACCOUNTS))):
        if account:
            values = {"id": account, "name": account, "time_zone": "Europe/Madrid", "country": "ES"}
            accounts.create_account(writing, {**values, "customer_calendar": "office"}, SETUP)
        person = people.add_person(writing, {"name": f"Manager {account}", "calendar": "office"}, SETUP)
        people.assign(writing, Assignment("", person.id, role, account, SETUP.at), SETUP)
    silent = {"value": False, "reason": "a benchmark"}
    reports = ("daily_report", "quarterly_report", "periodic_report")
    for number in range(ACCOUNTS):
        ident = f"a{number:02}"
        terms = {"id": f"K-{ident}", "account": ident, "programme": "msa-enterprise", "support_calendar": "office"}
        span = {"valid_from": "2024-09-01", "valid_to": "2028-09-01"}
        overrides = {"entitlements": dict.fromkeys(reports, silent)}
        contracts.create_contract(writing, {**terms, **span, "overrides": overrides}, PROGRAMMES, SETUP)
        _, policy = contracts.terms_at(writing, ident, FIRST, PROGRAMMES)
        stated[ident] = {
            "contract": f"K-{ident}",
            "policy": writing.keep_snapshot("policy", policy.to_document()),
            "calendar": calendars.frozen_calendar(writing, "office", 2025),
        }
    return stated


def history(number: int, total: int, stated: dict[str, dict[str, Any]]) -> Iterator[NewEvent]:
    """The ten events of an incident; the last ones of a store are open and have but one."""
    account = f"a{number % ACCOUNTS:02}"
    still_open = number >= total - OPEN
    span = NOW - FIRST - timedelta(days=3)
    at = NOW - timedelta(hours=2, minutes=number % 60) if still_open else FIRST + span * number / total
    ident = f"INC-{number + 1:06}"

    def event(kind: str, minutes: int, payload: dict[str, Any]) -> NewEvent:
        return NewEvent("incident", ident, kind, at + timedelta(minutes=minutes), "user:benchmark", payload, account)

    terms = stated[account]
    period = "2026-09-01" if at >= datetime(2026, 8, 31, 22, tzinfo=UTC) else f"{at.year - (at.month < 9)}-09-01"
    yield event(
        "submitted",
        0,
        {
            "number": number + 1,
            "title": "The scan stops",
            "description": "It stops after some minutes.",
            "product": "KESL",
            "product_version": "12.1",
            "type": "incident",
            "kind": "premium",
            "level": 2 + number % 3,
            "reported_by": "",
            "authorised": True,
            "channel": "portal",
            "request": {},
            "quota": {"contract": terms["contract"], "period": period, "delta": 1, "reason": "submitted"},
            **terms,
        },
    )
    if still_open:
        return
    yield event("acknowledged_auto", 1, {})
    yield event("routed", 2, {"to": "P-0002", "role": "tam", "reason": "tam_available"})
    answer = {"author": "person:P-0002", "analysis": "Known.", "wanted": ["logs"], "waiting": True}
    yield event("qualified_answer", 40, answer)
    yield event("info_received", 200, {"text": "Attached."})
    yield event("note", 210, {"text": "Looked at.", "internal": True})
    yield event("severity_changed", 220, {"from": 2 + number % 3, "to": 4, "reason": "a workaround is there"})
    yield event("note", 230, {"text": "Tried.", "internal": True})
    yield event("resolved", 400, {"summary": "A setting."})
    yield event("closed", 500, {})


def fill(location: str, total: int) -> float:
    """Fill an empty store; seconds it took."""
    begun = time.perf_counter()
    with open_store(location) as store:
        with store.writing() as writing:
            stated = furnish(writing)
        for first in range(0, total, BATCH):
            with store.writing() as writing:
                numbers = range(first, min(first + BATCH, total))
                writing.append(*(event for number in numbers for event in history(number, total, stated)))
    return time.perf_counter() - begun


def cases(location: str, total: int) -> list[Case]:
    """The commands that are measured."""
    tool = (str(Path(sys.executable).with_name("auditor")),)
    db = ("--db", location)
    at = NOW.strftime("%Y-%m-%dT%H:%MZ")
    quarter = ("--account", "a03", "--quarter", "2026-Q2", "--format", "json", "--out", "{out}")
    return [
        Case("queue", (*tool, "incident", "queue", *db)),
        Case("show", (*tool, "incident", "show", f"INC-{total // 2:06}", *db)),
        Case("tick, 67 requests due", (*tool, "tick", "--at", at, *db)),
        Case("tick, nothing due", (*tool, "tick", "--at", at, *db)),
        Case(
            "quarterly report",
            (*tool, "service-report", "quarterly", *quarter, *db),
            items=total // ACCOUNTS // QUARTERS,
        ),
    ]


def measured(location: str, total: int, work: Path) -> list[tuple[str, Sample]]:
    """Every command once cold, queue and show five times; what changes the store is measured once."""
    found = []
    for case in cases(location, total):
        times = 5 if case.name in {"queue", "show"} else 1
        samples = [run(case, dict(os.environ), work) for _ in range(times)]
        found.append((case.name, median(samples)))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the stores, measure, print a table."""
    parser = argparse.ArgumentParser(description="Measure the account's memory.")
    parser.add_argument("--incidents", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--db", default="", help="an empty PostgreSQL database, for one size")
    asked = parser.parse_args(arguments)
    print("| incidents | events | filled in | command | wall | CPU |")
    print("| ---: | ---: | ---: | --- | ---: | ---: |")
    for total in asked.incidents:
        work = Path(tempfile.mkdtemp(prefix="accounts-"))
        try:
            location = asked.db or str(work / "auditor.db")
            took = fill(location, total)
            events = (total - OPEN) * EVENTS + OPEN
            for name, sample in measured(location, total, work):
                print(
                    f"| {total:,} | {events:,} | {took:.0f} s | {name} | {sample.wall:.2f} s | {sample.cpu:.2f} s |",
                    flush=True,
                )
        finally:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
