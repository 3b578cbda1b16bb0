"""What a contract promises for an incident: fixed when the incident is submitted, for the whole of its life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from auditor.accounts.programmes import Target

OffHours = Literal["phone_required", "submission"]
QuotaPeriod = Literal["contract_year", "calendar_year"]


@dataclass(frozen=True, slots=True)
class Policy:
    """The terms that hold for an incident.

    `contract` is "" without contract: standard support, nothing guaranteed, no quota. `premium_quota` is None when
    unlimited or when premium requests are not offered (`paid` tells them apart). `rank` orders paid programmes in the
    queue, lower first; all are equal unless configured. `call_lead_minutes`: how long before the submission a phone
    call still counts. `thresholds` are shares of the clock. `reopen_days`: how long after resolving a request can be
    reopened. `programme_hash` names the exact programme data.
    """

    contract: str
    programme: str
    programme_name: str
    edition: str
    programme_hash: str
    paid: bool
    targets: Mapping[int, Target]
    zone: str
    valid_from: str = ""
    premium_quota: int | None = None
    quota_period: QuotaPeriod = "contract_year"
    quota_period_uncertain: bool = True
    off_hours: OffHours = "phone_required"
    call_lead_minutes: int = 60
    thresholds: tuple[float, ...] = (0.5, 0.75, 1.0)
    reopen_days: int = 14
    reopen_new_cycle: bool = False
    rank: int = 0
    entitlements: Mapping[str, bool | None] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """JSON-able, for the snapshot that an incident keeps."""
        document = {name: getattr(self, name) for name in self.__slots__}
        document["targets"] = {str(level): target.to_document() for level, target in self.targets.items()}
        document["thresholds"] = list(self.thresholds)
        document["entitlements"] = dict(self.entitlements)
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Policy:
        """The policy that `to_document` wrote."""
        values = dict(document)
        values["targets"] = {int(level): Target.from_document(cell) for level, cell in document["targets"].items()}
        values["thresholds"] = tuple(document["thresholds"])
        return cls(**values)
