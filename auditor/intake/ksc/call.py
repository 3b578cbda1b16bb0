"""One answered call while it is being read: who was asked what, and the rows as they pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.errors import ExportError
from auditor.intake.ksc.envelope import Envelope
from auditor.intake.ksc.methods import method_in_name, page_in_name
from auditor.intake.ksc.typed import is_wrapper, params_of, settings_of
from auditor.intake.redaction import is_secret_name, redact_text
from auditor.model.pointers import below
from auditor.model.snapshot import Part, SubjectRef
from auditor.sdk.values import plain

PRODUCT = "ksc"
KEPT_ROWS = 1000
"""Rows of one answer that are held when they are not subjects of their own; the rest is counted."""


KEPT_SIZE = 1 << 24
"""Characters of such rows that are held."""


@dataclass(slots=True)
class Feed:
    """The rows of a document. A fault ends them quietly and waits in `fault`, so that what came before is used.

    `first` is the first row that is an object, once `peek` was called.
    """

    envelope: Envelope
    fault: ExportError | None = None
    done: bool = False
    count: int = 0
    odd: int = 0
    first: dict[str, Any] | None = None
    _stream: Iterator[tuple[int, list[Any]]] | None = None
    _pending: tuple[int, list[Any]] | None = None

    def peek(self) -> Any:
        """The first row that is an object, or None when there are no rows."""
        self._pending = self._pending or self._pull()
        rows = self._pending[1] if self._pending else []
        if self.first is None:
            self.first = next((params_of(row) for row in rows if isinstance(params_of(row), dict)), None)
        return self.first

    def batches(self) -> Iterator[tuple[int, list[Any]]]:
        """The rows not yet taken, as they stand, some hundreds at a time."""
        while (batch := self._pending or self._pull()) is not None:
            self._pending = None
            self.count += len(batch[1])
            yield batch

    def rows(self) -> Iterator[tuple[int, Any]]:
        """Position and row, wrapped as it stands; rows that are no objects are counted in `odd`."""
        for first, batch in self.batches():
            for index, row in enumerate(batch, start=first):
                if isinstance(params_of(row), dict):
                    yield index, row
                else:
                    self.odd += 1

    def drain(self) -> None:
        """Read to the end of the document."""
        for _ in self.batches():
            pass

    def _pull(self) -> tuple[int, list[Any]] | None:
        if self.done:
            return None
        if self._stream is None:
            self._stream = self.envelope.stream()
        try:
            return next(self._stream)
        except StopIteration:
            pass
        except ExportError as error:
            self.fault = error
        self.done = True
        self.envelope.settle()
        return None


@dataclass(slots=True)
class Call:
    """What handlers work with. `answer` is complete once the rows have been taken."""

    file: str
    name: str
    server: str
    method: str
    request: Mapping[str, Any]
    feed: Feed
    stray: list[Any] = field(default_factory=list)
    strays: int = 0

    @property
    def answer(self) -> dict[str, Any]:
        """The raw members of the response, without the rows."""
        return self.feed.envelope.answer

    @property
    def base(self) -> str:
        """Pointer of the response."""
        return self.feed.envelope.base

    def place(self, member: str) -> str:
        """Pointer of a member of the answer."""
        return below(self.base, member)

    @property
    def rows_at(self) -> str:
        """Pointer of the array of rows."""
        return self.feed.envelope.rows_at or ""

    @property
    def complete(self) -> bool:
        """False when the document broke off."""
        return self.feed.fault is None

    def asked(self, *names: str) -> str:
        """The first of these request parameters that is present, as text; "" when none is."""
        return key_of(self.request, *names)

    def main(self) -> tuple[str, Any]:
        """Name and raw value of the object that the answer is about; ("", None) when there is none."""
        named = [name for name in self.answer if isinstance(params_of(self.answer[name]), dict)]
        for name in ("PxgRetVal", "pSettings", "pTaskData", "pUaInfo", *named):
            if name in named:
                return name, self.answer[name]
        return "", None

    def ref(self, kind: str, key: str, name: str = "", version: str = "") -> SubjectRef:
        """A subject of this server; `key` is what follows the server's name."""
        key = redact_text(key)
        whole = f"{self.server}/{key}" if key else self.server
        shown = redact_text(name) or key.rpartition("/")[2] or self.server
        return SubjectRef(kind, whole, shown, PRODUCT, version)

    def server_ref(self, version: str = "") -> SubjectRef:
        """The server itself."""
        return self.ref("ksc.server", "", version=version)

    def contents_ref(self, ident: str) -> SubjectRef:
        """Something whose owner only another call tells (see `joining`); without `ident` it belongs to this file."""
        return self.ref("ksc.contents", f"contents/{ident or self.file}")

    def part(  # noqa: PLR0913  # the places of a part are as many
        self,
        subject: SubjectRef,
        area: str,
        raw: Any,
        place: str,
        *,
        complete: bool = True,
        places: Mapping[str, str] | None = None,
    ) -> Part:
        """Settings of a subject from a raw tree at a pointer."""
        return Part(subject, settings_of(redact_text(area), raw, place, complete=complete, places=places), self.file)

    def rows(self) -> Iterator[tuple[str, Any, dict[str, Any]]]:
        """Pointer, raw row and the row's own object."""
        for index, row in self.feed.rows():
            yield f"{self.rows_at}/{index}", row, params_of(row)

    def set_aside(self, row: Any) -> None:
        """Keep a row that has no home; beyond a limit it is only counted."""
        self.strays += 1
        if len(self.stray) < self.room():
            self.stray.append(row)

    def room(self) -> int:
        """How many rows may be held: none of what stands behind the first 16 Mi characters of rows."""
        return KEPT_ROWS if self.feed.envelope.row_size <= KEPT_SIZE else 0

    def label(self) -> str:
        """The call with what was asked, so that answers to different questions stay apart."""
        method = self.method or method_in_name(self.name) or self.name.rpartition(".")[0] or self.name
        asked = [f"{name}={_word(value)}" for name, value in self.request.items() if _tells(name, value)]
        page = page_in_name(self.name)
        if asked:
            return f"{method}({redact_text(','.join(asked))[:160]})"
        return f"{method}#{page}" if page else method


def _tells(name: str, value: Any) -> bool:
    return isinstance(plain(value), str | int) and plain(value) != "" and not is_secret_name(name)


def _word(value: Any) -> str:
    return str(plain(value))[:80]


def key_of(row: Mapping[str, Any], *names: str) -> str:
    """The first of these attributes that identifies the row, as text; "" when none does."""
    for name in names:
        value = plain(row.get(name))
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A text attribute, "" when it is absent or no text."""
    value = row.get(name)
    return value if isinstance(value, str) else ""


def is_object(value: Any) -> bool:
    """True for a params object, wrapped or bare."""
    return isinstance(value, dict) and (not is_wrapper(value) or isinstance(params_of(value), dict))
