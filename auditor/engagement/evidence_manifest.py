"""The manifest of a delivery: what was delivered and what it was made of, by hash, in one signed document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.engagement.evidence import Grounds

Json = dict[str, Any]

SCHEMA = "auditor-manifest/1"
NAME = "manifest.json"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "manifest.pub"
LINKS = "links.ndjson"
EXPORTS = "exports.ndjson"
OWN = frozenset({NAME, SIGNATURE, PUBLIC_KEY, LINKS, EXPORTS})
"""The files that signing adds to the folder of a result."""

_INPUT = ("path", "status", "sha256", "size", "format", "collected_at")


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a manifest. Members are as the schema of the manifest describes them (`auditor schema manifest`).

    `previous` is the SHA-256 of the manifest that this one corrects, "" for a first delivery; `key` the fingerprint.
    """

    facts: Mapping[str, Any]
    result: Mapping[str, Any]
    inputs: Sequence[Json]
    streams: Json
    files: Sequence[Json]
    links: Json
    reports: Sequence[Json]
    previous: str
    key: str


def manifest_of(contents: Contents) -> Json:
    """The document; its canonical JSON is what is signed."""
    return {
        "schema": SCHEMA,
        "tool": contents.result["tool"],
        "run": run_of(contents.result),
        "facts": dict(contents.facts),
        "inputs": list(contents.inputs),
        "streams": contents.streams,
        "checks": checks_of(contents.result),
        "result": {"files": list(contents.files)},
        "links": contents.links,
        "reports": list(contents.reports),
        "previous": contents.previous or None,
        "key": {"algorithm": "Ed25519", "fingerprint": contents.key},
    }


def run_of(result: Mapping[str, Any]) -> Json:
    """The run as the manifest names it: time, baseline, catalogue, plugins and the digest over all inputs."""
    run = result["run"]
    baseline, catalogue = run["baseline"], run["catalogue"]
    return {
        "as_of": run["as_of"],
        "as_of_source": run["as_of_source"],
        "baseline": {name: baseline[name] for name in ("id", "revision", "sha256")},
        "catalogue": {"sha256": catalogue["sha256"]},
        "plugins": run["plugins"],
        "input_digest": run["input_digest"],
    }


def checks_of(result: Mapping[str, Any]) -> list[Json]:
    """Every check of the result by id, revision and hash."""
    return [{name: check[name] for name in ("id", "revision", "sha256")} for check in result["checks"]]


def input_of(record: Mapping[str, Any], received: Mapping[str, Any]) -> Json:
    """An input as the manifest names it; `received` tells how and when it arrived, as far as somebody knows."""
    return {**{name: record[name] for name in _INPUT if name in record}, **received}


def received_of(path: str, arrivals: Iterable[Mapping[str, Any]]) -> Json:
    """{source, received_at} of an input: those of the longest path that it is, or lies in."""
    best: Mapping[str, Any] = {}
    for arrival in arrivals:
        named = arrival["path"]
        inside = path == named or path.startswith((f"{named}/", f"{named}!"))
        if inside and len(named) >= len(best.get("path", "")):
            best = arrival
    return {name: best[name] for name in ("source", "received_at") if name in best}


def grounds_of(manifest: Mapping[str, Any], inputs: Iterable[Mapping[str, Any]]) -> Grounds:
    """What verdicts rest on according to a manifest."""
    hashes: dict[str, str] = {}
    for record in inputs:
        path, sha256 = record["path"], record["sha256"]
        hashes[path] = sha256 if hashes.get(path, sha256) == sha256 else ""
    checks = {check["id"]: check["sha256"] for check in manifest["checks"]}
    return Grounds(checks, hashes, manifest["run"]["input_digest"])
