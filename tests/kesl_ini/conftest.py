"""Exports of kesl-control read through the real pipeline, and judged by the shipped checks."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from auditor.app.content import load_all_baselines, load_checks
from auditor.app.plugins import load_plugins
from auditor.engine.baseline import select
from auditor.engine.judge import Program, compile_program
from auditor.errors import ExportError
from auditor.intake.decoding import decode, decode_head
from auditor.intake.hosts import host_of
from auditor.intake.kesl.ini import KeslIniReader
from auditor.intake.pipeline import read_found, recognise
from auditor.intake.records import blame
from auditor.model.content import Parcel
from auditor.model.inputs import InputRecord, InputStatus
from auditor.model.snapshot import Part, Rows
from auditor.sdk.views import SubjectView, place_in

ACME = Path(__file__).resolve().parents[2] / "examples" / "acme" / "kesl"


@dataclass(slots=True)
class MemorySource:
    """An export that never was on a disk."""

    path: str
    data: bytes

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def host(self) -> str:
        return host_of(self.path.split("/"))

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

    def text(self) -> str:
        return decode(self.data)

    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


@dataclass(slots=True)
class Reading:
    """What became of one export."""

    text: str
    record: InputRecord
    parts: list[Part] = field(default_factory=list)

    def views(self) -> dict[tuple[str, str], SubjectView]:
        found: dict[tuple[str, str], SubjectView] = {}
        for part in self.parts:
            ref = part.subject
            found.setdefault((ref.kind, ref.key), SubjectView(ref)).add(part)
        return found

    def view(self, kind: str = "kesl.host") -> SubjectView:
        [view] = [view for (found, _), view in self.views().items() if found == kind]
        return view

    def values(self, area: str) -> dict[str, Any]:
        """All values of an area of the host; the test fails when two parts state one key."""
        merged: dict[str, Any] = {}
        for part in self.view().parts[area]:
            for key, value in part.settings.values.items():
                assert key not in merged, f"{key} is stated by two parts"
                merged[key] = value
        return merged

    def line(self, part: Part, path: tuple[Any, ...]) -> str:
        """The line of the file that evidence for a value points at."""
        number = place_in(part, path)
        assert isinstance(number, int)
        assert number >= 1
        return self.text.split("\n")[number - 1]


def parts_of(taken: list[Any]) -> list[Part]:
    """The parts among what a reader handed out, also those that came as parcels."""
    return [part for item in taken for part in (item.parts() if isinstance(item, Parcel) else [item])]


@pytest.fixture(scope="session")
def read() -> Callable[..., Reading]:
    def run(content: str | bytes, path: str = "web01/export.ini") -> Reading:
        data = content.encode() if isinstance(content, str) else content
        source: Any = MemorySource(path, data)
        record = InputRecord(path, InputStatus.UNKNOWN)
        taken: list[Any] = []

        def take(item: Part | Parcel | Rows) -> None:
            taken.extend(item.parts() if isinstance(item, Parcel) else [item])

        try:
            read_found(source, recognise(source, [KeslIniReader()]), record, take)
        except ExportError as error:
            blame(record, error)
        text = data.decode("utf-8", "replace").lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        return Reading(text, record, parts_of(taken))

    return run


@pytest.fixture(scope="session")
def program() -> Program:
    """The shipped checks as the default baseline selects them."""
    plugins = load_plugins()
    catalogue = load_checks(plugins)
    selections = select(load_all_baselines(plugins)["recommended"], catalogue.checks)
    return compile_program(selections, catalogue.logical, datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def verdicts(program) -> Callable[[Reading], dict[tuple[str, str], str]]:
    """(check, subject) -> outcome."""

    def run(reading: Reading) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for (_, key), view in reading.views().items():
            view.logical = program.logical
            for seen, _ in program.judge(view):
                for check, judgement in seen.judged.pairs():
                    assert (check.id, key) not in found
                    found[check.id, key] = judgement.outcome.value
        return found

    return run


@pytest.fixture(scope="session")
def exports() -> dict[str, str]:
    """Realistic exports by device."""
    return {host: (ACME / host / "export.ini").read_text("utf-8") for host in ("web01", "db01")}


def scalars(node: Any, path: tuple[Any, ...] = ()) -> Iterable[tuple[tuple[Any, ...], Any]]:
    """Every scalar of a tree with its path."""
    if isinstance(node, dict):
        for key, child in node.items():
            yield from scalars(child, (*path, key))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from scalars(child, (*path, number))
    else:
        yield path, node


@pytest.fixture(scope="session")
def scalars_of() -> Callable[[Any], list[tuple[tuple[Any, ...], Any]]]:
    return lambda node: list(scalars(node))


@pytest.fixture(scope="session")
def acme_files() -> dict[str, bytes]:
    """The single files of the example device that has no full export."""
    return {path.name: path.read_bytes() for path in sorted((ACME / "files01").iterdir())}


@pytest.fixture(scope="session")
def read_items() -> Callable[..., list[Any]]:
    """What the reader hands out for a text, in its order; what stands before damage when there is some."""

    def run(text: str, path: str = "web01/export.ini") -> list[Any]:
        source: Any = MemorySource(path, text.encode())
        found: list[Any] = []
        with contextlib.suppress(ExportError):
            found.extend(KeslIniReader().read(source, "kesl.export"))
        return found

    return run
