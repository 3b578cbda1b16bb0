"""The closed table of operators: each turns an argument into a test of one value and into words.

A test answers True, False or None; None means the value is not one that the documentation lists or the operator can
compare, and the verdict becomes unknown. No undocumented value passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from auditor.errors import ContentError
from auditor.sdk.values import plain

Test = Callable[[Any], bool | None]


@dataclass(frozen=True, slots=True)
class Operator:
    """A compiled operator: what it accepts, and how a person reads it ("at least 60")."""

    test: Test
    words: str


YES = frozenset({"yes", "true", "1"})
NO = frozenset({"no", "false", "0"})
_LARGEST = 10**40
_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?$")


def text_of(value: Any) -> str:
    """A scalar as comparable text: without case, booleans as true/false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip().casefold()


def number_of(value: Any) -> float | None:
    """The finite number of less than 40 digits that a scalar states, or None; booleans are no numbers."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if abs(value) < _LARGEST else None
    text = str(value).strip()
    return (int(text) if "." not in text else float(text)) if len(text) < 40 and _NUMBER.match(text) else None


def instant_of(value: Any) -> datetime | None:
    """The UTC instant of `2026-03-01T10:00:00Z`, `2026-03-01 10:00:00` or `2026-03-01`; None for anything else."""
    if not isinstance(value, str) or not value:
        return None
    try:
        if len(value) == 10:
            return datetime.combine(date.fromisoformat(value), time(), UTC)
        parsed = datetime.fromisoformat(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):  # an offset may lead out of the calendar
        return None


def _is_scalar(value: Any) -> bool:
    """A null states nothing, so it is no value that words or patterns could be compared with."""
    return value is not None and not isinstance(value, Mapping | list)


def _words(items: Sequence[Any]) -> str:
    return ", ".join(str(item) for item in items)


def _as_list(argument: Any) -> list[Any]:
    return list(argument) if isinstance(argument, list) else [argument]


def _is(argument: Any, _: Mapping[str, Any]) -> Operator:
    wanted = text_of(argument)
    if wanted not in YES | NO:
        raise ContentError(f"operator is takes yes or no, not {argument!r}")
    good, bad = (YES, NO) if wanted in YES else (NO, YES)

    def test(value: Any) -> bool | None:
        text = text_of(value) if _is_scalar(value) else ""
        return True if text in good else False if text in bad else None

    return Operator(test, "Yes" if wanted in YES else "No")


def _in(argument: Any, options: Mapping[str, Any]) -> Operator:
    accepted = {text_of(item) for item in _as_list(argument)}
    known = {text_of(item) for item in options["known"]} | accepted if "known" in options else None

    def test(value: Any) -> bool | None:
        if not _is_scalar(value):
            return None
        text = text_of(value)
        if text in accepted:
            return True
        return False if known is None or text in known else None

    items = _as_list(argument)
    return Operator(test, _words(items) if len(items) == 1 else f"one of {_words(items)}")


def _not_in(argument: Any, options: Mapping[str, Any]) -> Operator:
    if "known" not in options:
        raise ContentError("not_in needs known: an undocumented value must not pass")
    rejected = {text_of(item) for item in _as_list(argument)}
    known = {text_of(item) for item in options["known"]}

    def test(value: Any) -> bool | None:
        if not _is_scalar(value):
            return None
        text = text_of(value)
        return False if text in rejected else True if text in known else None

    return Operator(test, f"not {_words(_as_list(argument))}")


def _number(argument: Any) -> float:
    number = number_of(argument)
    if number is None:
        raise ContentError(f"{argument!r} is no number")
    return number


def _comparison(words: str, compare: Callable[[float, float], bool]) -> Callable[[Any, Mapping[str, Any]], Operator]:
    def build(argument: Any, _: Mapping[str, Any]) -> Operator:
        bound = _number(argument)

        def test(value: Any) -> bool | None:
            number = number_of(value)
            return None if number is None else compare(number, bound)

        return Operator(test, f"{words} {argument}")

    return build


def _between(argument: Any, _: Mapping[str, Any]) -> Operator:
    low, high = (_number(item) for item in argument)

    def test(value: Any) -> bool | None:
        number = number_of(value)
        return None if number is None else low <= number <= high

    return Operator(test, f"from {argument[0]} to {argument[1]}")


def _pattern(wanted: bool) -> Callable[[Any, Mapping[str, Any]], Operator]:
    def build(argument: Any, options: Mapping[str, Any]) -> Operator:
        if not isinstance(argument, str):
            raise ContentError(f"a regular expression is text, not {argument!r}")
        if not options.get("lazy"):
            _compiled(argument)

        def test(value: Any) -> bool | None:
            return (_compiled(argument).search(str(value)) is not None) is wanted if _is_scalar(value) else None

        return Operator(test, f"{'matching' if wanted else 'not matching'} {argument}")

    return build


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _empty(argument: Any, _: Mapping[str, Any]) -> Operator:
    if not isinstance(argument, bool):
        raise ContentError(f"operator empty takes true or false, not {argument!r}")
    return Operator(
        lambda value: (value is None or value in ([], {}) or not str(value).strip()) is argument,
        "empty" if argument else "not empty",
    )


def _count(argument: Any, options: Mapping[str, Any]) -> Operator:
    if any((number_of(bound) or 0) < 0 for value in argument.values() for bound in _as_list(value)):
        raise ContentError("a number of entries is never negative")
    inner = compile_operator(argument, options)

    def test(value: Any) -> bool | None:
        return inner.test(len(value)) if isinstance(value, list | Mapping) else None

    return Operator(test, f"number of entries: {inner.words}")


def _bits(wanted: bool) -> Callable[[Any, Mapping[str, Any]], Operator]:
    def build(argument: Any, _: Mapping[str, Any]) -> Operator:
        mask = 0
        for bit in _as_list(argument):
            mask |= 1 << int(_number(bit))

        def test(value: Any) -> bool | None:
            number = number_of(value)
            if number is None or number != int(number):
                return None
            return int(number) & mask == mask if wanted else int(number) & mask == 0

        return Operator(test, f"bit {_words(_as_list(argument))} {'set' if wanted else 'clear'}")

    return build


def _contains(wanted: bool) -> Callable[[Any, Mapping[str, Any]], Operator]:
    def build(argument: Any, _: Mapping[str, Any]) -> Operator:
        item = text_of(argument)

        def test(value: Any) -> bool | None:
            if not isinstance(value, list):
                return None
            if any(_is_scalar(entry) and text_of(entry) == item for entry in value):
                return wanted
            return not wanted if all(map(_is_scalar, value)) else None

        return Operator(test, f"{'with' if wanted else 'without'} {argument}")

    return build


def _span(argument: Any) -> timedelta:
    if not isinstance(argument, Mapping) or not argument or not argument.keys() <= {"days", "hours"}:
        raise ContentError("a time span is {days: N} or {hours: N}")
    return timedelta(**{unit: _number(amount) for unit, amount in argument.items()})


def _age(words: str, judge: Callable[[timedelta, timedelta], bool]) -> Callable[[Any, Mapping[str, Any]], Operator]:
    def build(argument: Any, options: Mapping[str, Any]) -> Operator:
        span, now = _span(argument), options["as_of"]

        def test(value: Any) -> bool | None:
            moment = instant_of(plain(value))
            # A clock that is a day ahead says nothing about age.
            if moment is None or moment - now > timedelta(days=1):
                return None
            return judge(now - moment, span)

        return Operator(test, words.format(" ".join(f"{amount} {unit}" for unit, amount in argument.items())))

    return build


def _ahead(argument: Any, options: Mapping[str, Any]) -> Operator:
    span, now = _span(argument), options["as_of"]

    def test(value: Any) -> bool | None:
        moment = instant_of(plain(value))
        return None if moment is None else moment - now >= span

    amounts = " ".join(f"{amount} {unit}" for unit, amount in argument.items())
    return Operator(test, f"{amounts} or more ahead")


_TABLE: dict[str, Callable[[Any, Mapping[str, Any]], Operator]] = {
    "is": _is,
    "eq": _in,
    "in": _in,
    "not_in": _not_in,
    "ge": _comparison("at least", lambda value, bound: value >= bound),
    "gt": _comparison("more than", lambda value, bound: value > bound),
    "le": _comparison("at most", lambda value, bound: value <= bound),
    "lt": _comparison("less than", lambda value, bound: value < bound),
    "between": _between,
    "matches": _pattern(True),
    "not_matches": _pattern(False),
    "empty": _empty,
    "count": _count,
    "bits_clear": _bits(False),
    "bits_set": _bits(True),
    "contains": _contains(True),
    "not_contains": _contains(False),
    "within": _age("not older than {}", lambda age, span: age <= span),
    "older": _age("older than {}", lambda age, span: age > span),
    "ahead": _ahead,
}

NAMES = frozenset(_TABLE)


def compile_operator(leaf: Mapping[str, Any], options: Mapping[str, Any]) -> Operator:
    """The one operator a leaf names; `options` holds `known` words and `as_of` (aware UTC).

    With `lazy` a regular expression is compiled at its first use: most runs need few of the catalogue's.
    """
    names = [name for name in leaf if name in _TABLE]
    if len(names) != 1:
        raise ContentError(f"a leaf takes exactly one operator, not {names or 'none'}")
    try:
        return _TABLE[names[0]](leaf[names[0]], options)
    except (re.error, TypeError, ValueError) as error:
        raise ContentError(f"operator {names[0]}: {error}") from error


_OPPOSITES = {
    "not_in": "in", "matches": "not_matches", "not_matches": "matches", "contains": "not_contains",
    "not_contains": "contains", "ge": "lt", "lt": "ge", "gt": "le", "le": "gt", "within": "older", "older": "within",
}  # fmt: skip


def opposite_words(leaf: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """How people read that the leaf's operator should not hold: "less than 5" for `ge: 5`, "not: Yes" for `is: yes`."""
    [(name, argument)] = [(name, argument) for name, argument in leaf.items() if name in _TABLE]
    if name in _OPPOSITES:
        return compile_operator({_OPPOSITES[name]: argument}, options).words
    if name == "empty":
        return compile_operator({name: not argument}, options).words
    return f"not: {compile_operator(leaf, options).words}"
