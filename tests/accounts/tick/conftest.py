from __future__ import annotations

import pytest

from auditor.app.accounts import contracts
from auditor.store.opening import open_store
from tests.accounts.cli.scene import PROGRAMMES, SETUP
from tests.accounts.cli.templates import furnished, templates
from tests.accounts.tick.desk import Desk

__all__ = ["furnished", "templates"]


NO_HEALTH_CHECK = {"entitlements": {"health_check": {"value": False, "reason": "what is told is of requests alone"}}}


@pytest.fixture
def desk_of(furnished, clock):
    """A desk at a store with the customer acme under a programme: desk_of("msa-start")."""
    opened = []

    def make(programme):
        store = open_store(furnished(programme), clock=clock)
        opened.append(store)
        with store.writing() as writing:
            contracts.change_contract(writing, "K-1", {"overrides": NO_HEALTH_CHECK}, PROGRAMMES, SETUP)
        return Desk(store)

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def desk(desk_of):
    """The customer acme under MSA Enterprise: level 1 30 min, level 2 2 h, levels 3 and 4 6 and 8 business hours."""
    return desk_of("msa-enterprise")
