"""Calendars in the store: versions as they are saved, and holidays written down for an incident."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from auditor.accounts.accounts import check_id
from auditor.app.accounts import loading
from auditor.app.accounts.saving import Act, Subject, save
from auditor.model.events import canonical

if TYPE_CHECKING:
    from auditor.calendars.snapshot import CalendarSnapshot
    from auditor.calendars.spec import CalendarSpec
    from auditor.store.store import Reading, Writing

YEARS_BEFORE, YEARS_AFTER = 1, 2
"""A frozen calendar reaches from the year before to two years after: deadlines of an incident end well within."""


def save_calendar(writing: Writing, spec: CalendarSpec, act: Act) -> int:
    """Save a calendar and return its version: one more than the last when its content is new, else the last.

    ContentError when it would not be open for a year, when its country's holidays are not known, and when the id of a
    new one cannot be.
    """
    known = writing.document("calendar", spec.id)
    if known is None:
        check_id("a calendar", spec.id)
    spec.check_categories()
    _frozen(canonical(spec.to_document()), act.at.year)
    version = 1 if known is None else int(known["spec"]["version"])
    document = {"spec": replace(spec, version=version).to_document()}
    if known is not None and canonical(known) != canonical(document):
        version += 1
        document = {"spec": replace(spec, version=version).to_document()}
    save(writing, Subject("calendar", spec.id), document, act)
    return version


def load_calendar(reading: Reading, ident: str) -> CalendarSpec:
    """The calendar as it was saved last; UsageProblem when there is none."""
    from auditor.calendars.spec import CalendarSpec

    return CalendarSpec.from_document(loading.document(reading, "calendar", ident)["spec"], where=f"calendar {ident}")


def calendar_for(reading: Reading, ident: str, year: int) -> CalendarSnapshot:
    """The calendar with its holidays around a year, as the present data say; nothing is kept."""
    known = loading.document(reading, "calendar", ident)["spec"]
    return _frozen(canonical(known), year)


def frozen_calendar(writing: Writing, ident: str, year: int) -> str:
    """Write down the calendar around a year and keep it; returns the hash that incidents name."""
    snapshot = calendar_for(writing, ident, year)
    kept: dict[str, Any] = snapshot.to_document()
    return writing.keep_snapshot("calendar", kept)


@lru_cache(maxsize=64)
def _frozen(spec: bytes, year: int) -> CalendarSnapshot:
    """Asking the holiday library takes long; imports ask for the same year thousands of times."""
    from auditor.calendars.freeze import freeze, known_years
    from auditor.calendars.spec import CalendarSpec

    wanted = CalendarSpec.from_document(orjson.loads(spec))
    earliest, latest = known_years(wanted)
    first, last = max(year - YEARS_BEFORE, earliest), min(year + YEARS_AFTER, latest)
    return freeze(wanted, min(first, year), max(last, year))
