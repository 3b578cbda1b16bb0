"""Which contract holds at an instant: RULE-ACC-3, T-39."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.accounts.accounts import local_midnight
from auditor.accounts.contracts import Contract, contract_at
from auditor.errors import RuleBroken

MADRID = ZoneInfo("Europe/Madrid")
ZONES = [ZoneInfo(name) for name in ("Europe/Madrid", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "UTC")]


def contract(ident="K-1", start="2026-03-01", end="2027-03-01", **changes):
    base = Contract(ident, "acme", "msa-business", "2023", date.fromisoformat(start), date.fromisoformat(end), "cal")
    return replace(base, **changes)


def at(text):
    return datetime.fromisoformat(text)


def test_it_begins_at_local_midnight_and_ends_before_local_midnight():
    # Madrid is at +01:00 on both days
    contracts = [contract()]
    assert contract_at(contracts, MADRID, at("2026-02-28T22:59:59.999999+00:00")) is None
    assert contract_at(contracts, MADRID, at("2026-02-28T23:00:00+00:00")) == contracts[0]
    assert contract_at(contracts, MADRID, at("2027-02-28T22:59:59.999999+00:00")) == contracts[0]
    assert contract_at(contracts, MADRID, at("2027-02-28T23:00:00+00:00")) is None


def test_the_same_instant_may_be_in_force_in_one_zone_and_not_in_another():
    instant = at("2026-03-01T02:00:00+00:00")
    assert contract_at([contract()], MADRID, instant) is not None
    assert contract_at([contract()], ZoneInfo("America/Sao_Paulo"), instant) is None


def test_midnight_that_the_clocks_skip():
    # Lebanon went from 00:00 to 01:00 on 27 March 2022, which is 22:00 UTC of the 26th
    beirut = ZoneInfo("Asia/Beirut")
    contracts = [contract(start="2022-03-27")]
    assert contract_at(contracts, beirut, at("2022-03-26T21:59:59+00:00")) is None
    assert contract_at(contracts, beirut, at("2022-03-26T22:00:00+00:00")) is not None


def test_midnight_that_comes_twice_begins_with_the_first():
    # Cuba goes back from 01:00 to 00:00 on 1 November 2026: midnight is at 04:00 and at 05:00 UTC
    havana = ZoneInfo("America/Havana")
    contracts = [contract(start="2026-11-01")]
    assert contract_at(contracts, havana, at("2026-11-01T03:59:59+00:00")) is None
    for instant in ("2026-11-01T04:00:00+00:00", "2026-11-01T04:59:59+00:00", "2026-11-01T05:00:00+00:00"):
        assert contract_at(contracts, havana, at(instant)) is not None


def test_an_early_end_counts():
    ended = contract(ended=date(2026, 6, 1))
    assert contract_at([ended], MADRID, at("2026-05-31T21:59:59+00:00")) == ended
    assert contract_at([ended], MADRID, at("2026-05-31T22:00:00+00:00")) is None


def test_a_gap_means_standard_support():
    contracts = [contract("K-1", "2026-01-01", "2026-03-01"), contract("K-2", "2026-04-01", "2026-06-01")]
    assert contract_at(contracts, MADRID, at("2026-03-15T12:00:00+00:00")) is None


def test_an_upgrade_on_the_day_hands_over_without_gap_or_overlap():
    old = contract("K-1", "2026-01-01", "2026-03-01")
    new = contract("K-2", "2026-03-01", "2027-03-01", programme="msa-enterprise")
    assert contract_at([old, new], MADRID, at("2026-02-28T22:59:59+00:00")) == old
    assert contract_at([old, new], MADRID, at("2026-02-28T23:00:00+00:00")) == new


def test_of_several_in_force_nothing_is_chosen_silently():
    both = [contract("K-2", programme="msa-enterprise"), contract("K-1")]
    instant = at("2026-06-01T12:00:00+00:00")
    with pytest.raises(RuleBroken, match=r"K-1 \(msa-business\), K-2 \(msa-enterprise\)"):
        contract_at(both, MADRID, instant)
    assert contract_at(both, MADRID, instant, "K-2") == both[0]


@pytest.mark.parametrize("named", ["K-1", "K-9"])
def test_a_named_contract_must_be_in_force(named):
    with pytest.raises(RuleBroken, match=f"{named} is not in force on 2028-01-01 12:00 .Europe/Madrid.") as told:
        contract_at([contract()], MADRID, at("2028-01-01T11:00:00+00:00"), named)
    assert told.value.hint == "no contract is in force then: standard support holds"


days = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@given(days, st.integers(1, 800), days, st.integers(0, 86_399), st.sampled_from(ZONES))
def test_in_force_from_its_first_to_before_its_last_midnight(start, length, day, second, zone):
    held = contract("K", start.isoformat(), (start + timedelta(days=length)).isoformat())
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    local = instant.astimezone(zone).date()
    expected = held if held.valid_from <= local < held.valid_to else None
    assert contract_at([held], zone, instant) == expected


@given(days, st.sampled_from(ZONES))
def test_the_instant_before_a_midnight_belongs_to_the_day_before(day, zone):
    midnight = local_midnight(day, zone)
    assert midnight.astimezone(zone).date() == day
    assert (midnight - timedelta(microseconds=1)).astimezone(zone).date() == day - timedelta(days=1)


@given(st.lists(st.tuples(days, st.integers(1, 700)), max_size=5), days, st.sampled_from(ZONES))
def test_gap_overlap_or_the_one_there_is(spans, day, zone):
    contracts = [
        contract(f"K-{number}", start.isoformat(), (start + timedelta(days=length)).isoformat())
        for number, (start, length) in enumerate(spans)
    ]
    instant = local_midnight(day, zone) + timedelta(hours=5)
    holding = [one for one in contracts if one.valid_from <= day < one.valid_to]
    if len(holding) > 1:
        with pytest.raises(RuleBroken, match="several contracts"):
            contract_at(contracts, zone, instant)
        for one in holding:
            assert contract_at(contracts, zone, instant, one.id) == one
    else:
        assert contract_at(contracts, zone, instant) == (holding[0] if holding else None)


def test_a_contract_comes_back_from_its_document():
    one = contract(ended=date(2026, 6, 1), licences=("L-1",), overrides={"rank": {"value": 1, "reason": "r"}})
    assert Contract.from_document("K-1", one.to_document()) == one
    assert "id" not in one.to_document()
