"""A process that makes what is due as soon as it is told to. Usage: racer.py LOCATION NAME

For every line on stdin, an instant, it says how many reports it made.
"""

from __future__ import annotations

import sys

from auditor.app.service_reports.dueness import make_due
from auditor.store.opening import open_store
from tests.accounts.reports.scenes import utc
from tests.accounts.reports.stored import TOOLS


def main() -> None:
    """Make what is due whenever a line comes."""
    with open_store(sys.argv[1]) as store:
        TOOLS.programmes()
        TOOLS.renderer()
        print("ready", flush=True)  # noqa: T201
        for line in sys.stdin:
            outcome = make_due(store, utc(line.strip()), 100, TOOLS)
            print(f"{len(outcome.made)} {len(outcome.failed)}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
