"""The two envelopes of an answer: our bundle around it, or the vendor's response alone.

The document is walked once from front to back. Rows are handed out as they pass; everything else is small and kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, BinaryIO

from auditor.errors import ExportError, LimitExceeded
from auditor.intake.ksc.methods import kind_of_call, method_in_name
from auditor.intake.ksc.window import JsonWindow
from auditor.model.pointers import below
from auditor.sdk.reading import Source

BUNDLE = "ksc.openapi-bundle"
RESPONSE = "ksc.openapi-response"
BUNDLE_WORD = "ksc-openapi-call/"
BUNDLE_VERSION = "ksc-openapi-call/1"

HEADER = frozenset(
    {"format", "collected_at", "server", "virtual_server", "method", "request"},
)
_ANSWER = frozenset(
    {
        "PxgRetVal", "PxgError", "pChunk", "pRecords", "pData", "pTaskData", "pParamsEvents", "pSettings", "pUasArr",
        "pUaInfo", "pParHostStatus", "pAclParams", "pXmlData", "pValues", "pUsers", "pKeyData", "strAccessor",
        "wstrIterator", "wstrIteratorId", "lKeyCount", "strTaskIteratorId", "strHostIteratorId",
    }
)  # fmt: skip
# where rows stand one level below the answer
_ROW_HOLDERS = frozenset({"pChunk", "pRecords", "pData", "pParamsEvents"})
_ROW_ARRAYS = frozenset({"KLCSP_ITERATOR_ARRAY", "GNRL_EA_PARAM_1", "KLEVP_EVENT_RANGE_ARRAY", "statuses"})
_ROW_WORDS = re.compile(
    r'\[\s*\{\s*(?:"type"\s*:\s*"params"\s*,\s*"value"\s*:\s*\{\s*)?'
    r'"(?:KLHST_|KLPOL_|KLLIC_|KLGRP_|TASK_|TASKID_|KLSPL_|KLPKG_|KLVSRV_|RPT_)'
)
_HELD_LIMIT = 1 << 26  # characters
_MEMBER_COST = 128  # of them, for what a member takes beside its text


def recognise(source: Source) -> str:
    """Which envelope the head shows, or "".

    The name decides for an object whose members say nothing, and for a file that is named after a list: whatever became
    of it, a page of that list is missing.
    """
    return _by_content(source) or (RESPONSE if kind_of_call(method_in_name(source.name)) else "")


def _by_content(source: Source) -> str:
    text = source.head_text.lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        return RESPONSE if _ROW_WORDS.match(text) and not console_rows(text) else ""
    if not text.startswith("{"):
        return ""
    try:
        found = _by_members(JsonWindow(BytesIO(text.encode("utf-8", "replace")), b""))
    except ExportError:  # the head is cut off inside a large first member
        found = ""
    return found or (RESPONSE if method_in_name(source.name) else "")


def console_rows(text: str) -> bool:
    """True for the head of a saved console table: policies with a `status`, without the wrappers of the interface."""
    return text.startswith("[") and '"KLPOL_' in text and '"status"' in text and '"params"' not in text


def _by_members(window: JsonWindow) -> str:
    for name in window.members():
        if name in _ANSWER:
            return RESPONSE
        if name == "response" and window.peek() == "{":
            first = next(window.members(), "")
            return BUNDLE if first in _ANSWER else ""
        value = window.value()
        if name == "format":
            return BUNDLE if isinstance(value, str) and value.startswith(BUNDLE_WORD) else ""
    return ""


@dataclass(slots=True)
class Envelope:
    """One document. `stream` fills the other fields as it goes; they are final when it ends.

    `answer` holds the raw members of the response but for the array of rows; `rows_at` is the pointer of that array,
    `base` that of the response. `row_size`: characters of the rows handed out so far.
    """

    source: Source
    opened: BinaryIO | None = None
    header: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    base: str = ""
    rows_at: str | None = None
    row_size: int = 0
    _held: int = 0

    @property
    def bundle(self) -> bool:
        """True for our own envelope."""
        return bool(self.base) or "format" in self.header

    @property
    def headed(self) -> bool:
        """True when the members that name the call have been met."""
        return {"server", "method"} <= self.header.keys()

    def stream(self) -> Iterator[tuple[int, list[Any]]]:
        """The rows, in batches with the position of each batch's first row."""
        with self.opened or self.source.open() as stream:
            window = JsonWindow(stream, self.source.head)
            if window.peek() == "[":
                self.rows_at = ""
                yield from self._rows(window)
            else:
                for name in self._members(window):
                    if name == "response" and window.peek() == "{":
                        self.base = "/response"
                        for inner in self._members(window):
                            yield from self._member(window, inner, self.answer)
                    elif name in HEADER:
                        self.header[name] = window.value()
                    else:
                        yield from self._member(window, name, self.beside)
            window.finish()

    def settle(self) -> None:
        """Once the stream has ended: a response without bundle has its answer at the top."""
        if not self.base:
            self.answer, self.beside = self.beside, {}
            if "format" not in self.header:
                self.answer.update(self.header)
                self.header = {}

    def _member(self, window: JsonWindow, name: str, into: dict[str, Any]) -> Iterator[tuple[int, list[Any]]]:
        base = self.base
        kind = window.peek()
        if kind == "[" and self._are_rows(window):
            self.rows_at = below(base, name)
            yield from self._rows(window)
        elif kind == "{":
            held: dict[str, Any] = {}
            into[name] = held
            for inner in self._members(window):
                if (name in _ROW_HOLDERS or inner in _ROW_ARRAYS) and self._are_rows(window):
                    self.rows_at = below(base, name, inner)
                    yield from self._rows(window)
                else:
                    held[inner] = self._value(window)
        else:
            into[name] = self._value(window)

    def _rows(self, window: JsonWindow) -> Iterator[tuple[int, list[Any]]]:
        start = window.passed()
        for batch in window.batches():
            self.row_size = window.passed() - start
            yield batch

    def _are_rows(self, window: JsonWindow) -> bool:
        return self.rows_at is None and window.starts_array_of_objects()

    def _members(self, window: JsonWindow) -> Iterator[str]:
        """The names of an object's members; each costs a little of what may be held."""
        for name in window.members():
            self._hold(len(name) + _MEMBER_COST, window)
            yield name

    def _value(self, window: JsonWindow) -> Any:
        before = window.passed()
        value = window.value()
        self._hold(window.passed() - before, window)
        return value

    def _hold(self, size: int, window: JsonWindow) -> None:
        self._held += size
        if self._held > _HELD_LIMIT:
            raise LimitExceeded(
                f"an answer without rows holds more than {_HELD_LIMIT >> 20} MiB or too many members",
                where=f"byte {window.offset()}",
                hint="export it in smaller pieces",
            )
