"""Findings are sorted without holding them."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from auditor.reporting.buckets import Buckets

LINES = st.lists(st.tuples(st.sampled_from("abcdef"), st.text("xyzé", max_size=20)), max_size=60)


def written(lines, order, held):
    buckets = Buckets(held)
    for bucket, text in lines:
        buckets.add(bucket, f"{bucket}{text}\n")
    out = io.BytesIO()
    buckets.write(order, out)
    return out.getvalue().decode().splitlines()


@given(LINES, st.permutations("abcd"), st.integers(0, 100))
def test_buckets_come_in_order_and_lines_keep_theirs(lines, order, held):
    whole = [*order, "e", "f"]
    expected = sorted(lines, key=lambda line: whole.index(line[0]))
    assert written(lines, order, held) == [bucket + text for bucket, text in expected]


def test_a_bucket_larger_than_a_slice_is_whole():
    line = "x" * 700_000
    assert written([("a", line), ("b", "1"), ("a", line), ("a", "2")], "ba", 1) == ["b1", "a" + line, "a" + line, "a2"]
