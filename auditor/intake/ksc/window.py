"""A pull parser for JSON files of any size: a window slides over the text, whole values are decoded inside it.

The standard library's scanner decodes one value at a time; runs of array items go through orjson, which is faster. A
run ends where the text between two items stands; should that place lie inside an item, orjson refuses the run and the
scanner takes over. Both give the same values, but for integers of more than 64 bits, which KSC does not have.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

import orjson

from auditor.errors import BrokenExport, ExportError

READ = 1 << 22
"""Bytes asked of the stream at a time: the size of the window."""

VALUE_LIMIT = 1 << 24
"""Characters of the largest single value (a row, a member): 16 Mi."""

_RUN = 1 << 16  # small batches stay in the processor's cache and die young: measured, twice as fast as large ones
_SPACE = re.compile(r"[ \t\r\n]*")
_NULLS = re.compile(r"(?:[ \t\r\n,]++|null)*+")
_ITEM_HEAD = re.compile(r'\{\s*(?:"type"\s*:\s*"params"\s*,\s*"value"\s*:\s*\{\s*)?"')
_NUMBER_TAIL = 8  # a number this near to the window's end may go on behind it
_ERROR_TAIL = 32  # an error this near to the window's end may be the end itself
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def encoding_of(head: bytes) -> tuple[str, int]:
    """The encoding of JSON text and the length of its byte order mark."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    if head[1:2] == b"\0" and head[:1] != b"\0":
        return "utf-16-le", 0
    if head[:1] == b"\0" and head[1:2] not in (b"", b"\0"):
        return "utf-16-be", 0
    return "utf-8", 0


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def without_surrogates(value: Any) -> Any:
    """Lone surrogates, which no encoder accepts, replaced by U+FFFD."""
    if type(value) is str:
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if type(value) is list:
        return [without_surrogates(item) for item in value]
    if type(value) is dict:
        return {without_surrogates(name): without_surrogates(item) for name, item in value.items()}
    return value


