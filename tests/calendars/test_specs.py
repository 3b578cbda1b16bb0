"""What a calendar may say, and how what it may not say is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from auditor.calendars.options import CalendarOptions, parse_days, remarks, spec_from_options
from auditor.calendars.spec import NEVER, CalendarSpec, Override
from auditor.calendars.windows import Window
from auditor.errors import AuditorError, ContentError, UsageProblem

NINE = Window(540, 1080)
WORKWEEK = ((NINE,),) * 5 + ((), ())


def spec(**changes: Any) -> CalendarSpec:
    return CalendarSpec(**{"id": "acme", "zone": "Europe/Madrid", "weekly": WORKWEEK, **changes})


@pytest.mark.parametrize(
    ("changes", "problem", "hint"),
    [
        ({"zone": "Europe/Madrit"}, "no time zone 'Europe/Madrit'", "Europe/Madrid"),
        ({"zone": "madrid"}, "no time zone", "Europe/Madrid"),
        ({"zone": "europe/madrid"}, "no time zone", "Europe/Madrid"),
        ({"zone": "+01:00"}, "no time zone", "never an offset"),
        ({"zone": ""}, "no time zone", "IANA"),
        ({"zone": "../etc/passwd"}, "no time zone", "IANA"),
        ({"zone": "Europe"}, "no time zone", "Europe/"),
        ({"zone": "localtime"}, "no time zone", "IANA"),
        ({"country": "ESP"}, "country 'ESP'", "ES"),
        ({"country": "Spain"}, "country 'Spain'", "ES"),
        ({"country": "es"}, "country 'es'", "ES"),
        ({"country": "QQ"}, "country 'QQ'", "ISO 3166"),
        ({"country": "ES", "subdivision": "Madrid"}, "no subdivision 'Madrid'", "MD"),
        ({"country": "ES", "subdivision": "XY"}, "no subdivision 'XY'", "MD"),
        ({"country": "RU", "subdivision": "MOW"}, "no subdivision 'MOW'", "leave it out"),
        ({"country": "BR", "categories": ("carnival",)}, "'carnival'", "optional, public"),
        ({"country": "ES", "categories": ("optional",)}, "'optional'", "public"),
        ({"country": "IT", "categories": ("public", "half_day")}, "cannot close a day", "override"),
        ({"country": "UA", "categories": ("workday",)}, "cannot close a day", "worked"),
        ({"subdivision": "MD"}, "without a country", "country"),
        ({"categories": ()}, "no category", "public"),
        ({"weekly": NEVER}, "never be open", "no default"),
        ({"weekly": WORKWEEK[:5]}, "5 days", "7 days"),
        (
            {"weekly": (*NEVER[:5], (NINE,), (NINE,)), "country": "ES"},
            "only for days of the weekend",
            "another weekend",
        ),
        ({"weekly": WORKWEEK, "weekend": (0, 1, 2, 3, 4)}, "only for days of the weekend", "another weekend"),
        ({"weekly": ((NINE, Window(600, 700)), *WORKWEEK[1:])}, "overlap", "join"),
        ({"always_open": True}, "with windows", "the one or the other"),
        ({"overrides": {date(2026, 12, 24): Override((NINE, NINE))}}, "override of 2026-12-24", "join"),
        ({"weekend": (7,)}, "weekend", "0 (Monday)"),
        ({"id": ""}, "the id", "short name"),
        ({"id": " acme"}, "the id", "short name"),
        ({"version": 0}, "version is 0", "from 1"),
    ],
)
def test_what_a_calendar_may_not_say_t22_t56(changes: dict[str, Any], problem: str, hint: str) -> None:
    with pytest.raises(ContentError, match=problem) as told:
        spec(**changes)
    assert hint in told.value.hint


def test_windows_of_the_weekend_are_enough_when_it_is_worked() -> None:
    saturday = (*NEVER[:5], (NINE,), ())
    assert spec(weekly=saturday).weekly == saturday
    assert spec(weekly=saturday, country="ES", every_day=True).every_day
    assert spec(weekly=saturday, country="ES", weekend=(6,)).weekend == (6,)


def test_a_change_is_checked_as_the_first_version_was() -> None:
    with pytest.raises(ContentError, match="no time zone"):
        replace(spec(), zone="Mars/Base")


def full() -> CalendarSpec:
    return spec(
        name="Madrid, Spain",
        country="ES",
        subdivision="MD",
        weekend=(5, 6),
        version=3,
        overrides={date(2026, 12, 31): Override((), "shut"), date(2026, 12, 24): Override((Window(540, 840),))},
    )


def test_a_document_is_read_back_and_sorted() -> None:
    document = full().to_document()
    assert CalendarSpec.from_document(document) == full()
    assert list(document) == sorted(document)
    assert list(document["overrides"]) == ["2026-12-24", "2026-12-31"]
    assert document["weekly"]["friday"] == ["09:00-18:00"]


def test_a_document_needs_little() -> None:
    document = {"id": "acme", "zone": "Europe/Madrid", "weekly": {"monday": ["09:00-18:00"]}}
    assert CalendarSpec.from_document(document) == spec(weekly=((NINE,), *NEVER[1:]))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"hours": []}, "/hours"),
        ({"zone": 5}, "/zone"),
        ({"version": True}, "/version"),
        ({"version": "1"}, "/version"),
        ({"every_day": "yes"}, "/every_day"),
        ({"always_open": 1}, "/always_open"),
        ({"categories": "public"}, "/categories"),
        ({"categories": [1]}, "/categories/0"),
        ({"weekly": []}, "/weekly"),
        ({"weekly": {"montag": ["09:00-18:00"]}}, "/weekly/montag"),
        ({"weekly": {"monday": "09:00-18:00"}}, "/weekly/monday"),
        ({"weekly": {"monday": ["9 to 5"]}}, "/weekly/monday"),
        ({"weekend": ["sat"]}, "/weekend"),
        ({"overrides": {"24.12.2026": {"windows": []}}}, "/overrides/24.12.2026"),
        ({"overrides": {"20261224": {"windows": []}}}, "/overrides/20261224"),
        ({"overrides": {"2026-12-24": "closed"}}, "/overrides/2026-12-24"),
        ({"overrides": {"2026-12-24": {"windows": [], "note": ""}}}, "/overrides/2026-12-24/note"),
        ({"overrides": {"2026-12-24": {"windows": [], "reason": None}}}, "/overrides/2026-12-24/reason"),
    ],
)
def test_a_wrong_document_is_refused_at_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ContentError) as told:
        CalendarSpec.from_document({**full().to_document(), **change}, where="#")
    assert told.value.where == f"#{place}"


@pytest.mark.parametrize("key", ["id", "zone"])
def test_a_document_without_what_it_needs_is_refused(key: str) -> None:
    document = full().to_document()
    del document[key]
    with pytest.raises(ContentError, match="is missing"):
        CalendarSpec.from_document(document)


@pytest.mark.parametrize("document", [None, [], "calendar", {1: 2}])
def test_what_is_no_mapping_is_refused(document: object) -> None:
    with pytest.raises(ContentError, match="expected a mapping"):
        CalendarSpec.from_document(document)


def typed(*windows: str, **options: Any) -> CalendarSpec:
    return spec_from_options(CalendarOptions("Europe/Madrid", windows, **options))


def opened(found: CalendarSpec) -> list[int]:
    return [number for number, windows in enumerate(found.weekly) if windows]


def test_a_window_without_days_holds_on_working_days() -> None:
    assert opened(typed("09:00-18:00")) == [0, 1, 2, 3, 4]
    assert opened(typed("09:00-18:00", country="ES")) == [0, 1, 2, 3, 4]
    assert opened(typed("09:00-18:00", country="SA")) == [0, 1, 2, 3, 6]
    assert opened(typed("09:00-18:00", country="SA", weekend="sun")) == [0, 1, 2, 3, 4, 5]
    assert opened(typed("09:00-18:00", every_day=True)) == [0, 1, 2, 3, 4, 5, 6]


def test_windows_name_their_days() -> None:
    found = typed("mon-thu=09:00-14:00,15:00-18:00", "fri=08:00-15:00", "saturday=10:00-14:00")
    assert found.weekly[3] == (Window(540, 840), Window(900, 1080))
    assert found.weekly[4:] == ((Window(480, 900),), (Window(600, 840),), ())


def test_days_may_run_over_the_end_of_the_week() -> None:
    assert parse_days("sun-thu") == (6, 0, 1, 2, 3)
    assert parse_days("mon,wed,fri") == (0, 2, 4)
    assert parse_days("fri-fri") == (4,)


def test_overrides_are_typed() -> None:
    found = typed("09:00-18:00", overrides=("2026-12-24=09:00-12:00,13:00-14:00", "2026-12-31=closed"))
    assert found.overrides == {
        date(2026, 12, 24): Override((Window(540, 720), Window(780, 840))),
        date(2026, 12, 31): Override(()),
    }


@pytest.mark.parametrize(
    ("windows", "options"),
    [
        (("9-18",), {}),
        (("tue-xyz=09:00-18:00",), {}),
        (("mon,mon=09:00-18:00",), {}),
        (("mon=",), {}),
        (("09:00-18:00", "fri=09:00-15:00"), {}),
        (("09:00-18:00",), {"weekend": "friday+saturday"}),
        (("09:00-18:00",), {"overrides": ("2026-12-24",)}),
        (("09:00-18:00",), {"overrides": ("2026-12-24=",)}),
        (("09:00-18:00",), {"overrides": ("2026-13-24=closed",)}),
        (("09:00-18:00",), {"overrides": ("20261224=closed",)}),
        (("09:00-18:00",), {"overrides": ("2026-12-24=closed", "2026-12-24=09:00-10:00")}),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_usage(windows: tuple[str, ...], options: dict[str, Any]) -> None:
    with pytest.raises(UsageProblem):
        typed(*windows, **options)


def test_there_is_no_default_for_hours() -> None:
    with pytest.raises(AuditorError, match="no business hours"):
        typed(country="ES")


def test_remarks_say_what_has_no_effect_and_what_is_not_in_the_data() -> None:
    told = " ".join(remarks(typed("mon-sat=09:00-18:00", country="BR")))
    assert "Saturday is a weekend day" in told
    assert "No subdivision of BR" in told
    assert "'optional'" in told
    complete = typed("09:00-18:00", country="BR", subdivision="SP", categories=("public", "optional"))
    assert [remark for remark in remarks(complete) if "towns" not in remark] == []
    assert remarks(typed("09:00-18:00")) == []
    assert remarks(typed(country="BR", always_open=True)) == []
