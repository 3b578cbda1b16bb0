"""Odd values and large estates: nothing is hidden behind an odd one, and nothing takes the square of its number."""

from __future__ import annotations

import time
from typing import Any

import pytest

from auditor.app.audit import Request, run_audit
from auditor.engine.fleet import Fleet
from auditor.sdk.operators import number_of

CRITICAL = "KSC-HST-005"
BAD = {"KLHST_WKS_STATUS_MASK": 0xFFFF}


@pytest.mark.parametrize("odd", [10**400, -(10**400), 10**40, 1e300], ids=["huge", "below", "large", "float"])
def test_no_device_hides_those_behind_it(dump: Any, make_device: Any, odd: float) -> None:
    assert number_of(odd) is None
    devices = [make_device(0), make_device(1, KLHST_WKS_STATUS_MASK=odd), make_device(2, **BAD)]
    dump.call("Limits.GetLimits.3", "ChunkAccessor.GetItemsChunk", {"pChunk": {"KLCSP_ITERATOR_ARRAY": devices}},
              strAccessor="A", nStart=0, nCount=10)  # fmt: skip
    dump.found(3)
    verdict = dump.verdict(CRITICAL)
    assert verdict["outcome"] == "fail"
    assert (verdict["rollup"]["judged"], verdict["rollup"]["undecided"]) == (2, 1)


def test_devices_that_could_not_be_judged_are_missing(
    dump: Any, make_device: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise ArithmeticError

    dump.found(1)
    dump.page(0, [make_device(0)]).rename(dump.folder / "Limits.GetLimits.3.json")  # the name tells of no list
    monkeypatch.setattr(Fleet, "judge", crash)
    assert dump.said(CRITICAL)[:2] == ("unknown", "incomplete")


@pytest.mark.parametrize("period", [10**18, 10**30, 10**400, 86_400_000], ids=["18", "30", "400", "day"])
def test_schedules_that_no_calendar_holds(dump: Any, period: int) -> None:
    task = {
        "TASK_UNIQUE_ID": "1", "TASKID_PRODUCT_NAME": "1093", "TASK_NAME": "DoUpdate", "TASKSCH_TYPE": 1,
        "TASKSCH_MS_PERIOD": period, "TASK_INFO_PARAMS": {"type": "params", "value": {"PRTS_TASK_ENABLED": True}},
        "TASKSCH_FIRST_EXECUTION_TIME": {"type": "datetime", "value": "2026-02-01T00:00:00Z"},
    }  # fmt: skip
    dump.call("task", "Tasks.GetNextTask", {"pTaskData": task}, strTaskIteratorId="T")
    result = run_audit(Request([dump.folder], dump.folder.parent / "late", as_of="9999-12-31"))
    assert not [item["check_id"] for item in result["verdicts"] if item["outcome"] == "error"]


def test_a_year_that_has_no_month_after_it(dump: Any, make_device: Any, tmp_path: Any) -> None:
    dump.found(1)
    dump.page(0, [make_device(0, **BAD)])
    waivers = tmp_path / "waivers.yaml"
    covers = f"check: {CRITICAL}, subjects: ['*'], expires: '9999-12-31'"
    said = "reason: agreed with the owner of the devices, approver: the board"
    waivers.write_text(f"waivers:\n- {{{covers}, {said}}}\n")
    request = Request([dump.folder], dump.folder.parent / "late", as_of="9999-12-30", waivers=waivers)
    [waiver] = run_audit(request)["waivers"]
    assert waiver["state"] == "expiring"


@pytest.mark.parametrize("shape", ["wide", "keys"])
def test_large_servers_take_no_square_of_their_size(dump: Any, make_device: Any, shape: str) -> None:
    def seconds(number: int) -> float:
        for path in dump.folder.iterdir():
            path.unlink()
        if shape == "wide":
            groups = [{"id": n, "name": f"g{n}", "parentId": 0} for n in range(1, number + 1)]
            dump.call("groups", "HostGroup.GetSubgroups", {"PxgRetVal": groups}, nGroupId=0)
            dump.call("root", "HostGroup.GroupIdGroups", {"PxgRetVal": 0})
            dump.found(number)
            dump.page(0, [make_device(n, KLHST_WKS_GROUPID=n) for n in range(1, number + 1)])
            policy = {"KLPOL_ID": 1, "KLPOL_DN": "p", "KLPOL_PRODUCT": "KES", "KLPOL_GROUP_ID": 1, "KLPOL_ACTIVE": True}
            dump.call("policies", "Policy.GetPoliciesForGroup", {"PxgRetVal": [policy]}, nGroupId=-1)
        else:
            ends = {"type": "datetime", "value": "2026-03-20T00:00:00Z"}
            keys = [
                {"KLLIC_SERIAL": f"{n:04}-{n:06}-{n:08X}", "KLLIC_PROD_NAME": f"product {n}", "KLLIC_KEY_TYPE": 1,
                 "KLLIC_LIMIT_DATE": ends, "KLLIC_NHOSTS_ASCURRENT": 1, "KLLIC_LIC_COUNT": 5}
                for n in range(number)
            ]  # fmt: skip
            dump.call(
                "keys", "GroupSyncIterator.GetNextItems", {"bEOF": True, "pItems": {"KLCSP_ITERATOR_ARRAY": keys}}
            )
        started = time.process_time()
        dump.audit()
        return time.process_time() - started

    seconds(10)  # what is loaded once
    short, long = seconds(250), seconds(1_000)
    assert long < 9 * short, (short, long)


def test_names_without_end_are_cut_and_stay_different(dump: Any, make_device: Any) -> None:
    """They stand in every verdict: a policy's name of 4 MB made a result of 483 MB."""
    long = "x" * 300_000
    policies = [{"KLPOL_ID": f"{long}{n}", "KLPOL_DN": f"{long}{n}", "KLPOL_PRODUCT": "KES"} for n in range(2)]
    dump.call("policies", "Policy.GetPoliciesForGroup", {"PxgRetVal": policies}, nGroupId=0)
    dump.found(2)
    names = {"KLHST_WKS_DN": long}
    dump.page(0, [make_device(n, KLHST_WKS_HOSTNAME=f"{long}{n}", **names, **BAD) for n in range(2)])
    keys = {item["subject"]["key"] for item in dump.audit()["verdicts"] if item["subject"]["kind"] == "ksc.policy"}
    assert len(keys) == 2
    affected = dump.verdict(CRITICAL)["rollup"]["affected"]
    assert len({device["key"] for device in affected}) == 2
    assert (dump.folder.parent / "out" / "result.json").stat().st_size < 3_000_000
