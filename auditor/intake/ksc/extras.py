"""Answers and members that have no home of their own: kept under `extra.<Method>`, large lists counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.intake.ksc.call import KEPT_ROWS, Call
from auditor.intake.ksc.methods import PAGED
from auditor.model.snapshot import Part, SubjectRef
from auditor.sdk.reading import Item, Note
from auditor.sdk.values import plain

PAGE_ROWS = 200


def rows(call: Call) -> Iterator[Item]:
    """Rows of any other kind."""
    for _, row, _ in call.rows():
        call.set_aside(row)
    yield from remainder(call)


def answer(call: Call) -> Iterator[Item]:
    """An answer of any other kind, to the last member."""
    call.feed.drain()
    yield from remainder(call)


def remainder(call: Call, *used: str) -> Iterator[Item]:
    """What a handler left: rows without a home, and members of the answer other than those `used`."""
    left = {name: value for name, value in call.answer.items() if name not in used and not _counts(call, name, value)}
    limit = PAGE_ROWS if call.method in PAGED else KEPT_ROWS
    kept = call.stray[:limit]
    if kept:
        left["Rows"] = kept
    if left:
        places = {"Rows": call.rows_at} if kept and call.strays == call.feed.count else None
        whole = call.complete and call.strays == len(kept)
        yield call.part(call.server_ref(), f"extra.{call.label()}", left, call.base, complete=whole, places=places)
    if call.strays > len(kept):
        yield Note(f"{call.strays - len(kept)} rows of {call.label()} counted, not kept (first {len(kept)} are)")
    yield from row_notes(call)


def row_notes(call: Call) -> Iterator[Note]:
    """Remarks about the number of rows."""
    if call.feed.odd:
        yield Note(f"{call.feed.odd} rows hold no object and were left out")
    stated = plain(call.answer.get("PxgRetVal"))
    if isinstance(stated, int) and _counts(call, "PxgRetVal", stated) and call.complete and stated != call.feed.count:
        yield Note(f"the answer says {stated} rows and holds {call.feed.count}")


def _counts(call: Call, name: str, value: Any) -> bool:
    """Members that only describe the page, or held nothing but the rows."""
    if not call.feed.count:
        return False
    if value == {} and call.rows_at.startswith(f"{call.place(name)}/"):
        return True
    value = plain(value)
    return (name == "PxgRetVal" and type(value) is int) or (name == "bEOF" and type(value) is bool)


def list_part(call: Call, subject: SubjectRef, area: str, name: str) -> Iterator[Item]:
    """All rows as one list setting, beside the other members of the answer. An empty list is an answer, too.

    An answer that holds no list says nothing of one.
    """
    kept: list[Any] = []
    for _, batch in call.feed.batches():
        kept += batch[: max(0, call.room() - len(kept))]
    values: dict[str, Any] = {name: kept} if call.feed.count else {}
    places = {name: call.rows_at}
    for member, value in call.answer.items():
        if call.feed.count == 0 and isinstance(value, list):
            values[name], places[name] = value, call.place(member)
        elif call.feed.count == 0 and value == {}:
            values[name], places[name] = [], call.place(member)
        elif not _counts(call, member, value):
            values[member] = value
    if not call.answer and not call.feed.count:
        yield Note(f"{call.label()}: the answer is empty")
        return
    whole = call.complete and len(kept) == call.feed.count
    part: Part = call.part(subject, area, values, call.base, complete=whole, places=places)
    yield part
    if len(kept) < call.feed.count:
        yield Note(f"{call.feed.count - len(kept)} rows of {call.label()} counted, not kept (first {len(kept)} are)")
    yield from row_notes(call)
