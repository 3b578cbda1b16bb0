from __future__ import annotations

import pytest

from auditor.intake.ksc.methods import kind_of_row, method_in_name, page_in_name, section_in_name


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("Policy.GetPoliciesForGroup.json", "Policy.GetPoliciesForGroup"),
        ("notes_HostGroup.GetHostProducts.json", "HostGroup.GetHostProducts"),
        ("SrvView.GetRecordRange_HWInvStorage.json", "SrvView.GetRecordRange"),
        ("0007-SsContents.Ss_Read.12.json", "SsContents.Ss_Read"),
        ("SsContents.SS_GetNames.json", "SsContents.SS_GetNames"),
        ("SecurityPolicy.GetUsers.json", "SecurityPolicy.GetUsers"),
        ("PolicyProfiles.EnumProfiles.json", "PolicyProfiles.EnumProfiles"),
        ("Tasks.json", ""),
        ("policies.json", ""),
        ("MyTasks.GetTask.json", ""),
    ],
)
def test_method_in_name(name: str, method: str) -> None:
    assert method_in_name(name) == method


def test_page_and_section_in_name() -> None:
    assert page_in_name("ChunkAccessor.GetItemsChunk.17.json") == "17"
    assert page_in_name("ChunkAccessor.GetItemsChunk.json") == ""
    known = {"87", "KLSRV_NETSIZE_SECTION"}
    assert section_in_name("HostGroup.SS_Read_87.json", known) == "87"
    assert section_in_name("HostGroup.SS_Read.KLSRV_NETSIZE_SECTION.json", known) == "KLSRV_NETSIZE_SECTION"
    assert section_in_name("HostGroup.SS_Read.json", known) == ""


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"KLPOL_ID": 1}, "policy"),
        ({"KLHST_WKS_DN": "web01"}, "host"),
        ({"KLHST_ACL_ROLE_ID": 1}, "role"),
        ({"KLHST_PRCST_COMPONENT_ID": 1}, "component"),
        ({"TASK_UNIQUE_ID": "7"}, "task"),
        ({"KLLIC_SERIAL": "x"}, "licence"),
        ({"KLSPL_USER_ID": 1}, "user"),
        ({"KLVSRV_ID": 1}, "virtual"),
        ({"id": 0, "name": "Managed devices"}, "group"),
        ({"id": 1, "name": "Branch", "parentId": 0, "KLGRP_CHLDHST_CNT": 4}, "group"),
        ({"id": 1, "name": "Something", "colour": "red"}, ""),
        ({"name": "no id"}, ""),
    ],
)
def test_kind_of_row(row: dict[str, object], kind: str) -> None:
    assert kind_of_row(row) == kind
