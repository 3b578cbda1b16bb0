"""Each answer once, the precedence between them, and a score whose parts add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.engagement.comparison import Change, Run, Seen, change_of, score, score_change

ID = ("T-A-001", "kesl.host", "web01")


def run(outcome=None, checks=("T-A-001",), things=(("kesl.host", "web01"),), **more):
    seen = {} if outcome is None else {ID: Seen(outcome, "high", more.pop("check_hash", "h1"), **more)}
    return Run(seen, frozenset(checks), frozenset(things))


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (run("pass"), run("pass"), Change.SAME_GOOD),
        (run("fail"), run("fail"), Change.PERSISTING),
        (run("pass"), run("fail"), Change.REGRESSED),
        (run("fail"), run("pass"), Change.FIXED),
        (run("unknown"), run("fail"), Change.NEW),
        (run(None, things=()), run("fail"), Change.NEW),
        (run(None, checks=()), run("fail"), Change.NEWLY_CHECKED),
        (run("fail"), run("not_applicable"), Change.NO_LONGER_APPLICABLE),
        (run("fail"), run("not_licensed"), Change.NO_LONGER_APPLICABLE),
        (run("pass"), run("not_applicable"), Change.UNDECIDED),
        # what could not run closes nothing
        (run("fail"), run("unknown"), Change.NOT_COMPARABLE),
        (run("fail"), run("error"), Change.NOT_COMPARABLE),
        (run("fail"), run("manual"), Change.NOT_COMPARABLE),
        (run("fail"), run(None), Change.NOT_COMPARABLE),
        (run("fail"), run(None, checks=()), Change.NOT_COMPARABLE),
        (run("pass"), run("unknown"), Change.UNDECIDED),
        # another check under the same name
        (run("fail"), run("pass", check_hash="h2"), Change.NOT_COMPARABLE),
        (run("pass"), run("fail", check_hash="h2"), Change.NEWLY_CHECKED),
        (run("fail"), run("fail", check_hash="h2"), Change.PERSISTING),
        # a waiver, or its end, is said before all else about a failure
        (run("fail"), run("fail", waived=True), Change.WAIVED),
        (run("pass"), run("fail", waived=True), Change.WAIVED),
        (run("fail", waived=True), run("fail", waiver_expired=True), Change.WAIVER_EXPIRED),
        (run("fail", waived=True), run("pass"), Change.FIXED),
        (run("fail", waived=True), run("fail"), Change.PERSISTING),
    ],
)
def test_what_became_of_a_finding(before, now, change):
    assert change_of(ID, [before], now) is change


def test_a_year_without_the_export_hides_nothing():
    assert change_of(ID, [run("fail"), run("unknown")], run("fail")) is Change.PERSISTING
    assert change_of(ID, [run("pass"), run(None)], run("fail")) is Change.REGRESSED
    assert change_of(ID, [run("fail"), run("pass"), run("error")], run("fail")) is Change.REGRESSED
    assert change_of(ID, [run("fail"), run("unknown")], run("pass")) is Change.FIXED


def test_the_first_run_knows_only_new_findings():
    assert change_of(ID, [], run("fail")) is Change.NEW
    assert change_of(ID, [], run("pass")) is Change.SAME_GOOD


def test_the_score_is_the_weighted_share_of_passes():
    seen = {("a", "k", "1"): Seen("pass", "critical"), ("b", "k", "1"): Seen("fail", "high"),
            ("c", "k", "1"): Seen("unknown", "critical"), ("d", "k", "1"): Seen("pass", "info")}  # fmt: skip
    assert score(seen) == 62.5  # 10 of 16
    assert score({("c", "k", "1"): Seen("unknown", "critical")}) is None


def test_a_new_check_moves_the_yardstick_not_the_customer():
    old = Run({("a", "k", "1"): Seen("pass", "high", "x")}, frozenset("a"), frozenset({("k", "1")}))
    new = Run({**old.seen, ("b", "k", "1"): Seen("fail", "high", "y")}, frozenset("ab"), old.things)
    moved = score_change(old, new)
    assert (moved.before, moved.after, moved.customer, moved.yardstick) == (100.0, 50.0, 0.0, -50.0)


def test_a_fix_is_the_customers():
    old = Run({("a", "k", "1"): Seen("fail", "low", "x"), ("b", "k", "1"): Seen("pass", "low", "y")}, frozenset("ab"),
              frozenset({("k", "1")}))  # fmt: skip
    new = Run({**old.seen, ("a", "k", "1"): Seen("pass", "low", "x")}, old.checks, old.things)
    moved = score_change(old, new)
    assert (moved.before, moved.after, moved.customer, moved.yardstick) == (50.0, 100.0, 50.0, 0.0)


outcomes = st.sampled_from(["pass", "fail", "unknown", "not_applicable", "not_licensed", "manual", "error"])
seen_things = st.builds(
    Seen, outcomes, st.sampled_from(["critical", "high", "medium", "low", "info"]), st.sampled_from(["x", "y"]),
    st.booleans(), st.booleans(),
)  # fmt: skip
runs = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.just("k"), st.sampled_from("123")), seen_things, max_size=9
).map(lambda seen: Run(seen, frozenset(i[0] for i in seen), frozenset(i[1:] for i in seen)))


@given(runs, runs)
def test_the_parts_add_up(old, new):
    moved = score_change(old, new)
    if moved.before is None or moved.after is None:
        assert moved.customer is None
        assert moved.yardstick is None
    else:
        assert moved.before + moved.customer + moved.yardstick == pytest.approx(moved.after)


@given(st.lists(runs, max_size=3), runs)
def test_nothing_is_closed_without_a_look(earlier, new):
    for identity in {identity for run in earlier for identity in run.seen}:
        if change_of(identity, earlier, new) is Change.FIXED:
            assert new.seen[identity].outcome == "pass"
        if identity in new.seen and new.seen[identity].outcome == "fail":
            assert change_of(identity, earlier, new) in {
                Change.NEW, Change.PERSISTING, Change.REGRESSED, Change.WAIVED, Change.WAIVER_EXPIRED,
                Change.NEWLY_CHECKED,
            }  # fmt: skip
