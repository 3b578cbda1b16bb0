"""An answer about one thing, or about one group, does not stand for all that a server has."""

from __future__ import annotations

import json
from typing import Any

import pytest

POLICY = {"KLPOL_PRODUCT": "KES", "KLPOL_ACTIVE": True, "KLPOL_ROAMING": False, "KLPOL_GROUP_ID": 4}
KEY = {"KLLIC_PROD_NAME": "A", "KLLICSRV_AUTOKEY": True, "KLLIC_NHOSTS_ASCURRENT": 3, "KLLIC_KEY_TYPE": 1}


def groups(dump: Any, *numbers: int) -> None:
    """Managed devices, and groups below them."""
    dump.call("static", "HostGroup.GetStaticInfo", {"PxgRetVal": {"KLADMSRV_GRP_ROOT": 0}})
    rows = [{"id": number, "name": f"G{number}", "parentId": 0} for number in numbers]
    dump.call("groups", "HostGroup.GetSubgroups", {"PxgRetVal": rows}, nGroupId=0)


def policies(dump: Any, group: int, *rows: dict[str, Any]) -> None:
    dump.call(f"policies-{group}", "Policy.GetPoliciesForGroup", {"PxgRetVal": list(rows)}, nGroupId=group)


def looked_up(dump: Any, number: int) -> None:
    dump.call(f"policy-{number}", "Policy.GetPolicyData", {"PxgRetVal": POLICY | {"KLPOL_ID": number}}, nPolicy=number)


def one_by_one(dump: Any, make_device: Any) -> None:
    groups(dump, 4, 5)
    dump.found(1)
    dump.page(0, [make_device(0, KLHST_WKS_GROUPID=5)])
    looked_up(dump, 1)


def test_policies_looked_up_one_by_one_are_not_all(dump: Any, make_device: Any) -> None:
    one_by_one(dump, make_device)
    assert dump.said("KSC-POL-009")[:2] == ("unknown", "incomplete")
    assert dump.said("KSC-POL-001")[:2] == ("unknown", "incomplete")  # another policy may rule group 5


def test_a_list_beside_policies_looked_up_is_whole(dump: Any, make_device: Any) -> None:
    one_by_one(dump, make_device)
    policies(dump, -1, POLICY | {"KLPOL_ID": 1})
    assert dump.said("KSC-POL-009")[0] == "pass"
    assert dump.said("KSC-POL-001")[0] == "fail"


@pytest.mark.parametrize(("asked", "outcome"), [((0,), "unknown"), ((0, 4), "unknown"), ((0, 4, 5), "pass"),
                                                ((-1,), "pass")])  # fmt: skip
def test_policies_are_counted_when_every_group_was_asked(dump: Any, asked: tuple[int, ...], outcome: str) -> None:
    groups(dump, 4, 5)
    for group in asked:
        policies(dump, group, POLICY | {"KLPOL_ID": 1})
    assert dump.said("KSC-POL-009")[0] == outcome


@pytest.mark.parametrize(("stated", "spare", "others"), [(0, "unknown", "unknown"), (1, "fail", "pass")])
def test_a_key_looked_up_is_not_the_list_of_keys(dump: Any, stated: int, spare: str, others: str) -> None:
    row = KEY | {"KLLIC_SERIAL": "0000-000001-00000001", "KLLIC_LIMIT_DATE": "2026-03-20"}
    dump.call("key", "LicenseKeys.GetKeyData", {"pKeyData": row})
    if stated:
        dump.call("keys", "LicenseKeys.EnumKeys", {"lKeyCount": stated, "wstrIterator": "K"})
        dump.page(0, [row], "K")
    assert dump.said("KSC-LIC-006")[0] == spare
    assert dump.said("KSC-LIC-004")[0] == others


@pytest.mark.parametrize(("listed", "outcome"), [(False, "unknown"), (True, "fail")])
def test_a_distribution_point_looked_up_is_not_the_list(
    dump: Any, make_device: Any, listed: bool, outcome: str
) -> None:
    dump.found(20_000)
    for start in range(0, 20_000, 10_000):
        dump.page(start, [make_device(number) for number in range(start, start + 10_000)])
    dump.call("point", "UaControl.GetUpdateAgentInfo", {"pUaInfo": {"UaHostId": "a", "UaPort": 1}}, wstrUaHostId="a")
    if listed:
        dump.call("points", "UaControl.GetUpdateAgentsList", {"pUasArr": [{"UaHostId": "a"}]})
    assert dump.said("KSC-DP-001")[0] == outcome


