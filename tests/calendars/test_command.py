"""auditor calendar: what it prints, in words and as JSON, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner

from auditor.cli.main import cli

MADRID = ("--zone", "Europe/Madrid", "--country", "ES", "--subdivision", "MD", "--window", "09:00-18:00")
MOSCOW = ("--zone", "Europe/Moscow", "--country", "RU", "--window", "10:00-19:00")


def text(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["calendar", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def document(*arguments: str) -> Any:
    return json.loads(text(*arguments, "--format", "json"))


def test_add_as_json() -> None:
    found = document("add", "2026-03-27T16:00", "6bh", *MADRID)
    assert found["deadline"] == "2026-03-30T13:00:00+02:00"
    assert found["deadline_utc"] == "2026-03-30T11:00:00Z"
    assert found["start"] == "2026-03-27T16:00:00+01:00"
    assert found["duration"] == "6bh"
    assert found["provisional"] is False
    assert found["intervals"] == [
        {"start": "2026-03-27T16:00:00+01:00", "end": "2026-03-27T18:00:00+01:00", "seconds": 7200},
        {"start": "2026-03-30T09:00:00+02:00", "end": "2026-03-30T13:00:00+02:00", "seconds": 14400},
    ]
    assert [(entry["date"], entry["kind"]) for entry in found["on_the_way"]] == [
        ("2026-03-28", "weekend"),
        ("2026-03-29", "weekend"),
        ("2026-03-29", "clock_change"),
    ]
    assert set(found["versions"]) == {"calendar", "holidays", "tzdata"}
    assert found["calendar"]["zone"] == "Europe/Madrid"


def test_add_in_words() -> None:
    told = text("add", "2026-12-04T12:00", "10bh", *MADRID)
    assert "Deadline  Wed 2026-12-09 13:00 +01:00  =  2026-12-09T12:00:00Z\n" in told
    assert "Fri 2026-12-04 12:00 - 18:00  (6 h)" in told
    assert "Sat 2026-12-05 to Sun 2026-12-06  closed, weekend" in told
    assert "Tue 2026-12-08  closed, holiday: Immaculate Conception" in told
    assert "holidays of ES-MD (public) from release" in told
    assert "zone data" in told
    assert "PROVISIONAL" not in told


def test_an_offset_in_the_start_is_respected() -> None:
    assert document("add", "2026-03-27T15:00Z", "6bh", *MADRID)["deadline_utc"] == "2026-03-30T11:00:00Z"
    assert document("add", "2026-03-27T10:00-05:00", "6bh", *MADRID)["deadline_utc"] == "2026-03-30T11:00:00Z"


def test_calendar_time_needs_no_open_time() -> None:
    found = document("add", "2026-10-25T02:45", "30min", *MADRID)
    assert found["deadline"] == "2026-10-25T02:15:00+01:00"
    assert found["business"] is False
    assert found["on_the_way"] == []
    assert "comes twice" in found["notes"][0]
    assert (
        document("add", "2026-10-25T02:45", "30min", "--fold", "1", *MADRID)["deadline"] == "2026-10-25T03:15:00+01:00"
    )


def test_a_start_that_does_not_exist_is_shifted_with_a_note() -> None:
    found = document("add", "2026-03-29T02:30", "30min", *MADRID)
    assert found["start"] == "2026-03-29T03:30:00+02:00"
    assert "does not exist" in found["notes"][0]
    assert "Note: 02:30 on 2026-03-29" in text("add", "2026-03-29T02:30", "30min", *MADRID)


def test_a_deadline_beyond_the_decreed_days_is_marked() -> None:
    assert document("add", "2027-12-30T18:00", "2bh", *MOSCOW)["provisional"] is True
    told = text("add", "2027-12-30T18:00", "2bh", *MOSCOW)
    assert "PROVISIONAL\n" in told
    assert "known until 2027" in told


def test_a_target_of_many_years_is_found_and_one_beyond_them_is_refused() -> None:
    found = document("add", "2026-01-05T09:00", "9000bh", "--zone", "Etc/UTC", "--window", "09:00-10:00")
    # five hours a week: the last hour of the Friday of the 1800th week, far beyond the first years tried
    assert found["deadline"] == "2060-07-02T10:00:00+00:00"
    error = failed("add", "2026-01-05T09:00", "9000000bh", *MADRID)
    assert error.returncode == 3
    assert "end after 2090" in error.stderr


def test_holidays_that_end_soon_do_not_hinder_this_year() -> None:
    found = document(
        "add", "2026-03-16T09:00", "1bh", "--zone", "Asia/Colombo", "--country", "LK", "--window", "09:00-18:00"
    )
    assert found["deadline"] == "2026-03-16T10:00:00+05:30"


def test_around_the_clock() -> None:
    found = document("add", "2026-03-28T12:00", "24bh", "--zone", "Europe/Madrid", "--always-open")
    assert found["deadline"] == "2026-03-29T13:00:00+02:00"


def test_options_for_hours_reach_the_calendar() -> None:
    options = ("--window", "sat=10:00-14:00", "--weekend", "sun", "--override", "2026-03-28=11:00-12:00,13:00-15:00")
    found = document("add", "2026-03-27T17:30", "2bh", *MADRID[:6], "--window", "mon-fri=09:00-18:00", *options)
    assert found["deadline"] == "2026-03-28T13:30:00+01:00"
    brazil = ("--zone", "America/Sao_Paulo", "--country", "BR", "--subdivision", "SP", "--window", "09:00-18:00")
    carnival = ("--category", "public", "--category", "optional")
    # 13 February 2026 is the Friday before carnival; Ash Wednesday is optional too
    assert document("add", "2026-02-13T17:30", "1bh", *brazil)["deadline"].startswith("2026-02-16T09:30")
    assert document("add", "2026-02-13T17:30", "1bh", *brazil, *carnival)["deadline"].startswith("2026-02-19T09:30")
    every_day = document("add", "2026-12-25T17:30", "1bh", *MADRID, "--every-day")
    assert every_day["deadline"].startswith("2026-12-26T09:30")


def test_between_as_json_and_in_words() -> None:
    found = document("between", "2026-03-13T17:00", "2026-03-16T10:00", *MADRID)
    assert found["business"] == "2bh"
    assert found["business_seconds"] == 7200
    assert found["elapsed_seconds"] == 65 * 3600
    assert len(found["intervals"]) == 2
    told = text("between", "2026-03-13T17:00", "2026-03-16T10:00", *MADRID)
    assert "Open      2bh: 2 h of open time" in told
    assert "Elapsed   65 h of calendar time" in told


def test_a_long_list_is_cut_in_words_and_whole_in_json() -> None:
    span = ("between", "2026-01-01T00:00", "2026-12-31T00:00", *MADRID)
    assert "more; --format json tells all" in text(*span)
    assert len(document(*span)["intervals"]) > 200


def test_show_tells_each_day_and_why() -> None:
    told = text("show", "--month", "2026-12", *MADRID, "--override", "2026-12-24=09:00-14:00", "--language", "es")
    lines = {line[4:14]: line for line in told.splitlines()}
    assert lines["2026-12-07"].endswith("closed       holiday: Lunes siguiente a Día de la Constitución Española")
    assert lines["2026-12-24"] == "Thu 2026-12-24  09:00-14:00  override"
    assert lines["2026-12-26"].endswith("weekend")
    assert lines["2026-12-31"] == "Thu 2026-12-31  09:00-18:00"
    # 23 weekdays without 7, 8 and 25 December; the 24th has five hours
    assert "20 of 31 days are open, 176 h in all." in told


def test_show_as_json() -> None:
    found = document(
        "show",
        "--from",
        "2026-03-27",
        "--to",
        "2026-03-30",
        "--zone",
        "Europe/Madrid",
        "--window",
        "mon-sun=00:00-24:00",
    )
    assert [day["open_seconds"] // 3600 for day in found["days"]] == [24, 24, 23, 24]
    change = found["days"][2]["clock_change"]
    assert change == {"at": "2026-03-29T01:00:00Z", "before": "+01:00", "after": "+02:00"}
    assert found["days"][0]["clock_change"] is None
    assert found["open_days"] == 4


def test_show_names_moved_days_and_holidays_under_an_override() -> None:
    told = text("show", "--month", "2025-11", *MOSCOW, "--override", "2025-11-04=12:00-13:00", "--language", "ru")
    assert "Sat 2025-11-01  10:00-19:00  moved working day: works in place of 2025-11-03" in told
    assert "Выходной (перенесено с 01.11.2025)" in told  # noqa: RUF001  # Russian
    assert "Tue 2025-11-04  12:00-13:00  override; holiday: День народного единства" in told


@pytest.mark.parametrize(
    ("language", "zone", "country", "day", "name"),
    [
        ("en", "Europe/Madrid", "ES", "2026-12-25", "Christmas Day"),
        ("es", "America/Mexico_City", "MX", "2026-12-25", "Navidad"),
        ("it", "Europe/Rome", "IT", "2026-04-06", "Lunedì dell'Angelo"),
        ("ru", "Europe/Moscow", "RU", "2026-06-12", "День России"),
        ("pt-BR", "America/Sao_Paulo", "BR", "2026-09-07", "Independência do Brasil"),
        ("pt-PT", "Europe/Lisbon", "PT", "2026-12-08", "Imaculada Conceição"),
    ],
)
def test_names_of_holidays_in_five_languages_t57(language: str, zone: str, country: str, day: str, name: str) -> None:
    arguments = ("--zone", zone, "--country", country, "--window", "09:00-18:00", "--language", language)
    (found,) = document("show", "--from", day, "--to", day, *arguments)["days"]
    assert found["holiday"] == name
    assert found["kind"] == "holiday"
    assert found["windows"] == []


def test_names_that_the_library_has_not_are_said_to_be_missing() -> None:
    told = text("show", "--month", "2026-12", *MADRID, "--language", "ru")
    assert "Holidays of ES have no names in ru" in told
    assert "Christmas Day" in told


def test_show_without_a_period_shows_the_present_month() -> None:
    assert 28 <= len(document("show", *MADRID)["days"]) <= 31


def failed(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", "calendar", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("add", "2026-03-27T16:00", "1d", *MADRID), 2, "a day may be 24 hours"),
        (("add", "yesterday", "1h", *MADRID), 2, "is not an instant"),
        (("add", "2026-03-27T16:00", "6bh", "--window", "09:00-18:00"), 2, "--zone"),
        (("add", "2026-03-27T16:00", "6bh", "--zone", "Europe/Madrid"), 3, "no default"),
        (("add", "2026-03-27T16:00", "6bh", "--zone", "Europe/Madrit", "--window", "09:00-18:00"), 3, "Europe/Madrid"),
        (("add", "2026-03-27T16:00", "6bh", "--zone", "Europe/Madrid", "--window", "9"), 2, "is not a window"),
        (("add", "2026-03-27T16:00", "6bh", *MADRID, "--category", "half_day"), 3, "no category of holidays"),
        (("add", "1800-03-27T16:00", "6bh", *MADRID), 3, "1800"),
        (("between", "2026-03-16T10:00", "2026-03-13T17:00", *MADRID), 2, "is before"),
        (("show", "--month", "2026-13", *MADRID), 2, "is not a"),
        (("show", "--month", "2026-12", "--from", "2026-12-01", *MADRID), 2, "the one or the other"),
        (("show", "--from", "2026-12-01", *MADRID), 2, "only one end"),
        (("show", "--from", "2026-12-01", "--to", "2026-11-01", *MADRID), 2, "is before"),
        (("show", "--from", "2020-01-01", "--to", "2026-11-01", *MADRID), 2, "three years"),
    ],
)
def test_errors_are_one_line_with_advice_and_a_documented_code(
    arguments: tuple[str, ...], code: int, told: str
) -> None:
    done = failed(*arguments)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
