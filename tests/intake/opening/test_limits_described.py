"""Limits from the command line, and that docs/limits.md tells the truth."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from auditor.errors import UsageProblem
from auditor.intake.limits import Limits

DOC = Path(__file__).parents[3] / "docs" / "limits.md"


def test_options_change_what_they_name_and_nothing_else():
    limits = Limits.from_options({"max-file-bytes": "128MiB", "max_nesting": "7", "max-stream-bytes": "2 g"})
    assert limits == Limits(max_file_bytes=128 * 1024**2, max_nesting=7, max_stream_bytes=2 * 1024**3)
    assert Limits.from_options({}) == Limits()


@pytest.mark.parametrize("value", ["", "0", "-1", "lots", "1.5MiB", "10XB", "1e9", "९"])
def test_wrong_amounts_are_usage_problems(value):
    with pytest.raises(UsageProblem, match="no amount"):
        Limits.from_options({"max-file-bytes": value})


def test_a_wrong_name_lists_the_right_ones():
    with pytest.raises(UsageProblem, match="max-archive-ratio"):
        Limits.from_options({"max-size": "1"})


def test_every_limit_is_described_with_its_default():
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", DOC.read_text(encoding="utf-8"), re.MULTILINE))
    described = Limits.from_options({name: value.strip() for name, value in rows.items()})
    assert set(rows) == {field.name.replace("_", "-") for field in fields(Limits)}
    assert described == Limits()
