"""Texts come from outside: whatever stands in a value, to look at one takes no longer than it is long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from auditor.app.content import load_checks
from auditor.app.plugins import load_plugins
from auditor_checks.kesl.fim import scope

BEGINNINGS = ["", "/", "/var/", "/usr/", "local", "public", "1.", "::", "HEUR:", "http://", "C:\\", "%"]
REPEATED = [
    " ",
    "0",
    "a",
    ":",
    "/",
    ".",
    "*",
    "**",
    "?",
    "*?",
    "\\",
    "!",
    "./",
    "a/",
    "a.",
    "0.",
    "a:",
    "::",
    "**e",
    '"',
    "../",
]
ENDS = ["!", "a", "\n", "/x", "z "]
TEXTS = list(product(BEGINNINGS, REPEATED, ENDS))


def patterns() -> Iterator[Any]:
    """Every regular expression of the shipped checks, once, with the id of a check."""

    def found_in(body: Any) -> Iterator[str]:
        if isinstance(body, dict):
            for key, value in body.items():
                if key in {"matches", "not_matches"} and isinstance(value, str):
                    yield value
                yield from found_in(value)
        elif isinstance(body, list):
            for item in body:
                yield from found_in(item)

    checks = load_checks(load_plugins(), ()).checks.values()
    known = {pattern: check.id for check in checks for pattern in found_in(check.raw)}
    return (pytest.param(pattern, id=ident) for pattern, ident in known.items())


def slowest(look: Callable[[str], object], length: int) -> tuple[float, tuple[str, str, str]]:
    """The longest time that a text of this length takes, and what that text is made of."""
    return max((seconds(look, parts, length), parts) for parts in TEXTS)


def seconds(look: Callable[[str], object], parts: tuple[str, str, str], length: int) -> float:
    begin, repeated, end = parts
    text = begin + repeated * (length // len(repeated)) + end
    started = time.process_time()
    look(text)
    return time.process_time() - started


def assert_linear(look: Callable[[str], object]) -> None:
    """Four times as long takes about four times as long; with a square in it, sixteen, and doubling takes for ever."""
    for length in (24, 32, 40):
        assert slowest(look, length)[0] < 0.25
    _, parts = slowest(look, 500)
    short, long = (min(seconds(look, parts, length) for _ in range(3)) for length in (2_000, 8_000))
    assert long < 9 * max(short, 0.000_5), (parts, short, long)


@pytest.mark.parametrize("pattern", list(patterns()))
def test_a_pattern_of_a_check(pattern):
    assert_linear(re.compile(pattern).search)


@pytest.mark.parametrize("directory", ["/etc", "/usr/local/bin"])
def test_a_path_of_masks(directory):
    assert_linear(lambda path: scope._reaches(path, directory))


def test_a_mask_of_names():
    assert_linear(scope._is_every_name)
