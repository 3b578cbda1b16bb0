"""The audit: exports in, result and reports out."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from auditor import __version__
from auditor.app.content import load_all_baselines, load_checks
from auditor.app.estate import Estate
from auditor.app.plan import AsOf, Bundle, Inputs, bundles, decide_as_of
from auditor.app.plugins import Plugins, load_plugins
from auditor.app.readers import readers_of
from auditor.app.spool import Spool
from auditor.app.summary import checks_section, gaps_section, inventory_section, summary_section
from auditor.app.work import Bench, Share, Write, do_share, make_share
from auditor.engine.baseline import Baseline, Selection, select
from auditor.engine.catalogue import Catalogue
from auditor.engine.encode import dumps
from auditor.engine.judge import compile_program
from auditor.engine.ledger import SAMPLE, Ledger
from auditor.engine.waivers import Waiver, parse_waivers, rows
from auditor.errors import UsageProblem
from auditor.files import write_whole
from auditor.intake.guide import guide_of
from auditor.intake.limits import Limits
from auditor.intake.sources import FileSource

INLINE_SUBJECTS = 200
"""Most subjects (and most inputs) whose verdicts stand in result.json itself."""

INLINE_AFFECTED = 200
"""Most devices of fleet checks that stand in result.json itself."""

SHARE_FILES = 250
"""Files of one share: large enough to make handing it over cheap, small enough to keep memory flat."""

MANY_FILES = 1_000
"""From here on more than one process pays."""

ENGAGEMENT = "engagement.json"
"""Facts and judgements about a delivered result, beside it."""

Progress = Callable[[int], None]
Spools = tuple[Spool, Spool, Spool]
"""Verdicts, inputs, affected devices."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an audit is asked to do. `jobs` 0: as many processes as pay.

    `checkpoints` is a folder in which finished work is kept until the run is complete, so that it can be resumed.
    `self_audit` is False inside an engagement only. `own` is the folder whose results are no inputs when they lie among
    the exports; None: `out`.
    """

    paths: Sequence[Path]
    out: Path
    baseline: str = "recommended"
    waivers: Path | None = None
    as_of: str = ""
    formats: Sequence[str] = ("html", "checklist", "findings")
    content: Sequence[Path] = ()
    limits: Limits = field(default_factory=Limits)
    jobs: int = 0
    checkpoints: Path | None = None
    self_audit: bool = True
    own: Path | None = None


@dataclass(slots=True)
class Setup:
    """Everything a run rests on, loaded and checked before the first file is read."""

    plugins: Plugins
    catalogue: Catalogue
    baseline: Baseline
    selections: dict[str, Selection]
    as_of: AsOf
    bench: Bench
    inputs: Inputs


def run_audit(request: Request, progress: Progress | None = None) -> dict[str, Any]:
    """Audit and write the result; returns it as stored. Expected problems are AuditorError."""
    setup = prepare(request)
    request.out.mkdir(parents=True, exist_ok=True)
    (request.out / ENGAGEMENT).unlink(missing_ok=True)  # of an earlier result: it says nothing about this one
    spools = (
        Spool(request.out, "verdicts", INLINE_SUBJECTS),
        Spool(request.out, "inputs", INLINE_SUBJECTS),
        Spool(request.out, "affected", INLINE_AFFECTED),
    )
    try:
        with _rare_collections():
            return _run(request, setup, spools, progress)
    finally:
        for spool in spools:
            spool.close()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Millions of short-lived values and no cycles among them: the garbage collector would only search in vain."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def _run(request: Request, setup: Setup, spools: Spools, progress: Progress | None) -> dict[str, Any]:
    verdicts, inputs, affected = spools
    total = Share()
    digest = hashlib.sha256()
    deferred: list[FileSource] = []

    def tick() -> None:
        if progress is not None:
            progress(total.files)

    for share in shares(request, setup, verdicts.add):
        _take(share, total, verdicts, inputs, digest)
        deferred.extend(share.deferred)
        tick()
    estate = Estate(setup.bench, request.limits, affected.add, tuple(total.refused))
    for share in _whole(estate, deferred, total, tick):
        _take(share, total, verdicts, inputs, digest)
    return _store(request, setup, total, digest.hexdigest(), spools)


def prepare(request: Request) -> Setup:
    """Load plugins, catalogue, baseline and waivers; ContentError or UsageProblem before anything is read."""
    plugins = load_plugins()
    catalogue = load_checks(plugins, request.content)
    baselines = load_all_baselines(plugins, request.content)
    if request.baseline not in baselines:
        raise UsageProblem(f"no baseline is named {request.baseline}", hint=f"there are {', '.join(sorted(baselines))}")
    baseline = baselines[request.baseline]
    selections = select(baseline, catalogue.checks)
    inputs = Inputs(request.paths, request.limits, request.own or request.out)
    as_of = decide_as_of(request.as_of, inputs)
    # What is shipped was tested; what others wrote is compiled, or refused, before the work begins.
    shipped = not request.content and not plugins.loaded
    program = compile_program(selections, catalogue.logical, as_of.moment, lazy=shipped)
    waivers = load_waivers(request.waivers, catalogue)
    bench = Bench(program, readers_of(plugins), waivers, as_of.date)
    if request.checkpoints is not None:
        from auditor.app.checkpoints import Checkpoints

        bench.checkpoints = Checkpoints(request.checkpoints, _run_name(request, plugins, catalogue, baseline, as_of))
    return Setup(plugins, catalogue, baseline, selections, as_of, bench, inputs)


def _run_name(request: Request, plugins: Plugins, catalogue: Catalogue, baseline: Baseline, as_of: AsOf) -> str:
    """All that every share depends on, besides its files."""
    waivers = request.waivers.read_bytes() if request.waivers is not None else b""
    loaded = [(plugin.name, plugin.version) for plugin in plugins.loaded]
    hashes = (catalogue.sha256, baseline.sha256, hashlib.sha256(waivers).hexdigest())
    return repr((__version__, hashes, as_of.text, loaded, request.limits))


def load_waivers(path: Path | None, catalogue: Catalogue) -> list[Waiver]:
    """The waivers of a file; ContentError with file and place when it is wrong."""
    if path is None:
        return []
    from auditor.sdk.strict_yaml import load_file

    return parse_waivers(load_file(path), str(path), catalogue.checks)


def shares(request: Request, setup: Setup, write: Write) -> Iterator[Share]:
    """The plain files in shares, in input order whatever the number of processes.

    `write` takes verdicts that need not wait: what is written at once stays in the processor's cache.
    """
    batches = _batches(bundles(setup.inputs))
    jobs = request.jobs or (os.cpu_count() or 1)
    if jobs > 1 and not request.jobs:
        # Few files are done before a second process has started.
        held: list[list[Bundle]] = []
        for batch in batches:
            held.append(batch)
            if len(held) * SHARE_FILES > MANY_FILES:
                break
        else:
            jobs = 1
        batches = _chain(held, batches)
    if jobs > 1:
        from auditor.app.processes import in_processes

        yield from in_processes(batches, setup.bench, jobs, request.out)
    elif setup.bench.checkpoints is not None:
        for batch in batches:
            yield do_share(batch, setup.bench)
    else:
        for batch in batches:
            yield make_share(batch, setup.bench, write)


def _chain(held: list[list[Bundle]], rest: Iterator[list[Bundle]]) -> Iterator[list[Bundle]]:
    yield from held
    yield from rest


def _batches(found: Iterable[Bundle]) -> Iterator[list[Bundle]]:
    batch: list[Bundle] = []
    files = 0
    for bundle in found:
        batch.append(bundle)
        files += max(1, len(bundle.files))
        if files >= SHARE_FILES:
            yield batch
            batch, files = [], 0
    if batch:
        yield batch


def _take(share: Share, total: Share, verdicts: Spool, inputs: Spool, digest: Any) -> None:
    for chunk in share.verdicts:
        verdicts.add(chunk)
    subjects = share.subjects
    for block in share.spooled:
        verdicts.add(block, subjects)
        subjects = 0
    inputs.add(share.inputs, share.files)
    for path, sha256 in share.digests:
        digest.update(f"{path}\0{sha256}\n".encode())
    total.files += share.files
    total.subjects += share.subjects
    total.refused.extend(share.refused)
    for status, number in share.statuses.items():
        total.statuses[status] = total.statuses.get(status, 0) + number
    total.ledger.merge(share.ledger)


def _whole(estate: Estate, deferred: Sequence[FileSource], total: Share, tick: Callable[[], None]) -> Iterator[Share]:
    """What needs everything: archives, dumps, roll-ups, and the checks that found nothing to judge.

    A share is taken into `total` before the next is asked for. `tick` is called when everything so far is kept.
    """
    checkpoints = estate.bench.checkpoints
    if checkpoints is None:
        yield from estate.work_off(deferred)
    else:
        from auditor.app.resuming import Resumable

        work = Resumable(estate, deferred, checkpoints.journal(deferred))
        for share in work.shares():
            yield share
            tick()
        yield work.rest()
    last = Share(ledger=Ledger(sampled=estate.bench.sampled))
    kinds = {kind for _, kind in total.ledger.subjects}
    last.verdicts = [*estate.roll_ups(last), estate.unseen(last, kinds)]
    yield last


def _store(request: Request, setup: Setup, total: Share, input_digest: str, spools: Spools) -> dict[str, Any]:
    ledger = total.ledger
    ledger.settle()
    for waiver in setup.bench.waivers:
        waiver.matched = ledger.matched[waiver.index]
    waivers = rows(setup.bench.waivers, setup.as_of.date)
    fragments, streams = {}, {}
    for spool in spools:
        fragments[spool.name], stream = spool.finish(ledger.verdicts if spool.name == "verdicts" else 0)
        if stream is not None:
            streams[spool.name] = stream
    checks = checks_section(setup.selections, ledger)
    result: dict[str, Any] = {
        "schema": "auditor-result/1",
        "tool": {"name": "auditor", "version": __version__},
        "run": _run_section(setup, input_digest, self_audit=request.self_audit),
        "limits": {"inline_subjects": INLINE_SUBJECTS, "inline_affected": INLINE_AFFECTED, "sample": SAMPLE},
        "streams": streams,
        "inputs": fragments["inputs"],
        "inventory": inventory_section(ledger),
        "gaps": gaps_section(ledger, guide_of(setup.catalogue.collection)),
        "checks": checks,
        "summary": summary_section(checks, ledger, total.statuses, setup.plugins.failures),
        "waivers": waivers,
        "verdicts": fragments["verdicts"],
    }
    data = dumps(result)
    # what is kept is forgotten only once the result is safe
    write_whole(request.out / "result.json", data + b"\n", durable=setup.bench.checkpoints is not None)
    if setup.bench.checkpoints is not None:
        setup.bench.checkpoints.forget()
    stored: dict[str, Any] = orjson.loads(data)
    return stored


def _run_section(setup: Setup, input_digest: str, *, self_audit: bool) -> dict[str, Any]:
    baseline = setup.baseline
    return {
        "as_of": setup.as_of.text,
        "as_of_source": setup.as_of.source,
        "self_audit": self_audit,
        "baseline": {
            "id": baseline.id,
            "title": baseline.title,
            "revision": baseline.revision,
            "sha256": baseline.sha256,
        },
        "catalogue": {
            "checks": len(setup.catalogue.checks),
            "selected": len(setup.selections),
            "sha256": setup.catalogue.sha256,
        },
        "plugins": [{"name": plugin.name, "version": plugin.version} for plugin in setup.plugins.loaded],
        "plugin_failures": [{"name": item.name, "message": item.message} for item in setup.plugins.failures],
        "input_digest": input_digest,
    }
