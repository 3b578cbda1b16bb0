"""Which directories the integrity monitoring watches.

Masks in a path: `*` stands for any characters but `/`, `**` for any characters, `?` for one (vendor topic 197655).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

from auditor.model.outcomes import Reason
from auditor.model.verdicts import Judgement
from auditor.sdk.context import Context
from auditor.sdk.looks import Question, asks
from auditor_checks.kesl.words import field, switch

_AREA = "task.System_Integrity_Monitoring"
_SCOPE, _EXCLUDED = f"{_AREA}.ScanScope", f"{_AREA}.ExcludedFromScanScope"
_EVERY_NAME = re.compile(r"\?*\*[*?]*")
_ODD = re.compile(r"[*?\[\]{}\\]|(?:^|/)\.\.(?:/|$)")
_SLASHES = re.compile(r"/(?:\.?/)*")
_MASKS = re.compile(r"(\*\*+|\*|\?)")
_PROBE = "any_name"  # whatever lies in a directory: only a mask for all of it matches this


def _questions(params: Mapping[str, Any]) -> Mapping[str, Sequence[Question]]:
    def reached(path: str) -> tuple[bool | None, ...]:
        return tuple([_reaches(path, directory) for directory in params["directories"]])

    found: dict[str, list[Question]] = {}
    for name in (_SCOPE, _EXCLUDED):
        found |= {name: [], f"{name}[].AreaDesc": [], f"{name}[].UseScanArea": [switch], f"{name}[].Path": [reached]}
        found[f"{name}[].AreaMask[]"] = [_is_every_name]
    return found


@asks(_questions)
def directories_watched(ctx: Context) -> Judgement:
    """Pass when every directory lies wholly inside the scope and no exclusion in force takes it out again."""
    scope, excluded = ctx.view.find(_SCOPE), ctx.view.find(_EXCLUDED)
    if scope.reason is not None:
        return ctx.unknown(scope.reason, [ctx.see(_SCOPE)], area=_AREA)
    none_listed = excluded.reason is Reason.KEY_ABSENT
    if excluded.reason is not None and not none_listed:
        return ctx.unknown(excluded.reason, [ctx.see(_SCOPE), ctx.see(_EXCLUDED)], area=_AREA)
    unclear: list[str] = []
    for directory in ctx.params["directories"]:
        inside = _covered(scope.value, directory)
        outside = False if none_listed else _covered(excluded.value, directory)
        if inside is False or outside is True:
            setting = _SCOPE if inside is False else _EXCLUDED
            return ctx.failed("fail", [ctx.see(setting, f"{directory} watched", met=False)], directory=directory)
        unclear += [_SCOPE] if inside is None else []
        unclear += [_EXCLUDED] if outside is None else []
    if unclear:
        evidence = [ctx.see(setting, "all directories watched") for setting in dict.fromkeys(unclear)]
        return ctx.unknown("not_understood", evidence)
    return ctx.passed([ctx.see(_SCOPE, "all directories watched", met=True)])


def _covered(entries: Any, directory: str) -> bool | None:
    """True when an entry in force covers the directory with all files; None when that cannot be said."""
    if not isinstance(entries, list):
        return None
    truths = [_covers(entry, directory) for entry in entries]
    return True if True in truths else None if None in truths else False


def _covers(entry: Any, directory: str) -> bool | None:
    path, on, masks = field(entry, "Path"), switch(field(entry, "UseScanArea")), field(entry, "AreaMask")
    if on is False:
        return False
    reaches = _reaches(path, directory) if isinstance(path, str) else None
    if reaches is not True:
        return reaches
    if not isinstance(masks, list):
        return None
    return on if any(_is_every_name(str(mask)) for mask in masks) else False


def _is_every_name(mask: str) -> bool:
    return _EVERY_NAME.fullmatch(mask) is not None


def _reaches(path: str, directory: str) -> bool | None:
    """Whether a path takes in the directory, or all that lies in it; None for signs that no documentation explains."""
    if not path.startswith("/") and not _ODD.search(path):
        return False  # nothing, or a word such as AllRemoteMounted
    if not path.startswith("/") or _ODD.search(path.replace("*", "").replace("?", "")):
        return None
    plain = _SLASHES.sub("/", f"{path}/").rstrip("/")
    if "*" not in plain and "?" not in plain:
        return plain in _above(directory)
    parts = [part for part in _MASKS.split(plain) if part]
    return any(_fits(parts, place) for place in _above(directory))


def _fits(parts: Sequence[str], place: str) -> bool:
    """Whether a path, cut into masks and what stands between them, matches a place.

    No regular expression: paths come from outside, and one of many masks could take for ever.
    """
    ends = {0}  # where in the place the parts so far may end
    for part in parts:
        if part.startswith("**"):
            ends = set(range(min(ends), len(place) + 1))
        elif part == "*":
            ends = {to for end in ends for to in range(end, _name_end(place, end) + 1)}
        elif part == "?":
            ends = {end + 1 for end in ends if end < _name_end(place, end)}
        else:
            ends = {end + len(part) for end in ends if place.startswith(part, end)}
        if not ends:
            return False
    return len(place) in ends


def _name_end(place: str, start: int) -> int:
    slash = place.find("/", start)
    return len(place) if slash < 0 else slash


@cache
def _above(directory: str) -> Sequence[str]:
    """The directory and those that it lies in, and something that lies in it."""
    steps = directory.rstrip("/").split("/")
    return *accumulate(steps, "{}/{}".format), f"{directory.rstrip('/')}/{_PROBE}"
