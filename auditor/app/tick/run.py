"""One tick: everything that is due at an instant, however late it is and however often it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from auditor.app.engagements.reminding import look_after
from auditor.app.tick.delivery import Telling
from auditor.app.tick.done import Done, Job
from auditor.app.tick.openings import list_waiting
from auditor.app.tick.reminders import remind
from auditor.app.tick.service import make_reports
from auditor.app.tick.settlements import propose_resolving
from auditor.app.tick.thresholds import fire
from auditor.errors import AuditorError, StoreError, UsageProblem
from auditor.model.events import text_of

if TYPE_CHECKING:
    from auditor.app.tick.post import Post
    from auditor.store.store import Store

SKEW = timedelta(minutes=5)
JOBS: tuple[tuple[str, Job], ...] = (
    ("thresholds", fire),
    ("openings", list_waiting),
    ("reminders", remind),
    ("Health Checks", look_after),
    ("fixed findings", propose_resolving),
    ("service reports", make_reports),
)
"""In the order in which they are done; telling comes last, so that what they found is told at once."""


def tick(store: Store, now: datetime, post: Post | None = None) -> Iterator[Done]:
    """Do all that is due at `now`; each thing is kept before it is given. Stopping between two of them loses nothing.

    UsageProblem for an instant in the future: what is due then may still change. StoreError when the database fails;
    whatever else fails in a job becomes a problem of it, and the other jobs go on.
    """
    if now > store.clock() + SKEW:
        raise UsageProblem(f"{text_of(now)} lies in the future", hint="what will be due then may still change")
    for name, job in JOBS:
        yield from _guarded(name, job(store, now))
    yield from _guarded("telling", Telling(store, now, post).tell())


def _guarded(name: str, done: Iterator[Done]) -> Iterator[Done]:
    try:
        yield from done
    except (StoreError, UsageProblem):
        raise
    except AuditorError as error:
        yield Done("problem", name, "", f"{name}: {error}")
