"""Administration groups, flat or nested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.errors import BrokenExport
from auditor.intake.ksc import extras
from auditor.intake.ksc.call import Call, key_of, text_of
from auditor.intake.ksc.typed import MAX_DEPTH, opened, params_of
from auditor.sdk.reading import Item


def rows(call: Call) -> Iterator[Item]:
    """Groups as rows; a row may hold the groups below it under `groups`, and those theirs."""
    parent = call.asked("nGroupId") if call.method.endswith("GetSubgroups") else ""
    for place, raw, _ in call.rows():
        yield from _group(call, raw, place, parent, 0)
    yield from extras.remainder(call)


def data(call: Call) -> Iterator[Item]:
    """GetGroupInfo, GetGroupInfoEx: attributes of one group."""
    name, raw = call.main()
    row = params_of(raw)
    ident = key_of(row, "id") or call.asked("nGroupId") if isinstance(row, dict) else ""
    if not ident:
        yield from extras.answer(call)
        return
    subject = call.ref("ksc.group", f"group/{ident}", text_of(row, "name"))
    yield call.part(subject, "group", raw, call.place(name), complete=call.complete)
    yield from extras.remainder(call, name)


def _group(call: Call, raw: Any, place: str, parent: str, depth: int) -> Iterator[Item]:
    if depth > MAX_DEPTH:
        raise BrokenExport(f"groups nested deeper than {MAX_DEPTH} levels", where=place[:200])
    row, inner = opened(raw, place)
    ident = key_of(row, "id")
    if not ident:
        call.set_aside(raw)
        return
    below = row.get("groups")
    own = {name: value for name, value in row.items() if name != "groups" or not isinstance(below, list)}
    subject = call.ref("ksc.group", f"group/{ident}", text_of(row, "name"))
    yield call.part(subject, "group", own, inner)
    if parent and "parentId" not in row:
        yield call.part(subject, "path", {"ParentId": parent}, inner)
    for index, item in enumerate(below if isinstance(below, list) else ()):
        if isinstance(params_of(item), dict):
            yield from _group(call, item, f"{inner}/groups/{index}", ident, depth + 1)
        else:
            call.feed.odd += item is not None
