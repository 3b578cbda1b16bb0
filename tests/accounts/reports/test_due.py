"""What is owed: each report once, however often, how late and in whichever order somebody looks."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.accounts.reports.definitions import Definition
from auditor.accounts.reports.due import in_business_days
from auditor.accounts.reports.heading import Heading
from auditor.accounts.reports.periods import parse_period
from auditor.accounts.reports.selection import Filters, Selection
from auditor.app.accounts.saving import Act, Subject, save
from auditor.app.service_reports.definitions import define, definition_of, definitions_of, undefine
from auditor.app.service_reports.dueness import due, make_due
from auditor.app.service_reports.making import Tools
from auditor.errors import ContentError, UsageProblem
from auditor.reporting.service.rendering import to_json
from auditor.store.opening import open_store
from tests.accounts.reports.scenes import Scene, contract, office, programmes, utc
from tests.accounts.reports.stored import SETUP, add_contact, furnish, new, pour
from tests.stores import FrozenClock

MADRID = "Europe/Madrid"


class Plain:
    """Every file is the document: how pages look is tested elsewhere."""

    def render(self, document, _form, _language):
        return to_json(document)


QUICK = Tools(programmes, Plain)


@pytest.fixture
def small(sqlite_template, tmp_path):
    """A store on SQLite; what databases have to do with it is tested in test_history."""
    file = tmp_path / "small.db"
    shutil.copyfile(sqlite_template, file)
    with open_store(str(file), clock=FrozenClock(SETUP)) as opened:
        yield opened


def look(store, at):
    """(kind, key, late) of what is due."""
    now = utc(at)
    with store.reading() as reading:
        outlook = due(reading, now, QUICK.programmes)
    assert outlook.failed == ()
    return [(one.kind, one.key, one.late(now)) for one in outlook.due]


def made_at(store, at, limit=1000):
    store.clock.at = utc(at)
    outcome = make_due(store, utc(at), limit, QUICK)
    assert outcome.failed == ()
    return [one.id for one in outcome.made]


def critical(until=None, *contracts):
    scene = Scene(MADRID, *contracts)
    incident = scene.submit(1, "2026-10-23T10:00", 1)
    if until:
        scene.lower(incident, until, 1, 3)
    return scene


# --- when ----------------------------------------------------------------------------------------------------


def test_a_daily_report_is_due_from_the_cut_off_until_the_end_of_the_day(small):
    pour(critical(), small)
    made_at(small, "2026-10-23T14:59")
    assert look(small, "2026-10-23T14:59:59") == []
    assert look(small, "2026-10-23T15:00") == [("daily", "2026-10-23", False)]
    assert look(small, "2026-10-23T22:00") == [("daily", "2026-10-23", False)]
    assert look(small, "2026-10-23T22:00:01") == [("daily", "2026-10-23", True)]


def test_a_quarterly_report_is_due_within_ten_business_days(small):
    """From Thu 1 Oct 2026 the tenth business day is Wed 14 Oct; the office knows no holidays."""
    pour(Scene(MADRID), small)
    made_at(small, "2026-09-30T21:59")
    assert look(small, "2026-09-30T21:59") == []
    assert look(small, "2026-09-30T22:00") == [("quarterly", "2026-Q3", False)]
    assert look(small, "2026-10-14T22:00") == [("quarterly", "2026-Q3", False)]
    assert look(small, "2026-10-14T22:00:01") == [("quarterly", "2026-Q3", True)]


@pytest.mark.parametrize(("country", "day"), [("", "2027-01-15"), ("ES", "2027-01-19")])
def test_holidays_are_no_business_days(country, day):
    """After 31 Dec 2026: without holidays the tenth business day is Thu 14 Jan; Spain closes on 1 and 6 January,
    so there it is Mon 18 Jan."""
    account = Scene(MADRID).account
    found = in_business_days(parse_period("2026-Q4", MADRID), office(MADRID, country), account)
    assert found == utc(f"{day}T00:00") - timedelta(hours=1)


def test_quarters_of_the_contract_where_a_contract_says_so(small):
    own = {"report_quarter": {"value": "contract", "reason": "annex 4"}}
    pour(Scene(MADRID, contract("ent", "msa-enterprise", "2026-01-15", "2026-08-01", overrides=own)), small)
    assert [key for _, key, _ in look(small, "2027-01-01T00:00")] == [
        "contract-2026-01-15..2026-04-14",
        "contract-2026-04-15..2026-07-14",
        "contract-2026-07-15..2026-10-14",
    ]
    assert len(made_at(small, "2027-01-01T00:00")) == 3


def test_the_quarter_in_which_a_contract_ends_is_reported_and_none_after(small):
    pour(Scene(MADRID, contract("ent", "msa-enterprise", "2026-02-10", "2026-05-05")), small)
    assert [key for _, key, _ in look(small, "2027-06-01T00:00")] == ["2026-Q1", "2026-Q2"]


# --- for whom ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("programme", ["msa-start", "msa-business", "enhanced-tam"])
def test_nothing_is_made_unasked_where_nobody_promises_it(small, programme):
    pour(critical("2026-10-26T15:00", contract("ent", programme)), small)
    with small.writing() as writing:
        define(writing, Definition("w", "acme", "All", "weekly"), Act("user:tester", SETUP))
    assert look(small, "2027-06-01T00:00") == []


def test_a_contract_can_settle_that_reports_are_promised(small):
    yes = {name: {"value": True, "reason": "annex 1"} for name in ("daily_report", "quarterly_report")}
    pour(critical("2026-10-26T15:00", contract("ent", "msa-business", overrides={"entitlements": yes})), small)
    kinds = Counter(kind for kind, _, _ in look(small, "2027-06-01T00:00"))
    assert kinds == {"daily": 4, "quarterly": 4}


def test_daily_reports_follow_the_terms_of_the_request_and_outlive_the_contract(small):
    pour(critical("2026-10-26T15:00", contract("ent", "msa-enterprise", "2026-01-01", "2026-10-24")), small)
    daily = [key for kind, key, _ in look(small, "2026-12-01T00:00") if kind == "daily"]
    assert daily == ["2026-10-23", "2026-10-24", "2026-10-25", "2026-10-26"]


def test_history_from_before_the_account_was_known_asks_for_nothing(small):
    scene = critical("2026-10-26T15:00")
    small.clock.at = utc("2026-10-25T12:00")
    with small.writing() as writing:
        furnish(writing, scene)
        writing.append(*(new(event) for event in scene.events))
    assert look(small, "2026-11-01T00:00") == [("daily", "2026-10-25", True), ("daily", "2026-10-26", True)]


def test_one_account_that_cannot_be_judged_stops_no_other(small):
    scene = critical("2026-10-26T15:00")
    pour(scene, small)
    with small.writing() as writing:
        document = {**writing.document("contract", "ent"), "account": "broken", "programme": "gone"}
        act = Act("user:tester", SETUP)
        save(writing, Subject("account", "broken", "broken"), writing.document("account", "acme"), act)
        save(writing, Subject("contract", "k-2", "broken"), document, act)
    now = utc("2026-10-27T00:00")
    small.clock.at = now
    outcome = make_due(small, now, 100, QUICK)
    assert len(outcome.made) == 4 + 3
    assert [(one.account, str(one.error)[:24]) for one in outcome.failed] == [("broken", "there is no programme 'g")]


def test_a_limit_leaves_the_newest_for_later(small):
    pour(critical("2026-10-26T15:00"), small)
    small.clock.at = utc("2026-11-01T00:00")
    outcome = make_due(small, small.clock.at, 4, QUICK)
    assert ([one.period for one in outcome.made], outcome.left) == (["2026-Q1", "2026-Q2", "2026-Q3", "2026-10-23"], 3)
    assert made_at(small, "2026-11-01T00:01", limit=10) == [f"acme/daily/2026-10-{day}/1" for day in (24, 25, 26)]


# --- periodic ------------------------------------------------------------------------------------------------


def saved(store, at, **values):
    store.clock.at = utc(at)
    stated = {"id": "open", "account": "acme", "name": "Open requests", "cadence": "weekly"} | values
    with store.writing() as writing:
        return define(writing, Definition(**stated), Act("user:tester", utc(at)))


def periodic(store, at):
    return [key for kind, key, _ in look(store, at) if kind == "periodic"]


def test_a_periodic_report_is_owed_from_the_period_in_which_it_was_defined(small):
    pour(Scene(MADRID), small)
    saved(small, "2026-07-15T10:00")  # a Wednesday of week 29
    assert periodic(small, "2026-07-19T21:59") == []
    assert periodic(small, "2026-07-27T00:00") == ["open:2026-W29", "open:2026-W30"]
    assert made_at(small, "2026-07-27T00:00")[-1] == "acme/periodic/open:2026-W30/1"
    assert periodic(small, "2026-07-27T00:00") == []


def test_a_new_cadence_begins_anew_and_other_changes_do_not(small):
    pour(Scene(MADRID), small)
    saved(small, "2026-07-15T10:00")
    saved(small, "2026-07-29T10:00", name="Open ones")
    assert periodic(small, "2026-08-03T00:00") == ["open:2026-W29", "open:2026-W30", "open:2026-W31"]
    saved(small, "2026-08-01T10:00", cadence="monthly")
    assert periodic(small, "2026-09-01T00:00") == ["open:2026-08"]


def test_two_definitions_have_each_their_own_reports(small):
    pour(critical(), small)
    saved(small, "2026-10-20T10:00", selection=Selection(Filters(levels=(1,))), language="ru")
    saved(small, "2026-10-20T10:00", id="grave", name="Grave", recipients=("contact:C-0001",))
    made = [ident for ident in made_at(small, "2026-10-26T00:00") if "periodic" in ident]
    assert made == ["acme/periodic/grave:2026-W43/1", "acme/periodic/open:2026-W43/1"]
    with small.reading() as reading:
        reports = reading.documents("report", account="acme")
    assert reports[made[0]]["recipients"] == ["contact:C-0001"]
    assert {one["language"] for one in reports[made[1]]["files"]} == {"", "ru"}


def test_definitions_are_saved_once_listed_and_removed(small):
    pour(Scene(MADRID), small)
    assert saved(small, "2026-07-15T10:00", recipients=("contact:C-0001",))
    assert not saved(small, "2026-07-16T10:00", recipients=("contact:C-0001",))
    with small.writing() as writing:
        assert [one.id for one in definitions_of(writing, "acme")] == ["open"]
        assert definitions_of(writing, "other") == []
        undefine(writing, "open", Act("user:tester", utc("2026-07-17T10:00")))
        with pytest.raises(UsageProblem, match="defined as 'open'"):
            definition_of(writing, "open")
    assert periodic(small, "2026-12-01T00:00") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "x" * 33},
        {"id": "a b"},
        {"name": " "},
        {"cadence": "daily"},
        {"language": "de"},
        {"recipients": ("a@example.com",)},
        {"selection": Selection(Filters(kinds=("gold",)))},
        {"selection": Selection(columns=("salary",))},
    ],
)
def test_a_definition_that_cannot_be_is_refused(small, wrong):
    pour(Scene(MADRID), small)
    with pytest.raises((ContentError, UsageProblem)):
        saved(small, "2026-07-15T10:00", **wrong)


@pytest.mark.parametrize("recipient", ["contact:C-0009", "contact:C-0404"])
def test_recipients_are_people_of_the_account(small, recipient):
    pour(Scene(MADRID), small)
    with small.writing() as writing:
        save(writing, Subject("account", "other", "other"), writing.document("account", "acme"), Act("user:t", SETUP))
        add_contact(writing, "other", "C-0009", "Stranger", "stranger")
    with pytest.raises(UsageProblem):
        saved(small, "2026-07-15T10:00", recipients=(recipient,))


# --- every instant -------------------------------------------------------------------------------------------

EXPECTED = [f"2026-10-{day}" for day in (23, 24, 25, 26)]
BEGIN = utc("2026-10-23T00:00")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 6 * 24 * 60), max_size=12), st.integers(1, 3))
def test_whenever_somebody_looks_each_day_is_made_once_and_late_only_after_its_end(sqlite_template, minutes, limit):
    """Over the night in which clocks go back. The last look is on 30 October, and whatever is left is made then."""
    looks = sorted(BEGIN + timedelta(minutes=minute) for minute in minutes)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "small.db"
        shutil.copyfile(sqlite_template, file)
        with open_store(str(file), clock=FrozenClock(SETUP)) as store:
            pour(critical("2026-10-26T15:00"), store)
            store.clock.at = BEGIN
            make_due(store, BEGIN, 100, QUICK)
            made = {}
            for now in [*looks, *[utc("2026-10-30T00:00")] * 5]:
                store.clock.at = now
                for one in make_due(store, now, limit, QUICK).made:
                    assert one.period not in made
                    made[one.period] = (now, one.late)
            with store.reading() as reading:
                late = {event["id"] for event in _alerts(reading)}
    assert sorted(made) == EXPECTED
    for day, (now, was_late) in made.items():
        ends = Heading("daily", parse_period(f"{day}..{day}", MADRID), now).period.end
        assert was_late == (now > ends)
        assert (f"acme/daily/{day}/1:late" in late) == was_late
        assert now >= ends - timedelta(hours=7)


def _alerts(reading):
    return [{"id": ident} for ident in reading.documents("notification")]
