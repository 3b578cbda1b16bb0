"""What records are recognised by: two records with one mark are judged alike by every fleet check.

A mark is the JSON text of the attributes that the checks read. Attributes that differ from device to device are first
reduced to what the checks can see of them: an instant to the answers of the age operators, a group to its names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import orjson

from auditor.sdk.operators import Test
from auditor.sdk.values import plain

_ABSENT: dict[str, Any] = {}  # nothing that is there is reduced to this
_DAYS_KEPT = 16_384
_TEXTS_KEPT = 16_384
_CLOCK = re.compile(r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_MIDNIGHT, _LAST_SECOND = "T00:00:00Z", "T23:59:59Z"

Answers = tuple[bool | None, ...]


class Instants:
    """Numbers for instants: two get the same number when the tests answer alike.

    Every test changes its answer at most twice along the calendar and never back, so a day at whose ends they answer
    alike is settled as a whole; only other days, and texts that are not `YYYY-MM-DDThh:mm:ssZ`, are parsed.
    """

    def __init__(self, tests: Sequence[Test]) -> None:
        self._tests = tuple(tests)
        self._numbers: dict[Answers, int] = {}
        self._days: dict[str, int | None] = {}
        self._clocks: set[str] = set()  # at most one for each second of a day
        self._texts: dict[str, int] = {}

    def of(self, value: Any) -> int:
        """The number of a value; any type."""
        if type(value) is dict:
            value = plain(value)
        if type(value) is not str:
            return self._number(value)
        day = value[:10]
        found = self._days.get(day)
        if found is not None and value[10:] in self._clocks:
            return found
        return self._text(value, day)

    def _text(self, value: str, day: str) -> int:
        clock = value[10:]
        if clock not in self._clocks:
            if not _CLOCK.fullmatch(clock):
                return self._remembered(value)
            self._clocks.add(clock)
        if day not in self._days:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            first, last = self._number(day + _MIDNIGHT), self._number(day + _LAST_SECOND)
            self._days[day] = first if first == last else None
        found = self._days[day]
        return self._remembered(value) if found is None else found

    def _remembered(self, value: str) -> int:
        found = self._texts.get(value)
        if found is None:
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            found = self._texts[value] = self._number(value)
        return found

    def _number(self, value: Any) -> int:
        answers = tuple(test(value) for test in self._tests)
        return self._numbers.setdefault(answers, len(self._numbers))


def names_of(value: Any) -> Any:
    """All that presence and number of members depend on. Only a group becomes a mapping here."""
    bare = plain(value)
    return {"": list(bare)} if isinstance(bare, Mapping) else bare


class Marker:
    """Makes marks. `fixed` attributes count as they stand, `instants` by their number, `groups` by their names."""

    def __init__(self, fixed: Sequence[str], instants: Mapping[str, Instants], groups: Sequence[str]) -> None:
        self._fixed = tuple(fixed)
        self._get = _getter(self._fixed)
        self._reduced: tuple[tuple[str, Callable[[Any], Any]], ...] = (
            *((name, found.of) for name, found in instants.items()),
            *((name, names_of) for name in groups),
        )

    def of(self, record: Mapping[str, Any]) -> bytes | None:
        """The mark of a record, None when it has no JSON text."""
        try:
            values = self._get(record)
        except KeyError:
            values = tuple([(name, record[name]) for name in self._fixed if name in record])
        reduced = [reduce(record[name]) if name in record else _ABSENT for name, reduce in self._reduced]
        try:
            return orjson.dumps((values, reduced))
        except orjson.JSONEncodeError:
            return None


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if not names:
        return lambda _: ()
    if len(names) == 1:
        name = names[0]
        return lambda record: (record[name],)
    return itemgetter(*names)