class JsonWindow:
    """Reads one JSON document from a byte stream, in order, never going back.

    Every method raises BrokenExport with the byte offset where the text stops being JSON.
    """

    def __init__(self, stream: BinaryIO, head: bytes) -> None:
        self.encoding, skip = encoding_of(head)
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        self._raw_decode = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite).raw_decode
        self._text = ""
        self._pos = 0
        self._base = skip  # bytes before the window
        self._gone = 0  # characters before the window
        self._ended = False
        self._fault: ExportError | None = None
        self._separator = ""
        self._pause = 0  # items that the scanner still has to take before the next run is tried
        self._misses = 0
        stream.read(skip)

    def offset(self) -> int:
        """The byte at which the next character stands."""
        return self._base + self._bytes(self._text[: self._pos])

    def passed(self) -> int:
        """Characters consumed so far; unlike `offset` this costs nothing."""
        return self._gone + self._pos

    def peek(self) -> str:
        """The next character that is not white space; "" at the end. Does not consume it."""
        while True:
            self._pos = _SPACE.match(self._text, self._pos).end()  # type: ignore[union-attr]  # matches always
            if self._pos < len(self._text):
                return self._text[self._pos]
            if not self._fill():
                return ""

    def take(self, wanted: str) -> str:
        """Consume one character out of `wanted` after white space."""
        found = self.peek()
        if found == "" or found not in wanted:
            self._broken(f"expected {' or '.join(wanted)}, found {found!r}" if found else "the file ends too early")
        self._pos += 1
        return found

    def value(self) -> Any:
        """The whole next value."""
        self.peek()
        while True:
            try:
                value, end = self._raw_decode(self._text, self._pos)
            except RecursionError:
                self._broken("nested too deeply")
            except ValueError as error:
                self._more(error)
                continue
            if not self._ended and end + _NUMBER_TAIL > len(self._text) and type(value) in (int, float):
                self._fill()
                continue
            escaped = "\\u" in self._text[self._pos : end]
            self._pos = end
            return self._clean(value) if escaped else value

    def members(self) -> Iterator[str]:
        """The names of the object that starts here; the caller consumes the value before asking for the next."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            if self.peek() != '"':
                self._broken("expected the name of a member")
            name = self.value()
            self.take(":")
            yield name
            if self.take(",}") == "}":
                return

    def batches(self, size: int = 100) -> Iterator[tuple[int, list[Any]]]:
        """The items of the array that starts here, a batch at a time, each with the position of its first item.

        What was decoded before a fault is handed out before the fault is raised.
        """
        self.take("[")
        first = 0
        if self.peek() == "]":
            self.take("]")
            return
        more = True
        while more:
            batch: list[Any] = []
            fault: ExportError | None = None
            try:
                more = self._collect(batch, size)
            except ExportError as error:
                fault = error
            if batch:
                yield first, batch
                first += len(batch)
            if fault is not None:
                raise fault

    def starts_array_of_objects(self) -> bool:
        """True when the next value is an array whose first item, but for nulls, is an object."""
        if self.peek() != "[":
            return False
        after = self._pos + 1
        while True:
            after = _NULLS.match(self._text, after).end()  # type: ignore[union-attr]  # matches always
            if not "null".startswith(self._text[after : after + 4]) or len(self._text) - self._pos >= VALUE_LIMIT:
                break
            start = self._pos
            if not self._fill():
                break
            after += self._pos - start
        return self._text[after : after + 1] == "{"

    def finish(self) -> None:
        """Nothing but white space may follow."""
        if self.peek() != "":
            self._broken("text after the end of the document")
        if self._fault is not None:
            raise self._fault

    def _collect(self, batch: list[Any], size: int) -> bool:
        """Add items to `batch`; False when the array has ended."""
        begin = self.passed()
        while len(batch) < size and self.passed() - begin < _RUN:
            run = self._run() if not batch else None
            if run:
                batch += run
                size = 0
            else:
                start = self._pos
                batch.append(self.value())
                self._learn(start)
            if self.take(",]") == "]":
                return False
            if self.peek() == "]":
                self._broken("a comma before the end of an array")
        return True

    def _learn(self, start: int) -> None:
        """Remember what stands between two items, up to the first name inside the second."""
        if self._separator or self._text[self._pos - 1 : self._pos] != "}" or start >= self._pos:
            return
        comma = _SPACE.match(self._text, self._pos).end()  # type: ignore[union-attr]  # matches always
        if self._text[comma : comma + 1] != ",":
            return
        item = _SPACE.match(self._text, comma + 1).end()  # type: ignore[union-attr]  # matches always
        head = _ITEM_HEAD.match(self._text, item)
        if head is not None:
            self._separator = self._text[self._pos - 1 : head.end()]

    def _run(self) -> list[Any] | None:
        """Many items at once, or None when the shortcut does not apply here."""
        if not self._separator:
            return None
        if self._pause:
            self._pause -= 1
            return None
        end = self._text.rfind(self._separator, self._pos, self._pos + _RUN)
        if end < 0 and len(self._text) - self._pos < _RUN and self._fill():
            # the window ends inside this item: reading on is cheaper than a scanner that fails
            end = self._text.rfind(self._separator, self._pos, self._pos + _RUN)
        if end < 0:
            return None
        try:
            items = orjson.loads(f"[{self._text[self._pos : end + 1]}]")
        except orjson.JSONDecodeError:
            self._misses += 1
            self._pause = 64 << min(self._misses, 10)
            return None
        self._pos = end + 1
        return items  # type: ignore[no-any-return]  # an array by construction

    def _clean(self, value: Any) -> Any:
        try:
            return without_surrogates(value)
        except RecursionError:
            self._broken("nested too deeply")

    def _more(self, error: ValueError) -> None:
        """Read on when the value may merely be cut off by the window; else raise."""
        at = error.pos if isinstance(error, json.JSONDecodeError) else self._pos
        cut = at + _ERROR_TAIL >= len(self._text) or "Unterminated string" in str(error)
        if cut and len(self._text) - self._pos > VALUE_LIMIT:
            self._broken(f"a single value is larger than {VALUE_LIMIT >> 20} MiB")
        start = self._pos
        if cut and self._fill():
            return
        at -= start - self._pos  # filling slides the window, also at the end
        if self._fault is not None:
            raise self._fault
        if self._ended and ("Unterminated string" in str(error) or not self._text[at + 1 :].strip()):
            self._broken("the file ends too early", at)
        self._broken(error.msg if isinstance(error, json.JSONDecodeError) else str(error), at)

    def _fill(self) -> bool:
        """Slide the window: forget what was consumed, read on. False at the end."""
        if self._ended:
            return False
        self._base = self.offset()
        self._gone += self._pos
        raw = self._stream.read(READ)
        try:
            text = self._decoder.decode(raw, not raw)
        except UnicodeDecodeError as error:
            good = error.object[: error.start]
            text = good.decode(self.encoding)
            rest = self._text[self._pos :]
            at = self._base + self._bytes(rest) + len(good)
            self._fault = BrokenExport(f"not {self.encoding.upper()} text", where=f"byte {at}")
            self._ended = True
        self._ended = self._ended or not raw
        self._text = self._text[self._pos :] + text
        self._pos = 0
        return bool(text) or not self._ended

    def _bytes(self, text: str) -> int:
        if self.encoding == "utf-8" and text.isascii():
            return len(text)
        return len(text.encode(self.encoding, "surrogatepass"))

    def _broken(self, message: str, position: int | None = None) -> NoReturn:
        if self._fault is not None:
            raise self._fault
        if position is not None:
            self._pos = max(self._pos, min(position, len(self._text)))
        raise BrokenExport(
            message,
            where=f"byte {self.offset()}",
            hint="export or copy the file again; what stands before this place was read",
        )
