from __future__ import annotations

import pytest

from tests.accounts.cli.scene import furnish
from tests.accounts.tick.desk import Desk


@pytest.fixture
def desk(store):
    """The customer acme under MSA Enterprise: level 1 30 min, level 2 2 h, levels 3 and 4 6 and 8 business hours."""
    furnish(store, "msa-enterprise")
    return Desk(store)