@pytest.mark.parametrize(("asked", "outcome"), [((0,), "unknown"), ((0, 4), "pass"), ((-1,), "pass"), ((), "pass")])
@pytest.mark.parametrize("case", [
    ("ServerHierarchy.GetChildServers", "nGroupId", {"KLSRVH_SRV_ID": 7, "KLSRVH_SRV_STATUS": 1}, "KSC-HIE-003"),
    ("VServers.GetVServers", "lParentGroup", {"KLVSRV_ID": 7}, "KSC-HIE-002"),
])  # fmt: skip
def test_servers_of_one_group(dump: Any, case: Any, asked: tuple[int, ...], outcome: str) -> None:
    method, name, row, check = case
    groups(dump, 4)
    dump.call("root", "HostGroup.GetGroupInfoEx", {"PxgRetVal": {"id": 0, "name": "Managed devices"}}, nGroupId=0)
    for group in asked or (None,):
        dump.call(f"servers-{group}", method, {"PxgRetVal": [row]}, **({} if group is None else {name: group}))
    assert dump.said(check)[0] == outcome


def test_a_server_of_one_group_that_fails_is_a_failure(dump: Any) -> None:
    rows = [{"KLSRVH_SRV_ID": 7, "KLSRVH_SRV_STATUS": 0}]
    dump.call("servers", "ServerHierarchy.GetChildServers", {"PxgRetVal": rows}, nGroupId=4)
    assert dump.said("KSC-HIE-003")[0] == "fail"


@pytest.mark.parametrize(("product", "outcome"), [("KES", "unknown"), ("1103", "pass")])
def test_a_table_of_the_console_may_not_show_all(dump: Any, product: str, outcome: str) -> None:
    groups(dump, 4)
    row = POLICY | {"KLPOL_ID": 1, "KLPOL_PRODUCT": product, "KLPOL_GROUP_ID": 0, "status": "Active"}
    (dump.folder / "table.json").write_text(json.dumps([row]))
    assert dump.said("KSC-POL-008")[0] == outcome
    assert dump.said("KSC-POL-009")[0] == "unknown"


AGENT = POLICY | {"KLPOL_PRODUCT": "1103", "KLPOL_GROUP_ID": 0}
TASK = {"TASK_NAME": "KLSRV_TSK_EMAIL_REPORT", "TASKID_PRODUCT_NAME": "1093"}


@pytest.mark.parametrize(("rows", "outcome"), [
    ([POLICY | {"KLPOL_ID": 1}], "fail"), ([POLICY | {"KLPOL_ID": 1}, AGENT], "unknown"),
    ([None, AGENT | {"KLPOL_ID": 2}], "pass"), ([None, None, POLICY | {"KLPOL_ID": 1}], "unknown"),
])  # fmt: skip
def test_rows_that_say_nothing_may_be_the_policy_that_is_looked_for(
    dump: Any, rows: list[dict[str, Any] | None], outcome: str
) -> None:
    groups(dump, 4)
    dump.call("policies", "Policy.GetPoliciesForGroup", {"PxgRetVal": rows}, nGroupId=-1)
    assert dump.said("KSC-POL-008")[0] == outcome


@pytest.mark.parametrize(("ident", "outcome"), [({"TASK_UNIQUE_ID": "2"}, "fail"), ({}, "unknown")])
def test_a_task_that_does_not_say_which_it_is(dump: Any, ident: dict[str, str], outcome: str) -> None:
    groups(dump, 4)
    dump.call("tasks", "Tasks.ResetTasksIterator", {"strTaskIteratorId": "T"}, nGroupId=0)
    for number, task in enumerate([TASK | {"TASK_UNIQUE_ID": "1"}, TASK | ident, {}]):
        dump.call(f"task-{number}", "Tasks.GetNextTask", {"pTaskData": task}, strTaskIteratorId="T")
    assert dump.said("KSC-UPD-001")[0] == outcome


@pytest.mark.parametrize(("answer", "outcome"), [([], "pass"), ({}, "pass"), (None, "unknown"), ("", "unknown")])
def test_an_answer_without_a_list_is_no_empty_list(dump: Any, answer: Any, outcome: str) -> None:
    dump.call("servers", "VServers.GetVServers", {"PxgRetVal": answer}, lParentGroup=-1)
    assert dump.said("KSC-HIE-002")[0] == outcome
