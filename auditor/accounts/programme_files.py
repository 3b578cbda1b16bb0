"""Reads one version of a programme from YAML: strict YAML, the published schema, then what a schema cannot say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.accounts.programme_cells import LEVELS, AvdbStep, Cell, Target, Term
from auditor.accounts.programme_model import ENTITLEMENTS, FACTS, Programme, Source
from auditor.accounts.programme_words import is_name, knows, words
from auditor.errors import ContentError
from auditor.sdk import strict_yaml
from auditor.sdk.published import validator

_HINT = "auditor schema programme prints the format"

Sources = Mapping[str, Source]


def read_programme(data: bytes, where: str) -> Programme:
    """The programme in a file; ContentError naming `where` and the line or the JSON pointer of what is wrong."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContentError("not UTF-8", where=f"{where}, byte {error.start}") from error
    document = strict_yaml.load(text, where)
    _validate(document, where)
    for pointer, problem in _contradictions(document):
        raise ContentError(problem, where=f"{where}, {pointer}", hint=_HINT)
    return _programme(document, hashlib.sha256(data).hexdigest())


def _validate(document: Any, where: str) -> None:
    problems = validator("programme").iter_errors(document)
    problem = min(problems, key=lambda error: list(map(str, error.path)), default=None)
    if problem is not None:
        pointer = "/" + "/".join(map(str, problem.path))
        raise ContentError(_said(problem), where=f"{where}, {pointer}", hint=_HINT)


def _said(error: Any) -> str:
    """The validator's message, in plain words where the schema only forbids or offers alternatives."""
    if error.validator == "not":
        return "does not belong here"
    if error.validator == "oneOf" and "description" in error.schema:
        return f"needs {error.schema['description']}"
    return str(error.message)[:300]


def _contradictions(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the schema cannot say, as JSON pointer and message."""
    for pointer, entry in _entries(document):
        for name in entry["source"]:
            if name not in document["sources"]:
                yield f"{pointer}/source/{name}", f"there is no source {name!r} in this file"
        for member in ("note", "text"):
            text = entry.get(member, "")
            if is_name(text) and not knows(text):
                yield f"{pointer}/{member}", f"there is no phrase {text!r}: write plain words"
        if "unit" in entry and entry["unit"] == entry.get("alternative_unit"):
            yield f"{pointer}/alternative_unit", "is the same as the unit"
    yield from _steps_contradict(document)


def _steps_contradict(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    steps = document["avdb_steps"]
    if [step["number"] for step in steps] != list(range(1, len(steps) + 1)):
        yield "/avdb_steps", "the steps must be numbered 1, 2, 3, ... in this order"
    informing = {step["informed_by"] for step in steps if "informed_by" in step}
    progress = document["avdb_progress"].get("value")
    if informing != ({progress} if progress else set()):
        yield "/avdb_progress", "differs from who informs in the steps"


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Everything that has a source, with its JSON pointer."""
    for name in ("edition", *FACTS, "avdb_progress"):
        yield f"/{name}", document[name]
    for group in ("targets", "entitlements"):
        for name, entry in document[group].items():
            yield f"/{group}/{name}", entry
    for group in ("avdb_steps", "terms"):
        for number, entry in enumerate(document[group]):
            yield f"/{group}/{number}", entry


def _programme(document: Mapping[str, Any], sha256: str) -> Programme:
    sources = {name: Source(id=name, **entry) for name, entry in document["sources"].items()}
    return Programme(
        id=document["id"],
        name=document["name"],
        names=dict(document.get("names", {})),
        edition_cell=_cell(document["edition"], sources),
        version=document["version"],
        paid=document["paid"],
        targets={level: _target(level, document["targets"][str(level)], sources) for level in LEVELS},
        entitlements={name: _cell(document["entitlements"][name], sources) for name in ENTITLEMENTS},
        avdb_steps=tuple(_step(entry, sources) for entry in document["avdb_steps"]),
        avdb_progress=_cell(document["avdb_progress"], sources),
        terms=tuple(_term(entry, sources) for entry in document["terms"]),
        links=tuple(document["links"]),
        sources=tuple(sources.values()),
        sha256=sha256,
        **{name: _cell(document[name], sources) for name in FACTS},
    )


def _cell(entry: Mapping[str, Any], sources: Sources) -> Cell:
    value = entry.get("value")
    return Cell(
        value=tuple(value) if isinstance(value, list) else value,
        applicable=not entry.get("not_applicable", False),
        default=entry.get("default"),
        **_evidence(entry, sources),
    )


def _target(level: int, entry: Mapping[str, Any], sources: Sources) -> Target:
    return Target(
        level=level,
        kind=entry["kind"],
        value=entry.get("value"),
        unit=entry.get("unit"),
        alternative_unit=entry.get("alternative_unit"),
        **_evidence(entry, sources),
    )


def _step(entry: Mapping[str, Any], sources: Sources) -> AvdbStep:
    cell = Cell(value=True, **_evidence(entry, sources))
    return AvdbStep(entry["number"], entry["text"], entry.get("informed_by"), cell)


def _term(entry: Mapping[str, Any], sources: Sources) -> Term:
    value = None if entry.get("unknown") else True
    return Term(entry["about"], entry["text"], Cell(value=value, **_evidence(entry, sources)))


def _evidence(entry: Mapping[str, Any], sources: Sources) -> dict[str, Any]:
    note = entry.get("note", "")
    return {
        "source": "; ".join(sources[name].cite(printed or "") for name, printed in entry["source"].items()),
        "uncertain": entry.get("uncertain", False),
        "reconciled": entry.get("reconciled", False),
        "note": words(note, "en"),
        "note_phrase": note if is_name(note) else "",
    }
