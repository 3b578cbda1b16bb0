"""Daily reports: which days ask for one, and what it says."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.accounts.incidents.state import fold
from auditor.accounts.reports.critical import Span, critical_spans, report_days
from auditor.accounts.reports.daily import daily, day_period, window
from auditor.accounts.reports.heading import Heading
from auditor.accounts.reports.periods import cutoff
from auditor.errors import UsageProblem
from tests.accounts.reports.scenes import Scene, contract, utc

MADRID = "Europe/Madrid"


def report(scene, day, made="2030-01-01T00:00", **heading):
    period = day_period(date.fromisoformat(day), scene.account.time_zone)
    return daily(Heading("daily", period, utc(made), **heading), scene.material())


def spans(scene, incident="INC-000001"):
    return critical_spans(fold(event for event in scene.events if event.subject == incident))


def days(scene, until):
    found = report_days(spans(scene), scene.account.daily_cutoff, scene.account.zone, utc(until))
    return [day.isoformat() for day, _ in found]


# --- T-41 ----------------------------------------------------------------------------------------------------


def test_one_report_for_each_local_day_over_a_weekend_with_a_change_of_the_clock():
    """Friday to Monday; clocks go back in the night to Sunday, which has 25 hours and one report."""
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-10-23T10:00", 1)
    scene.lower(incident, "2026-10-26T15:00", 1, 2)  # 16:00 local, before the cut-off
    assert days(scene, "2026-11-30T00:00") == ["2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26"]
    cutoffs = [at for _, at in report_days(spans(scene), "17:00", ZoneInfo(MADRID), utc("2026-11-30T00:00"))]
    assert [after - before for before, after in pairwise(cutoffs)] == [
        timedelta(hours=24),
        timedelta(hours=25),
        timedelta(hours=24),
    ]


def test_lowered_a_minute_before_the_cut_off_has_its_final_report_that_day():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T08:00", 1)
    scene.lower(incident, "2026-07-13T14:59", 1, 3)
    assert days(scene, "2026-08-01T00:00") == ["2026-07-10", "2026-07-11", "2026-07-12", "2026-07-13"]
    assert [entry["status"] for entry in report(scene, "2026-07-12")["incidents"]] == ["open"]
    final = report(scene, "2026-07-13")
    assert [(entry["status"], entry["level"]) for entry in final["incidents"]] == [("downgraded", 3)]
    assert final["summary"] == {"open": 0, "ended": 1}


def test_resolved_a_minute_after_the_cut_off_is_open_that_day_and_final_the_next():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T08:00", 1)
    scene.answer(incident, "2026-07-10T08:20")
    scene.resolve(incident, "2026-07-13T15:01")
    assert days(scene, "2026-08-01T00:00") == ["2026-07-10", "2026-07-11", "2026-07-12", "2026-07-13", "2026-07-14"]
    assert report(scene, "2026-07-13")["incidents"][0]["status"] == "open"
    assert report(scene, "2026-07-14")["incidents"][0]["status"] == "resolved"
    assert report(scene, "2026-07-15")["incidents"] == []


def test_lowered_exactly_at_the_cut_off_is_no_longer_critical_then():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T08:00", 1)
    scene.lower(incident, "2026-07-11T15:00", 1, 2)
    assert days(scene, "2026-08-01T00:00") == ["2026-07-10", "2026-07-11"]
    assert report(scene, "2026-07-11")["incidents"][0]["status"] == "downgraded"


def test_submitted_exactly_at_the_cut_off_is_open_then():
    scene = Scene(MADRID)
    scene.submit(1, "2026-07-10T15:00", 1)
    assert days(scene, "2026-07-10T15:00") == ["2026-07-10"]
    assert report(scene, "2026-07-10")["summary"] == {"open": 1, "ended": 0}


def test_critical_only_between_two_cut_offs_still_has_its_final_report():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T16:00", 1)
    scene.answer(incident, "2026-07-10T16:10")
    scene.resolve(incident, "2026-07-10T22:30")
    assert days(scene, "2026-08-01T00:00") == ["2026-07-11"]


def test_critical_again_after_a_while_is_reported_again():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T08:00", 1)
    scene.lower(incident, "2026-07-10T09:00", 1, 2)
    scene.lower(incident, "2026-07-20T09:00", 2, 1, "it is worse again")
    scene.then(incident, "linked", "2026-07-21T09:00", relation="duplicate_of", other="INC-000009")
    assert spans(scene) == [
        Span(utc("2026-07-10T08:00"), utc("2026-07-10T09:00")),
        Span(utc("2026-07-20T09:00"), utc("2026-07-21T09:00")),
    ]
    assert days(scene, "2026-08-01T00:00") == ["2026-07-10", "2026-07-20", "2026-07-21"]


def test_a_resolved_request_that_is_reopened_is_critical_anew():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T08:00", 1)
    scene.answer(incident, "2026-07-10T08:10")
    scene.resolve(incident, "2026-07-10T12:00")
    scene.then(incident, "reopened", "2026-07-14T08:00", "contact:C-0001", reason="it came back")
    assert days(scene, "2026-07-15T15:00") == ["2026-07-10", "2026-07-14", "2026-07-15"]


def test_a_day_that_does_not_exist_has_no_report():
    scene = Scene("Pacific/Apia", contract("ent", "msa-enterprise", "2011-01-01", "2012-12-31"))
    span = Span(utc("2011-12-28T00:00"), None)
    found = report_days([span], "17:00", ZoneInfo("Pacific/Apia"), utc("2012-01-02T12:00"))
    assert [day.day for day, _ in found] == [27, 28, 29, 31, 1, 2]
    with pytest.raises(UsageProblem, match="there is no 2011-12-30"):
        window(scene.account, date(2011, 12, 30))


MINUTES = st.integers(0, 10 * 24 * 60)


@given(st.lists(st.tuples(MINUTES, MINUTES), max_size=5), st.sampled_from(["00:00", "02:30", "17:00"]))
def test_a_day_is_asked_for_exactly_when_something_was_critical_since_the_cut_off_before(pairs, at):
    """Over the change of the clock on 25 October, for any spans."""
    zone, origin = ZoneInfo(MADRID), utc("2026-10-20T00:00")
    found = [Span(origin + timedelta(minutes=min(pair)), origin + timedelta(minutes=max(pair) + 1)) for pair in pairs]
    asked = report_days(found, at, zone, utc("2026-11-10T00:00"))
    expected, before = [], cutoff(date(2026, 10, 18), at, zone)
    for number in range(20):
        day = date(2026, 10, 19) + timedelta(days=number)
        now = cutoff(day, at, zone)
        if any(span.holds(now) or (before < span.end <= now) for span in found):
            expected.append((day, now))
        before = now
    assert asked == expected


# --- what it says --------------------------------------------------------------------------------------------


def eventful():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T08:00", 1, title="Servers stop", description="all of them")
    scene.then(incident, "routed", "2026-07-10T08:00", "system", to="P-0001", role="tam", reason="at once")
    scene.answer(incident, "2026-07-10T08:40", wanted=["dump"], waiting=True)
    scene.then(incident, "note", "2026-07-11T10:00", text="they are nervous", internal=True)
    secret = scene.events[-1].seq
    scene.then(incident, "correction", "2026-07-11T10:05", of=secret, text="very nervous")
    scene.then(incident, "report_sent", "2026-07-11T15:30", "system", report="acme/daily/2026-07-10/1")
    scene.then(incident, "info_received", "2026-07-12T09:00", "contact:C-0001", text="here it is")
    return scene


def test_it_tells_what_happened_since_the_cut_off_before():
    scene = eventful()
    first, second, third = (report(scene, f"2026-07-{day}")["incidents"][0] for day in (10, 11, 12))
    assert [one["type"] for one in first["happened"]] == ["submitted", "routed", "qualified_answer"]
    assert second["happened"] == []
    assert [one["details"] for one in third["happened"]] == [{"text": "here it is"}]


def test_what_happens_at_the_cut_off_is_told_that_day_and_not_again():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-10T08:00", 1)
    scene.answer(incident, "2026-07-11T15:00")
    told = [
        [one["type"] for one in report(scene, f"2026-07-{day}")["incidents"][0]["happened"]] for day in (10, 11, 12)
    ]
    assert told == [["submitted"], ["qualified_answer"], []]


def test_internal_notes_and_their_corrections_are_never_told():
    documents = [report(eventful(), f"2026-07-{day}") for day in (10, 11, 12, 13)]
    assert "nervous" not in str(documents)


def test_it_shows_the_state_at_the_cut_off_and_not_a_later_one():
    entry = report(eventful(), "2026-07-11")["incidents"][0]
    assert entry["state"] == "waiting_customer"
    assert entry["next"] == {"step": "customer", "wanted": ["dump"]}
    assert report(eventful(), "2026-07-12")["incidents"][0]["next"] == {"step": "solution", "wanted": []}


def test_it_states_the_clock_with_its_marks_and_who_works_on_it():
    entry = report(eventful(), "2026-07-10")["incidents"][0]
    assert entry["clock"]["status"] == "missed"  # 30 minutes from 10:00 local, answered 10:40
    assert entry["clock"]["deadline"] == "2026-07-10T08:30:00.000000Z"
    assert entry["clock"]["marks"] == ["reconciled"]
    assert entry["route"] == {"person": "P-0001", "role": "tam", "at": "2026-07-10T08:00:00.000000Z"}


def test_an_unanswered_request_waits_for_an_answer():
    scene = Scene(MADRID)
    scene.submit(1, "2026-07-10T14:59", 1)
    entry = report(scene, "2026-07-10")["incidents"][0]
    assert (entry["clock"]["status"], entry["next"]["step"]) == ("running", "answer")


def test_requests_of_other_levels_are_left_out():
    scene = Scene(MADRID)
    scene.submit(1, "2026-07-10T08:00", 1)
    scene.submit(2, "2026-07-10T08:00", 2)
    assert [entry["id"] for entry in report(scene, "2026-07-10")["incidents"]] == ["INC-000001"]


@pytest.mark.parametrize(
    ("programme", "promise"), [("msa-enterprise", "promised"), ("msa-start", "unknown"), ("enhanced-tam", "unknown")]
)
def test_whether_it_is_promised_depends_on_the_terms_of_the_request(programme, promise):
    scene = Scene(MADRID, contract("k", programme))
    scene.submit(1, "2026-07-10T08:00", 1, "k")
    assert report(scene, "2026-07-10")["promise"] == promise


def test_a_late_report_has_both_dates_and_the_state_of_its_day():
    scene = eventful()
    late = report(scene, "2026-07-10", made="2026-07-13T08:00", due_at=utc("2026-07-10T22:00"))
    assert (late["late"], late["due_at"][:10], late["made_at"][:10]) == (True, "2026-07-10", "2026-07-13")
    in_time = report(scene, "2026-07-10", made="2026-07-10T22:00", due_at=utc("2026-07-10T22:00"))
    assert in_time["late"] is False
    assert late["incidents"] == in_time["incidents"]
