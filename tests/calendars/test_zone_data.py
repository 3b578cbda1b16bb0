"""A computer without zone data of its own, as Windows: the package tzdata serves (T-58)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from auditor.calendars import zones

CODE = """
import zoneinfo
zoneinfo.reset_tzpath(to=[])
from datetime import datetime
from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.freeze import freeze
from auditor.calendars.options import CalendarOptions, spec_from_options
options = CalendarOptions("Europe/Madrid", ("09:00-18:00",), country="ES", subdivision="MD")
calendar = BusinessCalendar(freeze(spec_from_options(options), 2026, 2026))
print(calendar.add(datetime(2026, 3, 27, 16, tzinfo=calendar.zone), 6 * 3600).deadline.isoformat())
print(calendar.snapshot.tzdata_version)
try:
    spec_from_options(CalendarOptions("Europe/Madrit", ("09:00-18:00",)))
except Exception as error:
    print(error)
"""


def test_the_package_serves_where_the_system_has_no_zone_data() -> None:
    import tzdata

    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    deadline, version, error = done.stdout.splitlines()
    assert deadline == "2026-03-30T11:00:00+00:00"
    assert version == f"{tzdata.IANA_VERSION} (tzdata {tzdata.__version__})"
    assert "there is no time zone 'Europe/Madrit' (did you mean Europe/Madrid" in error


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"tzdata.zi": "# version 2031c\nR A 1 o - - 1 s 0 -\n"}, "2031c (system)"),
        ({"+VERSION": "2031d\n"}, "2031d (system)"),
        ({"tzdata.zi": "R A 1 o - - 1 s 0 -\n"}, "unknown (system)"),
        ({}, "unknown (system)"),
    ],
)
def test_the_release_of_the_systems_data_is_read_or_said_to_be_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], version: str
) -> None:
    for name, text in {**files, "Somewhere": "TZif"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr("zoneinfo.TZPATH", (str(tmp_path),))
    assert zones.zone_data_version("Somewhere") == version
    assert "tzdata" in zones.zone_data_version("Elsewhere")
