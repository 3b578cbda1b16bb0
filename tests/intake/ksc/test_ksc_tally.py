from __future__ import annotations

from typing import Any

from auditor.intake.ksc import FleetTally
from auditor.model.snapshot import Rows


def rows(*records: dict[str, Any], server: str = "ksc01", kind: str = "ksc.host", listing: bool = True) -> Rows:
    return Rows(kind, "ksc", records, "page.json", "/pChunk/X", 0, server, listing)


def device(group: int, status: int | None = 31, seen: str = "", apps: list[str] | None = None) -> dict[str, Any]:
    record: dict[str, Any] = {"KLHST_WKS_GROUPID": group}
    if status is not None:
        record["KLHST_WKS_STATUS"] = status
    if seen:
        record["KLHST_WKS_LAST_VISIBLE"] = {"type": "datetime", "value": seen}
    if apps is not None:
        record["KLHST_APP_INFO"] = {"type": "params", "value": {app: {"type": "params", "value": {}} for app in apps}}
    return record


def test_counts() -> None:
    tally = FleetTally("ksc01")
    tally.add(
        rows(
            device(4, seen="2026-03-01T10:00:00Z", apps=["1103", "kesl"]),
            device(4, seen="2026-03-02T10:00:00Z", apps=["1103", "KES"]),
        )
    )
    tally.add(rows(device(1, 29, apps=["1103"])))
    part = tally.part()
    assert part is not None
    assert (part.subject.kind, part.subject.key, part.settings.area) == ("ksc.server", "ksc01", "fleet")
    assert part.settings.values == {
        "Devices": 3,
        "Managed": 2,
        "Unassigned": 1,
        "DevicesByGroup": {"1": 1, "4": 2},
        "DevicesByProduct": {"1103": {"1": 1, "4": 2}, "KES": {"4": 1}, "kesl": {"4": 1}},
        "DevicesWithProducts": 3,
        "ProductsUnknown": 0,
        "NewestVisible": "2026-03-02T10:00:00Z",
    }


def test_what_not_every_device_states_is_left_out() -> None:
    tally = FleetTally("ksc01")
    tally.add(rows(device(4), device(5, None), {"KLHST_WKS_DN": "x"}))
    part = tally.part()
    assert part is not None
    assert part.settings.values == {
        "Devices": 3, "DevicesByProduct": {"1103": {"4": 1}}, "DevicesWithProducts": 0, "ProductsUnknown": 3,
    }  # fmt: skip


def test_devices_without_agent_are_not_waited_for() -> None:
    tally = FleetTally("ksc01")
    tally.add(rows(device(1, 1), device(4, 6), device(4, 6, apps=["1103"]), device(1, 1, apps=[])))
    part = tally.part()
    assert part is not None
    assert part.settings.values["DevicesWithProducts"] == 2
    assert part.settings.values["ProductsUnknown"] == 1


def test_a_list_that_lacks_even_the_agent_tells_nothing_about_products() -> None:
    tally = FleetTally("ksc01")
    tally.add(rows(device(4, 31, apps=[]), device(4, 31, apps=["1103", "KES"]), device(4, 3, apps=[])))
    part = tally.part()
    assert part is not None
    assert part.settings.values["DevicesWithProducts"] == 2
    assert part.settings.values["ProductsUnknown"] == 1
    assert part.settings.values["DevicesByProduct"] == {"1103": {"4": 2}, "KES": {"4": 1}}


def test_groups_decide_where_no_status_is_given() -> None:
    tally = FleetTally("ksc01")
    tally.add(rows(device(4, None), device(1, None), device(6, None)))
    assert "Managed" not in (tally.part() or rows()).settings.values  # type: ignore[union-attr]
    part = tally.part(unassigned={"1", "6"})
    assert part is not None
    assert part.settings.values["Managed"] == 1
    assert part.settings.values["Unassigned"] == 2


def test_other_rows_do_not_count() -> None:
    tally = FleetTally("ksc01")
    tally.add(rows(device(4), server="ksc02"))
    tally.add(rows(device(4), kind="ksc.event"))
    tally.add(rows(device(4), listing=False))
    assert tally.part() is None


def test_tallies_of_two_workers_add_up() -> None:
    whole, one, two = FleetTally("ksc01"), FleetTally("ksc01"), FleetTally("ksc01")
    first = rows(device(4, apps=["kesl"], seen="2026-03-01T00:00:00Z"), device(5, apps=[]))
    second = rows(device(4, apps=["kesl", "1103"]), device(9, 29))
    whole.add(first)
    whole.add(second)
    one.add(first)
    two.add(second)
    one.merge(two)
    merged, expected = one.part(), whole.part()
    assert merged is not None
    assert expected is not None
    assert merged.settings.values == expected.settings.values
