"""The steps of proving a delivery that need nothing but its folder. Each returns what to say, or raises BrokenLink."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auditor.app.evidence.broken import BrokenLink
from auditor.app.evidence.comparing import Case, compare_checks, compare_inputs, compare_verdicts
from auditor.app.evidence.folder import MANIFEST_BYTES, RESULT_BYTES, Folder, is_plain, parsed
from auditor.app.evidence.schema import problem_of
from auditor.app.evidence.signing import PEM_BYTES, SIGNATURE_BYTES, PublicKey, public_key_of
from auditor.app.evidence.stored import RESULT, Stored
from auditor.engagement.evidence_links import shown
from auditor.engagement.evidence_manifest import EXPORTS, LINKS, NAME, PUBLIC_KEY, SIGNATURE, run_of
from auditor.errors import EvidenceError
from auditor.model.canonical import canonical


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signature is expected: `fingerprint` "" when nobody was named; `own` are the user's own keys by name."""

    fingerprint: str
    own: dict[str, str]


def read_manifest(folder: Folder) -> tuple[bytes, dict[str, Any]]:
    """The manifest's bytes and document; it must be of the schema, and canonical to the byte."""
    data = folder.read(NAME, MANIFEST_BYTES)
    manifest = parsed(data, NAME)
    problem = problem_of(manifest)
    if problem:
        raise BrokenLink(f"is not of its schema: {problem}", where=NAME)
    try:
        form = canonical(manifest)
    except ValueError as error:
        raise BrokenLink(f"has no canonical form: {error}", where=NAME) from error
    if form != data:
        byte = next((n for n, (a, b) in enumerate(zip(form, data, strict=False)) if a != b), min(len(form), len(data)))
        raise BrokenLink(f"is not in canonical form, from byte {byte} on", where=NAME)
    names = [entry["name"] for entry in (*manifest["result"]["files"], *manifest["reports"])]
    for name in names:
        if not is_plain(name) or names.count(name) > 1:
            raise BrokenLink(f"names {shown(name)}, which is no plain name, or is there twice", where=NAME)
    return data, manifest


def prove_signature(folder: Folder, data: bytes, stated: str, trust: Trust) -> str:
    """Who signed; `stated` is the fingerprint that the manifest names."""
    pem = folder.read(PUBLIC_KEY, PEM_BYTES)
    key = public_key_of(pem, PUBLIC_KEY)
    if key.pem != pem:
        raise BrokenLink("is not written as keys are written here: it was changed", where=PUBLIC_KEY)
    if key.fingerprint != stated:
        raise BrokenLink(f"is not the key that {NAME} names", where=PUBLIC_KEY, expected=stated, found=key.fingerprint)
    signature = folder.read(SIGNATURE, PEM_BYTES)
    if len(signature) != SIGNATURE_BYTES or not key.accepts(signature, data):
        raise BrokenLink(
            f"is not the signature of this key over {NAME}: one of the two was changed",
            where=SIGNATURE,
            details=[f"{NAME} has SHA-256 {hashlib.sha256(data).hexdigest()}"],
        )
    return _who(key, trust)


def _who(key: PublicKey, trust: Trust) -> str:
    found = key.fingerprint
    if trust.fingerprint and trust.fingerprint != found:
        raise BrokenLink(
            "is valid, but was made by another key than the one you named",
            where=SIGNATURE,
            expected=trust.fingerprint,
            found=found,
        )
    if found in trust.own:
        return f"valid, made by your key {trust.own[found]}, {found}"
    if trust.fingerprint:
        return f"valid, made by the key you named, {found}"
    return f"valid, but by a key that you have not named, {found}"


def read_result(case: Case) -> tuple[Stored, str]:
    """The result, whose files are to the byte what the manifest states; else BrokenLink with the first difference."""
    files = {entry["name"]: entry for entry in case.manifest["result"]["files"]}
    if RESULT not in files:
        raise BrokenLink(f"names no {RESULT}", where=NAME)
    for name, entry in files.items():
        _unchanged(case.folder, name, entry, lambda name=name: _changed_result(case, name))  # type: ignore[misc]
    stored = Stored(case.folder, case.folder.read(RESULT, RESULT_BYTES))
    streams = {stream["file"]: stream["sha256"] for stream in stored.streams.values()}
    if streams != {name: entry["sha256"] for name, entry in files.items() if name != RESULT}:
        raise BrokenLink("the streams of the result are not the files that the manifest names", where=NAME)
    for name, actual in (("tool", stored.document["tool"]), ("run", run_of(stored.document))):
        if case.manifest[name] != actual:
            told = f"member {name!r} is not what the result says"
            raise BrokenLink(told, where=NAME, expected=shown(actual), found=shown(case.manifest[name]))
    return stored, f"{', '.join(files)} {'has' if len(files) == 1 else 'have'} the stated SHA-256"


