"""Two weeks' notice, once a period, one business day on both sides: dates worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.calendars.calendar import BusinessCalendar
from auditor.calendars.freeze import freeze
from auditor.calendars.spec import CalendarSpec, Override
from auditor.calendars.windows import parse_window
from auditor.engagement.rules import (
    Circle,
    contract_year,
    earliest_by_notice,
    first_feasible,
    last_agreement_day,
    local_day,
    objections,
    proposals,
)

WORK = parse_window("09:00-18:00")
WEEK = ((WORK,),) * 5 + ((), ())


@dataclass(frozen=True)
class Term:
    id: str
    valid_from: date
    valid_to: date


def calendar(zone, country="", subdivision="", **more):
    spec = CalendarSpec(id=zone, zone=zone, weekly=WEEK, country=country, subdivision=subdivision, **more)
    return BusinessCalendar(freeze(spec, 2025, 2028))


MADRID = calendar("Europe/Madrid", "ES", "MD")
SAO_PAULO = calendar("America/Sao_Paulo", "BR", "SP")
CONTRACT = Term("c1", date(2026, 2, 1), date(2028, 2, 1))


def circle(customer=MADRID, tam=MADRID, terms=(CONTRACT,), **more):
    return Circle(customer.zone, customer, tam, terms, **more)


def rules(day, agreed, where):
    return [objection.rule for objection in objections(day, agreed, where)]


def test_two_weeks_count_from_the_day_after_the_agreement():
    # T-26: agreed on Friday 20 November, earliest Friday 4 December
    agreed = date(2026, 11, 20)
    assert earliest_by_notice(agreed) == date(2026, 12, 4)
    assert rules(date(2026, 12, 3), agreed, circle()) == ["notice"]
    assert rules(date(2026, 12, 4), agreed, circle()) == []
    assert first_feasible(agreed, circle()) == date(2026, 12, 4)


def test_the_agreement_day_is_a_date_of_the_engagement_zone():
    # T-28: one minute decides about the day, and the same instant is another day elsewhere
    madrid = ZoneInfo("Europe/Madrid")
    before = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)  # 23:59 in Madrid
    after = datetime(2026, 11, 20, 23, 1, tzinfo=UTC)  # 00:01 in Madrid
    assert (local_day(before, madrid), local_day(after, madrid)) == (date(2026, 11, 20), date(2026, 11, 21))
    assert local_day(after, ZoneInfo("America/Sao_Paulo")) == date(2026, 11, 20)


def test_a_second_one_in_the_same_contract_year_waits_for_the_next():
    # T-30
    [objection] = objections(date(2026, 12, 4), date(2026, 11, 2), circle(used={"2026-02-01"}))
    assert (objection.rule, objection.first) == ("once", date(2027, 2, 1))
    assert rules(date(2027, 2, 1), date(2026, 12, 1), circle(used={"2026-02-01"})) == []
    assert rules(date(2027, 1, 29), date(2026, 12, 1), circle(used={"2026-02-01"})) == ["once"]


def test_a_contract_of_29_february_turns_over_on_1_march():
    leap = Term("leap", date(2024, 2, 29), date(2029, 3, 1))
    assert contract_year(leap, date(2026, 2, 28)).key == "2025-03-01"
    assert contract_year(leap, date(2026, 3, 1)).key == "2026-03-01"
    assert contract_year(leap, date(2028, 2, 28)).key == "2027-03-01"
    assert contract_year(leap, date(2028, 2, 29)).key == "2028-02-29"


def test_the_contract_must_be_in_force_on_the_start_day():
    ending = Term("c1", date(2026, 2, 1), date(2026, 12, 4))
    found = objections(date(2026, 12, 4), date(2026, 11, 2), circle(terms=(ending,)))
    assert [objection.rule for objection in found] == ["entitlement"]
    assert found[0].first is None
    follow_up = Term("c2", date(2027, 1, 11), date(2028, 1, 11))
    [objection] = objections(date(2026, 12, 4), date(2026, 11, 2), circle(terms=(ending, follow_up)))
    assert objection.first == date(2027, 1, 11)


def test_both_calendars_must_be_open():
    agreed = date(2026, 11, 2)
    constitution = date(2026, 12, 8)  # Immaculate Conception in Madrid, a working day in São Paulo
    assert rules(constitution, agreed, circle(customer=MADRID, tam=SAO_PAULO)) == ["customer_day"]
    assert rules(constitution, agreed, circle(customer=SAO_PAULO, tam=MADRID)) == ["tam_day"]
    assert rules(date(2026, 11, 20), date(2026, 11, 3), circle(customer=SAO_PAULO)) == ["customer_day"]
    saturday = objections(date(2026, 12, 5), agreed, circle(customer=SAO_PAULO))
    assert [(objection.rule, objection.first) for objection in saturday] == [
        ("customer_day", date(2026, 12, 7)),
        ("tam_day", date(2026, 12, 9)),  # 7 and 8 December are off in Madrid
    ]


def test_half_days_need_consent():
    short = calendar("Europe/Madrid", overrides={date(2026, 12, 24): Override((parse_window("09:00-14:00"),), "eve")})
    where = circle(tam=short)
    assert rules(date(2026, 12, 24), date(2026, 12, 1), where) == ["half_day"]
    assert rules(date(2026, 12, 24), date(2026, 12, 1), replace(where, half_days=True)) == []


def test_the_tam_is_free():
    agreed, day = date(2026, 11, 2), date(2026, 12, 2)
    morning = (datetime(2026, 12, 2, 8, tzinfo=UTC), datetime(2026, 12, 2, 9, tzinfo=UTC))
    assert rules(day, agreed, circle(absences=(morning,))) == ["tam_absent"]
    night = (datetime(2026, 12, 2, 18, tzinfo=UTC), datetime(2026, 12, 3, 5, tzinfo=UTC))
    assert rules(day, agreed, circle(absences=(night,))) == []
    [objection] = objections(day, agreed, circle(booked={day, date(2026, 12, 3)}))
    assert (objection.rule, objection.first) == ("tam_booked", date(2026, 12, 4))


def test_nearer_days_are_out_for_a_reason():
    good, out = proposals(date(2026, 11, 20), circle(customer=MADRID, tam=SAO_PAULO), 3)
    # 5 and 6 December are a weekend, 7 (Constitution, moved) and 8 are off in Madrid
    assert good == [date(2026, 12, 4), date(2026, 12, 9), date(2026, 12, 10)]
    assert [day for day, _ in out] == [
        day for day in (date(2026, 11, 21) + timedelta(days=n) for n in range(18)) if day not in good
    ]
    assert all(against for _, against in out)


def test_the_last_day_to_agree_leaves_two_weeks_in_the_period():
    period = contract_year(CONTRACT, date(2026, 6, 1))
    last = last_agreement_day(period)
    assert last == date(2027, 1, 17)  # 31 January minus 14 days
    assert earliest_by_notice(last) == period.end - timedelta(days=1)


@pytest.mark.parametrize("customer", [MADRID, SAO_PAULO], ids=["madrid", "sao-paulo"])
@given(agreed=st.dates(date(2026, 2, 2), date(2027, 6, 1)), count=st.integers(1, 5))
def test_what_is_proposed_breaks_no_rule(customer, agreed, count):
    where = circle(customer=customer, tam=SAO_PAULO)
    good, out = proposals(agreed, where, count)
    for day in good:
        assert objections(day, agreed, where) == []
        assert (day - agreed).days >= 14
        assert where.customer.is_business_day(day)
        assert where.tam.is_business_day(day)
    assert sorted([*good, *(day for day, _ in out)]) == [
        agreed + timedelta(days=n + 1) for n in range((good[-1] - agreed).days)
    ]
