"""Waivers: a customer's decision to accept a finding for a time. The original outcome stays visible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from auditor.errors import ContentError
from auditor.model.outcomes import Outcome
from auditor.sdk.published import require

WARN_DAYS = 30
"""A waiver that ends within this many days is announced."""


@dataclass(slots=True)
class Waiver:
    """Acceptance of one check for subjects (key patterns), with reason, approver and last day.

    `index` is its place in the file; `matched` the number of failures that it covers.
    """

    check: str
    subjects: tuple[str, ...]
    reason: str
    approver: str
    expires: str
    index: int = 0
    matched: int = 0

    def covers(self, key: str) -> bool:
        """True when the subject is in scope."""
        return any(fnmatchcase(key, pattern) for pattern in self.subjects)

    def active(self, today: str) -> bool:
        """True up to and including the last day; both are ISO dates."""
        return today <= self.expires

    def mark(self, outcome: Outcome, today: str) -> dict[str, Any]:
        """What a verdict carries: the waiver, or that it has expired. Only a failure can be waived."""
        if outcome is not Outcome.FAIL:
            return {}
        if not self.active(today):
            return {"waiver_expired": self.expires}
        return {"waived": {"reason": self.reason, "approver": self.approver, "expires": self.expires}}

    def state(self, today: str) -> str:
        """active, expiring, expired or unmatched, for the report."""
        if not self.active(today):
            return "expired"
        if not self.matched:
            return "unmatched"
        left = date.fromisoformat(self.expires) - date.fromisoformat(today)
        return "expiring" if left.days <= WARN_DAYS else "active"


def parse_waivers(document: Any, where: str, checks: Iterable[str]) -> list[Waiver]:
    """The waivers of a file; ContentError for unknown keys or checks, missing reasons, approvers or end dates."""
    require("waivers", document, where, "see docs/waivers.md")
    known = set(checks)
    waivers = []
    for index, raw in enumerate(document["waivers"]):
        if raw["check"] not in known:
            raise ContentError(f"waivers/{index}: no check is named {raw['check']}", where=where)
        subjects = tuple(raw["subjects"])
        waivers.append(Waiver(raw["check"], subjects, raw["reason"], raw["approver"], raw["expires"], index))
    return waivers


def for_subject(waivers: Sequence[Waiver], key: str, today: str) -> dict[str, Waiver]:
    """Check -> waiver that covers the subject; an active one wins over an expired one."""
    found: dict[str, Waiver] = {}
    for waiver in waivers:
        if waiver.covers(key) and (waiver.check not in found or waiver.active(today)):
            found[waiver.check] = waiver
    return found


def rows(waivers: Iterable[Waiver], today: str) -> list[Mapping[str, Any]]:
    """The waivers as the result shows them."""
    return [
        {
            "check": waiver.check,
            "subjects": list(waiver.subjects),
            "reason": waiver.reason,
            "approver": waiver.approver,
            "expires": waiver.expires,
            "state": waiver.state(today),
            "matched": waiver.matched,
        }
        for waiver in waivers
    ]
