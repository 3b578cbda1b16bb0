"""Findings of the store: those of an account, and single ones by the beginning of their fingerprint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from auditor.engagement.findings import Finding, Identity, Label, about, finding_of
from auditor.errors import UsageProblem
from auditor.model.events import NewEvent

if TYPE_CHECKING:
    from typing import Any

    from auditor.app.accounts.saving import Act
    from auditor.store.store import Reading

STREAM = "finding"
SHOWN = 12
"""Characters of a fingerprint in lists; any beginning that only one has will do."""

_SHORTEST = 4

Places: TypeAlias = Mapping[tuple[str, str, str, str], Finding]
"""(product, check, kind, key) -> finding: a check that looks at more than last year continues the same one."""


def of_account(reading: Reading, account: str) -> list[Finding]:
    """Every finding of the account, closed ones too, by fingerprint."""
    return [finding_of(document) for document in reading.documents(STREAM, account=account).values()]


def places(findings: list[Finding]) -> Places:
    """Findings by what they are about."""
    return {found.identity.place: found for found in findings}


def at_place(reading: Reading, identity: Identity) -> Finding | None:
    """The finding that is remembered about the same check and thing, whatever the check looked at then."""
    columns = {"account": identity.account, "check_id": identity.check, "product": identity.product}
    found = (finding_of(document) for document in reading.documents(STREAM, **columns).values())
    return next((one for one in found if one.identity.place == identity.place), None)


def by_prefix(reading: Reading, prefix: str) -> Finding:
    """The finding whose fingerprint begins so; UsageProblem when none does, or several do."""
    from auditor.store.finding_queries import FindingQueries

    text = prefix.strip().lower()
    if len(text) < _SHORTEST or set(text) - set("0123456789abcdef"):
        raise UsageProblem(
            f"{prefix!r} is no beginning of a fingerprint", hint="auditor finding list ACCOUNT shows them"
        )
    found = FindingQueries(reading).beginning(text, 2)
    if not found:
        raise UsageProblem(f"no finding begins with {text}", hint="auditor finding list ACCOUNT")
    if len(found) > 1:
        raise UsageProblem(f"several findings begin with {text}", hint="write more of the fingerprint")
    return finding_of(found[0])


def event(identity: Identity, label: Label, kind: str, payload: Mapping[str, Any], act: Act) -> NewEvent:
    """An event of a finding."""
    whole = {"about": about(identity, label), **payload}
    return NewEvent(STREAM, identity.fingerprint, kind, act.at, act.actor, whole, identity.account)
