"""Each operator at the value where its answer changes, and over values that it cannot know."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sdk.operators import NAMES, instant_of, number_of

CASES = [
    ({"is": True}, [("Yes", True), ("true", True), (True, True), (1, True), ("1", True), (" yes ", True)]),
    ({"is": True}, [("No", False), ("FALSE", False), (0, False), (False, False), ("On", None), ("", None), (2, None)]),
    ({"is": False}, [("No", True), (False, True), ("0", True), ("Yes", False), ("Off", None), (None, None)]),
    ({"eq": "Block"}, [("block", True), ("Blocked", False), ("", False), ([], None), ({}, None), (None, None)]),
    ({"eq": "A", "known": ["A", "B"]}, [("a", True), ("b", False), ("c", None), (None, None)]),
    ({"eq": 3}, [(3, True), ("3", True), (4, False)]),
    ({"in": ["A", "B"]}, [("a", True), ("B", True), ("AB", False), (["A"], None)]),
    ({"in": ["None"]}, [("none", True), (None, None)]),
    ({"not_in": ["A"], "known": ["A", "B"]}, [("a", False), ("b", True), ("c", None), (None, None)]),
    ({"not_in": ["A"], "known": ["", "A"]}, [("", True), ([], None), ({"x": 1}, None)]),
    ({"ge": 60}, [("60", True), (60, True), ("59", False), ("59.999", False), ("60.0", True), ("-60", False)]),
    ({"ge": 60}, [("1h", None), ("", None), (None, None), (True, None), ("6e1", None), ("0x3c", None), ([60], None)]),
    ({"gt": 60}, [("60", False), ("61", True), ("60.5", True)]),
    ({"le": 60}, [("60", True), ("61", False), (math.nan, None), (math.inf, None), (-math.inf, None)]),
    ({"lt": 60}, [("60", False), ("59", True)]),
    ({"between": [1, 60]}, [("0", False), ("1", True), ("60", True), ("61", False), ("x", None)]),
    ({"matches": "^https://"}, [("https://a", True), ("HTTPS://a", False), (" https://a", False), (None, None)]),
    ({"not_matches": "^http:"}, [("https://a", True), ("http://a", False), (None, None), ([], None), ({}, None)]),
    ({"empty": True}, [("", True), ("  ", True), (None, True), ([], True), ({}, True), ("x", False), (0, False)]),
    ({"empty": False}, [("", False), (" ", False), ([], False), ("x", True), (["x"], True), (False, True)]),
    ({"count": {"le": 2}}, [([], True), ([1, 2], True), ([1, 2, 3], False), ("12", None), (2, None), (None, None)]),
    ({"bits_set": 5}, [(32, True), ("33", True), (31, False), (0, False), ("a", None), (32.5, None), (math.inf, None)]),
    ({"bits_clear": 5}, [(31, True), (64, True), (32, False), (63, False), (None, None), (math.nan, None)]),
    ({"bits_set": [0, 2]}, [(5, True), (4, False), (1, False), (7, True)]),
    ({"bits_clear": [0, 2]}, [(2, True), (4, False), (1, False), (0, True)]),
    ({"contains": "a"}, [(["A"], True), (["ab"], False), ([], False), ("a", None), ([["a"]], None), ([{}, "a"], True)]),
    ({"not_contains": "a"}, [(["A"], False), (["b"], True), ([], True), ("b", None), ([{"x": "a"}], None)]),
]


@pytest.mark.parametrize(
    ("operator", "value", "truth"),
    [(operator, value, truth) for operator, values in CASES for value, truth in values],
    ids=repr,
)
def test_value_operators(value_truth, operator, value, truth):
    assert value_truth(operator, value) is truth


DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("operator", "moment", "truth"),
    [
        ("within", AS_OF - 7 * DAY, True),
        ("within", AS_OF - 7 * DAY - SECOND, False),
        ("within", AS_OF + DAY, True),
        ("within", AS_OF + DAY + SECOND, None),
        ("older", AS_OF - 7 * DAY, False),
        ("older", AS_OF - 7 * DAY - SECOND, True),
        ("older", AS_OF + DAY + SECOND, None),
        ("ahead", AS_OF + 7 * DAY, True),
        ("ahead", AS_OF + 7 * DAY - SECOND, False),
        ("ahead", AS_OF - DAY, False),
    ],
)
def test_ages_at_their_bound(value_truth, operator, moment, truth):
    assert value_truth({operator: {"days": 7}}, stamp(moment)) is truth
    assert value_truth({operator: {"hours": 168}}, {"type": "datetime", "value": stamp(moment)}) is truth


@pytest.mark.parametrize(
    "no_instant",
    ["", None, "never", "0", 0, 1772366400, "2026-13-01", "2026-02-29", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-14:00", [], {}, True],
)  # fmt: skip
@pytest.mark.parametrize("operator", ["within", "older", "ahead"])
def test_what_is_no_instant_is_not_understood(value_truth, operator, no_instant):
    assert value_truth({operator: {"days": 7}}, no_instant) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01 10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T01:30:00+03:00", datetime(2026, 2, 28, 22, 30, tzinfo=UTC)),
        ("2026-02-28T23:30:00-05:00", datetime(2026, 3, 1, 4, 30, tzinfo=UTC)),
        ("2026-03-01T10:00:00.250Z", datetime(2026, 3, 1, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2025-02-29", None),
        ("01.03.2026", None),
        ("03/01/2026", None),
        ("1", None),
    ],
)
def test_instants(text, moment):
    assert instant_of(text) == moment


@given(st.text(max_size=30))
def test_no_text_makes_the_instant_or_number_readers_fail(text):
    moment = instant_of(text)
    assert moment is None or moment.utcoffset() == timedelta(0)
    number = number_of(text)
    assert number is None or math.isfinite(number)


ARGUMENTS = {
    "is": True, "eq": "Block", "in": ["Block", "Ask"], "not_in": ["Allow"], "ge": 3, "gt": 3, "le": 3, "lt": 3,
    "between": [1, 3], "count": {"le": 3}, "bits_clear": 1, "bits_set": 1, "contains": "x", "not_contains": "x",
    "within": {"days": 1}, "older": {"days": 1}, "ahead": {"days": 1},
}  # fmt: skip
anything = st.one_of(
    st.text(), st.none(), st.booleans(), st.integers(), st.floats(), st.lists(st.text(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(NAMES))
@given(value=anything)
def test_no_value_makes_an_operator_fail(value_truth, name, value):
    argument = {"matches": "x", "not_matches": "x", "empty": True, **ARGUMENTS}[name]
    known = {"known": ["Block", "Ask", "Allow"]} if name in ("eq", "in", "not_in") else {}
    assert value_truth({name: argument, **known}, value) in (True, False, None)


@pytest.mark.parametrize("operator", [{"eq": "Block"}, {"in": ["Block", "Ask"]}, {"not_in": ["Allow"]}, {"is": True}])
@given(word=st.text(min_size=1).filter(lambda text: text.strip().casefold() not in
                                       {"block", "ask", "allow", "yes", "true", "1", "no", "false", "0"}))  # fmt: skip
def test_an_undocumented_word_neither_passes_nor_fails(value_truth, operator, word):
    known = {} if "is" in operator else {"known": ["Block", "Ask", "Allow"]}
    assert value_truth({**operator, **known}, word) is None


def test_every_operator_of_the_table_is_tried_here():
    tried = {name for operator, _ in CASES for name in operator} - {"known"} | {"within", "older", "ahead"}
    assert tried == NAMES
