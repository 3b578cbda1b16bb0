"""A customer of a programme, and commands on its store."""

from __future__ import annotations

import pytest

from auditor.store.opening import open_store
from tests.accounts.cli.scene import Commands, furnish

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Requests(Commands):
    """Commands about one customer; instants are of Monday 16 March 2026 in Madrid (UTC+1) unless stated."""

    def release(self, *words, **changed):
        """Ask for a database release; gives the words of the command."""
        options = {
            "reason": "false_positive",
            "sha256": SHA,
            "detection": "HEUR:Trojan.Win32.Generic",
            "product": "KES for Windows",
            "product-version": "12.6",
            "level": 3,
            "by": "C-0001",
            "db-date": "2026-03-16T08:00Z",
            "latest-known-db": "2026-03-16T08:00Z",
            "at": "2026-03-16T10:00",
        }
        return self._ask(("avdb", "request", "acme", *words), options, changed)

    def patch(self, *words, **changed):
        """Ask for a private patch; gives the words of the command."""
        options = {
            "title": "The service stops when a backup begins",
            "phase": "full",
            "product": "KES for Windows",
            "product-version": "12.6",
            "level": 3,
            "by": "C-0001",
            "at": "2026-03-16T10:00",
        }
        return self._ask(("patch", "request", "acme", *words), options, changed)

    @staticmethod
    def _ask(words, options, changed):
        stated = {**options, **{name.replace("_", "-"): value for name, value in changed.items()}}
        return [*words, *(word for name, value in stated.items() if value is not None for word in (f"--{name}", value))]

    def flat(self, *words):
        """What a command says, without regard to where lines are broken."""
        return " ".join(self.said(*words).split())

    def at(self, minute, *words):
        """A command as of so many minutes after ten o'clock."""
        return self.json(*words, "--at", f"2026-03-16T{10 + minute // 60}:{minute % 60:02}")


@pytest.fixture
def customer(location):
    """Makes a customer of a programme, "" for none."""

    def make(programme="msa-enterprise", **terms):
        with open_store(location) as store:
            furnish(store, programme, **terms)
        return Requests(location)

    return make
