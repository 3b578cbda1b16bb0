"""Files that are put off and taken up again: nothing is held meanwhile, and a change of what was seen is noticed."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import pytest

from auditor.errors import ExportError
from auditor.intake.limits import Limits
from auditor.intake.sources import FileSource

SMALL, LARGE = b"a" * 1000, b"0123456789abcdef" * 200_000


def handles():
    """How many files this process holds open."""
    return sum(1 for _ in Path("/dev/fd").iterdir())


def source(path, limits=None):
    return FileSource(str(path), path.name, limits or Limits())


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.bin"
    path.write_bytes(LARGE)
    return path


def test_a_released_file_holds_nothing_and_is_read_from_its_beginning(large):
    first = source(large)
    assert first.head == LARGE[:65536]
    before = handles()
    later = first.released()
    assert handles() == before - 1
    assert len(pickle.dumps(later)) < 2000
    assert later.read() == LARGE
    later.close()


@pytest.mark.parametrize("size", [65537, 300_000, len(LARGE)])
def test_a_change_of_what_was_seen_is_noticed_and_no_other(large, size):
    opened = source(large)
    opened.open().read(size)
    seen = opened.read_so_far()
    opened.close()
    assert size <= seen[0] <= len(LARGE)
    assert seen[1] == hashlib.sha256(LARGE[: seen[0]]).hexdigest()
    assert source(large).begins_with(*seen)
    for place in (0, seen[0] - 1, seen[0]):
        if place < len(LARGE):
            changed = bytearray(LARGE)
            changed[place] ^= 1
            large.write_bytes(changed)
            assert source(large).begins_with(*seen) is (place == seen[0])
    large.write_bytes(LARGE[: seen[0] - 1])
    assert not source(large).begins_with(*seen)


def test_a_small_file_is_seen_whole(tmp_path):
    path = tmp_path / "small.txt"
    path.write_bytes(SMALL)
    opened = source(path)
    assert opened.head == SMALL
    assert opened.read_so_far() == (1000, hashlib.sha256(SMALL).hexdigest())
    assert source(path).begins_with(*opened.read_so_far())
    path.write_bytes(SMALL + b"b")
    assert not source(path).begins_with(*opened.read_so_far())


def test_a_file_that_nobody_could_open_is_the_same_as_long_as_nobody_can(tmp_path):
    path = tmp_path / "later.txt"
    opened = source(path)
    with pytest.raises(ExportError):
        opened.read()
    seen = opened.read_so_far()
    assert source(path).begins_with(*seen)
    path.write_bytes(SMALL)
    assert not source(path).begins_with(*seen)
    path.unlink()
    assert not source(path).begins_with(1000, hashlib.sha256(SMALL).hexdigest())
