"""Shipped KESL checks as JSON Schemas, so that validators can be asked the same questions as the tool.

    python -m benchmarks.rules FOLDER

Writes FOLDER/rules.json for the validators and, for the tool, FOLDER/content/baselines/plain-values.yaml: a baseline
with exactly these checks. Translated is every check of a host whose condition and expectation are plain tests of values
that a full export states: `is`, `eq`, `in`, `not_in`, numeric bounds, `exists`, joined by `all` (conditions also by
`any`). Left out are lists, patterns, ages, checks for some versions only and settings that keep different places.

A schema rejects a document that fails the check. What the tool calls unknown because a key is absent is accepted. A
word outside the documented ones is rejected here and unknown there; the fleets hold none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.sdk.check import Check
    from auditor.sdk.mapping import LogicalSetting

Schema = dict[str, Any]
Place = tuple[str, ...]

_YES, _NO = ["Yes", "yes", "True", "true", "1"], ["No", "no", "False", "false", "0"]
_BOUNDS = {
    "ge": ("minimum", "exclusiveMaximum"),
    "gt": ("exclusiveMinimum", "maximum"),
    "le": ("maximum", "exclusiveMinimum"),
    "lt": ("exclusiveMaximum", "minimum"),
}
_EXPORTED = ("app", "net", "task", "state", "schedule")
_OPERATORS = {"is", "eq", "in", "not_in", "between", *_BOUNDS}


class NotPlain(Exception):
    """The check asks for more than plain values."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`schemas`: check id -> JSON Schema (draft 7); `numbers`: places whose text has to become a number first."""

    schemas: dict[str, Schema] = field(default_factory=dict)
    numbers: set[Place] = field(default_factory=set)


def translate(checks: Mapping[str, Check], logical: Mapping[str, LogicalSetting]) -> Rules:
    """All checks that can be translated."""
    rules = Rules()
    for check in checks.values():
        plain = check.subject == "kesl.host" and check.product == "kesl" and check.form == "expect"
        if not plain or "versions" in check.raw:
            continue
        translator = _Translator(logical, check.parameters({}))
        try:
            rules.schemas[check.id] = translator.rule(check.raw)
        except NotPlain:
            continue
        rules.numbers.update(translator.numbers)
    words = {place for schema in rules.schemas.values() for place in _compared_as_text(schema)}
    if words & rules.numbers:
        raise ValueError(f"both text and number: {sorted(words & rules.numbers)}")
    return rules


