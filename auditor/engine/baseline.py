"""Baselines: which checks a run makes, with which parameters and severities."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from auditor.engine.catalogue import ContentFile, Memo, Root, digest, list_files
from auditor.errors import ContentError
from auditor.model.outcomes import Severity
from auditor.sdk.check import Check
from auditor.sdk.published import require


@dataclass(frozen=True, slots=True)
class Selection:
    """One check as a baseline wants it."""

    check: Check
    params: Mapping[str, Any]
    severity: Severity
    severity_reason: str = ""
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Baseline:
    """A resolved baseline: parents applied. `checks` are patterns of ids with what the baseline says about them."""

    id: str
    title: str
    revision: int
    description: str
    include: tuple[str, ...]
    exclude: Mapping[str, str]
    checks: Mapping[str, Mapping[str, Any]]
    mandatory: tuple[str, ...]
    references: tuple[Mapping[str, str], ...]
    extends: str = ""
    sha256: str = ""
    lineage: tuple[str, ...] = ()


def load_baselines(roots: Sequence[Root], cache_folder: Path | None = None) -> dict[str, Baseline]:
    """All baselines by id, parents applied; ContentError for cycles, unknown parents and duplicate ids."""
    content = [file for root in roots for file in list_files(root)]
    memo = Memo(cache_folder, "baselines", lambda stored: _fits(stored, content))
    documents = memo.get(digest(content), lambda: [_parse(file) for file in content])
    raw: dict[str, tuple[Mapping[str, Any], str, str]] = {}
    for document, file in zip(documents, content, strict=True):
        if document["id"] in raw:
            owner = raw[document["id"]][2]
            raise ContentError(f"baseline {document['id']} is already defined by {owner}", where=file.where)
        raw[document["id"]] = (document, hashlib.sha256(file.data).hexdigest(), file.where)
    return {name: _resolve(name, raw, ()) for name in sorted(raw)}


def _fits(stored: Any, content: Sequence[ContentFile]) -> bool:
    return (
        isinstance(stored, list)
        and len(stored) == len(content)
        and all(isinstance(document, dict) and isinstance(document.get("id"), str) for document in stored)
    )


def _parse(file: ContentFile) -> dict[str, Any]:
    from auditor.sdk.strict_yaml import load

    document: dict[str, Any] = load(file.text, file.where)
    require("baseline", document, file.where)
    return document


def _resolve(name: str, raw: Mapping[str, tuple[Mapping[str, Any], str, str]], seen: tuple[str, ...]) -> Baseline:
    document, sha256, where = raw[name]
    if name in seen:
        raise ContentError(f"baselines extend each other in a circle: {' > '.join((*seen, name))}", where=where)
    own = Baseline(
        id=name,
        title=document["title"],
        revision=document["revision"],
        description=document["description"],
        include=tuple(document.get("include", ())),
        exclude=dict(document.get("exclude", {})),
        checks=dict(document.get("checks", {})),
        mandatory=tuple(document.get("mandatory", ())),
        references=tuple(document["references"]),
        extends=document.get("extends", ""),
        sha256=sha256,
        lineage=(name,),
    )
    if not own.extends:
        return own
    if own.extends not in raw:
        raise ContentError(f"extends {own.extends!r}, which does not exist", where=where)
    parent = _resolve(own.extends, raw, (*seen, name))
    merged = {
        name: _laid_over(parent.checks.get(name, {}), own.checks.get(name, {}))
        for name in (*parent.checks, *own.checks)
    }
    return replace(
        own,
        include=(*parent.include, *own.include),
        exclude={**parent.exclude, **own.exclude},
        checks=merged,
        mandatory=(*parent.mandatory, *own.mandatory),
        sha256=hashlib.sha256((own.sha256 + parent.sha256).encode()).hexdigest(),
        lineage=(*parent.lineage, name),
    )


def _laid_over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """What two rules say together: the upper one wins, parameter by parameter."""
    params = {**lower.get("params", {}), **upper.get("params", {})}
    return {**lower, **upper, **({"params": params} if params else {})}


def _matching(pattern: str, checks: Mapping[str, Check]) -> list[str]:
    return [name for name in checks if fnmatchcase(name, pattern)]


def select(baseline: Baseline, checks: Mapping[str, Check]) -> dict[str, Selection]:
    """The checks of a baseline; ContentError when it names a check or parameter that does not exist, or none at all."""
    for pattern in (*baseline.include, *baseline.exclude, *baseline.checks, *baseline.mandatory):
        if not _matching(pattern, checks):
            raise ContentError(f"no check is named {pattern!r}", where=f"baseline {baseline.id}")
    names = {name for pattern in baseline.include for name in _matching(pattern, checks)}
    names -= {name for pattern in baseline.exclude for name in _matching(pattern, checks)}
    mandatory = {name for pattern in baseline.mandatory for name in _matching(pattern, checks)}
    selected = {name: _selection(checks[name], baseline, name in mandatory) for name in sorted(names)}
    if not selected:
        raise ContentError("no check is selected: this would be no audit", where=f"baseline {baseline.id}")
    return selected


def _selection(check: Check, baseline: Baseline, mandatory: bool) -> Selection:
    said: Mapping[str, Any] = {}
    for pattern, rule in baseline.checks.items():
        if fnmatchcase(check.id, pattern):
            said = _laid_over(said, rule)
    try:
        params = check.parameters(said.get("params", {}))
    except ContentError as error:
        raise ContentError(error.message, where=f"baseline {baseline.id}", hint=error.hint) from error
    severity = Severity(said.get("severity", check.severity))
    reason = said.get("severity_reason", check.raw.get("severity_reason", ""))
    return Selection(check, params, severity, reason, mandatory)
