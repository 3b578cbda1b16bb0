"""A process that hands in premium requests of acme until none is left, and says how many. Usage: LOCATION NAME"""

from __future__ import annotations

import sys

from auditor.accounts.incidents.commands import Act
from auditor.accounts.incidents.quota import QuotaExhausted
from auditor.accounts.programmes import load_programmes
from auditor.app.incidents.opening import Opening, open_incident
from auditor.store.opening import open_store
from tests.stores import FrozenClock

REQUEST = Opening("acme", "Updates fail", 3, "contact:C-0001", kind="premium")


def main() -> None:
    """Hand in requests until the quota is exhausted."""
    programmes, clock, handed_in = load_programmes(), FrozenClock(), 0
    with open_store(sys.argv[1], clock=clock) as store:
        print("ready", flush=True)  # noqa: T201
        sys.stdin.readline()
        while True:
            try:
                with store.writing() as writing:
                    open_incident(writing, REQUEST, Act("user:tester", clock(), clock()), programmes)
            except QuotaExhausted:
                break
            handed_in += 1
    print(handed_in)  # noqa: T201


if __name__ == "__main__":
    main()
