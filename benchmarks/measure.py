"""Running a command in a fresh process and taking its wall time, CPU time and peak memory.

Nothing of the tool is imported here: a new process starts with the peak memory of the one that made it, so the harness
itself has to stay small (about 20 MB; smaller figures than that cannot be told apart).
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OUT = "{out}"
"""Stands in a command for a new folder, removed after the run."""

_POLL = 0.2
_KIB = 1024 / 1e6  # in MB


@dataclass(frozen=True, slots=True)
class Case:
    """A command to measure. `items`: how many exports or devices it works on. `accepted`: exit codes that are no error.

    `tree`: sum the memory of all its processes (shared pages counted once) while it runs.
    """

    name: str
    command: tuple[str, ...]
    items: int = 1
    accepted: tuple[int, ...] = (0,)
    tree: bool = False
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds of wall and CPU time (user and system, child processes included), peak memory in MB."""

    wall: float
    cpu: float
    peak: float


class CommandFailed(Exception):
    """A measured command ended with an unexpected exit code; a figure of it would mean nothing."""


def measure(cases: Sequence[Case], repetitions: int, env: Mapping[str, str], work: Path) -> dict[str, list[Sample]]:
    """Run every case `repetitions` times, in turn rather than each by itself, so that noise meets all alike."""
    samples: dict[str, list[Sample]] = {case.name: [] for case in cases}
    for _ in range(repetitions):
        for case in cases:
            samples[case.name].append(run(case, env, work))
    return samples


def run(case: Case, env: Mapping[str, str], work: Path, output: Path | None = None) -> Sample:
    """One run; CommandFailed with the end of what it wrote to the error stream. `output` keeps its standard output."""
    out = Path(tempfile.mkdtemp(prefix="out-", dir=work))
    errors = out.with_suffix(".err")
    command = [part.replace(OUT, str(out)) for part in case.command]
    try:
        sample, code = _spawn(command, dict(env) | dict(case.env), output or Path(os.devnull), errors, case.tree)
        if code not in case.accepted:
            said = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
            raise CommandFailed(f"{case.name}: exit code {code} of {' '.join(command)}\n{said}")
        return sample
    finally:
        shutil.rmtree(out)
        errors.unlink(missing_ok=True)


def _spawn(
    command: Sequence[str], env: Mapping[str, str], output: Path, errors: Path, tree: bool
) -> tuple[Sample, int]:
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 1, str(output), write, 0o644), (os.POSIX_SPAWN_OPEN, 2, str(errors), write, 0o644)]
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], list(command), dict(env), file_actions=actions)
    watch = _Watch(pid) if tree else None
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    peak = usage.ru_maxrss * _KIB
    if watch is not None:
        peak = max(peak, watch.stop())
    return Sample(wall, usage.ru_utime + usage.ru_stime, peak), os.waitstatus_to_exitcode(status)


class _Watch:
    """Adds up the proportional memory of a process and its descendants, several times a second."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._over.wait(_POLL):
            self._peak = max(self._peak, sum(map(_share, [self._pid, *_descendants(self._pid)])))

    def stop(self) -> float:
        """The largest sum seen, in MB."""
        self._over.set()
        self._thread.join()
        return self._peak


def _descendants(pid: int) -> list[int]:
    try:
        text = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:  # ended meanwhile
        return []
    children = [int(word) for word in text.split()]
    return children + [grandchild for child in children for grandchild in _descendants(child)]


def _share(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * _KIB
    except OSError:
        return 0.0
    return 0.0


def median(samples: Iterable[Sample]) -> Sample:
    """The median of each figure by itself."""
    taken = list(samples)
    return Sample(
        statistics.median(sample.wall for sample in taken),
        statistics.median(sample.cpu for sample in taken),
        statistics.median(sample.peak for sample in taken),
    )


def ratio(samples: Sequence[Sample], base: Sequence[Sample], figure: str) -> float:
    """The median of the ratios within each round: runs of one round met the same load."""
    pairs = zip(samples, base, strict=True)
    ratios = [float(getattr(one, figure) / getattr(other, figure)) for one, other in pairs]
    return statistics.median(ratios)
