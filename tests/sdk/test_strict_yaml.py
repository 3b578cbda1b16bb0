"""YAML from others: whatever it holds, the answer is a document of plain values or a ContentError with its place."""

from __future__ import annotations

import os

import pytest

from auditor.errors import ContentError
from auditor.sdk.strict_yaml import load, load_file


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 9223372036854775807", 9223372036854775807),
        ("a: -9223372036854775808", -9223372036854775808),
        ("a: 1.5", 1.5),
        ('a: "99999999999999999999"', "99999999999999999999"),
        ("a: 010", "010"),
        ('a: "!!int 5"', "!!int 5"),
    ],
)
def test_plain_values(text, value):
    assert load(text, "x.yaml") == {"a": value}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("9223372036854775808", "the number 9223372036854775808... is too large"),
        ("-9223372036854775809", "is too large"),
        ("9" * 5_000, "is too large"),
        ("1" + "0" * 400 + ".5", "is too large"),
        ("!!int abc", "tags are not allowed"),
        ('!!int ""', "tags are not allowed"),
        ("!!bool maybe", "tags are not allowed"),
        ("!!float x", "tags are not allowed"),
        ("!!timestamp 2026-99-99", "tags are not allowed"),
        ("!!map text", "tags are not allowed"),
        ("!!python/object/apply:os.getcwd []", "tags are not allowed"),
        ("\x1b[31m", r"the character U\+001B is not allowed"),
        ("\0", r"the character U\+0000 is not allowed"),
    ],
)
def test_what_only_looks_like_a_value_is_refused_with_its_line(value, message):
    with pytest.raises(ContentError, match=message) as caught:
        load(f"first: 1\na: {value}\n", "x.yaml")
    assert caught.value.where == "x.yaml, line 2"


def test_a_file_is_read_within_its_limit(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    assert load_file(file) == {"a": 1}
    file.write_bytes(b"a: \xff\n")
    with pytest.raises(ContentError, match="not UTF-8") as caught:
        load_file(file, "named")
    assert caught.value.where == "named, byte 3"
    with file.open("wb") as opened:
        opened.truncate(1 << 40)  # sparse: takes no space, and would take all memory
    with pytest.raises(ContentError, match="larger than 1000000 characters"):
        load_file(file)


def test_what_is_no_file_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(ContentError, match="no regular file"):
            load_file(path)
    with pytest.raises(ContentError, match="cannot be read"):
        load_file(tmp_path / "missing.yaml")
