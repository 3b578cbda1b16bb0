"""How a setting's name splits into area and path (docs/areas.md)."""

from __future__ import annotations

import re
from functools import lru_cache

from auditor.errors import ContentError
from auditor.model.snapshot import Path

# Areas whose name has two parts, by kind of subject: `task.Update`, `section.KLNAG_SVCPRT`.
TWO_PART: dict[str, frozenset[str]] = {
    "kesl.host": frozenset({"task", "schedule", "state"}),
    "ksc.server": frozenset({"section", "extra"}),
    "ksc.policy": frozenset({"section"}),
    "ksc.profile": frozenset({"section"}),
    "ksws.settings": frozenset(
        {"Settings", "RealTimeProtectionTasks", "OnDemandTasks", "SystemTasks", "NetworkProtectionTasks"}
    ),
}

ROW_KINDS = frozenset({"ksc.host"})
"""Kinds that stream as flat records: a setting is the name of an attribute, in the one area `row`."""

_STEP = re.compile(r"\[([^\]]+)\]|([^.\[\]]+)")


def split_name(name: str) -> list[str]:
    """Steps of a dotted name; a step in brackets may hold dots: `info.[Key with. dot]`."""
    steps: list[str] = []
    position = 0
    while position < len(name):
        match = _STEP.match(name, position)
        if match is None:
            raise ContentError(f"{name!r} is no setting name")
        steps.append(match.group(1) or match.group(2))
        position = match.end()
        if position < len(name):
            if name[position] != ".":
                raise ContentError(f"{name!r} is no setting name")
            position += 1
    return steps


@lru_cache(4096)  # Python bodies ask by name, for every subject
def split_setting(kind: str, name: str) -> tuple[str, Path]:
    """("task.Update", ("SourceType",)) for `task.Update.SourceType` of a `kesl.host`."""
    steps = split_name(name)
    if kind in ROW_KINDS:
        return "row", tuple(steps)
    parts = 2 if steps and steps[0] in TWO_PART.get(kind, frozenset()) else 1
    if len(steps) <= parts:
        raise ContentError(f"{name!r} names an area, not a setting in it")
    return ".".join(steps[:parts]), tuple(steps[parts:])


def area_of(kind: str, name: str) -> str:
    """The area of a setting, or the area itself: `task.Update` for both; ContentError for what is neither."""
    steps = split_name(name)
    return ".".join(steps[: 2 if steps and steps[0] in TWO_PART.get(kind, frozenset()) else 1])


def show(area: str, path: Path) -> str:
    """`task.X.ScanScope[0].Path`: how a place is written in evidence."""
    text = area
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text
