"""Which documented key of the KESL family a setting's name means, and what a check compares it with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.sdk.areas import split_name

WORD_OPERATORS = ("eq", "in", "not_in", "known", "contains", "not_contains")
BOOLEANS = frozenset({"yes", "no", "true", "false", "1", "0"})


@dataclass(frozen=True)
class Use:
    """One place of a check: the setting's full name ("task.X.ScanScope[].Path") and the leaf that reads it."""

    name: str
    leaf: Mapping[str, Any]


def uses(node: Any, item: str = "") -> Iterator[Use]:
    """Every setting below a predicate; `item` is the list that relative names belong to."""
    if isinstance(node, list):
        for part in node:
            yield from uses(part, item)
        return
    if not isinstance(node, Mapping):
        return
    for quantifier in ("each", "some", "none"):
        if quantifier in node:
            whole = full(node[quantifier], item)
            yield Use(whole, {})
            yield from uses(node["of"], f"{whole}[]")
            yield from uses(node.get("where"), f"{whole}[]")
            return
    for key in ("setting", "same_as"):
        if key in node:
            yield Use(full(node[key], item), node)
    for part in ("all", "any", "not"):
        yield from uses(node.get(part), item)


def full(name: str, item: str) -> str:
    """A name with the list it is relative to put before it; "." is the entry itself."""
    if name == ".":
        return item
    return item + name if name.startswith(".") else name


def key_of(name: str) -> tuple[str, str]:
    """("task.Update", "Sources[].URL"): area and key as mappings/kesl_keys.yaml writes them.

    Two steps after `task`, `schedule` or `state` name a predefined task and a key, one step the key of an own task.
    """
    area, _, key = name.partition(".")
    if area in ("task", "schedule", "state") and "." in key.split("[", 1)[0]:
        task, _, key = key.partition(".")
        area = f"task.{task}" if area == "task" else area
    return area, ".".join(split_name(key)) if key.startswith("[") else key


def entry_of(reference: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """What is documented about a setting: {type: ...}; None when nothing is."""
    area, key = key_of(name)
    known = {documented.casefold(): entry for documented, entry in reference.get(area, {}).items()}
    key = key.casefold()
    if key in known:
        return dict(known[key])
    if any(documented.startswith(f"{key}[]") for documented in known):
        return {"type": "list"}  # the list whose items are documented
    if any(documented.startswith(f"{key}.") for documented in known):
        return {"type": "group"}
    if key.endswith("[]") and known.get(key[:-2], {}).get("type") == "list":
        return {"type": "text"}  # an entry of a plain list
    return None


def undocumented(entry: Mapping[str, Any], words: list[Any]) -> list[str]:
    """Words that the documentation does not list for the setting."""
    if entry["type"] == "bool":
        return [str(word) for word in words if str(word).casefold() not in BOOLEANS]
    if entry["type"] == "enum":
        listed = {str(word).casefold() for word in entry.get("values", [])}
        return [str(word) for word in words if str(word).casefold() not in listed]
    return []
