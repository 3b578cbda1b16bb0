"""Sharing the work among processes, with back-pressure: results wait no longer than a few shares."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

from auditor.app.plan import Bundle
from auditor.app.work import Bench, Share, do_share

_bench: Bench | None = None


def _work(batch: list[Bundle]) -> Share:
    assert _bench is not None  # noqa: S101  # set before the processes are forked
    return do_share(batch, _bench)


def in_processes(batches: Iterable[list[Bundle]], bench: Bench, jobs: int) -> Iterator[Share]:
    """The shares in the order of the batches. Processes are forked, so the compiled program is not sent around."""
    global _bench  # noqa: PLW0603  # the way a forked process inherits what cannot be pickled
    if "fork" not in multiprocessing.get_all_start_methods():
        yield from (do_share(batch, bench) for batch in batches)
        return
    _bench = bench
    waiting: deque[Future[Share]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork")) as pool:
        for batch in batches:
            waiting.append(pool.submit(_work, batch))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
