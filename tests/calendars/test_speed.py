from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

from auditor.calendars.calendar import BusinessCalendar


def test_a_deadline_takes_well_below_a_millisecond(madrid: BusinessCalendar) -> None:
    start = datetime(2026, 12, 4, 11, tzinfo=UTC)
    madrid.add(start, 10 * 3600)
    began = process_time()
    for _ in range(1000):
        madrid.add(start, 10 * 3600)
    # some hundredths of a millisecond each here; the limit leaves room for a slow computer
    assert process_time() - began < 0.5
