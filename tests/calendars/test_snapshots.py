"""Holidays, weekends and moved days as they are written down, and that nothing moves them afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest

from auditor.calendars import library
from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.days import DayKind
from auditor.calendars.freeze import freeze, names_in
from auditor.calendars.options import CalendarOptions, spec_from_options
from auditor.calendars.snapshot import CalendarSnapshot, DayException
from auditor.calendars.spec import CalendarSpec
from auditor.errors import ContentError

HOUR = 3600


def spec(zone: str = "Europe/Madrid", *windows: str, **options: Any) -> CalendarSpec:
    return spec_from_options(CalendarOptions(zone, windows or ("09:00-18:00",), **options))


def exceptions(snapshot: CalendarSnapshot) -> dict[date, DayException]:
    return {exception.date: exception for exception in snapshot.exceptions}


def test_madrid_has_its_regional_days_and_spain_alone_has_not() -> None:
    region = exceptions(freeze(spec(country="ES", subdivision="MD"), 2026, 2026))
    country = exceptions(freeze(spec(country="ES"), 2026, 2026))
    for day in (date(2026, 4, 2), date(2026, 5, 2), date(2026, 11, 2), date(2026, 12, 7)):
        assert day in region
        assert day not in country
    assert region[date(2026, 12, 8)] == DayException(date(2026, 12, 8), False, "Immaculate Conception")


def test_rome_adds_its_patron(rome: BusinessCalendar) -> None:
    assert not rome.is_business_day(date(2026, 6, 29))
    assert "Saints Peter and Paul" in rome.why(date(2026, 6, 29)).name


@pytest.mark.parametrize("day", ["2024-04-27", "2024-11-02", "2024-12-28", "2025-11-01", "2027-02-20"])
def test_russian_saturdays_that_are_worked(moscow: BusinessCalendar, day: str) -> None:
    assert moscow.is_business_day(date.fromisoformat(day))
    assert moscow.why(date.fromisoformat(day)).kind is DayKind.MOVED


@pytest.mark.parametrize("day", ["2024-04-29", "2025-05-02", "2025-12-31", "2026-01-09", "2027-12-31"])
def test_russian_weekdays_that_are_off(moscow: BusinessCalendar, day: str) -> None:
    assert not moscow.is_business_day(date.fromisoformat(day))
    assert moscow.why(date.fromisoformat(day)).kind is DayKind.HOLIDAY


def test_a_moved_day_has_the_windows_of_the_day_it_stands_in_for() -> None:
    # Saturday 27 April 2024 is worked for Monday 29 April, Saturday 1 November 2025 for Monday 3 November
    calendar = BusinessCalendar(
        freeze(spec("Europe/Moscow", "mon=08:00-12:00", "tue-fri=10:00-19:00", country="RU"), 2024, 2025)
    )
    assert [str(window) for window in calendar.windows(date(2024, 4, 27))] == ["08:00-12:00"]
    own = BusinessCalendar(
        freeze(spec("Europe/Moscow", "mon-fri=10:00-19:00", "sat=11:00-15:00", country="RU"), 2024, 2024)
    )
    assert [str(window) for window in own.windows(date(2024, 4, 27))] == ["11:00-15:00"]
    assert own.windows(date(2024, 4, 20)) == ()


def test_names_of_moved_days_state_dates_that_nobody_can_misread() -> None:
    found = exceptions(freeze(spec("Europe/Moscow", country="RU"), 2024, 2024))
    assert found[date(2024, 4, 27)].name == "works in place of 2024-04-29"
    assert found[date(2024, 4, 29)].name == "day off taken from 2024-04-27"
    assert found[date(2024, 12, 31)].name == "day off taken from 2024-01-07"


def test_a_day_moved_over_the_new_year() -> None:
    # Saturday 31 December 2011 was worked in China for Tuesday 3 January 2012
    found = exceptions(freeze(spec("Asia/Shanghai", country="CN"), 2011, 2011))
    assert found[date(2011, 12, 31)].working
    assert found[date(2011, 12, 31)].name == "works in place of 2012-01-03"


def test_saudi_arabia_rests_on_friday_and_saturday() -> None:
    calendar = BusinessCalendar(freeze(spec("Asia/Riyadh", country="SA"), 2026, 2026))
    week = [calendar.is_business_day(date(2026, 4, 12) + timedelta(days=number)) for number in range(7)]
    assert week == [True, True, True, True, True, False, False]  # from Sunday
    assert calendar.snapshot.weekend == (4, 5)
    thursday = datetime(2026, 4, 16, 17, tzinfo=ZoneInfo("Asia/Riyadh"))
    assert calendar.add(thursday, 2 * HOUR).deadline == datetime(2026, 4, 19, 10, tzinfo=ZoneInfo("Asia/Riyadh"))


def test_the_weekend_of_that_time_holds() -> None:
    # the Emirates rested on Friday and Saturday until 2021, on Saturday and Sunday from 2022
    calendar = BusinessCalendar(freeze(spec("Asia/Dubai", "mon-sun=09:00-17:00", country="AE"), 2021, 2022))
    assert [calendar.is_business_day(date(2021, 6, day)) for day in (4, 5, 6)] == [False, False, True]
    assert [calendar.is_business_day(date(2022, 6, day)) for day in (3, 4, 5)] == [True, False, False]


def test_a_stated_weekend_takes_the_place_of_the_countrys() -> None:
    calendar = BusinessCalendar(freeze(spec("America/Mexico_City", weekend="sun", country="MX"), 2026, 2026))
    assert [calendar.is_business_day(date(2026, 3, day)) for day in (14, 15, 16)] == [True, False, False]


def test_carnival_closes_in_brazil_only_when_optional_days_close() -> None:
    carnival = date(2026, 2, 17)
    public = BusinessCalendar(freeze(spec("America/Sao_Paulo", country="BR", subdivision="SP"), 2026, 2026))
    both = BusinessCalendar(
        freeze(spec("America/Sao_Paulo", country="BR", subdivision="SP", categories=("public", "optional")), 2026, 2026)
    )
    assert public.is_business_day(carnival)
    assert not both.is_business_day(carnival)
    assert both.why(carnival).name == "Carnival"
    assert not public.is_business_day(date(2026, 7, 9))


def test_precedence_override_moved_holiday_weekend_windows() -> None:
    overrides = (
        "2024-04-27=closed",  # a moved working day
        "2024-05-01=12:00-13:00",  # a holiday
        "2024-05-04=12:00-13:00",  # a Saturday
        "2024-05-06=closed",  # a Monday
    )
    calendar = BusinessCalendar(freeze(spec("Europe/Moscow", country="RU", overrides=overrides), 2024, 2024))
    assert [calendar.is_business_day(date(2024, *day)) for day in ((4, 27), (5, 1), (5, 4), (5, 6))] == [
        False, True, True, False,
    ]  # fmt: skip
    assert calendar.why(date(2024, 5, 1)).kind is DayKind.OVERRIDE
    assert calendar.why(date(2024, 11, 2)).kind is DayKind.MOVED
    assert calendar.why(date(2024, 1, 6)).kind is DayKind.HOLIDAY  # a Saturday too
    assert calendar.why(date(2024, 5, 11)).kind is DayKind.WEEKEND
    assert calendar.why(date(2024, 5, 7)).kind is DayKind.WEEKLY


def test_a_short_24_december(calendar_of) -> None:
    calendar = calendar_of("Europe/Madrid", "09:00-18:00", country="ES", overrides=("2026-12-24=09:00-14:00",))
    start = datetime(2026, 12, 24, 13, tzinfo=ZoneInfo("Europe/Madrid"))
    assert calendar.add(start, 2 * HOUR).deadline == datetime(2026, 12, 28, 10, tzinfo=ZoneInfo("Europe/Madrid"))


def test_the_days_before_the_first_year_have_their_holidays_too() -> None:
    # 31 December is off in Russia in 2024 and 2026 by a move: no night shift runs from it into the new year
    night = spec("Europe/Moscow", "22:00-06:00", country="RU")
    for year in (2025, 2027):
        calendar = BusinessCalendar(freeze(night, year, year))
        assert not calendar.is_open(datetime(year, 1, 1, 5, tzinfo=ZoneInfo("Europe/Moscow")))


def test_a_night_that_began_before_a_closed_day_still_counts(calendar_of) -> None:
    calendar = calendar_of("Europe/Madrid", "22:00-06:00", every_day=True, overrides=("2026-12-25=closed",))
    assert calendar.is_open(datetime(2026, 12, 25, 5, tzinfo=ZoneInfo("Europe/Madrid")))
    assert not calendar.is_open(datetime(2026, 12, 25, 23, tzinfo=ZoneInfo("Europe/Madrid")))


def test_every_day_is_not_closed_by_weekend_or_holiday_but_by_an_override() -> None:
    calendar = BusinessCalendar(
        freeze(spec(country="ES", every_day=True, overrides=("2026-12-26=closed",)), 2026, 2026)
    )
    assert [calendar.is_business_day(date(2026, 12, day)) for day in (25, 26, 27)] == [True, False, True]
    assert calendar.why(date(2026, 12, 25)).kind is DayKind.WEEKLY


def test_always_open_is_closed_by_an_override_only(calendar_of) -> None:
    calendar = calendar_of("Etc/UTC", always_open=True, overrides=("2026-05-01=closed",))
    first, last = datetime(2026, 4, 30, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC)
    assert calendar.between(first, last) == 48 * HOUR
    assert calendar.why(date(2026, 5, 2)).kind is DayKind.ALWAYS_OPEN


def test_moved_days_of_russia_are_decreed_through_2027_t59(moscow: BusinessCalendar) -> None:
    assert moscow.snapshot.decreed_until == 2027
    zone = ZoneInfo("Europe/Moscow")
    inside = moscow.add(datetime(2027, 12, 29, 12, tzinfo=zone), HOUR)
    over = moscow.add(datetime(2027, 12, 30, 18, tzinfo=zone), 2 * HOUR)
    beyond = moscow.add(datetime(2028, 3, 1, 12, tzinfo=zone), HOUR)
    assert [found.provisional for found in (inside, over, beyond)] == [False, True, True]
    assert moscow.uncertain_between(datetime(2027, 12, 1, tzinfo=zone), datetime(2028, 1, 2, tzinfo=zone))


@pytest.mark.parametrize(
    ("country", "until"), [("ES", None), ("US", None), ("CN", 2026), ("HU", 2026), ("UA", 2022), ("IN", 2035)]
)
def test_how_far_the_days_of_a_country_are_known(country: str, until: int | None) -> None:
    assert freeze(spec(country=country), 2030, 2040).decreed_until == until


def test_countries_that_decree_are_those_with_moves_in_the_library() -> None:
    """The horizon is derived from the library's tables: each of them must give one, no other country may."""
    decreeing = {"AM", "AZ", "BG", "BY", "CN", "HU", "KG", "KZ", "LV", "MM", "RU", "TW", "UA", "UZ", "VN"}
    found = {
        code
        for code in holidays.list_supported_countries(include_aliases=False)
        if library.country_years(code, "", ("public",), range(2025, 2026), needed=range(2025, 2026)).known_until
    }
    assert found == decreeing


