"""Signing a delivery: manifest, links and signature go into the folder of a stored result and its reports."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.app.evidence.folder import MANIFEST_BYTES, Folder, is_plain
from auditor.app.evidence.schema import problem_of
from auditor.app.evidence.signing import SigningKey
from auditor.app.evidence.stored import RESULT, Stored, Tally, check_input
from auditor.app.evidence.writing import LineFile
from auditor.engagement.evidence import unproven
from auditor.engagement.evidence_manifest import (
    EXPORTS,
    LINKS,
    NAME,
    OWN,
    PUBLIC_KEY,
    SIGNATURE,
    Contents,
    grounds_of,
    input_of,
    manifest_of,
    received_of,
    run_of,
)
from auditor.engagement.evidence_tree import Tree
from auditor.errors import EvidenceError, UsageProblem
from auditor.files import write_whole
from auditor.model.canonical import canonical

Json = dict[str, Any]

INLINE_INPUTS = 200
"""Most inputs that stand in the manifest itself."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the delivery: the name of its file in the folder, its language (`en`) and format (`html`)."""

    name: str
    language: str
    format: str


def seal(
    folder: Path, facts: Mapping[str, Any], reports: Sequence[Report], key: SigningKey, previous: str | None = None
) -> str:
    """Sign the result in a folder with its reports; the SHA-256 of the manifest, which names the delivery.

    `facts` is whatever the caller has to say about the subject (engagement, account, version). Its member `received`,
    when there is one, tells how inputs arrived: [{path, source, received_at}], each for that input and all inside it.
    `previous` is the SHA-256 of the manifest that this delivery corrects.

    EvidenceError when the folder holds a manifest already, when the result is damaged, and when a decided verdict has
    no evidence; nothing is left in the folder then. The same folder, facts and key give the same bytes.
    """
    stored = _opened(folder)
    files, arrivals = _files(stored), _arrivals(facts)
    with LineFile(folder / EXPORTS) as exports, LineFile(folder / LINKS) as links:
        inputs = _inputs(stored, arrivals, exports)
        tree = _link(stored, links)
        contents = Contents(
            facts=facts,
            result=stored.document,
            inputs=inputs,
            streams={} if inputs or not exports.lines else {"inputs": exports.described()},
            files=files,
            links={**links.described(), "root": tree.root().hex(), "leaves": tree.count},
            reports=[_report(stored, report) for report in reports],
            previous=previous or "",
            key=key.public.fingerprint,
        )
        data = _bytes_of(manifest_of(contents))
        links.keep()
        if contents.streams:
            exports.keep()
    write_whole(folder / PUBLIC_KEY, key.public.pem)
    write_whole(folder / SIGNATURE, key.sign(data))
    write_whole(folder / NAME, data)  # last: a folder with a manifest is signed
    return hashlib.sha256(data).hexdigest()


def _opened(folder: Path) -> Stored:
    place = Folder(folder)
    if (folder / NAME).exists():
        hint = "put the corrected result into a folder of its own and name the manifest that it corrects"
        raise EvidenceError("this folder is signed already", where=str(folder / NAME), hint=hint)
    return Stored(place)


def _arrivals(facts: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = facts.get("received", [])
    texts = ("path", "source", "received_at")
    for arrival in found if isinstance(found, list) else [None]:
        if not isinstance(arrival, dict) or not isinstance(arrival.get("path"), str):
            raise UsageProblem("`received` is a list of {path, source, received_at}")
        if not all(isinstance(arrival.get(name, ""), str) for name in texts):
            raise UsageProblem("`received` holds texts only")
    arrivals: Sequence[Mapping[str, Any]] = found
    return arrivals


def _files(stored: Stored) -> list[Json]:
    """result.json and its streams; a stream that is not what the result states is refused here."""
    files = [{"name": RESULT, "sha256": stored.sha256, "bytes": len(stored.data)}]
    for name in sorted(stored.streams):
        stream = stored.streams[name]
        sha256, size = stored.folder.digest(stream["file"])
        if sha256 != stream["sha256"]:
            raise EvidenceError(
                "its SHA-256 is not the one that the result states", where=stream["file"], hint="run the audit again"
            )
        files.append({"name": stream["file"], "sha256": sha256, "bytes": size})
    return files


def _inputs(stored: Stored, arrivals: Sequence[Mapping[str, Any]], exports: LineFile) -> list[Json]:
    """The inputs for the manifest itself; none when they are so many that the lines are kept."""
    inline: list[Json] = []
    with closing(stored.items("inputs")) as records:
        for where, record in records:
            check_input(record, where)
            named = input_of(record, received_of(record["path"], arrivals))
            exports.add(named)
            if len(inline) <= INLINE_INPUTS:
                inline.append(named)
    return inline if len(inline) <= INLINE_INPUTS else []


def _link(stored: Stored, links: LineFile) -> Tree:
    manifest = {"checks": stored.document["checks"], "run": run_of(stored.document)}
    grounds = grounds_of(manifest, (record for _, record in stored.items("inputs")))
    tree, tally = Tree(), Tally()
    with closing(stored.linked(grounds)) as verdicts:
        for where, found in verdicts:
            why = unproven(found.record, grounds)
            if why:
                raise EvidenceError(
                    f"{found.title} says {found.record['outcome']} and cannot be signed: {why}",
                    where=where,
                    hint="a result whose verdicts lack evidence is not signed; export again and repeat the audit",
                )
            tree.add(found.leaf)
            tally.add(found.record)
            links.add(found.link)
    tally.compare(stored)
    return tree


def _report(stored: Stored, report: Report) -> Json:
    if not is_plain(report.name) or report.name in OWN | {RESULT}:
        raise UsageProblem(f"{report.name!r} is no name of a report beside the result")
    sha256, size = stored.folder.digest(report.name)
    return {
        "name": report.name,
        "language": report.language,
        "format": report.format,
        "sha256": sha256,
        "bytes": size,
        "names_result": stored.folder.holds(report.name, stored.sha256.encode()),
    }


def _bytes_of(manifest: Json) -> bytes:
    try:
        data = canonical(manifest)
    except ValueError as error:
        raise UsageProblem(f"the facts hold something that JSON cannot: {error}") from error
    problem = problem_of(manifest) or ("it is too large" if len(data) > MANIFEST_BYTES else "")
    if problem:
        raise EvidenceError(f"the manifest would not be of its schema: {problem}")
    return data
