"""Counting devices while they stream by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from auditor.intake.ksc.call import PRODUCT
from auditor.intake.redaction import redact_text
from auditor.model.snapshot import Part, Rows, Settings, SubjectRef
from auditor.sdk.values import plain

_IN_GROUP = 2
_AGENT = 4
AGENT_CODE = "1103"
_ALIKE_KEPT = 8192


def _whole(value: Any) -> int | None:
    value = plain(value)
    return value if type(value) is int else None


class FleetTally:
    """The numbers of one server's devices. Memory grows with groups and products, not with devices.

    Devices that were looked up alone (GetHostInfo) are not counted: they say nothing about how many there are, and
    stand in the listing, too. A number that not every device states (`Managed`, `NewestVisible`, ...) is left out
    rather than made too small; `DevicesWithProducts` says how many devices the counts by product rest on, and
    `ProductsUnknown` how many others may have products, too: all without an attribute for them that are not known to
    be without agent.
    """

    def __init__(self, server: str) -> None:
        self.server = server
        self.devices = 0
        self.file = ""
        self._stated = 0  # devices with a status
        self._grouped = 0  # devices with a group
        self._managed = 0
        self._with_products = 0
        self._products_unknown = 0
        self._newest = ""
        self._by_group: Counter[str] = Counter()
        self._by_product: dict[str, Counter[str]] = {}
        self._alike: dict[tuple[int | None, int | None, tuple[str, ...] | None], int] = {}

    def add(self, rows: Rows, skip: Collection[int] = ()) -> None:
        """Count a batch but for the records at the indexes `skip`; other servers and other things are ignored."""
        if rows.kind != "ksc.host" or rows.server != self.server or not rows.listing or not rows.records:
            return
        self.file = self.file or rows.file
        for index, row in enumerate(rows.seen):
            if not skip or index not in skip:
                self._add(row)

    def _add(self, row: Mapping[str, Any]) -> None:
        seen = plain(row.get("KLHST_WKS_LAST_VISIBLE"))
        if type(seen) is str and seen > self._newest:
            self._newest = seen
        status, group = row.get("KLHST_WKS_STATUS"), row.get("KLHST_WKS_GROUPID")
        if type(status) is not int:
            status = _whole(status)
        if type(group) is not int:
            group = _whole(group)
        products = plain(row.get("KLHST_APP_INFO"))
        key = (status, group, tuple(products) if type(products) is dict else None)
        alike = self._alike
        alike[key] = alike.get(key, 0) + 1
        if len(alike) >= _ALIKE_KEPT:
            self._settle()

    def _settle(self) -> None:
        """Count the devices that are alike, each kind once."""
        alike, self._alike = self._alike, {}
        for (status, group, products), number in alike.items():
            self._count(status, group, products, number)

    def _count(self, status: int | None, group: int | None, products: tuple[str, ...] | None, number: int) -> None:
        self.devices += number
        if status is not None:
            self._stated += number
            self._managed += number if status & _IN_GROUP else 0
        place = ""
        if group is not None:
            place = str(group)
            self._grouped += number
            self._by_group[place] += number
        if products == () and status is not None and status & _AGENT:
            products = None  # not even the agent is listed, which the status says is installed
        if products is not None:
            self._with_products += number
            for product in products:
                self._by_product.setdefault(product, Counter())[place] += number
        elif status is None or status & _AGENT:
            self._products_unknown += number
            if status is not None:
                self._by_product.setdefault(AGENT_CODE, Counter())[place] += number

    def merge(self, other: FleetTally) -> None:
        """Add the numbers of another worker's tally of the same server."""
        self._settle()
        other._settle()
        self.file = min(filter(None, (self.file, other.file)), default="")
        self.devices += other.devices
        self._stated += other._stated
        self._grouped += other._grouped
        self._managed += other._managed
        self._with_products += other._with_products
        self._products_unknown += other._products_unknown
        self._newest = max(self._newest, other._newest)
        self._by_group.update(other._by_group)
        for product, counts in other._by_product.items():
            self._by_product.setdefault(product, Counter()).update(counts)

    def part(self, unassigned: Collection[str] = (), *, complete: bool = True) -> Part | None:
        """Area `fleet` of the server, None when no device was seen.

        `complete` False: devices are known to be missing. The area then says so and has no single numbers, only the
        tables of what was seen.

        `unassigned`: ids of the group of unassigned devices and those below it, where the export tells them; they
        decide what is managed when the devices do not state a status.
        """
        self._settle()
        if not self.devices:
            return None
        values: dict[str, Any] = self._numbers(unassigned) if complete else {}
        if self._grouped == self.devices:
            values["DevicesByGroup"] = dict(sorted(self._by_group.items()))
        if self._by_product:
            values["DevicesByProduct"] = {
                redact_text(product): dict(sorted(counts.items()))
                for product, counts in sorted(self._by_product.items())
            }
        subject = SubjectRef("ksc.server", self.server, self.server, PRODUCT)
        return Part(subject, Settings("fleet", values, complete), self.file)

    def _numbers(self, unassigned: Collection[str]) -> dict[str, Any]:
        values: dict[str, Any] = {
            "Devices": self.devices,
            "DevicesWithProducts": self._with_products,
            "ProductsUnknown": self._products_unknown,
        }
        if self._stated == self.devices:
            values["Managed"] = self._managed
        elif unassigned and self._grouped == self.devices:
            values["Managed"] = self.devices - sum(self._by_group[group] for group in unassigned)
        if "Managed" in values:
            values["Unassigned"] = self.devices - values["Managed"]
        if self._newest:
            values["NewestVisible"] = redact_text(self._newest)
        return values
