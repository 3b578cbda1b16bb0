"""What users of other trackers complain of (3.2), as far as it is not tested where it belongs:

pause over a weekend              test_clock_arithmetic, test_explain
pause lost at a change            test_severity_changes, test_folding
deadline after reassignment       test_routing
breach while pending              test_escalation, test_clock_status
reopened time booked as pending   test_clock_status
thresholds over two segments      test_clock_arithmetic
escalates although answered last  test_escalation, test_clock_status
answer and pending in one step    test_clock_status
public note                       test_clock_status
reminders at midnight             test_escalation
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from auditor.accounts.incidents.commands import answer
from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.freeze import freeze
from auditor.calendars.spec import CalendarSpec, Override
from auditor.calendars.windows import parse_window
from auditor.errors import ContentError
from tests.accounts.incidents.stage import Stage, madrid, promising, rome


def with_override(day: date, *windows: str) -> BusinessCalendar:
    spec = madrid().snapshot.spec
    override = Override(tuple(parse_window(one) for one in windows), "agreed with the customer")
    return BusinessCalendar(freeze(replace(spec, overrides={day: override}), 2025, 2028))


def test_a_saturday_can_be_worked():
    """glpi 467."""
    stage = Stage(promising(6, "business_hour"), with_override(date(2026, 3, 14), "09:00-14:00"))
    stage.submit("2026-03-13 17:00", 3)
    assert stage.due() == "2026-03-14 14:00"


def test_a_day_can_be_shortened():
    """zendesk biz 122: the day before a holiday ends at 14:00."""
    stage = Stage(promising(6, "business_hour"), with_override(date(2026, 12, 4), "09:00-14:00"))
    stage.submit("2026-12-04 12:00", 3)
    assert stage.due() == "2026-12-09 13:00"


def test_lunch_does_not_run_the_clock():
    """frappe helpdesk 2212: nothing passes between 13:00 and 14:00."""
    stage = Stage(promising(6, "business_hour"), rome())
    stage.submit("2026-03-16 11:00", 3)
    clock = stage.clock
    assert clock.elapsed(stage.at("2026-03-16 13:00")) == clock.elapsed(stage.at("2026-03-16 14:00"))
    assert stage.due() == "2026-03-16 18:00"


def test_a_request_in_the_lunch_break_counts_from_its_end():
    stage = Stage(promising(6, "business_hour"), rome())
    stage.submit("2026-03-16 13:30", 3)
    assert stage.due() == "2026-03-17 11:00"


def test_the_offset_of_today_is_not_that_of_then():
    """dbt_zendesk 25: the same local times in winter and summer, and the same deadline by the local clock."""
    winter, summer = Stage("msa-business"), Stage("msa-business")
    winter.submit("2026-02-02 10:00", 2)
    summer.submit("2026-07-06 10:00", 2)
    assert (winter.due()[11:], summer.due()[11:]) == ("16:00", "16:00")
    assert (winter.clock.deadline.hour, summer.clock.deadline.hour) == (15, 14)


def test_waiting_on_a_holiday_adds_nothing():
    """SupportArticles sla-timer-pause-state-changed: 7 and 8 December are holidays in Madrid."""
    stage = Stage("msa-business")
    stage.submit("2026-12-04 09:00", 2)
    stage.do(answer, "2026-12-04 18:00", "The log ends early.", wanted=["a trace"])
    waited = stage.clock.waited(stage.at("2026-12-09 09:00"))
    assert (waited.business.total_seconds(), waited.wall.total_seconds()) == (0, 111 * 3600)


def test_an_empty_calendar_is_refused():
    """T-22, zammad 1396."""
    with pytest.raises(ContentError, match="never be open"):
        CalendarSpec("office", "Europe/Madrid", ((),) * 7)


def test_the_answer_sheet_of_one_clock_does_not_depend_on_another():
    """zammad 5177: waiting statistics and reopening are measured beside the response clock, never inside it."""
    stage = Stage("msa-business")
    stage.submit("2026-03-16 09:00", 2)
    before = stage.clock.promise
    stage.do(answer, "2026-03-16 10:00", "The log ends early.", wanted=["a trace"])
    stage.happens("info_received", "2026-03-19 10:00", "contact:C-0001", text="the trace")
    assert stage.clock.promise == before
