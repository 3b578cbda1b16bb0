"""Acceptances of an account as the file of waivers that the next audit takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.engagement.findings import Finding

_PATTERN_SIGNS = re.compile(r"([*?\[])")


def waivers_document(findings: Iterable[Finding], today: date, *, with_expired: bool = False) -> dict[str, Any]:
    """What is accepted on that day, in the format of `auditor audit --waivers`; things are named exactly.

    What is gone needs no waiver, and an answer to a question is no verdict that a run could mark. With `with_expired`
    acceptances that are over are named as well, so that the audit announces them.
    """
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for found in findings:
        waiver = found.waiver
        gone = found.last is not None and not found.is_open
        if waiver is None or gone or found.attestation is not None:
            continue
        if waiver.holds(today) or with_expired:
            terms = found.identity.check, waiver.expires.isoformat(), waiver.approver, waiver.reason
            grouped.setdefault(terms, []).append(exact(found.identity.key))
    return {
        "waivers": [
            {"check": check, "subjects": sorted(keys), "reason": reason, "approver": approver, "expires": expires}
            for (check, expires, approver, reason), keys in sorted(grouped.items())
        ]
    }


def exact(key: str) -> str:
    """A pattern that fits this key alone: masked serial numbers hold asterisks."""
    return _PATTERN_SIGNS.sub(r"[\1]", key)
