"""Licences, internal users and distribution points: one subject a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from auditor.intake.ksc import extras, lists
from auditor.intake.ksc.call import Call, key_of, text_of
from auditor.intake.ksc.typed import params_of
from auditor.intake.redaction import mask_tail, redact_text
from auditor.model.snapshot import SubjectRef
from auditor.sdk.reading import Item

_Ref = Callable[[Call, Mapping[str, Any]], "SubjectRef | None"]


def _licence(call: Call, row: Mapping[str, Any]) -> SubjectRef | None:
    serial = key_of(row, "KLLIC_SERIAL")
    if not serial:
        return None
    return call.ref("ksc.licence", f"licence/{mask_tail(serial)}", text_of(row, "KLLIC_PROD_NAME"))


def _user(call: Call, row: Mapping[str, Any]) -> SubjectRef | None:
    ident = key_of(row, "KLSPL_USER_ID")
    name = redact_text(text_of(row, "KLSPL_USER_NAME"))
    return call.ref("ksc.user", f"user/{ident}", name) if ident else None


def _point(call: Call, row: Mapping[str, Any]) -> SubjectRef | None:
    ident = key_of(row, "UaHostId") or call.asked("wstrUaHostId")
    return (
        call.ref("ksc.distribution_point", f"distribution_point/{ident}", text_of(row, "UaHostDisplayName"))
        if ident
        else None
    )


def _rows(call: Call, area: str, ref: _Ref) -> Iterator[Item]:
    for place, raw, row in call.rows():
        subject = ref(call, row)
        if subject is None:
            call.set_aside(raw)
        else:
            yield call.part(subject, area, raw, place)


def _one(call: Call, area: str, ref: _Ref) -> Iterator[Item]:
    name, raw = call.main()
    row = params_of(raw)
    subject = ref(call, row) if isinstance(row, dict) else None
    if subject is None:
        yield from extras.answer(call)
        return
    yield call.part(subject, area, raw, call.place(name), complete=call.complete)
    yield from extras.remainder(call, name)


def licences(call: Call) -> Iterator[Item]:
    """Keys of the repository; the serial shows its last four characters only."""
    yield from _rows(call, "licence", _licence)
    yield from extras.remainder(call)


def keys(call: Call) -> Iterator[Item]:
    """EnumKeys: how many keys the list has whose pages other answers hold."""
    call.feed.drain()
    yield from lists.statement(call, "ksc.licence", "wstrIterator", "lKeyCount")
    yield from extras.remainder(call)


def licence(call: Call) -> Iterator[Item]:
    """One key."""
    yield lists.alone(call, "ksc.licence")
    yield from _one(call, "licence", _licence)


def users(call: Call) -> Iterator[Item]:
    """Internal users."""
    yield from _rows(call, "user", _user)
    yield from extras.remainder(call)


def user(call: Call) -> Iterator[Item]:
    """One internal user."""
    yield from _one(call, "user", _user)


def points(call: Call) -> Iterator[Item]:
    """GetUpdateAgentsList: also an empty list says something about the server."""
    yield from _rows(call, "point", _point)
    found = [name for name, value in call.answer.items() if value == []]
    if call.complete and call.feed.count:
        yield lists.whole(call, "ksc.distribution_point")
    if call.complete and (call.feed.count or found):
        values = {"Points": call.feed.count}
        place = call.rows_at or call.place(found[0])
        yield call.part(call.server_ref(), "distribution", values, call.base, places={"Points": place})
    yield from extras.remainder(call, *found)


def point(call: Call) -> Iterator[Item]:
    """GetUpdateAgentInfo."""
    yield lists.alone(call, "ksc.distribution_point")
    yield from _one(call, "point", _point)
