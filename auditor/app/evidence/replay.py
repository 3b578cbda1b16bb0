"""The audit run again on the exports: the same time, baseline and waivers must give the same bytes."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import orjson

from auditor import __version__
from auditor.app.audit import Request, run_audit
from auditor.app.content import load_all_baselines, load_checks
from auditor.app.evidence.broken import BrokenLink, NotComparable
from auditor.app.evidence.comparing import Case
from auditor.app.evidence.exports import export_paths
from auditor.app.evidence.folder import Folder
from auditor.app.evidence.stored import RESULT, STREAMS, Stored
from auditor.app.plugins import Plugins, load_plugins
from auditor.engagement.evidence_links import shown
from auditor.errors import AuditorError
from auditor.intake.limits import Limits

_WAIVER = ("check", "subjects", "reason", "approver", "expires")


@dataclass(frozen=True, slots=True)
class Exports:
    """Where the exports are, and what else the audit was given that its result does not hold."""

    paths: Sequence[Path] = ()
    content: Sequence[Path] = ()
    limits: Limits = field(default_factory=Limits)


def prove_replay(case: Case, stored: Stored, exports: Exports) -> list[str]:
    """That the exports give this result; NotComparable when tool, checks or baseline are others, else BrokenLink."""
    plugins = load_plugins()
    _require_the_same(stored.document, plugins, exports)
    with tempfile.TemporaryDirectory(prefix="auditor-replay-") as name:
        out = Path(name)
        request = _request(case, stored, exports, out)
        try:
            run_audit(request)
        except AuditorError as error:
            raise NotComparable(f"the audit could not be run again: {error}") from error
        again = Stored(Folder(out), _as_stated(stored, (out / RESULT).read_bytes()))
        if again.data != stored.data:
            raise _first_difference(stored, again)
        told = ["the exports give the same result, byte for byte"]
        return [*told, *_reports(case, stored, plugins, out)]


def _require_the_same(document: dict[str, Any], plugins: Plugins, exports: Exports) -> None:
    run = document["run"]
    baselines = load_all_baselines(plugins, exports.content)
    baseline = baselines.get(run["baseline"]["id"])
    loaded = [{"name": plugin.name, "version": plugin.version} for plugin in plugins.loaded]
    pairs = (
        ("version of the tool", document["tool"].get("version"), __version__),
        ("catalogue of checks", run["catalogue"]["sha256"], load_checks(plugins, exports.content).sha256),
        ("baseline", run["baseline"]["sha256"], baseline.sha256 if baseline is not None else "no such baseline"),
        ("plugins", run["plugins"], loaded),
    )
    others = [f"{name}: then {shown(then)}, here {shown(here)}" for name, then, here in pairs if then != here]
    if others:
        raise NotComparable(f"not comparable, other {'; other '.join(others)}")


def _request(case: Case, stored: Stored, exports: Exports, out: Path) -> Request:
    run, waivers = stored.document["run"], stored.document.get("waivers", [])
    file = None
    if waivers:
        file = out / "waivers.yaml"  # JSON is YAML
        try:
            file.write_bytes(orjson.dumps({"waivers": [{name: row[name] for name in _WAIVER} for row in waivers]}))
        except (KeyError, TypeError) as error:
            raise BrokenLink("the waivers are not of the schema", where=RESULT) from error
    return Request(
        paths=export_paths(case, exports.paths, exports.limits),
        out=out,
        baseline=run["baseline"]["id"],
        waivers=file,
        as_of="" if run["as_of_source"] == "inputs" else run["as_of"],
        content=exports.content,
        limits=exports.limits,
        self_audit=run.get("self_audit", True),
        own=case.folder.path,
    )


def _as_stated(stored: Stored, data: bytes) -> bytes:
    """A time that the clock gave then is an option now; that alone is no difference."""
    if stored.document["run"]["as_of_source"] != "clock":
        return data
    return data.replace(b'"as_of_source":"option"', b'"as_of_source":"clock"', 1)


def _first_difference(then: Stored, now: Stored) -> BrokenLink:
    """The first input, verdict or device that came out otherwise, else the member that did."""
    for name in ("inputs", "verdicts", "affected"):
        with closing(then.items(name)) as old, closing(now.items(name)) as new:
            for before, after in zip_longest(old, new):
                if before is None or after is None or before[1] != after[1]:
                    where, expected, found = _sides(before, after)
                    told = "the exports do not give this"
                    return BrokenLink(told, where=where, expected=expected, found=found)
    members = [name for name in then.document if then.document[name] != now.document.get(name) and name not in STREAMS]
    told = f"the exports give another {', '.join(members[:5]) or 'order of members'}"
    return BrokenLink(told, where=RESULT, expected=then.sha256, found=now.sha256)


def _sides(before: Any, after: Any) -> tuple[str, str, str]:
    """(where, what was delivered, what comes out now), cut to what differs."""
    if before is None or after is None:
        where = (before or after)[0]
        return where, _told(before), _told(after)
    names = [name for name in {**before[1], **after[1]} if before[1].get(name) != after[1].get(name)]
    title = f"{before[0]}: {_title(before[1])}"
    cut = [{name: side[1].get(name) for name in names} for side in (before, after)]
    return title, shown(cut[0]), shown(cut[1])


def _told(side: Any) -> str:
    return "nothing" if side is None else f"{side[0]}: {_title(side[1])}"


def _title(record: dict[str, Any]) -> str:
    if "check_id" not in record:
        return shown(record.get("path"))
    subject = record.get("subject", record)
    return f"{record['check_id']} on {shown(subject.get('key'))}"


def _reports(case: Case, stored: Stored, plugins: Plugins, out: Path) -> Iterator[str]:
    """Whether the reports that this version can make of the result are those that were delivered."""
    from auditor.app.reports import renderers
    from auditor.reporting.reader import StoredResult

    known = {one["language"]: renderers(plugins, language=one["language"]) for one in case.manifest["reports"]}
    result = StoredResult(stored.document, case.folder.path)
    for report in case.manifest["reports"]:
        renderer = known[report["language"]].get(report["format"])
        if renderer is None:
            continue
        path = out / "report"
        with path.open("wb") as file:
            renderer.render(result, file)
        same = hashlib.sha256(path.read_bytes()).hexdigest() == report["sha256"]
        yield f"{report['name']} " + (
            "is what this version makes of the result" if same else "was made otherwise: own templates, for instance"
        )