@dataclass(slots=True)
class _Translator:
    logical: Mapping[str, LogicalSetting]
    params: Mapping[str, Any]
    numbers: set[Place] = field(default_factory=set)

    def rule(self, raw: Mapping[str, Any]) -> Schema:
        accepted = self.accepted(raw["expect"])
        return {"if": self.certain(raw["when"]), "then": accepted} if "when" in raw else accepted

    def accepted(self, node: Mapping[str, Any]) -> Schema:
        """Rejects documents in which the predicate is false, accepts true and unknown."""
        if set(node) == {"all"}:
            return {"allOf": [self.accepted(part) for part in node["all"]]}
        place, good = self.leaf(node)
        return _at(place, good, required=False)

    def certain(self, node: Mapping[str, Any]) -> Schema:
        """Accepts documents in which the predicate is true and no others."""
        for word, joined in (("all", "allOf"), ("any", "anyOf")):
            if set(node) == {word}:
                return {joined: [self.certain(part) for part in node[word]]}
        if set(node) == {"setting", "exists"}:
            place, _ = self.place(node["setting"])
            if node["exists"]:
                return _at(place, {}, required=True)
            return _at(place[:-1], {"not": {"required": [place[-1]]}}, required=True)
        place, good = self.leaf(node)
        return _at(place, good, required=True)

    def leaf(self, node: Mapping[str, Any]) -> tuple[Place, Schema]:
        """A place and what values there are good."""
        operators = set(node) - {"setting", "known"}
        if "setting" not in node or len(operators) != 1 or not operators <= _OPERATORS:
            raise NotPlain
        operator = operators.pop()
        place, words = self.place(node["setting"])
        argument = self.value(node[operator])
        if operator in _BOUNDS or operator == "between":
            if words is not None:
                raise NotPlain
            self.numbers.add(place)
            return place, _bounds(operator, argument)
        good = self.words(operator, argument, self.value(node.get("known", [])))
        if words is not None:
            good = [word for word, meaning in words.items() if meaning in good]
        return place, {"enum": good}

    @staticmethod
    def words(operator: str, argument: Any, known: Sequence[str]) -> list[str]:
        if operator == "is":
            return _YES if str(argument).lower() in _YES else _NO
        listed = [str(item) for item in (argument if isinstance(argument, list) else [argument])]
        return [str(word) for word in known if str(word) not in listed] if operator == "not_in" else listed

    def value(self, argument: Any) -> Any:
        if isinstance(argument, list):
            return [self.value(item) for item in argument]
        return self.params[argument[1:]] if isinstance(argument, str) and argument.startswith("$") else argument

    def place(self, name: str) -> tuple[Place, Mapping[str, str] | None]:
        """Where a full export states a setting, and its words -> logical words where it has such."""
        if name not in self.logical:
            return _place(name), None
        found: dict[Place, dict[str, str] | None] = {}
        for entry in self.logical[name].places:
            if entry["setting"].endswith(".State") or entry["setting"].partition(".")[0] not in _EXPORTED:
                continue  # stated by the task list, the licence and the like, never by an export
            place, values = _place(entry["setting"]), entry.get("values")
            found[place] = (found.get(place) or {}) | {str(k): v for k, v in values.items()} if values else None
        if len(found) != 1:
            raise NotPlain
        return next(iter(found.items()))


def _place(name: str) -> Place:
    steps = tuple(name.split("."))
    depth = 2 if steps[0] in ("app", "net") else 3
    if steps[0] not in _EXPORTED or len(steps) != depth or "[" in name:
        raise NotPlain
    return steps


def _bounds(operator: str, argument: Any) -> Schema:
    if operator == "between":
        return {"minimum": argument[0], "maximum": argument[1]}
    return {_BOUNDS[operator][0]: argument}


def _at(place: Place, schema: Schema, *, required: bool) -> Schema:
    for step in reversed(place):
        schema = {"properties": {step: schema}}
        if required:
            schema["required"] = [step]
    return schema


def _compared_as_text(schema: Any, place: Place = ()) -> set[Place]:
    found: set[Place] = set()
    if isinstance(schema, list):
        return found.union(*(_compared_as_text(part, place) for part in schema))
    if "enum" in schema:
        found.add(place)
    for key in ("allOf", "anyOf", "if", "then"):
        found |= _compared_as_text(schema.get(key, []), place)
    for step, inner in schema.get("properties", {}).items():
        found |= _compared_as_text(inner, (*place, step))
    return found


def main(folder: Path) -> None:
    from auditor.app.content import load_checks
    from auditor.app.plugins import load_plugins

    catalogue = load_checks(load_plugins())
    rules = translate(catalogue.checks, catalogue.logical)
    baselines = folder / "content" / "baselines"
    baselines.mkdir(parents=True, exist_ok=True)
    (folder / "content" / "checks").mkdir(exist_ok=True)  # or the baseline would be taken for a check
    stored = {"schemas": rules.schemas, "numbers": sorted(rules.numbers)}
    (folder / "rules.json").write_text(json.dumps(stored), encoding="utf-8")
    (baselines / "plain-values.yaml").write_text(
        "id: plain-values\ntitle: Plain values\nrevision: 1\ndescription: Checks that test plain values.\n"
        f"include: {json.dumps(list(rules.schemas))}\nreferences:\n  - {{title: benchmark}}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
