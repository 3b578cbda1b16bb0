"""A calendar with its holidays written down: arithmetic on it never asks the holiday library again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from auditor.calendars.fields import Fields
from auditor.calendars.spec import WEEKDAYS, CalendarSpec, read_weekdays
from auditor.errors import ContentError

FORMAT = 1


@dataclass(frozen=True)
class DayException:
    """A date that departs from the week: a holiday (`working` false) or a day moved to be worked.

    `name` is in English where the library has it. `estimated` marks a date that depends on the moon and may still move.
    `like` is the weekday (Monday is 0) whose windows a moved working day has when its own weekday has none.
    """

    date: date
    working: bool
    name: str
    estimated: bool = False
    like: int | None = None


@dataclass(frozen=True)
class CalendarSnapshot:
    """One version of a calendar for the years `first_year` to `last_year`, made by `freeze`.

    `exceptions` are sorted by date and begin some days before `first_year`: a window may run past midnight into it.
    `weekend` holds weekday numbers, Monday is 0. `decreed_until` is the last year for which the country's days are
    known (None: nothing is announced year by year); what touches a later year is provisional.
    `holidays_version` and `tzdata_version` name the data it was made with; the first is empty without a country.
    """

    spec: CalendarSpec
    exceptions: tuple[DayException, ...]
    weekend: tuple[int, ...]
    first_year: int
    last_year: int
    decreed_until: int | None
    holidays_version: str
    tzdata_version: str

    def __post_init__(self) -> None:
        if self.first_year > self.last_year:
            raise ContentError(f"the years {self.first_year} to {self.last_year} are in the wrong order")
        dates = [exception.date for exception in self.exceptions]
        if any(later <= earlier for earlier, later in pairwise(dates)):
            raise ContentError("the exceptions are not sorted by date, or name a date twice")

    def to_document(self) -> dict[str, Any]:
        """A dict for JSON, with sorted keys; `from_document` gives back an equal snapshot."""
        return {
            "decreed_until": self.decreed_until,
            "exceptions": [_exception_document(exception) for exception in self.exceptions],
            "first_year": self.first_year,
            "format": FORMAT,
            "holidays_version": self.holidays_version,
            "last_year": self.last_year,
            "spec": self.spec.to_document(),
            "tzdata_version": self.tzdata_version,
            "weekend": [WEEKDAYS[number] for number in self.weekend],
        }

    def canonical(self) -> bytes:
        """The document as JSON, the same bytes for the same content: made to be hashed."""
        text = json.dumps(self.to_document(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode("utf-8")

    @classmethod
    def from_document(cls, document: object, *, where: str = "") -> CalendarSnapshot:
        """The snapshot of a document; ContentError naming the place for whatever is not as `to_document` writes it.

        The country is not looked up again: a later holiday library may name its parts differently.
        """
        fields = Fields(document, where)
        if (found := fields.number("format")) != FORMAT:
            raise fields.problem("format", f"calendar snapshots of format {found} are not known", "use a newer release")
        snapshot = cls(
            spec=CalendarSpec.from_document(fields.raw("spec"), where=f"{where}/spec", check_region=False),
            exceptions=tuple(_exception(item) for item in fields.items("exceptions")),
            weekend=read_weekdays(fields, "weekend") or (),
            first_year=fields.number("first_year"),
            last_year=fields.number("last_year"),
            decreed_until=fields.optional_number("decreed_until"),
            holidays_version=fields.text("holidays_version"),
            tzdata_version=fields.text("tzdata_version"),
        )
        fields.finish()
        return snapshot


def _exception_document(exception: DayException) -> dict[str, Any]:
    document: dict[str, Any] = {
        "date": exception.date.isoformat(),
        "name": exception.name,
        "working": exception.working,
    }
    if exception.estimated:
        document["estimated"] = True
    if exception.like is not None:
        document["like"] = WEEKDAYS[exception.like]
    return document


def _exception(fields: Fields) -> DayException:
    like = fields.text("like", default="")
    if like and like not in WEEKDAYS:
        raise fields.problem("like", f"{like!r} is no weekday", f"there are {', '.join(WEEKDAYS)}")
    exception = DayException(
        date=fields.day("date"),
        working=fields.flag("working"),
        name=fields.text("name"),
        estimated=fields.flag("estimated", default=False),
        like=WEEKDAYS.index(like) if like else None,
    )
    fields.finish()
    return exception
