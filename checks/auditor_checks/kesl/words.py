"""Reading single values in Python bodies of KESL checks."""

from __future__ import annotations

from typing import Any

from auditor.sdk.operators import text_of

_SWITCH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def switch(value: Any) -> bool | None:
    """True or False for the product's spellings of Yes and No; None for anything else, also for an absent value."""
    return None if isinstance(value, dict | list) else _SWITCH.get(text_of(value))


def field(item: Any, name: str) -> Any:
    """A key of a list item, compared without case as the product does; None when it is absent."""
    if not isinstance(item, dict):
        return None
    return next((value for key, value in item.items() if key.casefold() == name.casefold()), None)
