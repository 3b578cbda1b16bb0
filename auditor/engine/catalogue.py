"""The catalogue: checks, logical settings, baselines and collection steps, loaded from content roots.

A root is a folder (or package resource) with YAML files. Parsing and validating YAML costs far more than an audit of
one small export, so the parsed documents are kept as JSON under the hash of every byte they came from: a changed file
has another hash, so the copy can never be stale.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import orjson

from auditor.errors import ContentError
from auditor.files import write_whole
from auditor.model.canonical import digest as digest_of
from auditor.sdk.check import Check
from auditor.sdk.mapping import LogicalSetting, parse_mappings
from auditor.sdk.published import require

_CACHE_FORMAT = "5"


@dataclass(frozen=True, slots=True)
class Root:
    """One place of content: `origin` names its owner in messages (distribution or folder)."""

    origin: str
    folder: Traversable


@dataclass(frozen=True, slots=True)
class ContentFile:
    """One YAML file: path inside its root, the root's owner, its bytes."""

    path: str
    origin: str
    data: bytes

    @property
    def where(self) -> str:
        """How messages name it."""
        return f"{self.origin}:{self.path}"

    @property
    def text(self) -> str:
        """Its bytes as text; ContentError naming the first one that is not UTF-8."""
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ContentError("not UTF-8", where=f"{self.where}, byte {error.start}") from error


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All content of a run. `sha256` identifies it."""

    checks: Mapping[str, Check]
    logical: Mapping[str, LogicalSetting]
    collection: Mapping[str, Any]
    reference: Mapping[str, Any]
    sha256: str


def list_files(root: Root) -> list[ContentFile]:
    """Every YAML file of a root, sorted by path. A folder `baselines` in it is a root of its own and left out."""
    found: list[ContentFile] = []
    _collect(root.folder, "", root.origin, found)
    return sorted(found, key=lambda file: file.path)


def _collect(folder: Traversable, prefix: str, origin: str, found: list[ContentFile]) -> None:
    for entry in folder.iterdir():
        name = entry.name
        if name.endswith(".yaml"):
            found.append(ContentFile(prefix + name, origin, entry.read_bytes()))
        elif "." not in name and name != "__pycache__" and (prefix or name != "baselines") and entry.is_dir():
            _collect(entry, f"{prefix}{name}/", origin, found)


def digest(content: Iterable[ContentFile]) -> str:
    """SHA-256 over owner, path and bytes of every file, in order."""
    whole = hashlib.sha256()
    for file in content:
        whole.update(f"{file.origin}\0{file.path}\0{len(file.data)}\0".encode())
        whole.update(file.data)
    return whole.hexdigest()


def load_catalogue(roots: Sequence[Root], cache_folder: Path | None) -> Catalogue:
    """Read all content; ContentError for an invalid file or an id that two files claim."""
    content = [file for root in roots for file in list_files(root)]
    sha256 = digest(content)
    memo = Memo(cache_folder, "catalogue", lambda stored: _fits(stored, content))
    documents = memo.get(sha256, lambda: [_parse(file) for file in content])
    return _assemble(documents, sha256)


def load_tolerant(roots: Sequence[Root]) -> tuple[Catalogue, list[ContentError]]:
    """For authors at work: the files that are right, and what is wrong with the others."""
    content = [file for root in roots for file in list_files(root)]
    documents, errors = [], []
    for file in content:
        try:
            documents.append(_parse(file))
        except ContentError as error:
            errors.append(error)
    return _assemble(documents, digest(content)), errors


@dataclass(frozen=True, slots=True)
class Memo:
    """Parsed content kept in a folder between runs, under the hash of what it was made from.

    Best effort: without a writable folder every start parses again, and nothing else changes. What `fits` no more,
    or was damaged, is made again.
    """

    folder: Path | None
    name: str
    fits: Callable[[Any], bool]

    def get(self, sha256: str, make: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """The kept documents for this hash, else what `make` gives."""
        if self.folder is None:
            return make()
        target = self.folder / f"{self.name}-{_CACHE_FORMAT}-{sha256}.json"
        try:
            stored = orjson.loads(target.read_bytes())
        except (OSError, ValueError):
            stored = None
        if stored is not None and self.fits(stored):
            kept: list[dict[str, Any]] = stored
            return kept
        made = make()
        with contextlib.suppress(OSError):
            self._keep(target, made)
        return made

    def _keep(self, target: Path, made: list[dict[str, Any]]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        for old in target.parent.glob(f"{self.name}-*.json"):
            old.unlink(missing_ok=True)
        write_whole(target, orjson.dumps(made))


def _fits(stored: Any, content: Sequence[ContentFile]) -> bool:
    try:
        kept = [(entry["path"], entry["origin"], _kind(entry["path"]) == entry["kind"]) for entry in stored]
    except (KeyError, TypeError, AttributeError):
        return False
    return kept == [(file.path, file.origin, True) for file in content]


def _parse(file: ContentFile) -> dict[str, Any]:
    from auditor.sdk.strict_yaml import load

    document = load(file.text, file.where)
    kind = _kind(file.path)
    entry = {"kind": kind, "path": file.path, "origin": file.origin, "document": document}
    if kind == "check":
        validate_check(document, file)
        entry["sha256"] = digest_of(document)  # kept with the document: hashing at every start would cost
        entry["examples"] = orjson.dumps(document.pop("examples")).decode()
    elif kind == "collection":
        validate_collection(document, file)
    return entry


def _kind(path: str) -> str:
    parts = path.split("/")
    if "mappings" in parts:
        return "reference" if parts[-1].endswith("_keys.yaml") else "mapping"
    return "collection" if "collection" in parts else "check"


def validate_check(document: Any, file: ContentFile) -> None:
    """ContentError naming file and place when the document is no valid check or not named after its id."""
    require("check", document, file.where, "see docs/check-format.md")
    stem = file.path.rsplit("/", 1)[-1].removesuffix(".yaml")
    if document["id"] != stem:
        raise ContentError(f"id {document['id']} differs from the file's name", where=file.where)


def validate_collection(document: Any, file: ContentFile) -> None:
    """ContentError naming file and place when the document is no collection guide, or contradicts itself."""
    require("collection", document, file.where)
    codes = {product["code"] for product in document["products"]}
    known: set[str] = set()
    for step in document["steps"]:
        if step["id"] in known:
            raise ContentError(f"step {step['id']!r} is there twice", where=file.where)
        known.add(step["id"])
        unknown = sorted(set(step.get("only", ())) - codes)
        if unknown:
            raise ContentError(f"step {step['id']!r} is for the unknown product {unknown[0]!r}", where=file.where)


def _assemble(documents: Iterable[Mapping[str, Any]], sha256: str) -> Catalogue:
    checks: dict[str, Check] = {}
    logical: dict[str, LogicalSetting] = {}
    collection: dict[str, Any] = {}
    reference: dict[str, Any] = {}
    for entry in documents:
        where = f"{entry['origin']}:{entry['path']}"
        if entry["kind"] == "check":
            check = _check_of(entry)
            _claim(checks, check.id, check, where)
        elif entry["kind"] == "mapping":
            for setting in parse_mappings(entry["document"], where):
                _claim(logical, setting.name, setting, where)
        elif entry["kind"] == "reference":
            reference.update(entry["document"])
        else:
            collection[where] = entry["document"]
    return Catalogue(dict(sorted(checks.items())), logical, collection, reference, sha256)


def _claim(table: dict[str, Any], name: str, value: Any, where: str) -> None:
    if name in table:
        owner = getattr(table[name], "origin", "another file")
        raise ContentError(f"{name} is already defined by {owner}", where=where, hint="rename one of them")
    table[name] = value


def _check_of(entry: Mapping[str, Any]) -> Check:
    folders = entry["path"].split("/")[:-1]
    document = entry["document"]
    area = folders[-1] if folders else "other"
    return Check(document["id"], document, area, entry["origin"], entry["sha256"], entry["examples"])
