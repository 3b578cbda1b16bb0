from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import pytest

from auditor.intake.decoding import decode, decode_head
from auditor.intake.hosts import host_of
from auditor.model.content import Parcel
from auditor.model.snapshot import Part
from auditor.sdk.reading import Item


@dataclass(slots=True)
class MemorySource:
    path: str
    data: bytes

    @property
    def name(self) -> str:
        return self.path.replace("!", "/").rsplit("/", 1)[-1]

    @property
    def host(self) -> str:
        return host_of(self.path.replace("!", "/").split("/"))

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def head(self) -> bytes:
        return self.data[:65536]

    @property
    def head_text(self) -> str:
        return decode_head(self.head)

    def read(self) -> bytes:
        return self.data

    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def text(self) -> str:
        return decode(self.data)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


@dataclass(slots=True)
class Outcome:
    format_id: str
    items: list[Item]

    @property
    def parts(self) -> list[Part]:
        spread = [item.parts() if isinstance(item, Parcel) else [item] for item in self.items]
        return [item for items in spread for item in items if isinstance(item, Part)]

    @property
    def notes(self) -> list[str]:
        return [item for item in self.items if isinstance(item, str)]

    def area(self, name: str) -> dict[str, object]:
        (found,) = [part for part in self.parts if part.settings.area == name]
        return dict(found.settings.values)


@pytest.fixture(scope="session")
def source() -> Callable[[str, str | bytes], MemorySource]:
    def make(path: str, content: str | bytes) -> MemorySource:
        return MemorySource(path, content if isinstance(content, bytes) else content.encode())

    return make


@pytest.fixture(scope="session")
def run(source: Callable[[str, str | bytes], MemorySource]) -> Callable[..., Outcome]:
    def go(reader: object, path: str, content: str | bytes) -> Outcome:
        made = source(path, content)
        format_id = reader.recognise(made)  # type: ignore[attr-defined]
        return Outcome(format_id, list(reader.read(made, format_id)) if format_id else [])  # type: ignore[attr-defined]

    return go
