"""A stored result, read back: the only input of every report.

`result.json` is small enough to hold; verdicts, inputs and affected devices may be beside it as NDJSON, and are
streamed from there after their SHA-256 has been compared with the one that the result states.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from auditor.errors import ResultError

SCHEMA = "auditor-result/1"
ENGAGEMENT = "engagement.json"
ENGAGEMENT_SCHEMA = "auditor-engagement/1"
Json: TypeAlias = dict[str, Any]

_ESSENTIALS: Mapping[str, type] = {
    "tool": dict,
    "run": dict,
    "limits": dict,
    "streams": dict,
    "inputs": list,
    "inventory": list,
    "gaps": list,
    "checks": list,
    "summary": dict,
    "waivers": list,
    "verdicts": list,
}
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "tool": ("name", "version"),
    "run": ("as_of", "as_of_source", "self_audit", "baseline", "plugins", "plugin_failures"),
    "summary": ("decided", "decidable", "checks_by_state", "findings_by_severity", "findings", "complete"),
}
_CHUNK = 1 << 20


class StoredResult:
    """A result and the files beside it.

    `data` is the parsed `result.json`; `folder` is where the streamed files lie (None when the result was never
    stored, which is allowed only while nothing is streamed), `name` its file there. ResultError for anything that is
    not a result.
    """

    def __init__(self, data: Json, folder: Path | None = None, name: str = "result.json") -> None:
        _check_essentials(data)
        self.data = data
        self.folder = folder
        self.name = name
        self._verified: set[str] = set()
        self._engagement: Json | None = None  # empty when it was looked for and is not there

    def sha256(self) -> str:
        """SHA-256 of the file, "" when the result was never stored; what a report names the result by."""
        if self.folder is None:
            return ""
        return hashlib.sha256((self.folder / self.name).read_bytes()).hexdigest()

    def verdicts(self) -> Iterator[Json]:
        """Every verdict, in the order of the result."""
        return self._items("verdicts")

    def inputs(self) -> Iterator[Json]:
        """Every input file with what became of it."""
        return self._items("inputs")

    def affected(self) -> Iterator[Json]:
        """Every failing or undecided device of fleet checks; each names its check in `check_id`.

        They are in the roll-ups of their verdicts, or all of them in a streamed file.
        """
        if "affected" in self.data["streams"]:
            yield from self._stream("affected")
            return
        for verdict in self.verdicts():
            for device in verdict.get("rollup", {}).get("affected", ()):
                yield {**device, "check_id": verdict["check_id"]}

    def engagement(self) -> Json | None:
        """The document `engagement.json` beside the result; None for a self-audit. ResultError when it is none."""
        if self.folder is None:
            return None
        if self._engagement is None:
            self._engagement = _read_engagement(self.folder / ENGAGEMENT)
        return self._engagement or None

    def verify(self) -> None:
        """Compare every streamed file with its SHA-256 now rather than at first use."""
        for name in self.data["streams"]:
            self._verified_path(name)

    def _items(self, name: str) -> Iterator[Json]:
        if name in self.data["streams"]:
            return self._stream(name)
        return iter(self.data[name])

    def _stream(self, name: str) -> Iterator[Json]:
        import orjson

        path = self._verified_path(name)
        loads = orjson.loads
        number = 0
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):  # the last number is compared below
                try:
                    yield loads(line)
                except orjson.JSONDecodeError as error:
                    raise ResultError(f"not JSON: {error}", where=f"{path.name}, line {number}") from error
        if number != self.data["streams"][name]["lines"]:
            raise ResultError(f"holds {number} lines, not as many as the result states", where=path.name)

    def _verified_path(self, name: str) -> Path:
        stream = self.data["streams"][name]
        if self.folder is None:
            raise ResultError(f"the {name} are in {stream['file']}, and its folder is not known")
        path = self.folder / _plain_name(stream["file"])
        if name not in self._verified:
            _compare_hash(path, stream["sha256"])
            self._verified.add(name)
        return path


def _read_engagement(path: Path) -> Json:
    """The document; empty when there is no such file."""
    import orjson

    try:
        found = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ResultError(f"cannot be opened: {error.strerror}", where=str(path)) from error
    except orjson.JSONDecodeError as error:
        raise ResultError(f"not JSON: {error}", where=str(path)) from error
    stated = found.get("schema") if isinstance(found, dict) else None
    if stated != ENGAGEMENT_SCHEMA:
        what = f"schema is {str(stated)[:60]!r}, this version reads {ENGAGEMENT_SCHEMA!r}"
        raise ResultError(what, where=str(path), hint="auditor schema engagement")
    judgements = found.get("judgements")
    rows = judgements if isinstance(judgements, list) else [None]
    if not isinstance(found.get("engagement"), dict) or not all(isinstance(row, dict) for row in rows):
        what = "holds no engagement with a list of judgements"
        raise ResultError(what, where=str(path), hint="auditor schema engagement")
    document: Json = found
    return document


def load_result(path: Path) -> StoredResult:
    """Read `result.json` (or the folder that holds one); ResultError says what is wrong with it and where."""
    import orjson

    file = path / "result.json" if path.is_dir() else path
    try:
        result = orjson.loads(file.read_bytes())
    except OSError as error:
        raise ResultError(f"cannot be opened: {error.strerror}", where=str(file)) from error
    except orjson.JSONDecodeError as error:
        raise ResultError(f"not JSON: {error}", where=str(file)) from error
    try:
        return StoredResult(result, file.parent, file.name)
    except ResultError as error:
        raise ResultError(error.message, where=str(file), hint=error.hint) from error


def _check_essentials(result: object) -> None:
    if not isinstance(result, dict):
        raise ResultError("not a result: the document is no JSON object")
    if result.get("schema") != SCHEMA:
        found = str(result.get("schema"))[:60]
        raise ResultError(
            f"schema is {found!r}, this version reads {SCHEMA!r}", hint="render it with the version that wrote it"
        )
    for name, kind in _ESSENTIALS.items():
        if not isinstance(result.get(name), kind):
            raise ResultError(f"member {name!r} is missing or of the wrong type")
    for name, members in _MEMBERS.items():
        for member in members:
            if member not in result[name]:
                raise ResultError(f"member '{name}.{member}' is missing")


def _plain_name(name: str) -> str:
    """Streams lie beside the result: a name with a folder in it would read elsewhere."""
    if not name or name in {".", ".."} or any(sign in name for sign in "/\\:\0"):
        raise ResultError(f"stream file name {name!r} is not a plain file name")
    return name


def _compare_hash(path: Path, expected: str) -> None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ResultError(
            f"cannot be opened: {error.strerror}", where=path.name, hint="keep it in the folder of result.json"
        ) from error
    if digest.hexdigest() != expected:
        raise ResultError(
            "its SHA-256 is not the one that the result states", where=path.name, hint="run the audit again"
        )
