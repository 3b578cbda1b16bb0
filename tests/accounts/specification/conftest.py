from __future__ import annotations

import pytest

from tests.accounts.cli.scene import Commands
from tests.accounts.cli.templates import furnished, templates

__all__ = ["furnished", "templates"]


@pytest.fixture
def customer(furnished):
    """Commands on a store with the customer acme under a programme: customer("msa-start")."""
    return lambda programme: Commands(furnished(programme))
