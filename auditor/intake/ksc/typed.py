"""From KSC's typed trees to plain values: wrappers, binaries, secrets, and the lock of every policy node.

A node of a policy is an object with `KLPRSS_Val` and the flags of its lock. The plain tree leaves those members out;
`detours` remembers the steps that were left out, so that a path can still be turned into a pointer into the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from auditor.errors import BrokenExport
from auditor.intake.ksc.window import without_surrogates
from auditor.intake.redaction import MASK, redact_tree
from auditor.model.pointers import below
from auditor.model.snapshot import Lock, Path, Settings
from auditor.sdk.values import TYPE_WORDS

MAX_DEPTH = 100
"""Levels of nesting, wrappers not counted. Real answers have about ten."""

DROPPED = frozenset({"KLLICSRV_KEYDATA", "KLSPL_USER_PWD", "KLSPL_USER_PWD_ENCRYPTED"})
"""Key bodies and passwords: not even their presence is kept."""

HIDDEN = frozenset(
    {"KLSPL_USER_MAIL", "KLSPL_USER_PHONE", "KLLIC_CUSTOMER_INFO", "KLSPL_USER_UPN", "userPrincipalName"}
)

_TYPED = frozenset({"type", "value"})
_LOCK_MEMBERS = frozenset({"KLPRSS_Val", "KLPRSS_Mnd", "KLPRSS_ValLck", "KLPRSS_ValLckPolicy", "KLPRSS_ValLckGroup"})
NODE_EXTRAS = "#KLPRSS"
"""Members of policy nodes beside value and lock (merged arrays and the like), by the path of the node."""


def is_wrapper(value: Any) -> bool:
    """True for `{"type": <type word>, "value": ...}`."""
    return (
        type(value) is dict
        and value.keys() == _TYPED
        and isinstance(value["type"], str)
        and value["type"] in TYPE_WORDS
    )


def params_of(value: Any) -> Any:
    """The object inside a params wrapper; anything else unchanged."""
    return value["value"] if is_wrapper(value) and value["type"] == "params" else value


def opened(raw: Any, place: str) -> tuple[Any, str]:
    """As `params_of`, with the pointer of what it gives; `place` is that of `raw`."""
    inner = params_of(raw)
    return inner, place if inner is raw else f"{place}/value"


def binary_size(text: Any) -> int:
    """Bytes that a base64 text stands for."""
    if not isinstance(text, str):
        return 0
    body = text.strip()
    return max(0, len(body) * 3 // 4 - (len(body) - len(body.rstrip("="))))


@dataclass(slots=True)
class Plain:
    """A plain tree and what was learnt on the way."""

    values: Any = None
    detours: dict[Path, str] = field(default_factory=dict)
    locks: dict[Path, Lock] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    removed: int = 0


def plain_tree(raw: Any) -> Plain:
    """Unwrap a whole tree. BrokenExport when it is nested absurdly."""
    plain = Plain()
    plain.values = _visit(raw, (), None, plain)
    return plain


def _visit(node: Any, path: Path, above: bool | None, plain: Plain) -> Any:
    """`above`: whether a node higher up is locked; None outside of policy nodes."""
    if len(path) > MAX_DEPTH:
        raise BrokenExport(f"nested deeper than {MAX_DEPTH} levels", where=pointer("", {}, path[:8]) + "/...")
    node, steps = _unwrap(node)
    if above is not None and not (type(node) is dict and "KLPRSS_Val" in node):
        plain.locks[path] = Lock(own=False, above=above)
    while type(node) is dict and "KLPRSS_Val" in node:
        above = _note_lock(node, path, above, plain)
        inner, more = _unwrap(node["KLPRSS_Val"])
        node, steps = inner, f"{steps}/KLPRSS_Val{more}"
        if len(steps) > MAX_DEPTH * 10:
            raise BrokenExport("a policy node holds itself over and over", where=pointer("", {}, path))
    if steps:
        plain.detours[path] = steps
    if type(node) is dict:
        return _members(node, path, above, plain)
    if type(node) is list:
        return [_visit(item, (*path, index), above, plain) for index, item in enumerate(node)]
    return without_surrogates(node)


def _unwrap(node: Any) -> tuple[Any, str]:
    steps = ""
    while is_wrapper(node):
        if node["type"] == "binary":
            return f"(binary, {binary_size(node['value'])} bytes)", steps + "/value"
        node, steps = node["value"], steps + "/value"
        if len(steps) > MAX_DEPTH * 10:
            raise BrokenExport("wrappers nested absurdly")
    return node, steps


def _members(node: dict[str, Any], path: Path, above: bool | None, plain: Plain) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for raw_name, item in node.items():
        name = without_surrogates(raw_name)
        if name in DROPPED:
            plain.removed += 1
        elif name in HIDDEN:
            plain.removed += 1
            values[name] = MASK
        else:
            values[name] = _visit(item, (*path, name), above, plain)
    return values


def _note_lock(node: dict[str, Any], path: Path, above: bool | None, plain: Plain) -> bool | None:
    """Record the lock of a policy node; returns what its children have above them."""
    own = _flag(node.get("KLPRSS_Mnd"))
    inherited = _flag(_unwrap(node.get("KLPRSS_ValLck"))[0])
    rest = {name: item for name, item in node.items() if name not in _LOCK_MEMBERS}
    if rest:
        inner = plain_tree(rest)
        plain.extras[".".join(map(str, path))] = inner.values
        plain.removed += inner.removed
    if own is None and not inherited and not above:
        return above  # the lock is not stated: no entry, so that nothing is concluded from it
    plain.locks[path] = Lock(
        own=bool(own),
        above=bool(above),
        inherited=bool(inherited),
        policy=_text(node.get("KLPRSS_ValLckPolicy")),
        group=_text(node.get("KLPRSS_ValLckGroup")),
    )
    return bool(above or own or inherited)


def _flag(value: Any) -> bool | None:
    value = _unwrap(value)[0]
    if isinstance(value, bool):
        return value
    return bool(value) if value in (0, 1) and isinstance(value, int) else None


def _text(value: Any) -> str:
    return without_surrogates(value) if isinstance(value, str) else ""


def pointer(base: str, detours: Mapping[Path, str], path: Path) -> str:
    """The JSON pointer of a path, with the wrapper steps put back in."""
    text = base + detours.get((), "")
    for length, step in enumerate(path, start=1):
        text = below(text, step) + detours.get(path[:length], "")
    return text


def _locate(base: str, detours: Mapping[Path, str], places: Mapping[str, str], path: Path) -> str:
    if path and path[0] in places:
        text = places[str(path[0])] + detours.get(path[:1], "")
        for length, step in enumerate(path[1:], start=2):
            text = below(text, step) + detours.get(path[:length], "")
        return text
    return pointer(base, detours, path)


def settings_of(
    area: str, raw: Any, place: str, *, complete: bool = True, places: Mapping[str, str] | None = None
) -> Settings:
    """One area from a typed tree: unwrapped, redacted, with locks where the tree states any.

    `place` is the JSON pointer of `raw` in its file; `places` gives those of members that stand elsewhere. A tree
    that is no object is kept under the name `Value`.
    """
    plain = plain_tree(raw)
    values, detours, locks = plain.values, plain.detours, plain.locks
    if not isinstance(values, dict):
        places = {"Value": pointer(place, detours, ())}
        detours = {("Value", *path): steps for path, steps in detours.items() if path}
        locks = {("Value", *path): lock for path, lock in locks.items()}
        values = {"Value": values}
    if plain.extras:
        values[NODE_EXTRAS] = plain.extras
    values, _ = redact_tree(values)
    locate = partial(_locate, place, detours, places or {})
    return Settings(area, values, complete=complete, locks=locks or None, locate=locate)
