"""Kleene's laws hold for compiled predicates, and more data never turns a verdict into its opposite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import ContentError
from auditor.model.outcomes import Reason
from auditor.model.snapshot import Settings

NAMES = ("A", "B", "C", "D")
VALUES = {True: "Yes", False: "No"}


def leaf(name):
    return {"setting": f"app.{name}", "is": True}


leaves = st.sampled_from(NAMES).map(leaf)
predicates = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)
truths = st.dictionaries(st.sampled_from(NAMES), st.booleans())


def areas(known):
    return {"app": {name: VALUES[truth] for name, truth in known.items()}}


@given(predicates, truths)
def test_double_negation_changes_nothing(judge, predicate, known):
    assert judge({"not": {"not": predicate}}, areas(known)).truth is judge(predicate, areas(known)).truth


@given(st.lists(predicates, min_size=1, max_size=3), truths)
def test_de_morgan(judge, parts, known):
    negated = [{"not": part} for part in parts]
    assert judge({"not": {"all": parts}}, areas(known)).truth is judge({"any": negated}, areas(known)).truth
    assert judge({"not": {"any": parts}}, areas(known)).truth is judge({"all": negated}, areas(known)).truth


@given(st.lists(predicates, min_size=1, max_size=4), truths)
def test_all_and_any_over_their_parts(judge, parts, known):
    found = [judge(part, areas(known)).truth for part in parts]
    assert judge({"all": parts}, areas(known)).truth is (False if False in found else None if None in found else True)
    assert judge({"any": parts}, areas(known)).truth is (True if True in found else None if None in found else False)


@given(predicates, truths, truths)
def test_more_data_never_turns_a_verdict_into_its_opposite(judge, predicate, known, more):
    before = judge(predicate, areas(known)).truth
    after = judge(predicate, areas({**more, **known})).truth
    assert before is None or after is before


@given(predicates, st.fixed_dictionaries({name: st.booleans() for name in NAMES}))
def test_nothing_is_unknown_when_everything_is_known(judge, predicate, known):
    assert judge(predicate, areas(known)).truth is not None


@given(predicates, truths)
def test_unknown_has_a_reason_and_an_area(judge, predicate, known):
    answer = judge(predicate, areas(known))
    if answer.truth is None:
        assert answer.reasons == {Reason.KEY_ABSENT}
        assert set(answer.trace.areas) == {"app"}


items = st.lists(st.dictionaries(st.sampled_from(("X", "Y")), st.sampled_from(("Yes", "No", "Maybe"))), max_size=4)
inner = st.sampled_from(
    [
        {"setting": ".X", "is": True},
        {"any": [{"setting": ".X", "is": True}, {"setting": ".Y", "is": True}]},
        {"not": {"setting": ".Y", "is": True}},
        {"setting": ".X", "exists": True},
    ]
)


@given(items, inner)
def test_none_is_each_not_and_some_is_not_none(judge, rows, predicate):
    data = {"app": {"L": rows}}
    none = judge({"none": "app.L", "of": predicate}, data).truth
    assert judge({"each": "app.L", "of": {"not": predicate}}, data).truth is none
    some = judge({"some": "app.L", "of": predicate}, data).truth
    assert some is (None if none is None else not none)


lists = st.sampled_from(
    [
        {"each": "app.L", "of": {"setting": ".X", "is": True}},
        {"some": "app.L", "of": {"setting": ".X", "is": True}},
        {"none": "app.L", "of": {"setting": ".X", "is": True}},
        {"each": "app.L", "of": {"setting": ".X", "is": True}, "where": {"setting": ".Y", "is": True}},
        {"some": "app.L", "of": {"setting": ".X", "exists": False}},
        {"setting": "app.L", "count": {"le": 2}},
        {"setting": "app.L", "count": {"ge": 2}},
        {"setting": "app.L", "empty": True},
        {"setting": "app.L", "contains": "Yes"},
        {"setting": "app.L", "not_contains": "Yes"},
        {"setting": "app.L", "same_as": "app.M"},
    ]
)


@given(items, st.integers(0, 4), st.booleans(), lists)
def test_a_list_that_was_cut_off_never_decides_otherwise_than_the_whole(judge, rows, kept, maimed, predicate):
    """An incomplete area may hold the beginning of a list only, its last item without its last keys."""
    whole = {"app": {"L": rows, "M": rows}}
    cut = [dict(row) for row in rows[:kept]]
    if maimed and cut and cut[-1]:
        cut[-1].popitem()
    part = [Settings("app", {"L": cut, "M": rows}, complete=False)]
    truth = judge(predicate, part).truth
    assert truth is None or truth is judge(predicate, whole).truth


@given(st.lists(st.sampled_from(("Yes", "No", "x")), max_size=4), st.integers(0, 4), lists)
def test_the_same_for_a_list_of_words(judge, words, kept, predicate):
    if "each" in predicate or "some" in predicate or "none" in predicate:
        return
    truth = judge(predicate, [Settings("app", {"L": words[:kept], "M": words}, complete=False)]).truth
    assert truth is None or truth is judge(predicate, {"app": {"L": words, "M": words}}).truth


@pytest.mark.parametrize(
    "wrong",
    [
        {"all": []},
        {"any": {}},
        {"all": [leaf("A")], "setting": "app.B"},
        {"not": leaf("A"), "any": [leaf("B")]},
        {"setting": "app.A"},
        {"setting": "app.A", "is": True, "ge": 1},
        {"setting": "app.A", "exists": True, "ge": 1},
        {"setting": "app.A", "same_as": "app.B", "locked": True},
        {"setting": "app.A", "isnt": True},
        {"is": True},
        {"setting": 5, "is": True},
        {"setting": "app", "is": True},
        {"each": "app.L"},
        {"each": "app.L", "some": "app.M", "of": leaf("A")},
        {"each": "app.L", "of": leaf("A"), "ge": 1},
        {"setting": "app.A", "exists": "yes"},
        {"setting": "app.A", "locked": "yes"},
        {"setting": "app.A", "is": "perhaps"},
        {"setting": "app.A", "not_in": ["x"]},
        {"setting": "app.A", "ge": "many"},
        {"setting": "app.A", "ge": "$nobody"},
        {"setting": "app.A", "between": [1]},
        {"setting": "app.A", "matches": "("},
        {"setting": "app.A", "within": {"weeks": 1}},
        {"setting": "app.A", "within": {}},
        {"setting": "app.A", "bits_set": -1},
        {"setting": "app.A", "empty": "no"},
        {"each": "app.L", "of": leaf("A"), "absent_is_empty": "no"},
        ["app.A"],
    ],
    ids=str,
)
def test_a_wrong_predicate_is_refused_before_it_judges(judge, wrong):
    with pytest.raises(ContentError):
        judge(wrong, {"app": {"A": "Yes", "B": "1", "L": []}})


def test_a_relative_setting_outside_a_list_is_refused(judge):
    with pytest.raises(ContentError):
        judge({"setting": ".A", "is": True}, {"app": {"A": "Yes"}})


@pytest.mark.parametrize(
    ("predicate", "shown"),
    [
        ({"none": "app.L", "of": {"setting": ".X", "is": True}}, [("not: Yes", False)]),
        ({"none": "app.L", "of": {"setting": ".X", "is": True, "words": "nobody"}}, [("nobody", False)]),
        ({"none": "app.L", "of": {"setting": ".X", "is": False}}, [("", True)]),
        (
            {"none": "app.L", "of": {"none": ".M", "of": {"setting": ".", "eq": "b"}}},
            [("", False)],
        ),  # all were looked at
        ({"none": "app.L", "of": {"setting": ".X", "not_in": ["No"], "known": ["Yes"]}}, [("No", False)]),
        ({"none": "app.L", "of": {"setting": ".X", "empty": False}}, [("empty", False)]),
        ({"none": "app.L", "of": {"setting": ".X", "empty": True}}, [("", True)]),
        ({"none": "app.L", "of": {"setting": ".X", "not_in": ["a", "b"], "known": ["Yes"]}}, [("one of a, b", False)]),
        ({"not": {"setting": "app.N", "ge": 5}}, [("less than 5", False)]),
        ({"not": {"setting": "app.N", "between": [1, 9]}}, [("not: from 1 to 9", False)]),
        ({"not": {"setting": "app.B", "matches": "^t"}}, [("not matching ^t", True)]),
        ({"not": {"setting": "app.B", "eq": "not told"}}, [("not: not told", False)]),
        ({"not": {"setting": "app.A", "eq": "a"}}, [("not: a", False)]),
        ({"not": {"setting": "app.A", "eq": "b"}}, [("not: b", True)]),
        ({"not": {"setting": "app.A", "exists": True}}, [("absent", False)]),
        ({"not": {"setting": "app.A", "exists": False}}, [("present", True)]),
        ({"not": {"setting": "app.A", "same_as": "app.A"}}, [("not: the same as app.A", False), ("", None)]),
        ({"not": {"each": "app.L", "of": {"setting": ".X", "is": True}}}, [("", False)]),
        ({"not": {"not": {"setting": "app.A", "eq": "a"}}}, [("a", True)]),
    ],
)
def test_evidence_says_what_should_be_where_something_should_not_be(judge, predicate, shown):
    answer = judge(predicate, {"app": {"A": "a", "N": "7", "B": "not told", "L": [{"X": "Yes", "M": ["a"]}]}})
    assert [(item.expected, item.met) for item in answer.trace.evidence] == shown
    assert answer.truth is not any(met is False for _, met in shown)
