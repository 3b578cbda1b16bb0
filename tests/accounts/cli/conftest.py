from __future__ import annotations

import pytest

from auditor.store.opening import open_store
from tests.accounts.cli.scene import PROGRAMMES, SETUP, Commands, contracts
from tests.accounts.cli.templates import furnished, templates

__all__ = ["furnished", "templates"]


@pytest.fixture
def acme(furnished):
    """Commands on a store with the customer acme under MSA Business."""
    return Commands(furnished("msa-business"))


@pytest.fixture
def customer(furnished):
    """The same with any programme, or none, and other terms: customer("msa-start", valid_to=...)."""

    def make(programme="", **terms):
        commands = Commands(furnished(programme))
        if terms:
            with open_store(commands.location) as store, store.writing() as writing:
                contracts.change_contract(writing, "K-1", terms, PROGRAMMES, SETUP)
        return commands

    return make
