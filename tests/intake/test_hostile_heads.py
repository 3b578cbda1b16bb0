"""Recognising a file takes no longer than its beginning is long, whatever is repeated in it."""

from __future__ import annotations

import time
from itertools import count, product

import pytest

from auditor.app.readers import built_in_readers
from auditor.intake.limits import Limits
from auditor.intake.sources import FileSource

BEGINNINGS = ["", "[General]\n", "[AppSettings]\n", "{", "[{", "<", "Name: x\n", "TaskID 6 x:\n"]
REPEATED = [
    *["\n", "\n ", "\n\u00a0", "\n\t", "\r\n", " ", "[", "\n[", "[\n", "a", "a\n", "a=\n", "a.", "a=", ":\n", "a:\n"],
    *['"', '"a":', '{"a":', "[[", "{}", ",", "<", "<!", "<!--", "<?", "<a:", "<!a[", "\\", "\0", "item_0000.", "0"],
]
NUMBERS = count()
SHAPES = list(product(BEGINNINGS, REPEATED))


def seconds(reader, folder, shape, length):
    begin, repeated = shape
    text = begin + repeated * (length // len(repeated)) + str(next(NUMBERS))
    path = folder / "file"
    path.write_bytes(text.encode())
    source = FileSource(str(path), "web01/file.txt", Limits())
    assert source.head_text
    started = time.process_time()
    reader.recognise(source)
    return time.process_time() - started


@pytest.mark.parametrize("reader", built_in_readers(), ids=lambda reader: reader.name)
def test_recognising(reader, tmp_path):
    """Four times as long takes about four times as long; with a square in it, sixteen."""
    slow = sorted(SHAPES, key=lambda shape: seconds(reader, tmp_path, shape, 2_000))[-8:]
    for shape in slow:
        short, long = (min(seconds(reader, tmp_path, shape, length) for _ in range(3)) for length in (6_000, 24_000))
        assert long < 9 * max(short, 0.001), (shape, short, long)
