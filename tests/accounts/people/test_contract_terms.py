"""What a contract promises: RULE-ACC-2, RULE-CAL-3, INV-4, INV-10, RULE-TAM-2."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from auditor.accounts.accounts import Account
from auditor.accounts.contract_rules import Surroundings, problems, refuse
from auditor.accounts.contract_terms import policy_of
from auditor.accounts.contracts import Contract
from auditor.accounts.people import Assignment, Contact
from auditor.accounts.policy import Policy
from auditor.accounts.programmes import load_programmes
from auditor.errors import ContentError, RuleBroken

MADRID = ZoneInfo("Europe/Madrid")
PROGRAMMES = load_programmes()
ACME = Account("acme", "Acme", "Europe/Madrid", "ES", "office")
MANAGER = Assignment("A-1", "P-1", "duty_manager", "", datetime(2026, 1, 1, tzinfo=UTC))
AROUND = Surroundings(MADRID, assignments=(MANAGER,), calendars=("support",))


def contract(programme="msa-business", **changes):
    base = Contract("K-1", "acme", programme, "2023", date(2026, 3, 1), date(2027, 3, 1), "support")
    return replace(base, **changes)


def errors(one, around=AROUND):
    return [found.message for found in problems(one, PROGRAMMES.find(one.programme), around) if not found.warning]


def warnings(one, around=AROUND):
    return [found.message for found in problems(one, PROGRAMMES.find(one.programme), around) if found.warning]


def override(**entries):
    return {name: {"value": value, "reason": "mail of 3 March"} for name, value in entries.items()}


def targets(policy):
    return {level: (target.value, target.unit, target.marks) for level, target in policy.targets.items()}


def test_the_terms_of_business_are_those_of_the_sheet():
    policy = policy_of(contract(), PROGRAMMES["msa-business"], ACME)
    assert targets(policy) == {
        1: (2, "calendar_hour", ()),
        2: (6, "business_hour", ()),
        3: (8, "business_hour", ()),
        4: (10, "business_hour", ()),
    }
    assert (policy.premium_quota, policy.quota_period, policy.quota_period_uncertain) == (36, "contract_year", True)
    assert (policy.contract, policy.zone, policy.valid_from, policy.paid) == (
        "K-1",
        "Europe/Madrid",
        "2026-03-01",
        True,
    )
    assert policy.programme_hash == PROGRAMMES["msa-business"].sha256
    assert (policy.off_hours, policy.reopen_days, policy.thresholds) == ("phone_required", 14, (0.5, 0.75, 1.0))
    assert Policy.from_document(policy.to_document()) == policy


def test_without_contract_standard_support_promises_nothing():
    policy = policy_of(None, PROGRAMMES["standard"], ACME)
    assert (policy.contract, policy.paid, policy.valid_from) == ("", False, "")
    assert {target.kind for target in policy.targets.values()} == {"none"}


def test_an_unsettled_unit_keeps_its_mark():
    policy = policy_of(contract("enhanced-tam"), PROGRAMMES["enhanced-tam"], ACME)
    assert targets(policy)[3] == (6, "calendar_hour", ("uncertain",))
    assert policy.premium_quota is None
    assert policy.entitlements["health_check"] is None


@pytest.mark.parametrize("unit", ["calendar_hour", "business_hour"])
def test_a_contract_settles_the_unit_and_says_so_instead_of_the_mark(unit):
    settled = contract("enhanced-tam", overrides={"targets": {"3": {"unit": unit, "reason": "mail of 3 March"}}})
    policy = policy_of(settled, PROGRAMMES["enhanced-tam"], ACME)
    assert targets(policy)[3] == (6, unit, ())
    assert policy.targets[3].note == "agreed in the contract: mail of 3 March."
    assert "contract K-1: mail of 3 March" in policy.targets[3].source
    assert targets(policy)[2] == (4, "calendar_hour", ("uncertain",))


def test_a_whole_cell_can_be_agreed():
    entry = {"kind": "guaranteed", "value": 45, "unit": "calendar_minute", "reason": "annex 2"}
    nothing = {"kind": "none", "reason": "annex 2"}
    one = contract(overrides={"targets": {"1": entry, "4": nothing}})
    assert errors(one) == []
    policy = policy_of(one, PROGRAMMES["msa-business"], ACME)
    assert targets(policy)[1] == (45, "calendar_minute", ())
    assert (policy.targets[4].kind, policy.targets[4].value) == ("none", None)


def test_single_values_can_be_agreed():
    agreed = override(
        off_hours="submission", quota_period="calendar_year", rank=2, thresholds=[0.8, 1], reopen_days=30,
        reopen_new_cycle=True, call_lead_minutes=15,
    )  # fmt: skip
    agreed["entitlements"] = {"health_check": {"value": True, "reason": "annex 1"}}
    policy = policy_of(contract(overrides=agreed), PROGRAMMES["msa-business"], ACME)
    assert (policy.off_hours, policy.quota_period, policy.quota_period_uncertain) == (
        "submission",
        "calendar_year",
        False,
    )
    assert (policy.rank, policy.thresholds, policy.reopen_days) == (2, (0.8, 1.0), 30)
    assert (policy.reopen_new_cycle, policy.call_lead_minutes) == (True, 15)
    assert policy.entitlements["health_check"] is True


def test_a_unit_that_is_no_reading_is_refused():
    wrong = {"targets": {"1": {"unit": "business_hour", "reason": "annex"}}}
    with pytest.raises(ContentError, match="level 1: the unit cannot be business_hour"):
        policy_of(contract(overrides=wrong), PROGRAMMES["msa-business"], ACME)
    assert errors(contract(overrides=wrong)) == ["level 1: the unit cannot be business_hour"]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"colour": {"value": 1, "reason": "r"}}, "overrides: there is no 'colour'"),
        ({"rank": {"value": 1}}, "rank: the reason is missing"),
        ({"rank": {"value": 1, "reason": " "}}, "rank: the reason is missing"),
        ({"rank": {"value": True, "reason": "r"}}, "rank: True does not fit"),
        ({"rank": 3}, "rank: write a value and a reason"),
        ({"off_hours": {"value": "never", "reason": "r"}}, "it must be phone_required or submission"),
        ({"thresholds": {"value": [0.5, 0.5], "reason": "r"}}, "thresholds:"),
        ({"thresholds": {"value": [0.5, 1.5], "reason": "r"}}, "thresholds:"),
        ({"thresholds": {"value": [], "reason": "r"}}, "thresholds:"),
        ({"thresholds": {"value": [0, 1], "reason": "r"}}, "thresholds:"),
        ({"reopen_days": {"value": -1, "reason": "r"}}, "reopen_days: -1 does not fit"),
        ({"targets": {"5": {"unit": "business_hour", "reason": "r"}}}, "targets: there is no '5'"),
        ({"targets": {"1": {"unit": "days", "reason": "r"}}}, "targets 1: the unit must be one of"),
        ({"targets": {"1": {"value": 0, "unit": "calendar_hour", "reason": "r"}}}, "targets 1: 0 does not fit"),
        ({"targets": {"1": {"kind": "none", "value": 3, "reason": "r"}}}, "targets 1: nothing is guaranteed"),
        ({"targets": {"1": {"unit": "calendar_hour", "hours": 3, "reason": "r"}}}, "targets 1: there is no 'hours'"),
        ({"targets": "all"}, "targets: write names and values"),
        ({"entitlements": {"beer": {"value": True, "reason": "r"}}}, "entitlements: there is no 'beer'"),
        ({"entitlements": {"tam": {"value": 1, "reason": "r"}}}, "entitlements tam: 1 does not fit"),
        (["rank"], "overrides: write names and values"),
    ],
)
def test_an_override_that_cannot_be_is_named(overrides, message):
    assert any(message in found for found in errors(contract(overrides=overrides)))


def test_enhanced_needs_a_plus_licence():
    (message,) = errors(contract("enhanced-tam"))
    assert "only for customers who already own a Plus licence" in message
    assert errors(contract("enhanced-tam", plus_licence=True)) == []
    assert errors(contract("msa-business")) == []


def test_business_hours_have_no_default():
    (message,) = errors(contract(support_calendar=""))
    assert message.startswith("a support calendar is missing")
    (message,) = errors(contract(support_calendar="office"))
    assert message == "there is no calendar 'office'"


def test_standard_support_needs_no_contract():
    assert any("needs no contract" in message for message in errors(contract("standard")))


@pytest.mark.parametrize(("start", "end"), [("2026-03-01", "2026-03-01"), ("2026-03-02", "2026-03-01")])
def test_a_contract_begins_before_it_ends(start, end):
    one = contract(valid_from=date.fromisoformat(start), valid_to=date.fromisoformat(end))
    assert any("not after it begins" in message for message in errors(one))


def test_the_same_programme_is_not_in_force_twice():
    other = contract(id="K-2", valid_from=date(2027, 2, 28), valid_to=date(2028, 1, 1))
    (message,) = errors(contract(), replace(AROUND, others=(other,)))
    assert message.startswith("contract K-2 of the same programme is in force from 2027-02-28 to 2028-01-01")


@pytest.mark.parametrize(
    "other",
    [
        contract(id="K-2", valid_from=date(2027, 3, 1), valid_to=date(2028, 3, 1)),  # begins when the first ends
        contract(id="K-2", ended=date(2026, 3, 1)),  # ended before it began
        contract("msa-start", id="K-2"),
        contract(id="K-2", account="other"),
        contract(),  # the contract itself, as it was
    ],
)
def test_what_is_not_the_same_programme_at_the_same_time(other):
    assert errors(contract(), replace(AROUND, others=(other,))) == []


def test_an_account_manager_needs_a_duty_manager_first():
    alone = replace(AROUND, assignments=())
    (message,) = errors(contract("msa-enterprise"), alone)
    assert "no duty manager is there to take over" in message
    assert errors(contract("msa-business"), alone) == []
    agreed = {"entitlements": {"tam": {"value": True, "reason": "annex"}}}
    assert len(errors(contract("msa-business", overrides=agreed), alone)) == 1


@pytest.mark.parametrize(
    ("manager", "enough"),
    [
        (replace(MANAGER, account="acme"), True),
        (replace(MANAGER, account="other"), False),
        (replace(MANAGER, role="tam", account="acme"), False),
        # Madrid: the contract begins at 2026-02-28 23:00 and ends at 2027-02-28 23:00 UTC
        (replace(MANAGER, valid_to=datetime(2026, 2, 28, 23, tzinfo=UTC)), False),
        (replace(MANAGER, valid_to=datetime(2026, 2, 28, 23, 1, tzinfo=UTC)), True),
        (replace(MANAGER, valid_from=datetime(2027, 2, 28, 23, tzinfo=UTC)), False),
        (replace(MANAGER, valid_from=datetime(2027, 2, 28, 22, 59, tzinfo=UTC)), True),
    ],
)
def test_the_duty_manager_is_one_of_this_account_in_this_time(manager, enough):
    assert (errors(contract("msa-enterprise"), replace(AROUND, assignments=(manager,))) == []) is enough


def contacts(number, **changes):
    base = Contact("C", "acme", datetime(2026, 1, 1, tzinfo=UTC))
    return tuple(replace(base, id=f"C-{count}", **changes) for count in range(number))


def test_more_contacts_than_the_programme_allows():
    one = contract("enhanced-tam", plus_licence=True)
    assert errors(one, replace(AROUND, contacts=contacts(8))) == []
    (message,) = errors(one, replace(AROUND, contacts=contacts(9)))
    assert message.startswith("9 contacts are authorised at one time, and contract K-1 allows 8")


def test_contacts_who_follow_each_other_count_once():
    first = contacts(8, authorised_to=datetime(2026, 6, 1, tzinfo=UTC))
    then = contacts(8, authorised_from=datetime(2026, 6, 1, tzinfo=UTC))
    one = contract("enhanced-tam", plus_licence=True)
    assert errors(one, replace(AROUND, contacts=first + then)) == []
    overlapping = contacts(8, authorised_from=datetime(2026, 5, 31, 23, 59, tzinfo=UTC))
    assert len(errors(one, replace(AROUND, contacts=first + overlapping))) == 1


def test_an_uncertain_limit_warns_with_its_mark_and_an_agreed_one_forbids():
    # Business allows 4 contacts by a page that may not hold here
    found = warnings(contract(), replace(AROUND, contacts=contacts(5)))
    assert "contract K-1 allows 4 (uncertain)" in found[0]
    agreed = contract(overrides=override(max_contacts=4))
    assert "5 contacts are authorised" in errors(agreed, replace(AROUND, contacts=contacts(5)))[0]
    assert errors(contract(overrides=override(max_contacts=5)), replace(AROUND, contacts=contacts(5))) == []


def test_an_unknown_limit_is_said_to_be_unknown():
    programme = PROGRAMMES["msa-business"]
    unknown = replace(programme, max_contacts=replace(programme.max_contacts, value=None))
    found = problems(contract(), unknown, replace(AROUND, contacts=contacts(1)))
    assert [("limit unknown" in one.message, one.warning) for one in found] == [(True, True)]


def test_open_units_are_told_until_they_are_settled():
    one = contract("enhanced-tam", plus_licence=True)
    assert ["uncertain for level 2, 3, 4" in message for message in warnings(one)] == [True]
    settled = {str(level): {"unit": "business_hour", "reason": "r"} for level in (2, 3, 4)}
    assert warnings(replace(one, overrides={"targets": settled})) == []


def test_refuse_lists_every_error_and_returns_warnings():
    one = contract("enhanced-tam", support_calendar="")
    with pytest.raises(RuleBroken) as told:
        refuse(problems(one, PROGRAMMES["enhanced-tam"], AROUND))
    assert "Plus licence" in told.value.message
    assert "support calendar" in told.value.message
    assert "--plus-licence" in told.value.hint
