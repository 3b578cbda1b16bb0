"""Exports in memory. All fixtures are synthetic: written from the documented shapes, with invented names and values."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pytest

from auditor.errors import ExportError
from auditor.intake.ksc import KscReader
from auditor.model.snapshot import Collected, Part, Rows
from auditor.sdk.reading import Note, Reader


class Memory:
    """A source over bytes."""

    def __init__(self, data: bytes, path: str = "ksc01/answer.json", host: str = "ksc01") -> None:
        self.data, self.path, self.host = data, path, host

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def head(self) -> bytes:
        return self.data[:65536]

    @property
    def head_text(self) -> str:
        codec = "utf-16" if self.head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return self.head.decode(codec, "replace")

    def read(self) -> bytes:
        return self.data

    def text(self) -> str:
        return self.data.decode("utf-8-sig").replace("\r\n", "\n")

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


@dataclass
class Read:
    """What a reader made of a source."""

    format: str = ""
    parts: list[Part] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    told: list[Rows] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    collected: list[str] = field(default_factory=list)
    error: ExportError | None = None

    def area(self, kind: str, area: str, key: str = "") -> dict[str, Any]:
        """The values of the only part of that kind and area."""
        found = [
            part.settings.values
            for part in self.parts
            if part.subject.kind == kind and part.settings.area == area and part.subject.key.endswith(key)
        ]
        assert len(found) == 1, [(part.subject.key, part.settings.area) for part in self.parts]
        return dict(found[0])

    def devices(self) -> list[dict[str, Any]]:
        return [dict(record) for rows in self.rows for record in rows.records]


def read_all(reader: Reader, source: Memory) -> Read:
    result = Read(format=reader.recognise(source))
    try:
        for item in reader.read(source, result.format):
            if isinstance(item, Part):
                result.parts.append(item)
            elif isinstance(item, Rows):
                (result.rows if item.records else result.told).append(item)
            elif isinstance(item, Collected):
                result.collected.append(item.at)
            else:
                assert isinstance(item, Note)
                result.notes.append(str(item))
    except ExportError as error:
        result.error = error
    return result


def in_bundle(method: str, response: Any, request: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "format": "ksc-openapi-call/1",
        "collected_at": "2026-03-01T10:00:00Z",
        "server": "ksc01",
        "virtual_server": "",
        "method": method,
        "request": request or {},
        "response": response,
        **more,
    }


def params(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "params", "value": value}


def typed(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value}


def resolve(document: Any, pointer: str) -> Any:
    """What a JSON pointer points at."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def scalars(tree: Any) -> Iterable[Any]:
    if isinstance(tree, dict):
        for item in tree.values():
            yield from scalars(item)
    elif isinstance(tree, list):
        for item in tree:
            yield from scalars(item)
    else:
        yield tree


class Kit:
    """Helpers as one fixture, since test folders are no packages."""

    Memory = Memory
    read_all = staticmethod(read_all)
    bundle = staticmethod(in_bundle)
    params = staticmethod(params)
    typed = staticmethod(typed)
    resolve = staticmethod(resolve)
    scalars = staticmethod(scalars)

    @staticmethod
    def naked(response: Any, name: str = "answer.json") -> Read:
        """A response alone, in a file of that name."""
        return read_all(KscReader(), Memory(json.dumps(response).encode(), f"ksc01/{name}"))

    @staticmethod
    def call(method: str, response: Any, request: dict[str, Any] | None = None, **more: Any) -> Read:
        """A response in our bundle."""
        return read_all(KscReader(), Memory(json.dumps(in_bundle(method, response, request, **more)).encode()))


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit()


Make = Callable[..., Read]
