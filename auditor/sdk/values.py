"""Small helpers over values as KSC answers carry them."""

from __future__ import annotations

from typing import Any

TYPE_WORDS = frozenset({"long", "datetime", "date", "binary", "float", "double", "params"})


def plain(value: Any) -> Any:
    """The bare value of a KSC typed wrapper such as `{"type": "long", "value": 3}`; anything else unchanged."""
    if type(value) is dict and len(value) == 2 and "type" in value and "value" in value:
        word = value["type"]
        if type(word) is str and word in TYPE_WORDS:
            return value["value"]
    return value
