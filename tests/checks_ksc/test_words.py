"""People are never shown a regular expression as what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.app.content import load_checks
from auditor.app.plugins import load_plugins


def patterns(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        if node.keys() & {"matches", "not_matches"}:
            yield node
        for item in node.values():
            yield from patterns(item)
    elif isinstance(node, list):
        for item in node:
            yield from patterns(item)


def test_every_pattern_of_a_shipped_check_has_words() -> None:
    catalogue = load_checks(load_plugins(), ())
    found = [
        (check.id, leaf)
        for check in catalogue.checks.values()
        for body in ("expect", "when", "where")
        for leaf in patterns(check.raw.get(body))
    ]
    assert len(found) > 40
    assert [(name, leaf["setting"]) for name, leaf in found if not leaf.get("words")] == []
    assert [name for name, leaf in found if set(leaf["words"]) & set("^$\\|")] == []
