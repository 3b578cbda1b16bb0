from __future__ import annotations

import pytest

from auditor.store.opening import open_store
from tests.accounts.cli.scene import Commands, furnish


@pytest.fixture
def acme(location):
    """Commands on a store with the customer acme under MSA Business."""
    with open_store(location) as opened:
        furnish(opened)
    return Commands(location)


@pytest.fixture
def customer(location):
    """The same with any programme and terms: customer("msa-start", valid_from=...)."""

    def make(programme="", **terms):
        with open_store(location) as opened:
            furnish(opened, programme, **terms)
        return Commands(location)

    return make
