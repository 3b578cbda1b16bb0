"""Items that come a second time are told from new ones; others than came before are noticed."""

from __future__ import annotations

import pytest

from auditor.app.again import Again
from auditor.app.steps import Items

A, B, C = ("kesl.host", "a"), ("kesl.host", "b"), ("kesl.task", "a")


def read(*subjects, batches=(), waiting=()):
    items = Items()
    for key, number in subjects:
        items.note_subject(key, number)
    for index, rows in enumerate(batches):
        items.note_batch(rows, waits=index in waiting)
    return items


def numbers(again, *keys):
    return [again.number(key) for key in keys]


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_subject_may_come_in_more_or_fewer_items(times):
    again = Again(read((A, 0), (A, 0), (B, 1), (A, 0)))
    assert numbers(again, *[A] * times, *[B] * times) == [0] * times + [1] * times
    assert not again.met
    assert numbers(again, *[A] * times) == [0] * times
    assert again.met
    assert numbers(again, B, B, A, C) == [None] * 4
    assert again.met


def test_a_subject_that_was_judged_meanwhile_has_a_number_of_its_own():
    again = Again(read((A, 0), (B, 1), (A, 2)))
    assert numbers(again, A, B, A) == [0, 1, 2]


@pytest.mark.parametrize("keys", [(B,), (A, C), (A, B, B, C)])
def test_other_subjects_are_strange(keys):
    again = Again(read((A, 0), (B, 1), (A, 0)))
    numbers(again, *keys, A, B, A)
    assert not again.met


def test_batches_are_counted():
    again = Again(read(batches=(100, 100, 7), waiting=(1,)))
    assert [again.batch(rows) for rows in (100, 100)] == [False, True]
    assert not again.met
    assert again.batch(7) is False
    assert again.met
    assert again.batch(3) is None
    assert again.met


def test_batches_of_other_rows_are_strange():
    again = Again(read(batches=(100, 100)))
    assert [again.batch(rows) for rows in (100, 99, 1)] == [False, False, None]
    assert not again.met


def test_nothing_known_is_met_at_once():
    again = Again(Items())
    assert again.met
    assert (again.number(A), again.batch(5)) == (None, None)
