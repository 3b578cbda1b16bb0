"""Measure the tool beside floors and peers and print the result as Markdown.

    python -m benchmarks [--quick | --large] [--write] [--date 2026-01-31]

Fleets are made in a temporary folder. Every figure comes from fresh processes; cases of one group run in turn, so that
noise meets all alike. Quick: 2,000 exports and 10,000 devices. Usual: 10,000 and 100,000. Large: up to 100,000 exports.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks import agreement, suite, table
from benchmarks.measure import ratio
from benchmarks.suite import LARGE, QUICK, USUAL, Run, Sizes

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def machine() -> str:
    """Cores, memory, processor, system and Python of this machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.machine()
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB memory, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def gather(run_: Run, say: bool = True) -> dict[str, agreement.Counts]:
    """Measure every group; answers the failures that each engine counted."""
    sizes = run_.sizes
    # start-up comes first: it also warms bytecode and catalogue; files are warm because they were just written
    groups = (
        (suite.start_cases, sizes.start_repetitions),
        (suite.kesl_cases, sizes.repetitions),
        (suite.peer_cases, sizes.repetitions),
        (suite.growth_cases, sizes.repetitions),
        (suite.ksc_cases, sizes.repetitions),
    )
    for cases, repetitions in groups:
        if say:
            print(f"{cases.__name__.removesuffix('_cases')} ...", file=sys.stderr, flush=True)
        run_.take(cases(run_), repetitions, warm_up=cases is suite.start_cases)
    return agreement.failures(run_)


def report(run_: Run, counts: dict[str, agreement.Counts], command: str, date: str, load: float) -> str:
    """The Markdown between the markers."""
    sizes = run_.sizes
    facts = [
        f"Measured with `{command}`{f' on {date}' if date else ''}: {machine()}. "
        f"Load average before the run {load:.1f}. {spare(run_)}",
        "",
        f"{sizes.exports:,} KESL exports, {sizes.devices:,} devices. {_runs(sizes.repetitions)} "
        f"({sizes.start_repetitions} for start-up, the median shown).",
        "",
    ]
    if sizes.exports < USUAL.exports:
        facts += ["Fewer exports and devices than the goals are meant for: fixed costs weigh more here.", ""]
    shown = table.goal_table(table.goals(run_))
    return "\n".join([*facts, *shown, "", *table.figures(run_), "", agreement.sentence(counts, sizes.exports), ""])


def _runs(number: int) -> str:
    return f"Medians of {number} runs" if number > 1 else "One run of each"


def spare(run_: Run) -> str:
    """What the machine could give to a second process; without it the figures of two processes mean nothing."""
    longer = sorted(
        ratio(run_.samples[f"{variety}: {suite.TWICE}"], run_.samples[f"{variety}: floor"], "wall")
        for variety in suite.VARIETIES
    )
    return (
        f"Two floors at once took {longer[0]:.2f} to {longer[-1]:.2f} times as long as one "
        "(1.0: two cores were free, 2.0: one)."
    )


def chosen(given: argparse.Namespace) -> Sizes:
    """The sizes that the options ask for."""
    sizes = QUICK if given.quick else LARGE if given.large else USUAL
    if given.hosts:
        steps = (max(1, given.hosts // 10), given.hosts)
        devices = (max(1, given.devices // 10), given.devices)
        sizes = Sizes(given.hosts, given.devices, steps, devices, pages=5, repetitions=1, start_repetitions=1)
    return replace(sizes, repetitions=given.repeat) if given.repeat else sizes


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and memory.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="2,000 exports, 10,000 devices")
    size.add_argument("--large", action="store_true", help="growth to 100,000 exports (20 GB of disk, an hour)")
    size.add_argument("--hosts", type=int, default=0, help="exports of a trial run, each command once")
    parser.add_argument("--devices", type=int, default=1_000, help="devices of a trial run")
    parser.add_argument("--repeat", type=int, default=0, metavar="N", help="runs of each command but start-up")
    parser.add_argument("--write", action="store_true", help=f"put the result into docs/{PAGE.name}")
    parser.add_argument("--date", default="", help="the day to state")
    return parser


def main(arguments: list[str] | None = None) -> int:
    given = options().parse_args(arguments)
    words = sys.argv[1:] if arguments is None else arguments
    command = " ".join(["python -m benchmarks", *(word for word in words if word in ("--quick", "--large"))])
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-") as work:
        run_ = Run(chosen(given), Path(work))
        counts = gather(run_)
        text = report(run_, counts, command, given.date, load)
    print(text)
    if given.write:
        PAGE.write_text(table.replace_between(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")
    wrong = agreement.differences(counts)
    for line in wrong:
        print(f"MISMATCH {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
