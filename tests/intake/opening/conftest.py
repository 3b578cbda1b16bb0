"""Helpers for tests that open inputs: archives made byte by byte, and the walk as plain tuples."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor.errors import ExportError
from auditor.intake.limits import Limits
from auditor.intake.opening import walk
from auditor.intake.records import blame
from auditor.model.inputs import InputRecord, InputStatus


def make_zip(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, data)
    return buffer.getvalue()


def make_tar(members: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            if isinstance(data, tarfile.TarInfo):
                archive.addfile(data)
            else:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


def run_walk(*paths: Path | str, limits: Limits | None = None) -> dict[str, tuple[bytes | None, InputRecord]]:
    """What an orchestrator makes of the walk: path -> (content or None, record). A path that comes twice fails."""
    found: dict[str, tuple[bytes | None, InputRecord]] = {}
    for candidate in walk(paths, limits or Limits()):
        assert (candidate.source is None) != (candidate.record is None)
        content = None
        record = candidate.record
        if candidate.source is not None:
            source = candidate.source
            record = InputRecord(source.path, InputStatus.READ)
            try:
                with source.open() as stream:
                    content = stream.read()
                source.digest()
            except ExportError as error:
                blame(record, error)
            record.sha256, record.size = source.sha256, source.size
        assert record is not None
        assert record.path not in found, f"{record.path} came twice"
        found[record.path] = (content, record)
    return found


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    return SimpleNamespace(zip=make_zip, tar=make_tar, special=special, walk=run_walk, gz=gzip.compress)


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Write a file under the test's folder."""

    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    return write
