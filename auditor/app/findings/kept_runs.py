"""What a delivered run judged, kept small beside the events: next year it tells a regression from something new.

Events are written for findings only. What passed, what was out of scope and what was there at all is kept as one
snapshot: a number for each verdict, packed.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.app.findings.verdicts import Verdicts
from auditor.engagement.comparison import OUT_OF_SCOPE, Run, Seen
from auditor.errors import StoreError

if TYPE_CHECKING:
    from auditor.app.findings.results import ReadRun
    from auditor.store.store import Reading, Writing

SCHEMA = "auditor-run/1"
_CODES = {"pass": 1, "fail": 2} | dict.fromkeys(OUT_OF_SCOPE, 3)
_OUTCOMES = {1: "pass", 2: "fail", 3: "not_applicable"}
_MOST_BYTES = 1 << 30


def keep(writing: Writing, found: ReadRun) -> str:
    """Keep a run; returns the hash after which it is named."""
    return writing.keep_snapshot("run", packed(found))


def kept(reading: Reading, ident: str) -> Run:
    """The run of that hash; StoreError when there is none."""
    return unpacked(reading.snapshot(ident))


def packed(found: ReadRun) -> dict[str, Any]:
    """A run as JSON values. Equal runs give equal documents, whatever the order of their verdicts."""
    checks = {ident: [check.revision, check.meaning] for ident, check in sorted(found.checks.items())}
    return {"schema": SCHEMA, "checks": checks, "kinds": list(_kinds(found.run.seen))}


def _kinds(seen: Mapping[Any, Seen]) -> Any:
    if not isinstance(seen, Verdicts):
        seen = Verdicts(seen.items())
    for kind, checks, things in seen.kinds():
        said = (seen.get((check, kind, key)) for key in things for check in checks)
        codes = bytes(_CODES.get(one.outcome, 0) if one is not None else 0 for one in said)
        text = base64.b64encode(zlib.compress(codes, 9)).decode()
        yield {"kind": kind, "checks": checks, "things": things, "codes": text}


def unpacked(document: Mapping[str, Any]) -> Run:
    """The run of a document: whether things passed, failed or were out of scope; severities are not kept."""
    if document.get("schema") != SCHEMA:
        raise StoreError(f"a kept run has the schema {str(document.get('schema'))[:40]!r}", hint="auditor db check")
    checks: Mapping[str, Any] = document["checks"]
    seen = Verdicts()
    things = set()
    for kind in document["kinds"]:
        codes = zlib.decompressobj().decompress(base64.b64decode(kind["codes"]), _MOST_BYTES)
        width = len(kind["checks"])
        said = {
            (check, code): Seen(outcome, "info", checks[check][1], revision=checks[check][0])
            for check in kind["checks"]
            for code, outcome in _OUTCOMES.items()
        }
        for row, key in enumerate(kind["things"]):
            things.add((kind["kind"], key))
            for check, code in zip(kind["checks"], codes[row * width : (row + 1) * width], strict=True):
                if code:
                    seen.add(check, kind["kind"], key, said[check, code])
    return Run(seen, checks.keys(), things)
