"""The files of a delivery: gathered in a folder that nobody looks into, signed there, and put in place in one step."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from auditor.app.engagements.facts import NAME

if TYPE_CHECKING:
    from auditor.app.engagements.workplace import Workplace
    from auditor.app.evidence.signing import SigningKey
    from auditor.reporting.reader import StoredResult

FORMATS = ("html", "checklist", "findings")
_ABANDONED = 24 * 3600.0
"""Seconds after which a folder that was never put in place is taken for that of a process that died."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the delivery beside the result. `language` is "" for the JSON document, which has none."""

    name: str
    language: str
    format: str
    sha256: str

    def to_document(self) -> dict[str, str]:
        """What events say of it."""
        return {"language": self.language, "format": self.format, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Frozen:
    """A signed folder that is not in place yet. `manifest` and `result` are SHA-256 of the files of that name."""

    folder: Path
    manifest: str
    result: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What goes beside the result: the document, the languages of reports, who signs, the manifest that it corrects."""

    document: Mapping[str, Any]
    languages: Sequence[str]
    facts: Mapping[str, Any]
    key: SigningKey
    previous: str


def freeze(place: Workplace, version: int, stored: StoredResult, wrapping: Wrapping) -> Frozen:
    """Copy, describe, render and sign. Nothing is left behind when a part fails."""
    from auditor.app.evidence.sealing import Report, seal

    folder = place.folder / f".delivering-v{version}.{os.getpid()}"
    sweep(place)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        _copy(stored, folder)
        (folder / NAME).write_bytes(orjson.dumps(wrapping.document, option=orjson.OPT_INDENT_2) + b"\n")
        files = (_described(folder / NAME, ""), *_rendered(folder, wrapping.languages))
        reports = [Report(one.name, one.language or wrapping.languages[0], one.format) for one in files]
        manifest = seal(folder, wrapping.facts, reports, wrapping.key, wrapping.previous or None)
        _sync(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Frozen(folder, manifest, _sha256(folder / "result.json"), files)


def put_in_place(frozen: Frozen, final: Path) -> None:
    """Move the folder to where deliveries lie. What lies there is of a process that died before it was recorded.

    To be called by whoever holds the store's only transaction, and knows that the version is not delivered.
    """
    if final.exists():
        shutil.rmtree(final)
    frozen.folder.rename(final)
    _sync_folder(final.parent)


def discard(frozen: Frozen) -> None:
    """Remove a folder that was not put in place."""
    shutil.rmtree(frozen.folder, ignore_errors=True)


def sweep(place: Workplace) -> None:
    """Remove folders that were left behind long ago."""
    for left in place.folder.glob(".delivering-v*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                shutil.rmtree(left, ignore_errors=True)


def _copy(stored: StoredResult, folder: Path) -> None:
    assert stored.folder is not None  # noqa: S101  # it was read from a folder
    for name in (stored.name, *(stream["file"] for stream in stored.data["streams"].values())):
        shutil.copyfile(stored.folder / name, folder / name)


def _rendered(folder: Path, languages: Sequence[str]) -> list[File]:
    """Checklist and reports in each language; what a plugin renders in one language only is there once."""
    from auditor.app.plugins import load_plugins
    from auditor.app.reports import Look, render_stored

    plugins = load_plugins()
    made: dict[str, File] = {}
    for language in languages:
        for path in render_stored(folder, folder, FORMATS, plugins, Look(languages=(language,))):
            made.setdefault(path.name, _described(path, language))
    return list(made.values())


def _described(path: Path, language: str) -> File:
    """The page is told by its ending; of several tables the name is a part of the format."""
    form = path.suffix[1:] if path.suffix != ".csv" else f"{path.name.partition('.')[0]}.csv"
    return File(path.name, language, form, _sha256(path))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    """Make the files last before anything is recorded of them."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # some systems cannot open folders, and need not
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
