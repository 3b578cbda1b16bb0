"""The solver's plans against plans found by trying everything, and a year of 300 accounts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engagement.planning import Candidate, Capacity, plan

MONDAY = date(2026, 3, 2)
DAYS = [MONDAY + timedelta(days=number) for number in range(5)]


def test_a_contested_day_goes_to_the_account_that_has_no_other():
    found = plan([Candidate("a", "t", {DAYS[0]: True, DAYS[1]: True}), Candidate("b", "t", {DAYS[0]: True})])
    assert found.placed == {"a": DAYS[1], "b": DAYS[0]}
    assert found.unplaced == {}


def test_what_could_not_be_placed_says_why():
    found = plan([Candidate("a", "t", {DAYS[0]: True}), Candidate("b", "t", {DAYS[0]: True}), Candidate("c", "t", {})])
    assert len(found.placed) == 1
    [winner] = found.placed
    [loser] = {"a", "b"} - {winner}
    assert found.unplaced["c"].reason == "no_day"
    assert (found.unplaced[loser].reason, found.unplaced[loser].rivals) == ("no_capacity", (winner,))


def test_a_plan_made_again_keeps_its_dates():
    before = plan([Candidate(name, "t", dict.fromkeys(DAYS, True)) for name in "abc"])
    again = plan(
        [Candidate(name, "t", dict.fromkeys(DAYS, True), before.placed[name]) for name in "abc"]
        + [Candidate("0", "t", dict.fromkeys(DAYS, True))]
    )
    assert {name: again.placed[name] for name in "abc"} == dict(before.placed)
    assert again.moved == ()


def test_one_is_moved_where_that_places_another():
    found = plan([Candidate("a", "t", {DAYS[0]: True, DAYS[1]: True}, DAYS[0]), Candidate("b", "t", {DAYS[0]: True})])
    assert found.placed == {"a": DAYS[1], "b": DAYS[0]}
    assert found.moved == ("a",)


def test_a_week_has_its_limit():
    accounts = [Candidate(name, "t", dict.fromkeys(DAYS, True)) for name in "abc"]
    assert len(plan(accounts, Capacity(a_day=1, a_week=2)).placed) == 2


def best_by_trying(candidates, capacity):
    """(placed, kept, wishes met, earliness) of the best plan, by looking at every one."""
    best = None
    for choice in product(*[[None, *sorted(candidate.days)] for candidate in candidates]):
        day_load, week_load = {}, {}
        for candidate, day in zip(candidates, choice, strict=True):
            if day is not None:
                day_load[candidate.tam, day] = day_load.get((candidate.tam, day), 0) + 1
                week = (candidate.tam, day.isocalendar()[:2])
                week_load[week] = week_load.get(week, 0) + 1
        if max(day_load.values(), default=0) > capacity.a_day or max(week_load.values(), default=0) > capacity.a_week:
            continue
        chosen = [(c, day) for c, day in zip(candidates, choice, strict=True) if day is not None]
        score = (
            len(chosen),
            sum(c.current == day for c, day in chosen),
            sum(c.days[day] for c, day in chosen),
            -sum((day - DAYS[0]).days for _, day in chosen),
        )
        best = score if best is None or score > best else best
    return best


week_days = st.sampled_from([*DAYS[:3], DAYS[0] + timedelta(days=7)])
candidates = st.lists(
    st.tuples(st.sampled_from("xy"), st.dictionaries(week_days, st.booleans(), max_size=3), st.none() | week_days),
    min_size=1,
    max_size=5,
).map(lambda many: [Candidate(f"a{n}", tam, days, current) for n, (tam, days, current) in enumerate(many)])


@settings(max_examples=60)
@given(candidates, st.integers(1, 2), st.integers(1, 3))
def test_no_plan_is_better(many, a_day, a_week):
    capacity = Capacity(a_day, a_week)
    found = plan(many, capacity)
    kept = {candidate.account: candidate for candidate in many}
    score = (
        len(found.placed),
        sum(kept[name].current == day for name, day in found.placed.items()),
        sum(kept[name].days[day] for name, day in found.placed.items()),
        -sum((day - DAYS[0]).days for day in found.placed.values()),
    )
    assert score == best_by_trying(many, capacity)
    assert found.placed.keys() | found.unplaced.keys() == kept.keys()
    assert set(found.broken_wishes) == {name for name, day in found.placed.items() if not kept[name].days[day]}


def _year_of(number, work):
    """Some days are out, every account wishes for two months of the year, those of one TAM for all months."""
    return {day: (day.month - 1) % 6 == (number // 12) % 6 for day in work if day.day % 7 != number % 7}


def test_a_year_of_300_accounts_and_12_tams():
    year = [date(2026, 1, 5) + timedelta(days=n) for n in range(350)]
    work = [day for day in year if day.weekday() < 5]
    accounts = [Candidate(f"a{n:03}", f"t{n % 12}", _year_of(n, work)) for n in range(300)]
    found = plan(accounts, Capacity(a_day=1, a_week=2))
    assert len(found.placed) == 300
    assert found.broken_wishes == ()
    loads = {}
    for account in accounts:
        key = (account.tam, found.placed[account.account])
        loads[key] = loads.get(key, 0) + 1
    assert set(loads.values()) == {1}
