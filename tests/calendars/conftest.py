"""Calendars for tests: hours and regions as the cases state them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.freeze import freeze
from auditor.calendars.options import CalendarOptions, spec_from_options

MakeCalendar = Callable[..., BusinessCalendar]


def make(zone: str, *windows: str, years: tuple[int, int] = (2023, 2030), **options: Any) -> BusinessCalendar:
    return BusinessCalendar(freeze(spec_from_options(CalendarOptions(zone, windows, **options)), *years))


@pytest.fixture(scope="session")
def calendar_of() -> MakeCalendar:
    return make


@pytest.fixture(scope="session")
def madrid() -> BusinessCalendar:
    return make("Europe/Madrid", "09:00-18:00", country="ES", subdivision="MD")


@pytest.fixture(scope="session")
def moscow() -> BusinessCalendar:
    return make("Europe/Moscow", "10:00-19:00", country="RU")


@pytest.fixture(scope="session")
def rome() -> BusinessCalendar:
    return make("Europe/Rome", "09:00-13:00", "14:00-18:00", country="IT", subdivision="RM")