def test_around_the_clock_nothing_is_provisional(calendar_of) -> None:
    calendar = calendar_of("Europe/Moscow", always_open=True, country="RU")
    assert not calendar.add(datetime(2029, 3, 1, tzinfo=UTC), HOUR).provisional


def test_dates_that_depend_on_the_moon_make_an_answer_provisional_until_overridden() -> None:
    # the library estimates Eid al-Adha 2026 in Kazakhstan for Wednesday 27 May; its moves are not known there for 2026
    snapshot = replace(freeze(spec("Asia/Almaty", country="KZ"), 2026, 2026), decreed_until=None)
    assert exceptions(snapshot)[date(2026, 5, 27)].estimated
    calendar = BusinessCalendar(snapshot)
    assert [calendar.is_provisional(date(2026, 5, day), date(2026, 5, day)) for day in range(24, 31)] == [
        False, False, True, True, True, False, False,
    ]  # fmt: skip
    assert calendar.is_provisional(date(2026, 5, 1), date(2026, 6, 30))
    settled = replace(snapshot, spec=spec("Asia/Almaty", country="KZ", overrides=("2026-05-27=closed",)))
    assert not BusinessCalendar(settled).is_provisional(date(2026, 5, 1), date(2026, 6, 30))


def test_a_calendar_that_does_not_open_for_a_year_is_rejected() -> None:
    shut = tuple(f"{date(2025, 1, 1) + timedelta(days=number)}=closed" for number in range(366))
    with pytest.raises(ContentError, match="nothing opens"):
        freeze(spec(overrides=shut), 2024, 2027)
    assert freeze(spec(overrides=shut[:360]), 2024, 2027)
    with pytest.raises(ContentError, match="nothing opens from 2025 to 2025"):
        freeze(spec(overrides=shut), 2025, 2025)


