"""The chain of evidence of a delivery, as hashes: export file, value, check, verdict.

Every verdict becomes a leaf that holds the verdict itself, the hash of its check and the hashes of the exports it rests
on. Beside it stands a link: who was judged, the hash of the leaf, and of each piece of evidence the export, the place
and the hash of the value. Nothing here reads files; docs/evidence.md tells the form so that others can repeat it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.engagement.evidence_tree import leaf_hash
from auditor.errors import EvidenceError
from auditor.model.canonical import canonical, digest

Json = Mapping[str, Any]

DEVICE = "device"
"""The kind of subject of a line about one device of a fleet check."""

DECIDED = frozenset({"pass", "fail"})


@dataclass(frozen=True, slots=True)
class Grounds:
    """What verdicts rest on: `checks` id -> SHA-256 of the check, `inputs` path -> SHA-256 of the export.

    An input that could not be hashed, or whose name two inputs share, has "". `everything` is the digest over all
    inputs: what is said to be nowhere rests on all of them.
    """

    checks: Mapping[str, str]
    inputs: Mapping[str, str]
    everything: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A record of a result (verdict, or device of a fleet check) with its leaf and the link that names it."""

    record: Json
    leaf: bytes
    link: Json

    @property
    def title(self) -> str:
        """KESL-FTP-001 on web01"""
        return f"{self.link['check']} on {self.link['subject']['key']}"


def linked(record: Any, grounds: Grounds) -> Linked:
    """The record as a leaf of the chain; EvidenceError when it is none, or names a check or an input that is not there.

    The leaf is the hash of the canonical JSON of {check, rests_on, verdict}.
    """
    check_id, subject = named(record)
    if check_id not in grounds.checks:
        raise EvidenceError("no check of this id belongs to the result", where=f"{check_id} on {subject['key']}")
    found = list(pieces(record))
    files = [_input_of(piece, grounds, check_id, subject) for piece in found]
    rests_on = list(dict.fromkeys(sha256 for sha256 in files if sha256)) or [grounds.everything]
    try:
        leaf = leaf_hash(canonical({"check": grounds.checks[check_id], "rests_on": rests_on, "verdict": record}))
        evidence = [_piece_link(piece, sha256) for piece, sha256 in zip(found, files, strict=True)]
    except ValueError as error:
        raise EvidenceError(f"has no canonical form: {error}", where=f"{check_id} on {subject['key']}") from error
    return Linked(record, leaf, {"check": check_id, "subject": subject, "leaf": leaf.hex(), "evidence": evidence})


def named(record: Any) -> tuple[str, dict[str, str]]:
    """(check, {kind, key}) of a verdict or of a device's line; EvidenceError when the record is neither."""
    if isinstance(record, dict):
        subject = record.get("subject", {"kind": DEVICE, "key": record.get("key")})
        check_id = record.get("check_id")
        kind, key = (subject.get("kind"), subject.get("key")) if isinstance(subject, dict) else (None, None)
        if isinstance(check_id, str) and isinstance(kind, str) and isinstance(key, str):
            return check_id, {"kind": kind, "key": key}
    raise EvidenceError("is no verdict: check or subject is missing")


def pieces(record: Json) -> Iterator[Json]:
    """The pieces of evidence of a record, those of the devices in its roll-up after its own."""
    rollup = record.get("rollup")
    devices = rollup.get("affected", []) if isinstance(rollup, dict) else []
    for owner in (record, *(devices if isinstance(devices, list) else ())):
        found = owner.get("evidence") if isinstance(owner, dict) else None
        for piece in found if isinstance(found, list) else ():
            if isinstance(piece, dict):
                yield piece


def _input_of(piece: Json, grounds: Grounds, check_id: str, subject: Json) -> str:
    path = piece.get("file")
    if path is None:
        return ""
    if not isinstance(path, str) or path not in grounds.inputs:
        raise EvidenceError(
            f"its evidence names {str(path)[:200]!r}, which is no input", where=f"{check_id} on {subject['key']}"
        )
    return grounds.inputs[path]


def _piece_link(piece: Json, sha256: str) -> dict[str, Any]:
    link: dict[str, Any] = {"file": sha256} if sha256 else {}
    place = place_of(piece)
    if place is not None:
        link["place"] = place
    if "value" in piece:
        link["value"] = digest(piece["value"])
    return link


def place_of(piece: Json) -> int | str | None:
    """Line number or pointer; None when the piece has no place."""
    place = piece.get("line", piece.get("pointer"))
    return place if isinstance(place, int | str) else None


def unproven(record: Json, grounds: Grounds) -> str:
    """Why a decided record cannot be signed, "" when it can be: it needs evidence, and exports that are named by hash.

    Evidence without a file is evidence too (`none among 5 tasks`): it rests on all inputs.
    """
    if record.get("outcome") not in DECIDED:
        return ""
    found = [piece for piece in pieces(record) if piece.get("setting")]
    if not found:
        return "it has no evidence"
    for piece in found:
        if "file" in piece and not grounds.inputs.get(piece["file"]):
            return f"{piece['file']} has no SHA-256: it was not read to its end, or two inputs have this name"
    return ""
