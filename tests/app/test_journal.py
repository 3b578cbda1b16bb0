"""The journal: what was appended is there, in its order, as far as nobody touched it."""

from __future__ import annotations

import pytest

from auditor.app.journal import Journal
from auditor.errors import AuditorError

KEY = b"k" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "steps.journal"


def journal(path, *steps, key=KEY, subject=b"run"):
    """A journal to which steps are appended behind what it holds."""
    made = Journal(path, key, subject)
    list(made.heads())
    for step in steps:
        made.append(step, {"body": step})
    made.close()
    return made


def held(path, **other):
    opened = journal(path, **other)
    heads = list(opened.heads())
    assert list(opened.bodies()) == [{"body": head} for head in heads]
    return heads


def test_steps_of_several_runs_come_back_in_order(path):
    assert held(path) == []
    journal(path, 1, 2)
    journal(path, 3)
    assert held(path) == [1, 2, 3]


def test_a_torn_step_is_overwritten_by_the_next(path):
    journal(path, "one", "two", "a long step that is cut off")
    path.write_bytes(path.read_bytes()[:-3])
    assert held(path) == ["one", "two"]
    journal(path, "3")
    assert held(path) == ["one", "two", "3"]
    journal(path, "four")
    assert held(path) == ["one", "two", "3", "four"]


def test_the_rest_of_a_longer_journal_is_no_part_of_it(path):
    journal(path, *range(9))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    before = held(path)
    assert 0 < len(before) < 9
    journal(path, "next")
    assert held(path) == [*before, "next"]
    assert len(path.read_bytes()) < len(data)


def test_another_key_or_subject_holds_nothing(path):
    journal(path, 1)
    assert held(path, key=b"x" * 32) == []
    assert held(path, subject=b"other") == []
    assert held(path) == [1]


def test_what_was_cleared_is_gone(path):
    made = journal(path, 1, 2)
    made.clear()
    made.append(3, {"body": 3})
    made.close()
    assert held(path) == [3]


def test_a_journal_that_shrinks_between_heads_and_bodies_is_said(path):
    opened = journal(path, 1, 2)
    assert list(opened.heads()) == [1, 2]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(AuditorError, match="changed while it was read"):
        list(opened.bodies())


def test_a_claimed_length_beyond_the_file_is_not_read(path):
    journal(path, 1)
    path.write_bytes((1 << 62).to_bytes(8, "big") + path.read_bytes()[8:])
    assert held(path) == []
