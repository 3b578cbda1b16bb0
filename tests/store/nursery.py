"""A process that begets writers, each to be killed: all is loaded already, so a writer begins within milliseconds.

For every line on stdin, the store's place, it forks a writer and says its process id. The writer opens the store, which
it creates where there is none, says `open`, and then stores transactions of one to four events. After each it says the
number of the last event: what was said must never be lost.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import psycopg  # noqa: F401 - loaded before the fork

from auditor.accounts.incidents import rows  # noqa: F401
from auditor.store import migrating  # noqa: F401
from auditor.store.opening import open_store
from auditor.store.store import Writing
from tests.store.world import POLICY, found, incident, saved, submitted


def main() -> None:
    """Beget a writer for every line."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            try:
                write(line.strip())
            finally:
                os._exit(1)
        say(f"pid {child}")
        os.waitpid(child, 0)
        say("gone")


def write(location: str) -> None:
    """Store transactions until the end."""
    with open_store(location) as store:
        say("open")
        while True:
            with store.writing() as writing:
                transaction(writing)
                number = writing.head()[0]
            say(str(number))


def transaction(writing: Writing) -> None:
    """One transaction; each of its events says how many they are, and the number of the first."""
    first = writing.head()[0] + 1
    if first == 1:
        found(writing)
        return
    policy = writing.keep_snapshot("policy", {**POLICY, "rank": first % 3})
    of: dict[str, Any] = {"first": first, "of": first % 4 + 1}
    digest = writing.keep_personal("contact", "C-1", {"name": f"Contact {first}", "email": "", "phone": ""})
    number = writing.next_number()
    events = [
        submitted(number, policy, **of),
        incident(f"INC-{number:06}", "note", text="seen", internal=True, **of),
        saved("definition", f"D-{first}", account="acme", **of),
        incident(f"INC-{number:06}", "note", text="seen again", internal=True, **of),
    ]
    contact = saved("contact", "C-1", account="acme", personal=digest, erased=False, **of)
    writing.append(contact, *events[: of["of"] - 1])


def say(text: str) -> None:
    """One write to the pipe: it arrives whole, or not at all."""
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    main()
