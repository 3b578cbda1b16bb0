"""The order in which requests are answered (RULE-PRI-1): the same as the store's index gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

SortKey: TypeAlias = tuple[int, bool, int, bool, str, str, int]


def sort_key(row: Mapping[str, Any]) -> SortKey:
    """The key of a row of the table `incident`.

    Severity; paid programmes before standard support; the configured rank among paid ones, equal unless configured;
    deadline, what is not guaranteed last; submission; number. Instants are text that sorts as time does.
    """
    deadline = row["deadline"]
    return (
        row["level"],
        bool(row["unpaid"]),
        row["rank"],
        deadline is None,
        deadline or "",
        row["submitted_at"],
        row["number"],
    )
