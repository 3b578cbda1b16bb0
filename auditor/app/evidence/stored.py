"""A stored result as the chain of evidence reads it: result.json once, the streamed arrays line by line."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Generator, Mapping
from functools import cached_property
from typing import Any

from auditor.app.evidence.folder import RESULT_BYTES, Folder, parsed
from auditor.engagement.evidence import DEVICE, Grounds, Linked, linked, named
from auditor.errors import EvidenceError

RESULT = "result.json"
_SCHEMA = "auditor-result/1"
_PARTS: Mapping[str, type] = {
    "tool": dict, "run": dict, "streams": dict, "inputs": list, "checks": list, "summary": dict, "verdicts": list,
}  # fmt: skip
_RUN = ("as_of", "as_of_source", "baseline", "catalogue", "plugins", "input_digest")
_RUN_PARTS = {"baseline": ("id", "revision", "sha256"), "catalogue": ("sha256",)}
STREAMS = ("verdicts", "inputs", "affected")


class Stored:
    """A result in its folder. Raises EvidenceError for anything that is not one."""

    def __init__(self, folder: Folder, data: bytes | None = None) -> None:
        self.folder = folder
        self.data = folder.read(RESULT, RESULT_BYTES) if data is None else data
        self.document = parsed(self.data, RESULT)
        _check(self.document)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of result.json."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def streams(self) -> Mapping[str, Any]:
        """name -> {file, sha256, lines, bytes} of the arrays that stand in files of their own."""
        found: Mapping[str, Any] = self.document["streams"]
        return found

    def items(self, name: str) -> Generator[tuple[str, Any]]:
        """(where it stands, item) of an array, inline or streamed."""
        stream = self.streams.get(name)
        if stream is None:
            for number, item in enumerate(self.document.get(name, ()), 1):
                yield f"{RESULT}, {name} {number}", item
            return
        for number, item in enumerate(self.folder.records(stream["file"]), 1):
            yield f"{stream['file']}, line {number}", item

    def judged(self) -> Generator[tuple[str, Any]]:
        """Everything that becomes a leaf: the verdicts, then the streamed devices of fleet checks."""
        yield from self.items("verdicts")
        if "affected" in self.streams:
            yield from self.items("affected")

    def linked(self, grounds: Grounds) -> Generator[tuple[str, Linked]]:
        """(where it stands, leaf and link) of everything that becomes a leaf; EvidenceError names what cannot."""
        for where, record in self.judged():
            try:
                yield where, linked(record, grounds)
            except EvidenceError as error:
                place = f"{where}: {error.where}" if error.where else where
                raise EvidenceError(error.message, where=place, hint=error.hint) from error


class Tally:
    """Counts verdicts by outcome, to be compared with what the result's summary says."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, record: Mapping[str, Any]) -> None:
        """Count a verdict; devices of fleet checks are no verdicts of their own."""
        if named(record)[1]["kind"] != DEVICE:
            self._counts[str(record.get("outcome"))] += 1

    def compare(self, stored: Stored) -> None:
        """EvidenceError when the summary says other numbers."""
        stated = stored.document["summary"].get("verdicts")
        for outcome in sorted({*self._counts, *(stated if isinstance(stated, dict) else {})}):
            said = stated.get(outcome, 0) if isinstance(stated, dict) else None
            if said != self._counts[outcome]:
                told = f"the summary counts {said} verdicts {outcome}, there are {self._counts[outcome]}"
                raise EvidenceError(told, where=RESULT)


def _check(document: Any) -> None:
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
        raise EvidenceError(f"is no result of schema {_SCHEMA}", where=RESULT)
    for name, kind in _PARTS.items():
        if not isinstance(document.get(name), kind):
            raise EvidenceError(f"member {name!r} is missing or of the wrong type", where=RESULT)
    missing = [name for name in _RUN if name not in document["run"]]
    if missing:
        raise EvidenceError(f"member 'run.{missing[0]}' is missing", where=RESULT)
    for name, members in _RUN_PARTS.items():
        part = document["run"][name]
        if not isinstance(part, dict) or not all(member in part for member in members):
            raise EvidenceError(f"member 'run.{name}' is of the wrong type", where=RESULT)
    for name, stream in document["streams"].items():
        if name not in STREAMS or not isinstance(stream, dict) or not isinstance(stream.get("file"), str):
            raise EvidenceError(f"stream {str(name)[:100]!r} is not of the schema", where=RESULT)
    for check in document["checks"]:
        if not isinstance(check, dict) or not all(name in check for name in ("id", "revision", "sha256")):
            raise EvidenceError(
                "a check is not named by id, revision and sha256", where=RESULT, hint="make it with this version"
            )
    for record in document["inputs"]:
        check_input(record, RESULT)


def check_input(record: Any, where: str) -> None:
    """EvidenceError unless the record is that of an input."""
    if isinstance(record, dict):
        texts = [record.get(name) for name in ("path", "status", "sha256")]
        if all(isinstance(text, str) for text in texts) and isinstance(record.get("size"), int):
            return
    raise EvidenceError("is no record of an input", where=where)
