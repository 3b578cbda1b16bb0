"""Reports of periods: every number by hand, nothing counted twice, what is unclear or not guaranteed kept apart."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.accounts.reports import flow
from auditor.accounts.reports.checkups import health_checks, open_findings
from auditor.accounts.reports.heading import Heading
from auditor.accounts.reports.material import HealthCheck, OpenFindings
from auditor.accounts.reports.periods import days, parse_period
from auditor.accounts.reports.selection import COLUMNS, Filters, Selection
from auditor.accounts.reports.summary import summary
from auditor.errors import ContentError, UsageProblem
from tests.accounts.reports.scenes import Scene, busy_quarter, contract, utc

MADRID = "Europe/Madrid"
FLOW = ("open_at_start", "opened", "reopened", "ended", "open_at_end")
DECIDED = ("met", "missed", "not_guaranteed", "unanswered")


def report(scene, period="2026-Q3", filters=None, kind="quarterly", made="2030-01-01T00:00"):
    found = parse_period(period, scene.account.time_zone)
    selection = Selection(filters or Filters(), COLUMNS)
    return summary(Heading(kind, found, utc(made)), scene.material(), selection)


def numbers(counts, names=FLOW):
    return tuple(counts[name] for name in names)


# --- by hand, see busy_quarter -------------------------------------------------------------------------------


def test_requests_that_came_and_went():
    document = report(busy_quarter())
    assert numbers(document["requests"]) == (1, 10, 0, 5, 6)
    assert document["requests"]["critical"] == 2
    levels = {one["key"]: numbers(one) for one in document["requests"]["by_level"]}
    assert levels == {1: (0, 1, 0, 1, 0), 2: (1, 3, 0, 2, 2), 3: (0, 5, 0, 1, 4), 4: (0, 1, 0, 1, 0)}
    states = {one["key"]: one["count"] for one in document["requests"]["by_state"]}
    assert states == {
        "submitted": 1,
        "in_progress": 5,
        "waiting_customer": 0,
        "resolved": 3,
        "closed": 0,
        "cancelled": 2,
    }
    types = {one["key"]: one["opened"] for one in document["requests"]["by_type"]}
    assert types == {"incident": 7, "service_request": 0, "avdb_release": 1, "private_patch": 1, "question": 1}
    products = [(one["key"], one["opened"]) for one in document["requests"]["by_product"]]
    assert products == [("", 1), ("Kaspersky Endpoint Security", 8), ("Network Agent", 1)]


def test_answers_in_time():
    response = report(busy_quarter())["response"]
    assert {name: response[name] for name in (*DECIDED, "running", "open")} == {
        "met": 5,
        "missed": 1,
        "not_guaranteed": 3,
        "unanswered": 0,
        "running": 1,
        "open": 0,
    }
    assert (response["judged"], response["share"]) == (6, 5 / 6)
    assert response["uncertain"] == {"met": 1, "missed": 1, "running": 0}


def test_answers_by_level_with_their_targets():
    first, second, third, fourth = report(busy_quarter())["response"]["levels"]
    assert [(one["value"], one["unit"], one["marks"]) for one in first["targets"]] == [
        (30, "calendar_minute", ["reconciled"]),
        (6, "business_hour", []),
    ]
    assert (first["met"], second["met"], third["met"], third["missed"]) == (2, 2, 1, 1)
    assert [(one["kind"], one["value"], one["marks"]) for one in third["targets"]] == [
        ("guaranteed", 6, ["reconciled"]),
        ("guaranteed", 6, ["uncertain"]),
        ("none", None, ["uncertain"]),
    ]
    assert (fourth["not_guaranteed"], fourth["share"]) == (1, None)


def test_premium_requests_used():
    """Enterprise took one in June and four in the quarter; Start three, of which one came back."""
    quota = {one["contract"]: one for one in report(busy_quarter())["account_wide"]["quota"]}
    assert [(quota["ent"][name]) for name in ("limit", "used", "left", "taken", "returned")] == [None, 5, None, 4, 0]
    assert [(quota["start"][name]) for name in ("limit", "used", "left", "taken", "returned")] == [6, 2, 4, 3, 1]
    assert quota["start"]["uncertain"] is True
    assert (quota["start"]["first"], quota["start"]["last"]) == ("2026-01-01", "2026-12-31")


def test_premium_requests_of_later_quarters_are_not_used_yet():
    quota = {one["contract"]: one for one in report(busy_quarter(), "2026-Q2")["account_wide"]["quota"]}
    assert [(quota[ident]["used"], quota[ident]["taken"]) for ident in ("ent", "start")] == [(1, 1), (0, 0)]


def test_a_quarter_over_two_contract_years_shows_both():
    scene = Scene(MADRID, contract("start", "msa-start", "2025-08-15", "2027-08-15"))
    for number, day in ((1, "2026-07-20"), (2, "2026-08-14"), (3, "2026-08-15")):
        year = "2025" if number < 3 else "2026"
        booked = {"contract": "start", "period": f"{year}-08-15", "delta": 1, "reason": "submitted", "override": False}
        scene.submit(number, f"{day}T10:00", 1, "start", quota=booked)
    quota = report(scene)["account_wide"]["quota"]
    assert [(one["first"], one["last"], one["used"]) for one in quota] == [
        ("2025-08-15", "2026-08-14", 2),
        ("2026-08-15", "2027-08-14", 1),
    ]


def test_changes_releases_and_patches():
    document = report(busy_quarter())
    assert [(one["incident"], one["from"], one["to"]) for one in document["severity_changes"]] == [("INC-000001", 1, 3)]
    escalations = document["escalations"]
    assert (escalations["by_clock"], escalations["by_person"]) == (1, 1)
    assert [one["fraction"] for one in escalations["list"]] == [0.5, None]
    release = document["releases"][0]
    assert (release["incident"], release["state"], release["reason"]) == (
        "INC-000009",
        "step2_released",
        "false_positive",
    )
    assert [one["step"] for one in release["steps"]] == [1, 2]
    assert [one["to"] for one in document["private_patches"][0]["steps"]] == ["delivered"]
    assert [(one["name"], one["visibility"]) for one in document["account_wide"]["patches"]] == [
        ("pf4711.exe", "private")
    ]


def test_what_nobody_recorded_is_said_to_be_unknown():
    wide = report(busy_quarter())["account_wide"]
    assert wide["health_check"] == {"status": "none_recorded", "engagements": []}
    assert (wide["open_findings"]["status"], wide["open_findings"]["total"]) == ("unknown", None)


def test_health_checks_of_the_quarter_and_the_latest_one():
    start = utc("2026-06-30T22:00")
    closed = HealthCheck("HC-0001", "ent", "closed", utc("2025-03-01"), utc("2025-04-01"), is_open=False)
    delivered = HealthCheck(
        "HC-0002", "ent", "delivered", utc("2026-03-01"), start, False, "2026-04-01", utc("2026-04-02")
    )
    agreed = HealthCheck("HC-0003", "ent", "agreed", utc("2026-05-01"), utc("2026-05-02"), True, "2026-10-01")
    told = health_checks([agreed, closed, delivered], start)
    assert [(one["id"], one["day"]) for one in told["engagements"]] == [
        ("HC-0002", "2026-04-01"),
        ("HC-0003", "2026-10-01"),
    ]
    assert [one["id"] for one in health_checks([closed], start)["engagements"]] == ["HC-0001"]


def test_open_findings_by_severity():
    known = open_findings(OpenFindings({"high": 2, "low": 1}, utc("2026-04-02T10:00")))
    assert (known["total"], [one["count"] for one in known["by_severity"]]) == (3, [0, 2, 0, 1, 0])


# --- T-32, T-33 ----------------------------------------------------------------------------------------------


def test_start_levels_two_to_four_are_not_guaranteed_and_in_no_share():
    scene = Scene(MADRID, contract("start", "msa-start"))
    for number in (2, 3, 4):
        scene.submit(number, "2026-07-15T08:00", number, "start")
    scene.answer("INC-000002", "2026-09-29T08:00")
    response = report(scene)["response"]
    assert (response["not_guaranteed"], response["open"], response["judged"], response["share"]) == (1, 2, 0, None)
    assert all(target["kind"] == "none" for level in response["levels"] for target in level["targets"])


def test_enhanced_levels_two_to_four_carry_their_mark():
    scene = Scene(MADRID, contract("enh", "enhanced-tam"))
    for number in (1, 2, 3, 4):
        incident = scene.submit(number, "2026-07-15T08:00", number, "enh")
        scene.answer(incident, "2026-07-15T08:10")
    response = report(scene)["response"]
    assert (response["met"], response["uncertain"]["met"]) == (4, 3)
    marks = {one["level"]: one["targets"][0]["marks"] for one in response["levels"]}
    assert marks == {1: [], 2: ["uncertain"], 3: ["uncertain"], 4: ["uncertain"]}


def test_a_contract_that_settles_the_unit_has_no_mark():
    settled = {"targets": {str(level): {"unit": "business_hour", "reason": "annex 2"} for level in (2, 3, 4)}}
    scene = Scene(MADRID, contract("enh", "enhanced-tam", overrides=settled))
    scene.submit(1, "2026-07-15T08:00", 3, "enh")  # 10:00 local; 6 business hours end at 16:00
    scene.answer("INC-000001", "2026-07-15T14:00")
    response = report(scene)["response"]
    assert (response["met"], response["uncertain"]["met"]) == (1, 0)


# --- RULE-REP-6, T-42 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("Europe/Moscow", "2026-06-30T20:59:59", "2026-06-30T21:00"),
        ("America/Mexico_City", "2026-07-01T05:59:59", "2026-07-01T06:00"),
    ],
)
def test_the_edge_of_a_quarter_is_the_local_midnight(zone, last, first):
    scene = Scene(zone)
    scene.submit(1, last, 3)
    scene.submit(2, first, 3)
    assert [one["id"] for one in report(scene, "2026-Q2")["incidents"]] == ["INC-000001"]
    third = report(scene, "2026-Q3")
    assert [(one["id"], one["came"]) for one in third["incidents"]] == [
        ("INC-000001", "open_at_start"),
        ("INC-000002", "opened"),
    ]


def test_a_request_over_two_quarters_is_opened_in_one_and_ended_in_the_other():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-06-30T10:00", 3)
    scene.answer(incident, "2026-06-30T11:00")
    scene.resolve(incident, "2026-07-01T09:00")
    scene.then(incident, "closed", "2026-07-20T09:00")
    quarters = [report(scene, quarter)["requests"] for quarter in ("2026-Q2", "2026-Q3", "2026-Q4")]
    assert [numbers(one) for one in quarters] == [(0, 1, 0, 0, 1), (1, 0, 0, 1, 0), (0, 0, 0, 0, 0)]


def test_an_answer_is_counted_in_the_quarter_in_which_it_is_decided():
    """6 business hours from Tue 30 Jun 16:00 local end on Wed 1 Jul at 13:00."""
    scene = Scene(MADRID)
    for number, answered in ((1, "2026-06-30T15:00"), (2, "2026-07-01T10:00"), (3, "2026-07-01T12:00")):
        incident = scene.submit(number, "2026-06-30T14:00", 3)
        scene.answer(incident, answered)
    second, third, fourth = (report(scene, f"2026-Q{quarter}")["response"] for quarter in (2, 3, 4))
    assert numbers(second, (*DECIDED, "running")) == (1, 0, 0, 0, 2)
    assert numbers(third, (*DECIDED, "running")) == (1, 1, 0, 0, 0)
    assert numbers(fourth, (*DECIDED, "running")) == (0, 0, 0, 0, 0)


def test_a_deadline_that_passes_unanswered_counts_as_late_at_once_and_only_once():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-06-29T07:00", 3)  # due the same day at 15:00
    scene.lower(incident, "2026-06-30T07:00", 3, 4)  # a breach stays
    scene.answer(incident, "2026-07-02T07:00")
    assert [report(scene, quarter)["response"]["missed"] for quarter in ("2026-Q2", "2026-Q3")] == [1, 0]


def test_a_request_that_is_cancelled_in_time_owes_no_answer():
    scene = Scene(MADRID)
    incident = scene.submit(1, "2026-07-15T08:00", 3)
    scene.then(incident, "cancelled", "2026-07-15T09:00", "contact:C-0001", reason="solved")
    response = report(scene)["response"]
    assert (response["unanswered"], response["judged"], response["running"]) == (1, 0, 0)


def test_a_reopening_with_a_new_clock_owes_a_second_answer():
    again = {"reopen_new_cycle": {"value": True, "reason": "annex 3"}}
    scene = Scene(MADRID, contract("ent", "msa-enterprise", overrides=again))
    incident = scene.submit(1, "2026-06-15T08:00", 3)
    scene.answer(incident, "2026-06-15T09:00")
    scene.resolve(incident, "2026-06-16T09:00")
    scene.then(incident, "reopened", "2026-07-15T08:00", "contact:C-0001", reason="again", new_cycle=True)
    second, third = report(scene, "2026-Q2"), report(scene, "2026-Q3")
    assert (second["response"]["met"], third["response"]["met"], third["response"]["missed"]) == (1, 0, 1)
    assert numbers(third["requests"]) == (0, 0, 1, 0, 1)


EVENTS = st.sampled_from(["answer", "lower", "raise", "resolve", "reopen", "close", "cancel"])
LIVES = st.lists(
    st.tuples(
        st.integers(0, 364 * 24 * 60),
        st.integers(1, 4),
        st.sampled_from(["ent", "enh", "start", ""]),
        st.lists(st.tuples(st.integers(1, 60 * 24 * 60), EVENTS), max_size=6),
    ),
    min_size=1,
    max_size=6,
)


def at(minutes):
    return (datetime(2026, 1, 1) + timedelta(minutes=minutes)).isoformat()  # noqa: DTZ001  # read as UTC


def lived(lives):
    """Requests of a year, whatever happened to them; what cannot happen changes nothing."""
    scene = Scene(
        MADRID, contract("ent", "msa-enterprise"), contract("enh", "enhanced-tam"), contract("start", "msa-start")
    )
    for number, (begin, level, under, events) in enumerate(lives, start=1):
        incident, now = scene.submit(number, at(begin), level, under), begin
        for later, what in events:
            now += later
            _happen(scene, incident, what, at(now))
    return scene


def _happen(scene, incident, what, when):
    if what == "answer":
        scene.answer(incident, when)
    elif what in {"lower", "raise"}:
        scene.lower(incident, when, 2, 3 if what == "lower" else 1)
    else:
        kind = {"resolve": "resolved", "reopen": "reopened", "close": "closed", "cancel": "cancelled"}[what]
        scene.then(incident, kind, when, reason="so", summary="so", new_cycle=True)


@settings(max_examples=60, deadline=None)
@given(LIVES)
def test_over_all_quarters_everything_is_counted_once(lives):
    scene = lived(lives)
    quarters = [report(scene, f"{year}-Q{quarter}") for year in (2026, 2027, 2028) for quarter in (1, 2, 3, 4)]
    flows = [one["requests"] for one in quarters]
    assert sum(one["opened"] for one in flows) == len(lives)
    for before, after in pairwise(flows):
        assert before["open_at_end"] == after["open_at_start"]
    for one in flows:
        assert one["open_at_start"] + one["opened"] + one["reopened"] - one["ended"] == one["open_at_end"]
    owed = sum(len(seen.incident.cycles) for seen in scene.material().seen(lambda _: True))
    decided = sum(one["response"][name] for one in quarters for name in DECIDED)
    pending = sum(quarters[-1]["response"][name] for name in ("running", "open"))
    assert decided + pending == owed


@settings(max_examples=25, deadline=None)
@given(LIVES, st.randoms(use_true_random=False))
def test_the_order_in_which_events_come_changes_nothing(lives, random):
    scene = lived(lives)
    period = parse_period("2026-Q2", MADRID)
    heading = Heading("quarterly", period, utc("2026-07-02T00:00"))
    expected = summary(heading, scene.material(), Selection())
    material = scene.material()
    for history in material.histories:
        random.shuffle(history)
    random.shuffle(material.histories)
    assert summary(heading, material, Selection()) == expected


# --- filters, ranges, what is not over -----------------------------------------------------------------------


def test_filters_leave_out_requests_and_what_belongs_to_the_account():
    document = report(busy_quarter(), filters=Filters(levels=(2,), kinds=("premium",)), kind="on_demand")
    assert [one["id"] for one in document["incidents"]] == ["INC-000004", "INC-000007", "INC-000009", "INC-000011"]
    assert document["account_wide"] is None
    assert document["escalations"]["by_clock"] == 0
    assert report(busy_quarter(), filters=Filters(products=("NETWORK agent",)))["requests"]["opened"] == 1
    assert report(busy_quarter(), filters=Filters(states=("cancelled",)))["requests"]["opened"] == 2


def test_filters_and_columns_that_do_not_exist_are_refused():
    for selection in (
        Selection(Filters(levels=(5,))),
        Selection(Filters(kinds=("gold",))),
        Selection(columns=("id", "salary")),
        Selection(columns=()),
    ):
        with pytest.raises(ContentError):
            selection.check()
    Selection(Filters((1,), ("premium",), ("question",), ("closed",), ("anything",))).check()


def test_a_period_that_is_not_over_is_told_as_of_now():
    scene = busy_quarter()
    document = summary(
        Heading("on_demand", days(date(2026, 7, 1), date(2026, 9, 30), MADRID), utc("2026-07-14T10:00")),
        scene.material(),
        Selection(),
    )
    assert document["complete"] is False
    assert document["period"]["to"] == "2026-07-14T10:00:00.000000Z"
    assert numbers(document["requests"]) == (1, 1, 0, 0, 2)
    with pytest.raises(UsageProblem, match="has not begun"):
        report(scene, "2026-Q4", made="2026-09-30T21:59")


@pytest.mark.parametrize(
    ("programme", "promise"),
    [("msa-enterprise", "promised"), ("enhanced-tam", "unknown"), ("msa-business", "unknown"), (None, "no_contract")],
)
def test_whether_a_quarterly_report_is_promised(programme, promise):
    scene = Scene(
        MADRID, contract("k", programme or "msa-start", "2026-01-01", "2026-12-31" if programme else "2026-07-01")
    )
    assert report(scene)["promise"] == promise


def test_a_contract_that_says_no_is_believed():
    no = {"entitlements": {"quarterly_report": {"value": False, "reason": "annex 1"}}}
    scene = Scene(MADRID, contract("ent", "msa-enterprise", overrides=no))
    assert report(scene)["promise"] == "not_promised"


def test_a_flow_without_requests_is_empty():
    assert flow.total([]) == dict.fromkeys(FLOW, 0)
