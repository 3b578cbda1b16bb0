"""What is measured: fleets of given sizes, the commands over them, and what each is compared with."""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.measure import OUT, Case, Sample, measure, median, run

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
AUDITOR = str(Path(sys.executable).with_name("auditor"))
VARIETIES = ("realistic", "shared", "unique")
PEERS = ("jsonschema-rs", "fastjsonschema", "jsonschema")
AUDITED = (0, 4, 10)
"""Exit codes of an audit that was made: nothing found, something could not be read or decided, something was found."""

TWICE = "floor, two at once"
ZIPPED = "realistic: audit of a zip"
"""Tells how much of a second core the machine had to give while two processes were measured."""

Samples = dict[str, list[Sample]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """`exports` of a KESL fleet, `devices` of a dump; growth is measured over all `steps` of exports and devices."""

    exports: int
    devices: int
    steps: tuple[int, ...]
    device_steps: tuple[int, ...]
    pages: int = 100
    repetitions: int = 3
    start_repetitions: int = 15


QUICK = Sizes(2_000, 10_000, (200, 2_000), (1_000, 10_000), repetitions=1)
USUAL = Sizes(10_000, 100_000, (1_000, 10_000), (10_000, 100_000))
LARGE = Sizes(10_000, 100_000, (1_000, 10_000, 100_000), (10_000, 100_000))


@dataclass(slots=True)
class Run:
    """Everything a run gathers. `work` is removed afterwards."""

    sizes: Sizes
    work: Path
    samples: Samples = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    @property
    def env(self) -> Mapping[str, str]:
        """The environment of all measured processes: a catalogue cache of their own, nothing of the user's."""
        return dict(os.environ) | {"AUDITOR_CACHE": str(self.work / "cache"), "PYTHONHASHSEED": "0"}

    def take(self, cases: Sequence[Case], repetitions: int, *, warm_up: bool) -> None:
        """Measure cases in turn and keep what they took. `warm_up`: a first run of each is thrown away."""
        if warm_up:
            measure(cases, 1, self.env, self.work)
        self.cases |= {case.name: case for case in cases}
        self.samples |= measure(cases, repetitions, self.env, self.work)

    def call(self, *command: str, output: Path | None = None, accepted: Sequence[int] = (0,)) -> None:
        """Run something that is not measured; CommandFailed when it goes wrong."""
        run(Case(Path(command[1]).name, command, accepted=tuple(accepted)), self.env, self.work, output)

    def median(self, name: str) -> Sample:
        """The median of a case's runs."""
        return median(self.samples[name])


def kesl_folder(run_: Run, variety: str, hosts: int) -> Path:
    """The fleet, made at the first call."""
    folder = run_.work / f"{variety}-{hosts}"
    if not folder.exists():
        fleet = (PYTHON, str(HERE / "fleet.py"), "kesl", "--hosts", str(hosts), "--variety", variety)
        run_.call(*fleet, str(folder))
    return folder


def kesl_archive(run_: Run, variety: str, hosts: int) -> Path:
    """The same fleet as one zip, made at the first call."""
    folder = kesl_folder(run_, variety, hosts)
    if not (place := folder.with_suffix(".zip")).exists():
        shutil.make_archive(str(folder), "zip", folder.parent, folder.name)
    return place


def ksc_dump(run_: Run, devices: int, pages: int = 0) -> Path:
    """The dump, made at the first call: one file, or a folder of pages."""
    place = run_.work / (f"pages-{devices}" if pages else f"ksc-{devices}.json")
    if not place.exists():
        paging = ("--pages", str(pages)) if pages else ()
        run_.call(PYTHON, str(HERE / "fleet.py"), "ksc", "--hosts", str(devices), *paging, str(place))
    return place


def audit(name: str, place: Path, items: int, *options: str, json_only: bool = True, jobs: int = 1) -> Case:
    """An audit of a place with all shipped checks; as JSON only, or with every report."""
    formats = ("--format", "json") if json_only else ()
    command = (AUDITOR, "audit", str(place), "--out", OUT, "--quiet", "--jobs", str(jobs), *formats, *options)
    return Case(name, command, items, AUDITED, tree=jobs > 1)


def floor(name: str, kind: str, place: Path, items: int) -> Case:
    """The floor for the same bytes."""
    return Case(name, (PYTHON, str(HERE / "floors.py"), kind, str(place)), items)


def kesl_cases(run_: Run) -> list[Case]:
    """Floors and audits of the three varieties."""
    cases, hosts = [], run_.sizes.exports
    for variety in VARIETIES:
        folder = kesl_folder(run_, variety, hosts)
        one = floor(f"{variety}: floor", "ini", folder, hosts)
        cases += [
            one,
            replace(one, name=f"{variety}: {TWICE}", command=(*one.command, "2")),
            audit(f"{variety}: audit, 1 process", folder, hosts),
            audit(f"{variety}: audit, 2 processes", folder, hosts, jobs=2),
            audit(f"{variety}: audit and all reports", folder, hosts, json_only=False),
        ]
    return [*cases, audit(ZIPPED, kesl_archive(run_, "realistic", hosts), hosts)]


def growth_cases(run_: Run) -> list[Case]:
    """Floors and audits of the sizes that the main part does not measure."""
    cases = []
    for hosts in run_.sizes.steps:
        if hosts != run_.sizes.exports:
            for variety in ("realistic", "shared"):
                folder = kesl_folder(run_, variety, hosts)
                cases.append(floor(f"{variety}, {hosts:,}: floor", "ini", folder, hosts))
                cases.append(audit(f"{variety}, {hosts:,}: audit, 1 process", folder, hosts))
    return cases


def ksc_cases(run_: Run) -> list[Case]:
    """Floors and audits of dumps, in one file and in pages."""
    cases = []
    for devices in run_.sizes.device_steps:
        dump = ksc_dump(run_, devices)
        cases.append(floor(f"{devices:,} devices, one file: floor", "ksc", dump, devices))
        cases.append(audit(f"{devices:,} devices, one file: audit", dump, devices))
    devices, pages = run_.sizes.devices, run_.sizes.pages
    folder = ksc_dump(run_, devices, pages)
    cases.append(floor(f"{devices:,} devices, {pages} pages: floor", "ksc", folder, devices))
    cases.append(audit(f"{devices:,} devices, {pages} pages: audit", folder, devices))
    return cases


def peer_cases(run_: Run) -> list[Case]:
    """The tool and the peers with the same rules over the same exports."""
    rules, hosts = run_.work / "rules", run_.sizes.exports
    run_.call(PYTHON, "-m", "benchmarks.rules", str(rules))
    folder = kesl_folder(run_, "realistic", hosts)
    options = ("--content", str(rules / "content"), "--baseline", "plain-values")
    cases = [audit("the same rules: audit", folder, hosts, *options)]
    for peer in PEERS:
        command = (PYTHON, str(HERE / "peers.py"), peer, str(rules / "rules.json"), str(folder))
        cases.append(Case(f"the same rules: {peer}", command, hosts))
    return cases


def start_cases(run_: Run) -> list[Case]:
    """Start-up with warm caches, and with a catalogue that has to be parsed first."""
    export = next(kesl_folder(run_, "realistic", run_.sizes.steps[0]).glob("*/export.ini"))
    return [
        Case("start: python -c pass", (PYTHON, "-c", "pass")),
        Case("start: auditor --version", (AUDITOR, "--version")),
        Case("start: auditor --help", (AUDITOR, "--help")),
        audit("start: audit of one export", export, 1),
        audit("start: audit of one export and all reports", export, 1, json_only=False),
        replace(audit("start: audit of one export without catalogue cache", export, 1), env={"AUDITOR_CACHE": ""}),
    ]


def slope(run_: Run, names: Sequence[str], start: float) -> float:
    """The exponent b of CPU time ~ items^b between the first and the last case.

    `start` seconds are no work and left out; NaN when hardly anything else was measured.
    """
    first, last = names[0], names[-1]
    work = [run_.median(name).cpu - start for name in (first, last)]
    if min(work) < start / 20:
        return math.nan
    items = [run_.cases[name].items for name in (first, last)]
    return math.log(work[1] / work[0]) / math.log(items[1] / items[0])
