from __future__ import annotations

from tests.accounts.people.conftest import acme, act, auditor, business

__all__ = ["acme", "act", "auditor", "business"]
