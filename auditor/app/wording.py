"""What a check expects, in words: predicates and schema fragments as nested Markdown lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from auditor.sdk import operators
from auditor.sdk.check import Check

_GROUPS = {"all": "all of this:", "any": "at least one of these:"}
_LISTS = {
    "each": "for each entry of {0}:",
    "some": "for at least one entry of {0}:",
    "none": "for no entry of {0}:",
}
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # words do not depend on it
_SCHEMA_WORDS = {
    "const": "is {0}",
    "enum": "is one of {0}",
    "minimum": "at least {0}",
    "maximum": "at most {0}",
    "exclusiveMinimum": "more than {0}",
    "exclusiveMaximum": "less than {0}",
    "pattern": "matching {0}",
    "minItems": "at least {0} entries",
    "maxItems": "at most {0} entries",
    "minLength": "at least {0} characters",
}


def code(text: object) -> str:
    """Inline code, also around text that holds backticks."""
    shown = str(text)
    fence = "``" if "`" in shown else "`"
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


class Words:
    """Turns the bodies of one check into lines of a Markdown list; parameters show their defaults."""

    def __init__(self, check: Check) -> None:
        self._params = check.parameters({})

    def predicate(self, raw: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
        """The lines of one predicate."""
        for name, words in _GROUPS.items():
            if name in raw:
                yield _item(depth, words)
                for part in raw[name]:
                    yield from self.predicate(part, depth + 1)
                return
        if "not" in raw:
            yield _item(depth, "not:")
            yield from self.predicate(raw["not"], depth + 1)
            return
        for name, words in _LISTS.items():
            if name in raw:
                yield from self._quantified(name, words, raw, depth)
                return
        yield _item(depth, self._leaf(raw))

    def _quantified(self, name: str, words: str, raw: Mapping[str, Any], depth: int) -> Iterator[str]:
        empty = " (an absent list is an empty one)" if raw.get("absent_is_empty") else ""
        yield _item(depth, words.format(code(raw[name])) + empty)
        if "where" in raw:
            yield _item(depth + 1, "looking only at entries with:")
            yield from self.predicate(raw["where"], depth + 2)
        yield from self.predicate(raw["of"], depth + 1)

    def _leaf(self, raw: Mapping[str, Any]) -> str:
        setting = code("the entry" if raw["setting"] == "." else raw["setting"])
        if "exists" in raw:
            return f"{setting} is {'present' if raw['exists'] else 'absent'}"
        if "same_as" in raw:
            return f"{setting} is the same as {code(raw['same_as'])}"
        words = []
        leaf = {name: value for name, value in raw.items() if name in operators.NAMES}
        if leaf:
            options: dict[str, Any] = {"as_of": _NO_TIME}
            if "known" in raw:
                options["known"] = self._filled(raw["known"])
            words.append(operators.compile_operator(self._filled(leaf), options).words + self._tunable(leaf))
        if "locked" in raw:
            words.append("locked" if raw["locked"] else "not locked")
        absent = " (an absent list is an empty one)" if raw.get("absent_is_empty") else ""
        return f"{setting}: {_plain(', '.join(words))}{absent}"

    def _filled(self, value: Any) -> Any:
        """Parameters replaced by their defaults."""
        if isinstance(value, str) and value.startswith("$"):
            return self._params[value[1:]]
        if isinstance(value, Mapping):
            return {name: self._filled(item) for name, item in value.items()}
        return [self._filled(item) for item in value] if isinstance(value, list) else value

    def _tunable(self, value: Any) -> str:
        names = sorted(set(_parameters(value)))
        return f" (parameter {', '.join(names)})" if names else ""

    def schema(self, node: Mapping[str, Any], path: str = "", depth: int = 0) -> Iterator[str]:
        """The lines of a JSON Schema fragment, one for each keyword that limits a value."""
        for keyword, words in _SCHEMA_WORDS.items():
            if keyword in node:
                value = self._filled(node[keyword])
                shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
                limit = words.format(str(value).lower() if isinstance(value, bool) else shown)
                yield _item(depth, f"{code(path)}: {_plain(limit)}{self._tunable(node[keyword])}")
        for name, child in node.get("properties", {}).items():
            yield from self.schema(child, f"{path}.{name}" if path else name, depth)

    def share(self, value: Any) -> str:
        """A share of devices, as percent."""
        return f"{float(self._filled(value)):.0%}{self._tunable(value)}"


def _item(depth: int, text: str) -> str:
    return f"{'  ' * depth}- {text}"


def _plain(text: str) -> str:
    """Regular expressions and wildcards must not turn into emphasis or tags."""
    return code(text) if any(char in text for char in "*<\\|[_`") else text


def _parameters(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("$"):
        yield value[1:]
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _parameters(item)
    elif isinstance(value, list):
        for item in value:
            yield from _parameters(item)


def settings_of(check: Check, bodies: Sequence[str] = ("when", "where", "expect")) -> list[str]:
    """Names of the settings that the bodies of a check mention, in order, relative ones left out."""
    found: dict[str, None] = {}
    for body in bodies:
        found.update(dict.fromkeys(_settings(check.raw.get(body))))
    return [name for name in found if not name.startswith(".")]


def looked_at(check: Check) -> list[str]:
    """Names of all settings that a check looks at, sorted; for a Python body the areas that it declares to read."""
    found = set(settings_of(check))
    if check.form == "schema":
        body = check.raw["schema"]
        found.update(f"{body['area']}.{name}" for name in _leaves(body["schema"]))
    elif check.form == "python":
        found.update(check.raw.get("reads", ()))
    return sorted(found)


def _leaves(node: Any, path: str = "") -> Iterator[str]:
    children = node.get("properties", {}) if isinstance(node, Mapping) else {}
    if not children and path:
        yield path
    for name, child in children.items():
        yield from _leaves(child, f"{path}.{name}" if path else name)


def _settings(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("setting", "same_as", "each", "some", "none") and isinstance(value, str):
                yield value
            else:
                yield from _settings(value)
    elif isinstance(node, list):
        for item in node:
            yield from _settings(item)
