"""From the request to the agreement, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from auditor.app.accounts import contracts
from auditor.app.engagements import negotiating
from auditor.app.engagements.circles import load_engagement
from auditor.app.engagements.negotiating import Consent, TakenOn
from auditor.errors import RuleBroken, UsageProblem
from tests.engagement.conftest import PROGRAMMES, act

CIRCUMSTANCES = {
    "products": ["ksc", "kesl"],
    "sources": ["OpenAPI dump", "KESL exports"],
    "access": "upload by the customer",
    "participants": ["P-0002"],
    "language": "es",
}


@pytest.fixture
def requested(scene):
    with scene.writing() as writing:
        found = negotiating.request(writing, "madrid", {}, PROGRAMMES, act(2026, 11, 16, 9))
    assert (found.id, found.tam, found.zone, found.language) == ("HC-0001", "P-0002", "Europe/Madrid", "es")
    return scene


def agree(store, side, day, *moment, ident="HC-0001"):
    done = act(*moment)
    with store.writing() as writing:
        return negotiating.agree(writing, ident, Consent(side, f"{side} side", day, done.at), PROGRAMMES, done)


def circumstances(store, *moment, **changes):
    with store.writing() as writing:
        return negotiating.set_circumstances(writing, "HC-0001", {**CIRCUMSTANCES, **changes}, act(*moment))


def test_both_sides_agree_and_the_later_one_counts(requested):
    circumstances(requested, 2026, 11, 17, 9)
    day = date(2026, 12, 4)
    assert agree(requested, "customer", day, 2026, 11, 18, 9).state == "negotiating"
    found = agree(requested, "kaspersky", day, 2026, 11, 20, 22, 59)  # 23:59 in Madrid
    assert (found.state, found.start_day) == ("agreed", day)
    assert found.agreed_at == act(2026, 11, 20, 22, 59).at


def test_two_minutes_later_it_is_the_next_day(requested):
    circumstances(requested, 2026, 11, 17, 9)
    day = date(2026, 12, 4)
    agree(requested, "customer", day, 2026, 11, 18, 9)
    with pytest.raises(RuleBroken, match="13 days after the agreement of 21 Nov 2026; at least 14 are needed") as told:
        agree(requested, "kaspersky", day, 2026, 11, 20, 23, 1)
    # 5 and 6 December are a weekend, 7 and 8 holidays in Madrid
    assert "2026-12-09 is the first day that would do" in told.value.hint


def test_nothing_is_agreed_without_circumstances(requested):
    circumstances(requested, 2026, 11, 17, 9, access="")
    with pytest.raises(RuleBroken, match="not complete: access"):
        agree(requested, "customer", date(2026, 12, 4), 2026, 11, 18, 9)


def test_nothing_happens_before_the_request(requested):
    with pytest.raises(UsageProblem, match="was requested only later"):
        circumstances(requested, 2026, 11, 15, 9)


def test_changed_circumstances_start_the_two_weeks_again(requested):
    circumstances(requested, 2026, 11, 17, 9)
    day = date(2026, 12, 4)
    agree(requested, "customer", day, 2026, 11, 18, 9)
    agree(requested, "kaspersky", day, 2026, 11, 18, 10)
    assert circumstances(requested, 2026, 11, 19, 9).state == "agreed"  # the same again changes nothing
    found = circumstances(requested, 2026, 11, 29, 9, products=["ksc"])  # five days before
    assert (found.state, found.agreements) == ("negotiating", ())
    with pytest.raises(RuleBroken, match="5 days after"):
        agree(requested, "customer", day, 2026, 11, 29, 10)


def test_a_named_person_can_take_a_rule_on(requested):
    circumstances(requested, 2026, 11, 17, 9)
    with requested.writing() as writing:
        taken = TakenOn("notice", "both sides", "the audit must precede the migration")
        negotiating.override(writing, "HC-0001", taken, act(2026, 11, 25, 9))
    agree(requested, "customer", date(2026, 12, 4), 2026, 11, 25, 9)
    assert agree(requested, "kaspersky", date(2026, 12, 4), 2026, 11, 25, 10).state == "agreed"
    with requested.writing() as writing, pytest.raises(UsageProblem, match="there is no rule 'everything'"):
        negotiating.override(writing, "HC-0001", TakenOn("everything", "x", "y"), act(2026, 11, 25, 9))


def test_a_second_one_of_the_year_is_refused_and_a_cancelled_one_uses_nothing(requested):
    circumstances(requested, 2026, 11, 17, 9)
    for side in ("customer", "kaspersky"):
        agree(requested, side, date(2026, 12, 4), 2026, 11, 18, 9)
    with requested.writing() as writing:
        second = negotiating.request(writing, "madrid", {}, PROGRAMMES, act(2026, 11, 19, 9))
        negotiating.set_circumstances(writing, second.id, CIRCUMSTANCES, act(2026, 11, 19, 9))
    with pytest.raises(RuleBroken, match="used or agreed already") as told:
        agree(requested, "customer", date(2026, 12, 11), 2026, 11, 19, 10, ident="HC-0002")
    assert "2027-02-01 is the first day that would do" in told.value.hint
    with requested.writing() as writing:
        negotiating.cancel(writing, "HC-0001", "postponed by the customer", act(2026, 11, 19, 11))
    agree(requested, "customer", date(2026, 12, 11), 2026, 11, 19, 12, ident="HC-0002")


def test_an_offer_tells_why_nearer_days_are_out(requested):
    with requested.writing() as writing:
        made = negotiating.propose(writing, "HC-0001", PROGRAMMES, act(2026, 11, 20, 12), 2)
    assert made.days == [date(2026, 12, 4), date(2026, 12, 9)]
    assert {day for day, _ in made.against} == {date(2026, 11, d) for d in range(21, 31)} | {
        date(2026, 12, d) for d in (1, 2, 3, 5, 6, 7, 8)
    }
    with requested.reading() as reading:
        assert load_engagement(reading, "HC-0001").state == "negotiating"


def test_two_engagements_of_one_tam_never_share_a_day(requested):
    circumstances(requested, 2026, 11, 17, 9)
    for side in ("customer", "kaspersky"):
        agree(requested, side, date(2026, 12, 4), 2026, 11, 18, 9)
    with requested.writing() as writing:
        other = negotiating.request(writing, "saopaulo", {"tam": "P-0002"}, PROGRAMMES, act(2026, 11, 18, 9))
        negotiating.set_circumstances(writing, other.id, CIRCUMSTANCES, act(2026, 11, 18, 9))
    with pytest.raises(RuleBroken, match="holds another Health Check"):
        agree(requested, "customer", date(2026, 12, 4), 2026, 11, 18, 12, ident="HC-0002")


def test_a_programme_without_health_check_is_refused(scene):
    with scene.writing() as writing:
        contracts.change_contract(
            writing, "K-saopaulo", {"programme": "msa-business", "edition": ""}, PROGRAMMES, act(2026, 11, 1)
        )
        with pytest.raises(RuleBroken, match="no contract of saopaulo is known to include a Health Check"):
            negotiating.request(writing, "saopaulo", {}, PROGRAMMES, act(2026, 11, 16, 9))
