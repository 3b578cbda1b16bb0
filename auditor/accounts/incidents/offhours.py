"""What a customer has to know who hands in an urgent request outside business hours (RULE-OFF-2)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from auditor.accounts.incidents.promises import is_guaranteed
from auditor.accounts.incidents.said import LevelName, Said

if TYPE_CHECKING:
    from auditor.accounts.incidents.submitting import Terms

URGENT = (1, 2)
"""Levels at which the customer is told to call."""


def call_to_action(terms: Terms, level: int, at: datetime) -> Said | None:
    """That the priority line is to be called as well; None in business hours, for other levels, without contract.

    Without a call a calendar time starts at the opening; of a business time only the people notice earlier.
    """
    policy, calendar = terms.policy, terms.calendar
    if level not in URGENT or not policy.contract or policy.off_hours != "phone_required" or calendar is None:
        return None
    opening = calendar.next_opening(at)
    if opening <= at:
        return None
    target = policy.targets.get(level)
    starts = target is not None and is_guaranteed(target) and target.unit != "business_hour"
    phrase = "call_starts_clock" if starts else "call_is_needed"
    return Said(phrase, {"level": level, "severity": LevelName(level), "opening": opening})
