"""The canonical form of JSON that everything in the chain is hashed in."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.canonical import canonical, digest

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def test_known_forms():
    assert (
        canonical({"b": [1, 1.0, True, None], "a": "é\n\u2028"}) == '{"a":"é\\n\u2028","b":[1,1.0,true,null]}'.encode()
    )
    assert canonical([1e-5, 1e16, 0.1, -0.0, 1e-7]) == b"[1e-05,1e+16,0.1,-0.0,1e-07]"
    assert (
        canonical({"é": 1, "z": 2, "\U0001f600": 3, "\uffff": 4}) == '{"z":2,"é":1,"\uffff":4,"\U0001f600":3}'.encode()
    )
    assert digest({}) == hashlib.sha256(b"{}").hexdigest()


@given(VALUES)
def test_what_is_read_back_has_the_same_form(value):
    data = canonical(value)
    assert canonical(json.loads(data)) == data
    assert json.loads(data) == value


@given(st.dictionaries(st.text(), st.integers(), max_size=6), st.randoms())
def test_the_order_of_members_does_not_matter(members, chance):
    names = list(members)
    chance.shuffle(names)
    assert canonical({name: members[name] for name in names}) == canonical(members)


@pytest.mark.parametrize("value", [{1j}, object(), "\ud800", {"a": {1, 2}}, {1: 0, "a": 0}])
def test_what_has_no_form(value):
    with pytest.raises(ValueError):  # noqa: PT011  # the words are those of the library
        canonical(value)


def test_what_nests_too_deeply():
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match="nests too deeply"):
        canonical(value)
    while value:
        value = value.pop()  # type: ignore[assignment]  # taken apart by hand: the collector would recurse