@pytest.mark.parametrize(("first", "last"), [(2027, 2026), (1899, 2026), (2026, 2201)])
def test_years_without_sense_are_refused(first: int, last: int) -> None:
    with pytest.raises(ContentError, match="cannot be made"):
        freeze(spec(), first, last)


def test_years_the_library_knows_nothing_of_are_refused() -> None:
    with pytest.raises(ContentError, match="known from 1949 to 2099"):
        freeze(spec("Asia/Tokyo", country="JP"), 2098, 2100)


def test_names_are_the_same_whatever_the_computer_speaks() -> None:
    code = (
        "from auditor.calendars.options import CalendarOptions, spec_from_options\n"
        "from auditor.calendars.freeze import freeze\n"
        "spec = spec_from_options(CalendarOptions('Asia/Tashkent', ('09:00-18:00',), country='{}'))\n"
        "import sys; sys.stdout.buffer.write(freeze(spec, 2026, 2026).canonical())"
    )
    for country in ("UZ", "NZ"):
        seen = {
            subprocess.run(
                [sys.executable, "-c", code.format(country)],
                env={**os.environ, "LANGUAGE": language, "PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
            ).stdout
            for language, seed in (("uk", "1"), ("th", "2"))
        }
        assert len(seen) == 1


def test_names_in_other_languages() -> None:
    def christmas(zone: str, country: str, language: str) -> str | None:
        names = names_in(freeze(spec(zone, country=country), 2026, 2026), language)
        return None if names is None else names.get(date(2026, 12, 25))

    assert christmas("Europe/Madrid", "ES", "es") == "Natividad del Señor"
    assert christmas("Europe/Rome", "IT", "it") == "Natale"
    assert christmas("America/Sao_Paulo", "BR", "pt-BR") == "Natal"
    assert christmas("Europe/Lisbon", "PT", "pt-PT") == "Dia de Natal"
    assert christmas("Europe/Lisbon", "PT", "pt") == "Dia de Natal"
    assert christmas("Europe/Rome", "IT", "ru") is None
    moscow = names_in(freeze(spec("Europe/Moscow", country="RU"), 2026, 2026), "ru")
    assert moscow is not None
    assert moscow[date(2026, 5, 9)] == "День Победы"


def test_the_snapshot_is_the_same_bytes_each_time_and_read_back() -> None:
    options = {"country": "RU", "overrides": ("2026-12-31=10:00-14:00",)}
    first, second = (freeze(spec("Europe/Moscow", **options), 2024, 2028) for _ in range(2))
    assert first.canonical() == second.canonical()
    read = CalendarSnapshot.from_document(json.loads(first.canonical()))
    assert read == first
    assert hashlib.sha256(read.canonical()).digest() == hashlib.sha256(first.canonical()).digest()
    assert freeze(spec("Europe/Moscow", **options), 2024, 2027).canonical() != first.canonical()


def test_later_holiday_data_changes_nothing_for_a_snapshot_t54() -> None:
    """A snapshot made with other data keeps its days, and reading it asks the library nothing."""
    document = freeze(spec("Europe/Moscow", country="RU"), 2025, 2026).to_document()
    document["holidays_version"] = "0.1"
    document["exceptions"] = [{"date": "2026-03-17", "name": "a day the library does not know", "working": False}]
    document["spec"]["subdivision"] = "a region the library does not know any more"
    code = (
        "import sys, json, datetime; sys.modules['holidays'] = None\n"
        "from auditor.calendars.snapshot import CalendarSnapshot\n"
        "from auditor.calendars.calendar import BusinessCalendar\n"
        "calendar = BusinessCalendar(CalendarSnapshot.from_document(json.load(sys.stdin)))\n"
        "start = datetime.datetime(2026, 3, 16, 14, tzinfo=datetime.UTC)\n"
        "print(calendar.add(start, 3 * 3600).deadline.isoformat(), calendar.why(datetime.date(2026, 3, 17)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(document), capture_output=True, text=True, check=True
    )
    # 17:00 to 18:00 in Moscow on the 16th, two hours from 09:00 on the 18th
    assert done.stdout.strip() == "2026-03-18T08:00:00+00:00 holiday: a day the library does not know"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"format": 2}, "/format"),
        ({"years": 3}, "/years"),
        ({"first_year": "2026"}, "/first_year"),
        ({"decreed_until": "2027"}, "/decreed_until"),
        ({"tzdata_version": None}, "/tzdata_version"),
        ({"weekend": [5, 6]}, "/weekend/0"),
        ({"weekend": ["caturday"]}, "/weekend"),
        ({"exceptions": {}}, "/exceptions"),
        ({"exceptions": ["2026-01-01"]}, "/exceptions/0"),
        ({"exceptions": [{"date": "2026-1-1", "name": "", "working": False}]}, "/exceptions/0/date"),
        ({"exceptions": [{"date": "2026-01-01", "name": "", "working": 0}]}, "/exceptions/0/working"),
        ({"exceptions": [{"date": "2026-01-01", "name": ""}]}, "/exceptions/0/working"),
        ({"exceptions": [{"date": "2026-01-01", "name": "", "working": True, "like": "x"}]}, "/exceptions/0/like"),
        ({"spec": None}, "/spec"),
    ],
)
def test_a_wrong_snapshot_is_refused_at_its_place(change: dict[str, Any], place: str) -> None:
    document = {**freeze(spec(country="ES"), 2026, 2026).to_document(), **change}
    with pytest.raises(ContentError) as told:
        CalendarSnapshot.from_document(document)
    assert told.value.where == place


def test_a_snapshot_in_disorder_is_refused() -> None:
    snapshot = freeze(spec(country="ES"), 2026, 2026)
    with pytest.raises(ContentError, match="not sorted"):
        replace(snapshot, exceptions=snapshot.exceptions[::-1])
    with pytest.raises(ContentError, match="not sorted"):
        replace(snapshot, exceptions=snapshot.exceptions[:1] * 2)
    with pytest.raises(ContentError, match="wrong order"):
        replace(snapshot, first_year=2027)


def test_versions_are_those_of_the_data_in_use() -> None:
    with_country, without = freeze(spec(country="ES"), 2026, 2026), freeze(spec(), 2026, 2026)
    assert with_country.holidays_version == holidays.__version__
    assert without.holidays_version == ""
    assert without.exceptions == ()
    assert without.tzdata_version
