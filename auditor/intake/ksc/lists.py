"""What an answer tells about the list it belongs to: its handle, its place in it, how long it is, what is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from auditor.intake.ksc.call import PRODUCT, Call
from auditor.intake.ksc.methods import PAGED, kind_of_call, kind_of_row, method_in_name
from auditor.intake.ksc.typed import params_of
from auditor.model.snapshot import Page, Rows
from auditor.sdk.operators import text_of
from auditor.sdk.values import plain

_HANDLES = ("strAccessor", "wstrIteratorId", "wstrIterator", "szwIterator", "strIteratorId", "strTaskIteratorId")
NEXT_TASK = "Tasks.GetNextTask"
_TASK_FILTERS = ("strProductName", "strVersion", "strComponentName", "strInstanceId", "strTaskName")
_DIGITS = 19
_WHOLE = re.compile(r"\(?\s*KLHST_WKS_(?:HOSTNAME|DN)\s*=\s*[\"']?\*[\"']?\s*\)?")

KIND_OF_ROW = {
    "host": "ksc.host",
    "policy": "ksc.policy",
    "group": "ksc.group",
    "task": "ksc.task",
    "licence": "ksc.licence",
    "user": "ksc.user",
    "point": "ksc.distribution_point",
}


def page_of(call: Call) -> Page:
    """The page that the rows of this answer are, as the request tells."""
    start = call.asked("nStart")
    return Page(call.asked(*_HANDLES), int(start) if start.isdecimal() else None)


def filter_of(call: Call) -> str:
    """What a search was restricted to, in the server's words; "" for a search for everything."""
    asked = call.asked("wstrFilter").strip()
    return "" if not asked or _WHOLE.fullmatch(asked) else asked[:80]


def statement(call: Call, kind: str, handle: str, number: str, selection: str = "") -> Iterator[Rows]:
    """How long a list is, from the call that began it."""
    ident, stated = plain(call.answer.get(handle)), number_in(call.answer.get(number))
    if isinstance(ident, str) and stated is not None:
        yield _told(call, kind, Page(ident, stated=stated, selection=selection))


def task_list(call: Call) -> Iterator[Rows]:
    """What a list of tasks is restricted to, from the call that began it."""
    ident = plain(call.answer.get("strTaskIteratorId"))
    asked = [f"{name}={call.asked(name)}" for name in _TASK_FILTERS if call.asked(name)]
    if text_of(plain(call.request.get("bGroupIdSignificant"))) in ("true", "1"):
        asked.append(f"nGroupId={call.asked('nGroupId')}")
    if isinstance(ident, str) and asked:
        yield _told(call, "ksc.task", Page(ident, selection=", ".join(asked)[:80]))


def alone(call: Call, kind: str) -> Rows:
    """Says that the answer holds things of a kind without being a list of all of them."""
    return Rows(kind, PRODUCT, (), call.file, call.rows_at, 0, call.server, listing=False)


def whole(call: Call, kind: str) -> Rows:
    """Says that the answer holds all that was asked for, where a call answers its list at once."""
    return _told(call, kind, Page(last=True, count=call.feed.count))


def close(call: Call) -> Iterator[Rows]:
    """Once an answer is read: whether the list ends with it, and what of it is missing."""
    kind = _listed(call)
    if not kind:
        return
    page = page_of(call)
    empty = not page.ident and call.feed.first is None  # whose last page it is, nobody knows
    if (end := _ends(call)) is not None and (call.method == NEXT_TASK or not empty):
        is_task = call.method == NEXT_TASK and not end
        yield _told(call, kind, Page(page.ident, last=end, count=int(is_task)))
    if kind != "ksc.host" and call.feed.count and (page.ident or call.method in PAGED):
        yield _told(call, kind, replace(page, count=call.feed.count))
    for words, short in _losses(call):
        yield _told(call, kind, Page(page.ident, lost=f"{call.file} {words}", short=short))


def lost(call: Call, words: str) -> Iterator[Rows]:
    """An answer that could not be read, where it would have held a list or a part of one.

    A file whose call nobody knows might hold devices.
    """
    kind = _listed(call) or ("" if call.method else "ksc.host")
    if kind:
        yield _told(call, kind, Page(page_of(call).ident, lost=f"{call.file} {words}"))


def missed(path: str, *, recognised: bool) -> tuple[str, str] | None:
    """Kind and server ("" not told) of the list that a file would hold a page of, by its name.

    `recognised`: the content is an answer; one whose call nobody knows might hold devices.
    """
    folder, _, name = path.replace("!", "/").rpartition("/")
    method = method_in_name(name)
    kind = kind_of_call(method) or ("ksc.host" if recognised and not method else "")
    return (kind, folder.rpartition("/")[2]) if kind else None


def number_in(raw: Any) -> int | None:
    """A number of records, also one that was saved as text; None for anything else."""
    value = plain(raw)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < _DIGITS:
        return int(value)
    return value if type(value) is int and value >= 0 else None


def _ends(call: Call) -> bool | None:
    """Whether the list ends with this page; None where nothing tells.

    A page of as many rows as were asked for is followed by another one, if only by an empty one; so is every task.
    """
    if call.method == NEXT_TASK:
        return None if call.feed.fault is not None else not params_of(call.main()[1])
    if call.method not in PAGED:
        return None
    if type(end := plain(call.answer.get("bEOF"))) is bool:
        return end
    asked = number_in(call.asked("nCount"))
    if call.method != "ChunkAccessor.GetItemsChunk" or not asked or call.feed.fault is not None:
        return None
    return call.feed.count < asked


def _losses(call: Call) -> Iterator[tuple[str, int | None]]:
    """What is missing of the rows: in words, and how many."""
    stated = number_in(call.answer.get("PxgRetVal")) if call.method == "ChunkAccessor.GetItemsChunk" else None
    short = max(0, stated - call.feed.count) if stated is not None else 0
    if call.feed.fault is not None:
        yield "breaks off", short if stated is not None else None
        return
    if call.feed.odd:
        yield f"holds {call.feed.odd} rows that are no objects", call.feed.odd
    if call.strays:
        yield f"holds {call.strays} rows that do not say which they are", call.strays
    if short:
        yield f"holds {call.feed.count} of {stated} rows", short


def _listed(call: Call) -> str:
    row = call.feed.first
    kind = KIND_OF_ROW.get(kind_of_row(row), "") if row is not None else ""
    return kind or ("" if row is not None else kind_of_call(call.method))


def _told(call: Call, kind: str, page: Page) -> Rows:
    return Rows(kind, PRODUCT, (), call.file, call.rows_at, 0, call.server, page=page)
