"""What a delivered run judged, kept small beside the events: next year it is compared without the files of this one.

Events are written for findings only. What passed, what was out of scope and what was there at all is kept as one
snapshot: a number for each verdict, packed.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.app.findings.results import Asked, Devices, ReadRun
from auditor.app.findings.verdicts import Verdicts
from auditor.engagement.comparison import OUT_OF_SCOPE, Key, Run, Seen
from auditor.errors import StoreError

if TYPE_CHECKING:
    from auditor.store.store import Reading, Writing

SCHEMA = "auditor-run/1"
_CODES: Mapping[str, int] = {"pass": 1, "fail": 2} | dict.fromkeys(sorted(OUT_OF_SCOPE), 3)
_OUTCOMES: Mapping[int, str] = {1: "pass", 2: "fail", 3: "not_applicable"}
_OF_A_CHECK = ("title", "product", "area", "severity", "form", "revision", "sha256", "settings", "meaning")
_MOST_BYTES = 1 << 30


def keep(writing: Writing, found: ReadRun) -> str:
    """Keep a run; returns the hash after which it is named."""
    return writing.keep_snapshot("run", packed(found))


def kept(reading: Reading, ident: str) -> ReadRun:
    """The run of that hash; StoreError when there is none."""
    return unpacked(reading.snapshot(ident))


def packed(found: ReadRun) -> dict[str, Any]:
    """A run as JSON values. Equal runs give equal documents, whatever the order of their verdicts."""
    return {
        "schema": SCHEMA,
        "sha256": found.sha256,
        "facts": dict(found.facts),
        "unsaid": list(found.unsaid),
        "checks": {
            ident: {name: getattr(check, name) for name in _OF_A_CHECK} for ident, check in sorted(found.checks.items())
        },
        "kinds": list(_kinds(found)),
        "devices": [[*key, one.judged, one.failed, one.undecided] for key, one in sorted(found.devices.items())],
    }


def _kinds(found: ReadRun) -> Iterator[dict[str, Any]]:
    seen = found.run.seen
    for kind, checks, things in found.verdicts.kinds():
        said = (seen.get((check, kind, key)) for key in things for check in checks)
        codes = bytes(_CODES.get(one.outcome, 0) if one is not None else 0 for one in said)
        names = {key: found.names[kind, key] for key in things if found.names.get((kind, key), key) != key}
        text = base64.b64encode(zlib.compress(codes, 9)).decode()
        yield {"kind": kind, "checks": checks, "things": things, "names": names, "codes": text}


def unpacked(document: Mapping[str, Any]) -> ReadRun:
    """The run of a document: what passed, failed or was out of scope. Why nothing was decided is not kept."""
    if document.get("schema") != SCHEMA:
        raise StoreError(f"a kept run has the schema {str(document.get('schema'))[:40]!r}", hint="auditor db check")
    checks = {ident: Asked(id=ident, **check) for ident, check in document["checks"].items()}
    seen = Verdicts()
    names: dict[tuple[str, str], str] = {}
    for kind in document["kinds"]:
        for key, found in _said(kind, checks):
            seen.add(*key, found)
        for key in kind["things"]:
            seen.meet(kind["kind"], key)
        names |= {(kind["kind"], key): name for key, name in kind["names"].items()}
    devices = {(check, kind, key): Devices(*counts) for check, kind, key, *counts in document["devices"]}
    run = Run(seen, checks.keys(), seen.things)
    return ReadRun(run, seen, checks, names, devices, document["sha256"], document["facts"], tuple(document["unsaid"]))


def _said(kind: Mapping[str, Any], checks: Mapping[str, Asked]) -> Iterator[tuple[Key, Seen]]:
    codes = zlib.decompressobj().decompress(base64.b64decode(kind["codes"]), _MOST_BYTES)
    width = len(kind["checks"])
    meant = {
        (check, code): Seen(outcome, checks[check].severity, checks[check].meaning, revision=checks[check].revision)
        for check in kind["checks"]
        for code, outcome in _OUTCOMES.items()
    }
    for row, key in enumerate(kind["things"]):
        for check, code in zip(kind["checks"], codes[row * width : (row + 1) * width], strict=True):
            if code:
                yield (check, kind["kind"], key), meant[check, code]
