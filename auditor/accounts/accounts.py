"""Customers: where they are, which languages they read, and the calendar of their working days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from auditor.calendars.zones import load_zone
from auditor.errors import ContentError
from auditor.phrases import LANGUAGES

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?")
_CUTOFF = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
DEFAULT_CUTOFF = "17:00"
"""When a daily report is due, local time: no sheet states an hour, so it can be set for each account."""


def check_id(kind: str, ident: str) -> None:
    """ContentError unless the id can stand in file names, addresses and reports without quoting."""
    if _ID.fullmatch(ident) is None:
        hint = "use up to 64 letters A to Z, digits, dots, hyphens and underscores; begin with a letter or digit"
        raise ContentError(f"{ident!r} cannot be the id of {kind}", hint=hint)


def check_language(language: str) -> None:
    """ContentError unless the product speaks the language; a territory may follow it, as in pt-BR or es-419."""
    found = _LANGUAGE.fullmatch(language)
    if found is None or found[1].lower() not in LANGUAGES:
        hint = f"there are {', '.join(LANGUAGES)}; a territory may follow, as in pt-BR"
        raise ContentError(f"there is no language {language!r}", hint=hint)


def language_tag(language: str) -> str:
    """A language as it is recorded: PT_br is pt-BR. ContentError for one that the product does not speak."""
    check_language(language)
    base, _, territory = language.replace("_", "-").partition("-")
    return f"{base.lower()}-{territory.upper()}" if territory else base.lower()


@dataclass(frozen=True, slots=True)
class Account:
    """A customer. `time_zone` is an IANA name and decides when contracts, days and quarters begin.

    `customer_calendar` is the id of the calendar of the customer's working days. `daily_cutoff` is the local time
    (HH:MM) at which it is decided whether a daily report is due.
    """

    id: str
    name: str
    time_zone: str
    country: str
    customer_calendar: str
    subdivision: str = ""
    languages: tuple[str, ...] = ("en",)
    daily_cutoff: str = DEFAULT_CUTOFF

    def check(self) -> None:
        """ContentError that says which value cannot be, and what is near. Asked before saving, not at every reading."""
        check_id("an account", self.id)
        if not self.name.strip():
            raise ContentError(f"the account {self.id} has no name", hint="give it the name of the customer")
        load_zone(self.time_zone)
        _check_region(self.country, self.subdivision)
        if not self.languages:
            raise ContentError(f"the account {self.id} has no language", hint="name at least one, such as en")
        for language in self.languages:
            check_language(language)
        if _CUTOFF.fullmatch(self.daily_cutoff) is None:
            raise ContentError(
                f"{self.daily_cutoff!r} is no time of day", hint="write hours and minutes, such as 17:00"
            )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone, ready to reckon with."""
        return load_zone(self.time_zone)

    def to_document(self) -> dict[str, Any]:
        """What a `saved` event holds: everything but the id."""
        document = {name: getattr(self, name) for name in self.__slots__ if name != "id"}
        return {**document, "languages": list(self.languages)}

    @classmethod
    def from_document(cls, ident: str, document: Mapping[str, Any]) -> Account:
        """The account that `to_document` wrote."""
        return cls(ident, **{**document, "languages": tuple(document["languages"])})


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a local day begins.

    A midnight that the clocks skip is the instant at which they jump; of a midnight that comes twice it is the first.
    """
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _check_region(country: str, subdivision: str) -> None:
    from auditor.calendars.library import check_region

    check_region(country, subdivision, ())
