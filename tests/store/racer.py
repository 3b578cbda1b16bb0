"""A process that books as soon as it is told to. Usage: racer.py LOCATION NAME

For every line on stdin, the first day of a period, it tries to book one of the period's units and says won or lost.
"""

from __future__ import annotations

import sys

from sqlalchemy import func, select

from auditor.store import tables
from auditor.store.opening import open_store
from tests.store.world import POLICY, submitted

LIMIT = 1


def main() -> None:
    """Book whenever a line comes."""
    location, name = sys.argv[1:]
    with open_store(location) as store:
        print("ready", flush=True)  # noqa: T201
        for line in sys.stdin:
            period = line.strip()
            with store.writing() as writing:
                policy = writing.keep_snapshot("policy", POLICY)
                used = select(func.sum(tables.quota.c.delta)).where(tables.quota.c.period == period)
                is_free = (writing.connection.execute(used).scalar_one() or 0) < LIMIT
                if is_free:
                    quota = {"contract": "K-1", "period": period, "delta": 1, "reason": name, "override": False}
                    writing.append(submitted(writing.next_number(), policy, quota=quota))
            print("won" if is_free else "lost", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
