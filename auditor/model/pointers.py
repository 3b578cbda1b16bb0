"""JSON pointers (RFC 6901): where a value stands in a document."""

from __future__ import annotations


def below(place: str, *steps: str | int) -> str:
    """The pointer of what stands under these names and positions at a place."""
    for step in steps:
        name = str(step)
        if "~" in name or "/" in name:
            name = name.replace("~", "~0").replace("/", "~1")
        place = f"{place}/{name}"
    return place
