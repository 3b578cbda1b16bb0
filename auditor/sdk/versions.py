"""Product versions and ranges of them: `>=11.1`, `>=11.1 <12.3`, `12.1` (that release and its builds)."""

from __future__ import annotations

import re
from collections.abc import Callable

from auditor.errors import ContentError

Version = tuple[int, ...]

_CONDITION = re.compile(r"^(>=|<=|>|<|==)?(\d+(?:\.\d+)*)$")


def parse(text: str) -> Version | None:
    """(12, 1, 0, 1543) for `12.1.0.1543`; None when the text holds no version."""
    match = re.match(r"^\s*(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match.group(1).split(".")) if match else None


def _compare(left: Version, right: Version) -> int:
    """-1, 0, 1 over the components that the condition states: build 12.1.0.5 is equal to 12.1."""
    stated = left[: len(right)] + (0,) * (len(right) - len(left))
    return (stated > right) - (stated < right)


_TESTS: dict[str, Callable[[int], bool]] = {
    ">=": lambda order: order >= 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    "<": lambda order: order < 0,
    "==": lambda order: order == 0,
}


def compile_range(text: str) -> Callable[[Version], bool]:
    """A test for a range whose conditions all hold; ContentError for anything else. The empty range holds always."""
    conditions: list[tuple[Callable[[int], bool], Version]] = []
    for word in text.replace(",", " ").split():
        match = _CONDITION.match(word)
        if match is None:
            raise ContentError(f"{word!r} is no version condition", hint="write for example >=11.1 <12.3")
        bound = parse(match.group(2))
        assert bound is not None  # noqa: S101  # the pattern above only admits versions
        conditions.append((_TESTS[match.group(1) or "=="], bound))
    return lambda version: all(test(_compare(version, bound)) for test, bound in conditions)
