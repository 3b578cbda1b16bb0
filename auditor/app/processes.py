"""Sharing the work among processes, with back-pressure: results wait no longer than a few shares.

Verdicts do not travel between processes: each share in flight has a nameless file into which its process writes them,
and from which they are copied in the order of the shares. So memory holds none of them, and nothing is left behind.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from auditor.app.plan import Bundle
from auditor.app.work import Bench, Share, do_share, make_share
from auditor.errors import AuditorError

_BLOCK = 1 << 20

_bench: Bench | None = None
_files: Sequence[IO[bytes]] = ()


def _work(batch: list[Bundle], slot: int) -> Share:
    assert _bench is not None  # noqa: S101  # set before the processes are forked
    if _bench.checkpoints is not None:
        return do_share(batch, _bench)
    file = _files[slot]
    file.seek(0)
    file.truncate()
    share = make_share(batch, _bench, file.write)
    file.flush()
    return share


def in_processes(batches: Iterable[list[Bundle]], bench: Bench, jobs: int, folder: Path) -> Iterator[Share]:
    """The shares in the order of the batches. Processes are forked, so the compiled program is not sent around.

    A share must be taken before the next one is asked for: its verdicts stand in a file of `folder` that is used again.
    AuditorError when one of the processes is killed.
    """
    try:
        yield from _shares(batches, bench, jobs, folder)
    except BrokenProcessPool as error:
        raise AuditorError(
            "one of the processes was killed, so there is no result", hint="if memory was short: --jobs 1"
        ) from error


def _shares(batches: Iterable[list[Bundle]], bench: Bench, jobs: int, folder: Path) -> Iterator[Share]:
    global _bench, _files  # noqa: PLW0603  # the way a forked process inherits what cannot be pickled
    if "fork" not in multiprocessing.get_all_start_methods():
        yield from (do_share(batch, bench) for batch in batches)
        return
    with ExitStack() as opened:
        _bench = bench
        _files = [opened.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(2 * jobs + 1)]
        pool = opened.enter_context(ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork")))
        waiting: deque[tuple[Future[Share], int]] = deque()
        for number, batch in enumerate(batches):
            slot = number % len(_files)
            if len(waiting) == len(_files):
                yield _finished(*waiting.popleft())
            waiting.append((pool.submit(_work, batch, slot), slot))
        while waiting:
            yield _finished(*waiting.popleft())


def _finished(future: Future[Share], slot: int) -> Share:
    share = future.result()
    if not share.verdicts:
        share.spooled = _blocks(_files[slot].fileno())
    return share


def _blocks(handle: int) -> Iterator[bytes]:
    """What another process wrote into a file, by position: the two share where it stands."""
    at = 0
    while block := os.pread(handle, _BLOCK, at):
        at += len(block)
        yield block