def _unchanged(folder: Folder, name: str, entry: dict[str, Any], locate: Callable[[], list[str]]) -> None:
    """BrokenLink when a file is not of the stated size and hash; `locate` finds what in it was changed."""
    try:
        folder.open(name, entry["bytes"]).close()
    except EvidenceError as error:
        details = locate() if "bytes" in error.message else []
        raise BrokenLink(error.message, where=error.where, expected=entry["sha256"], details=details) from error
    sha256, _ = folder.digest(name)
    if sha256 != entry["sha256"]:
        raise BrokenLink("was changed", where=name, expected=entry["sha256"], found=sha256, details=locate())


def _changed_result(case: Case, name: str) -> list[str]:
    """What was changed in a file of the result, as far as links and manifest tell it; no lines when they do not."""
    try:
        if case.folder.digest(LINKS)[0] != case.manifest["links"]["sha256"]:
            return [f"what in it was changed cannot be told: {LINKS} was changed, too"]
        stored = Stored(case.folder)
        for compare in (compare_verdicts, compare_inputs, compare_checks):
            compare(case, stored)
    except EvidenceError as error:
        return _as_lines(error)
    return ["no verdict, input or check: a text or a count" if name == RESULT else "nothing that is linked"]


def _as_lines(error: EvidenceError) -> list[str]:
    sentence = f"{error.where}: {error.message}" if error.where else error.message
    return [sentence, *(error.lines if isinstance(error, BrokenLink) else ())]


def prove_inputs(case: Case, stored: Stored) -> str:
    """That manifest and result name the same exports."""
    stream = case.manifest["streams"].get("inputs")
    if stream is not None:
        if case.manifest["inputs"]:
            raise BrokenLink(f"names inputs itself and in {EXPORTS}", where=NAME)
        _unchanged(case.folder, EXPORTS, stream, lambda: _changed_exports(case, stored))
    count = compare_inputs(case, stored)
    if stream is not None and stream["lines"] != count:
        raise BrokenLink(f"states {stream['lines']} lines of {EXPORTS}, there are {count}", where=NAME)
    return f"{count:,} exports, the same in manifest and result, with their SHA-256"


def _changed_exports(case: Case, stored: Stored) -> list[str]:
    try:
        compare_inputs(case, stored)
    except EvidenceError as error:
        return _as_lines(error)
    return ["not a path or a hash: where an input came from, or when"]


def prove_checks(case: Case, stored: Stored) -> str:
    """That the manifest names every check of the result."""
    return f"{compare_checks(case, stored):,}, each with revision and SHA-256"


def prove_verdicts(case: Case, stored: Stored) -> str:
    """That every verdict is what its link says, and all together what the root says."""
    links = case.manifest["links"]
    _unchanged(case.folder, LINKS, links, lambda: _changed_links(case, stored))
    tree = compare_verdicts(case, stored)
    for name, actual in (("lines", tree.count), ("leaves", tree.count), ("root", tree.root().hex())):
        if links[name] != actual:
            told = f"'links.{name}' is not what the verdicts give"
            raise BrokenLink(told, where=NAME, expected=shown(actual), found=shown(links[name]))
    return f"{tree.count:,} leaves, each is what {LINKS} says; Merkle root {links['root']}"


def _changed_links(case: Case, stored: Stored) -> list[str]:
    try:
        compare_verdicts(case, stored, links_changed=True)
    except EvidenceError as error:
        return _as_lines(error)
    return ["no link"]


def prove_reports(case: Case, stored: Stored) -> list[str]:
    """That every report is the one that was signed, and which of them name the result."""
    told = []
    for report in case.manifest["reports"]:
        _unchanged(case.folder, report["name"], report, list)
        named = case.folder.holds(report["name"], stored.sha256.encode())
        if named != report["names_result"]:
            states = "names" if named else "does not name"
            raise BrokenLink(f"{states} the SHA-256 of {RESULT}; the manifest says otherwise", where=report["name"])
        words = "names the result" if named else "unchanged"
        told.append(f"{report['name']} ({report['format']}, {report['language']}): {words}")
    return told or ["none"]
