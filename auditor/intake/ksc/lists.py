"""What an answer tells about the list it belongs to: its handle, its place in it, how long it is, what is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from auditor.intake.ksc.call import PRODUCT, Call
from auditor.intake.ksc.methods import PAGED, kind_of_call, kind_of_row, method_in_name
from auditor.model.snapshot import Page, Rows
from auditor.sdk.values import plain

_HANDLES = ("strAccessor", "wstrIteratorId", "wstrIterator", "szwIterator", "strIteratorId")
_WHOLE = re.compile(r"\(?\s*[A-Za-z0-9_]+\s*=\s*[\"']?\*[\"']?\s*\)?")

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
    ident, stated = plain(call.answer.get(handle)), plain(call.answer.get(number))
    if isinstance(ident, str) and type(stated) is int and stated >= 0:
        yield _told(call, kind, Page(ident, stated=stated, selection=selection))


def close(call: Call) -> Iterator[Rows]:
    """Once an answer is read: whether the list ends with it, and what of it is missing."""
    kind = _listed(call)
    if not kind:
        return
    page = page_of(call)
    if call.method in PAGED and type(end := plain(call.answer.get("bEOF"))) is bool:
        yield _told(call, kind, Page(page.ident, last=end))
    if kind != "ksc.host" and page.ident and call.feed.count:
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


def _losses(call: Call) -> Iterator[tuple[str, int | None]]:
    """What is missing of the rows: in words, and how many."""
    stated = plain(call.answer.get("PxgRetVal"))
    known = call.method == "ChunkAccessor.GetItemsChunk" and type(stated) is int
    short = max(0, stated - call.feed.count) if known else 0
    if call.feed.fault is not None:
        yield "breaks off", short if known else None
        return
    if call.feed.odd:
        yield f"holds {call.feed.odd} rows that are no objects", call.feed.odd
    if short:
        yield f"holds {call.feed.count} of {stated} rows", short


def _listed(call: Call) -> str:
    row = call.feed.first
    kind = KIND_OF_ROW.get(kind_of_row(row), "") if row is not None else ""
    return kind or ("" if row is not None else kind_of_call(call.method))


def _told(call: Call, kind: str, page: Page) -> Rows:
    return Rows(kind, PRODUCT, (), call.file, call.rows_at, 0, call.server, page=page)
