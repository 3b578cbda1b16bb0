"""What several tests of this folder start from."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.accounts.programmes import load_programmes
from auditor.app.accounts import calendars, contracts
from auditor.calendars.options import CalendarOptions, spec_from_options
from auditor.model.events import NewEvent

PROGRAMMES = load_programmes()
START = datetime(2026, 1, 1, tzinfo=UTC)
ACME = {"id": "acme", "name": "Acme", "time_zone": "Europe/Madrid", "country": "ES", "customer_calendar": "office"}
BUSINESS = {
    "id": "K-1",
    "account": "acme",
    "programme": "msa-business",
    "valid_from": "2026-03-01",
    "valid_to": "2027-03-01",
    "support_calendar": "support",
}


def office(ident="office", **changes):
    """A calendar of Madrid, Monday to Friday from 9 to 18."""
    options = {"zone": "Europe/Madrid", "windows": ("09:00-18:00",), "country": "ES", **changes}
    return spec_from_options(CalendarOptions(**options), id=ident)


def submit(writing, at, reported_by, level=2):
    """Record a premium request of acme under the contract in force; returns its id."""
    contract, policy = contracts.terms_at(writing, "acme", at, PROGRAMMES)
    number = writing.next_number()
    ident = f"INC-{number:06}"
    booking = {"contract": contract.id, "period": "2026-03-01", "delta": 1, "reason": "submitted", "override": False}
    payload = {
        "number": number,
        "title": "Scan stops",
        "description": "",
        "product": "",
        "product_version": "",
        "type": "incident",
        "kind": "premium",
        "level": level,
        "reported_by": reported_by,
        "authorised": True,
        "channel": "portal",
        "contract": contract.id,
        "policy": writing.keep_snapshot("policy", policy.to_document()),
        "calendar": calendars.frozen_calendar(writing, contract.support_calendar, at.year),
        "quota": booking,
        "request": {},
    }
    writing.append(NewEvent("incident", ident, "submitted", at, f"contact:{reported_by}", payload, "acme"))
    return ident
