"""Reading documents strictly: every key is known, every value has its type, every error names its place."""

from __future__ import annotations

from datetime import date
from typing import Any

from auditor.errors import ContentError

_MISSING: Any = object()


class Fields:
    """One mapping of a document. Each key is taken once; `finish` refuses what nobody took.

    `where` is the place of the mapping, as a JSON pointer; errors are ContentError.
    """

    def __init__(self, document: object, where: str = "") -> None:
        self._where = where
        if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
            raise ContentError(f"expected a mapping, found {_kind(document)}", where=where or "document")
        self._left: dict[str, Any] = dict(document)

    def problem(self, key: str, message: str, hint: str = "") -> ContentError:
        """An error about the value of a key."""
        return ContentError(message, where=f"{self._where}/{key}", hint=hint)

    def left(self) -> list[str]:
        """The keys not taken yet, in order."""
        return sorted(self._left)

    def finish(self) -> None:
        """ContentError when keys are left."""
        if self._left:
            key = min(self._left)
            raise self.problem(key, f"unknown key {key!r}", "see the documentation of calendars for the keys")

    def _take(self, key: str, kind: type, name: str, default: Any) -> Any:
        value = self._left.pop(key, default)
        if value is _MISSING:
            raise self.problem(key, f"{key!r} is missing")
        # a truth value is an integer for Python; here it is none
        if value is not default and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise self.problem(key, f"expected {name}, found {_kind(value)}")
        return value

    def text(self, key: str, default: str = _MISSING) -> str:
        """A text."""
        return str(self._take(key, str, "text", default))

    def number(self, key: str, default: int = _MISSING) -> int:
        """A whole number."""
        return int(self._take(key, int, "a whole number", default))

    def optional_number(self, key: str) -> int | None:
        """A whole number, or null; the key must be there."""
        if self._left.get(key, _MISSING) is None:
            self._left.pop(key)
            return None
        return self.number(key)

    def flag(self, key: str, default: bool = _MISSING) -> bool:
        """true or false."""
        return bool(self._take(key, bool, "true or false", default))

    def texts(self, key: str, default: list[str] | None = _MISSING) -> Any:
        """A list of texts; where the default is None, null is allowed too."""
        values = self._take(key, list, "a list of texts", default)
        for index, value in enumerate(values or ()):
            if not isinstance(value, str):
                raise self.problem(f"{key}/{index}", f"expected text, found {_kind(value)}")
        return values

    def items(self, key: str) -> list[Fields]:
        """A list of mappings; the key must be there."""
        values = self._take(key, list, "a list", _MISSING)
        return [Fields(value, f"{self._where}/{key}/{index}") for index, value in enumerate(values)]

    def day(self, key: str) -> date:
        """A date as 2026-12-24; the key must be there."""
        return self.parsed_day(key, self.text(key))

    def parsed_day(self, key: str, text: str) -> date:
        """A date as 2026-12-24 (no other form of ISO 8601); errors name `key`."""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.min
        if day.isoformat() != text:
            raise self.problem(key, f"{text!r} is not a date", "write 2026-12-24")
        return day

    def raw(self, key: str) -> object:
        """A value of any type, None when the key is not there."""
        return self._left.pop(key, None)

    def inner(self, key: str) -> Fields:
        """A mapping within; empty when the key is not there."""
        return Fields(self._take(key, dict, "a mapping", {}), f"{self._where}/{key}")


def _kind(value: object) -> str:
    names = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)
