"""What a support calendar says: zone, weekly windows, country, overrides. Written by people, stored, versioned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field
from datetime import date
from typing import Any

from auditor.calendars.fields import Fields
from auditor.calendars.windows import Window, check_week, in_order, parse_window
from auditor.calendars.zones import load_zone
from auditor.errors import ContentError, UsageProblem

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEVER: tuple[tuple[Window, ...], ...] = ((),) * 7


@dataclass(frozen=True)
class Override:
    """What one date has instead of everything else. No windows: closed."""

    windows: tuple[Window, ...]
    reason: str = ""


@dataclass(frozen=True)
class CalendarSpec:
    """One version of a calendar. There is no default for business hours: `weekly` must be stated.

    zone        IANA name.
    weekly      windows of Monday to Sunday. On a weekend day they hold only where that day is moved to be worked.
    country     ISO 3166 letters, whose holidays, weekend and moved working days apply; empty: only `weekly` decides.
    weekend     weekday numbers (Monday is 0) in place of the country's weekend; None: the country's.
    every_day   weekends and holidays do not close; the windows still hold, on all dates.
    always_open 24 hours on 7 days; only overrides close.
    overrides   date -> windows of that date; stronger than everything else.

    ContentError for an unknown zone, country, subdivision or category, for overlapping windows, and when it would never
    be open. `check_region=False` asks the holiday library nothing: for what was checked when it was frozen.
    """

    id: str
    zone: str
    weekly: tuple[tuple[Window, ...], ...]
    country: str = ""
    subdivision: str = ""
    categories: tuple[str, ...] = ("public",)
    every_day: bool = False
    always_open: bool = False
    overrides: Mapping[date, Override] = field(default_factory=dict)
    version: int = 1
    name: str = ""
    weekend: tuple[int, ...] | None = None
    check_region: InitVar[bool] = True

    def __post_init__(self, check_region: bool) -> None:
        self._check_names()
        self._set("weekly", self._ordered_week())
        self._set("categories", tuple(sorted(set(self.categories))))
        self._set("overrides", {day: self._ordered(day, self.overrides[day]) for day in sorted(self.overrides)})
        if self.weekend is not None:
            self._set("weekend", tuple(sorted(set(self.weekend))))
        load_zone(self.zone)
        if self.country and check_region:
            self._check_country()
        self._check_open_time(check_region)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _problem(self, message: str, hint: str = "") -> ContentError:
        return ContentError(message, where=f"calendar {self.id}" if self.id else "calendar", hint=hint)

    def _check_names(self) -> None:
        if not self.id or not self.id.isprintable() or self.id != self.id.strip():
            raise self._problem("the id is empty or not printable", "give it a short name such as acme-madrid")
        if self.version < 1:
            raise self._problem(f"the version is {self.version}", "versions count from 1")
        if self.subdivision and not self.country:
            raise self._problem(f"subdivision {self.subdivision!r} without a country", "state the country too")
        if not self.categories:
            raise self._problem("no category of holidays", "the usual one is public")
        if any(not 0 <= number <= 6 for number in self.weekend or ()):
            raise self._problem("the weekend has a day that is none", "days are numbered 0 (Monday) to 6 (Sunday)")

    def _ordered_week(self) -> tuple[tuple[Window, ...], ...]:
        if len(self.weekly) != 7:
            raise self._problem(f"the week has {len(self.weekly)} days", "state the windows of 7 days, Monday first")
        try:
            week = tuple(in_order(windows) for windows in self.weekly)
            check_week(week)
        except UsageProblem as error:
            raise self._problem(error.message, error.hint) from error
        return week

    def _ordered(self, day: date, override: Override) -> Override:
        try:
            return Override(in_order(override.windows), override.reason)
        except UsageProblem as error:
            raise self._problem(f"override of {day}: {error.message}", error.hint) from error

    def _check_country(self) -> None:
        from auditor.calendars import library

        try:
            library.check_region(self.country, self.subdivision, self.categories)
        except ContentError as error:
            raise self._problem(error.message, error.hint) from error

    def _check_open_time(self, check_region: bool) -> None:
        if self.always_open:
            if any(self.weekly):
                raise self._problem("always open, yet with windows", "state the one or the other")
            return
        if not any(self.weekly):
            raise self._problem(
                "no business hours are stated, so it would never be open",
                "state the windows; there is no default for them",
            )
        closed = self.usual_weekend() if check_region and not self.every_day else ()
        if not any(windows for number, windows in enumerate(self.weekly) if number not in closed):
            raise self._problem(
                "windows are stated only for days of the weekend, so it would never be open",
                "state windows of working days, another weekend, or that it is open every day",
            )

    def check_categories(self) -> None:
        """ContentError for categories of holidays without the country whose they are: they would close nothing.

        Asked where a calendar is stated; one that was saved before stays readable.
        """
        if not self.country and self.categories != ("public",):
            named = ", ".join(self.categories)
            raise self._problem(f"categories of holidays without a country: {named}", "state the country too")

    def usual_weekend(self) -> tuple[int, ...]:
        """Weekday numbers of the weekend: as stated, else the country's by the latest rule, else none."""
        if self.weekend is not None:
            return self.weekend
        if not self.country:
            return ()
        from auditor.calendars import library

        return library.usual_weekend(self.country, self.subdivision)

    def to_document(self) -> dict[str, Any]:
        """A dict for JSON, with sorted keys; `from_document` gives back an equal spec."""
        return {
            "always_open": self.always_open,
            "categories": list(self.categories),
            "country": self.country,
            "every_day": self.every_day,
            "id": self.id,
            "name": self.name,
            "overrides": {
                day.isoformat(): {"reason": override.reason, "windows": [str(window) for window in override.windows]}
                for day, override in self.overrides.items()
            },
            "subdivision": self.subdivision,
            "version": self.version,
            "weekend": None if self.weekend is None else [WEEKDAYS[number] for number in self.weekend],
            "weekly": {
                day: [str(window) for window in windows]
                for day, windows in sorted(zip(WEEKDAYS, self.weekly, strict=True))
                if windows
            },
            "zone": self.zone,
        }

    @classmethod
    def from_document(cls, document: object, *, where: str = "", check_region: bool = True) -> CalendarSpec:
        """The spec of a document; ContentError naming the place for an unknown key, a wrong type or a wrong value.

        Only `id` and `zone` are required, and `weekly` unless it is always open.
        """
        fields = Fields(document, where)
        categories = tuple(fields.texts("categories", default=["public"]))
        spec = cls(
            id=fields.text("id"),
            zone=fields.text("zone"),
            weekly=_weekly(fields.inner("weekly")),
            country=fields.text("country", default=""),
            subdivision=fields.text("subdivision", default=""),
            categories=categories,
            every_day=fields.flag("every_day", default=False),
            always_open=fields.flag("always_open", default=False),
            overrides=_overrides(fields.inner("overrides")),
            version=fields.number("version", default=1),
            name=fields.text("name", default=""),
            weekend=read_weekdays(fields, "weekend"),
            check_region=check_region,
        )
        fields.finish()
        return spec


def _weekly(fields: Fields) -> tuple[tuple[Window, ...], ...]:
    week = tuple(_windows(fields, day) for day in WEEKDAYS)
    fields.finish()
    return week


def _windows(fields: Fields, key: str) -> tuple[Window, ...]:
    windows = []
    for text in fields.texts(key, default=[]):
        try:
            windows.append(parse_window(text))
        except UsageProblem as error:
            raise fields.problem(key, error.message, error.hint) from error
    return tuple(windows)


def read_weekdays(fields: Fields, key: str) -> tuple[int, ...] | None:
    """Weekday numbers of a list of names; None for null or a key that is not there."""
    names = fields.texts(key, default=None)
    for name in names or ():
        if name not in WEEKDAYS:
            raise fields.problem(key, f"{name!r} is no weekday", f"there are {', '.join(WEEKDAYS)}")
    return None if names is None else tuple(WEEKDAYS.index(name) for name in names)


def _overrides(fields: Fields) -> dict[date, Override]:
    found = {}
    for key in fields.left():
        day = fields.parsed_day(key, key)
        inner = fields.inner(key)
        found[day] = Override(_windows(inner, "windows"), inner.text("reason", default=""))
        inner.finish()
    return found
